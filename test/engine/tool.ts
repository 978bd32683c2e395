import { SupplyDataContext } from 'n8n-core';
import { makeHandleToolInvocation } from 'n8n-core/dist/execution-engine/node-execution-context/utils/get-input-connection-data';
import {
	createRunExecutionData,
	type IDataObject,
	type IExecuteData,
	type INode,
	NodeConnectionTypes,
	Workflow,
} from 'n8n-workflow';
import type { createEngine, RunOptions } from '../../harness/engine/engine';

/** Runs a node the way an AI Agent of n8n does when its model calls the tool. */
export async function asTool(
	engine: Awaited<ReturnType<typeof createEngine>>,
	tool: Pick<RunOptions['node'], 'type' | 'parameters' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries'>,
	credentials: NonNullable<RunOptions['credentials']>,
): Promise<(input: IDataObject) => Promise<string>> {
	const node: INode = {
		id: 'tool',
		name: 'Tool',
		typeVersion: 1,
		position: [0, 0],
		...tool,
		credentials: Object.fromEntries(Object.keys(credentials).map((type) => [type, { id: `${type}-id`, name: type }])),
	};
	const agent: INode = {
		id: 'agent',
		name: 'Agent',
		type: 'test.start',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const workflow = new Workflow({
		id: 'workflow',
		nodes: [agent, node],
		connections: { Tool: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] } },
		active: false,
		nodeTypes: engine.nodeTypes,
	});
	const runExecutionData = createRunExecutionData({});
	// As n8n does it: a tool runs on the execute data of its agent.
	const executeData: IExecuteData = { node: agent, data: { main: [[{ json: {} }]] }, source: null };
	const additionalData = engine.additionalData(credentials);
	const abort = new AbortController();
	const invoke = makeHandleToolInvocation(
		(runIndex: number) =>
			new SupplyDataContext(
				workflow,
				node,
				additionalData,
				'manual',
				runExecutionData,
				runIndex,
				[{ json: {} }],
				{},
				NodeConnectionTypes.AiTool,
				executeData,
				[],
				abort.signal,
				agent,
			),
		node,
		engine.nodeTypes.getByNameAndVersion(node.type, 1),
		runExecutionData,
	) as (input: IDataObject) => Promise<string>;
	return async (input) => {
		// The agent's execution holds the sandbox of expressions; there is none in older n8n.
		await workflow.expression.acquireIsolate?.();
		try {
			return await invoke(input);
		} finally {
			await workflow.expression.releaseIsolate?.();
		}
	};
}
