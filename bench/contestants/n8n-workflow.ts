import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
	type StructuredChunk,
} from 'n8n-workflow';
import type { createEngine } from '../../harness/engine/engine';

export type Engine = Awaited<ReturnType<typeof createEngine>>;

/** A node of a chain; its input is the output of the one before. */
export type ChainNode = Pick<INode, 'name' | 'type' | 'typeVersion' | 'parameters'>;

export interface Chain {
	nodes: ChainNode[];
	items: INodeExecutionData[];
	credentials?: Record<string, ICredentialDataDecryptedObject>;
	/** Node types beside those of our package, by the name that `nodes` use. */
	nodeTypes?: Record<string, INodeType | IVersionedNodeType>;
	/** What n8n hands to nodes beyond what the engine of the tests has. */
	additionalData?: Partial<IWorkflowExecuteAdditionalData>;
	/** Where given, the execution runs in n8n's streaming mode. */
	onChunk?: (chunk: StructuredChunk) => void;
}

/**
 * Runs a chain of nodes in n8n's engine, as a production execution. All contestants that live in n8n go through here.
 *
 * @returns the finished run, and what came out of its last node
 * @throws the execution's error
 */
export async function runChain(engine: Engine, chain: Chain): Promise<{ run: IRun; items: INodeExecutionData[] }> {
	const credentials = Object.fromEntries(
		Object.keys(chain.credentials ?? {}).map((type) => [type, { id: type, name: type }]),
	);
	const start: ChainNode = { name: 'Start', type: 'test.start', typeVersion: 1, parameters: {} };
	const nodes = [start, ...chain.nodes].map((node, index): INode => ({
		...node,
		id: node.name,
		position: [index * 200, 0],
		credentials: index === 0 ? {} : credentials,
	}));
	const connections = Object.fromEntries(
		nodes
			.slice(1)
			.map(({ name }, index) => [nodes[index]!.name, { main: [[{ node: name, type: 'main' as const, index: 0 }]] }]),
	);
	const workflow = new Workflow({
		id: 'benchmark',
		nodes,
		connections,
		active: false,
		nodeTypes: nodeTypesOf(engine, chain.nodeTypes),
		settings: { executionOrder: 'v1' },
	});

	const mode = chain.onChunk ? 'webhook' : 'trigger';
	const hooks = new ExecutionLifecycleHooks(mode, '1', {} as never);
	if (chain.onChunk) hooks.addHandler('sendChunk', async (chunk) => chain.onChunk!(chunk));
	const additionalData = {
		...engine.additionalData(chain.credentials ?? {}),
		hooks,
		streamingEnabled: chain.onChunk !== undefined,
		...chain.additionalData,
	};
	const data = createRunExecutionData({
		executionData: {
			nodeExecutionStack: [{ node: workflow.getNode('Start')!, data: { main: [chain.items] }, source: null }],
		},
	});
	const run = await new WorkflowExecute(additionalData, mode, data).processRunExecutionData(workflow);
	const { error, runData } = run.data.resultData;
	if (error) throw Object.assign(new Error(error.message), { description: error.description });
	return { run, items: runData[nodes.at(-1)!.name]?.[0]?.data?.main?.[0] ?? [] };
}

function nodeTypesOf(engine: Engine, more: Chain['nodeTypes'] = {}): INodeTypes {
	return {
		getByName: (type) => more[type] ?? engine.nodeTypes.getByName(type),
		getByNameAndVersion: (type, version) => {
			const found = more[type];
			if (found) return NodeHelpers.getVersionedNodeType(found, version);
			return engine.nodeTypes.getByNameAndVersion(type, version);
		},
		getKnownTypes: (): IDataObject => engine.nodeTypes.getKnownTypes(),
	};
}
