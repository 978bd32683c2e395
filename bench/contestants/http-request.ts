import { createRequire } from 'node:module';
import type { INodeType, IVersionedNodeType, IWorkflowExecuteAdditionalData } from 'n8n-workflow';
import { createEngine } from '../../harness/engine/engine';
import { codeByHand, httpRequestByHand } from './by-hand';
import { chatUrl, QUESTION, type Contestant } from './contestant';
import { runChain, type ChainNode } from './n8n-workflow';
import { startTaskRunner } from './task-runner';

/** n8n's two nodes, and what the second one needs. */
interface BuiltInNodes {
	nodeTypes: Record<string, INodeType | IVersionedNodeType>;
	additionalData: Partial<IWorkflowExecuteAdditionalData>;
	helperProcesses: number[];
	stop(): Promise<void>;
}

/**
 * n8n's HTTP Request node, which fetches the whole stream as one text, and a Code node that takes it apart.
 *
 * @param n8nFolder folder of an installed n8n; when there is none, its code paths are walked by hand
 */
export async function httpRequestAndCode(
	packageFolder: string,
	jsCode: string,
	n8nFolder: string | undefined,
): Promise<Contestant> {
	const engine = await createEngine(packageFolder);
	const builtIn = n8nFolder === undefined ? byHand() : await installed(n8nFolder);
	return {
		helperProcesses: builtIn.helperProcesses,
		stop: async () => await builtIn.stop(),
		ask: async ({ baseUrl, conversationIds }) => {
			const { run, items } = await runChain(engine, {
				nodes: [HTTP_REQUEST, { ...CODE, parameters: { mode: 'runOnceForAllItems', language: 'javaScript', jsCode } }],
				items: conversationIds.map((id) => ({ json: { url: chatUrl(baseUrl, id) } })),
				nodeTypes: builtIn.nodeTypes,
				additionalData: builtIn.additionalData,
			});
			return { texts: items.map(({ json }) => String(json.answer)), executionData: run.data };
		},
	};
}

/** Everything that the node's form does not ask for is left at its default. */
const HTTP_REQUEST: ChainNode = {
	name: 'HTTP Request',
	type: 'n8n-nodes-base.httpRequest',
	typeVersion: 4.5,
	parameters: {
		method: 'POST',
		url: '={{ $json.url }}',
		authentication: 'none',
		sendHeaders: true,
		specifyHeaders: 'keypair',
		headerParameters: { parameters: [{ name: 'Authorization', value: 'Bearer bench' }] },
		sendBody: true,
		contentType: 'json',
		specifyBody: 'json',
		jsonBody: JSON.stringify({ message: QUESTION, stream: true }),
		options: {},
	},
};

const CODE: ChainNode = { name: 'Code', type: 'n8n-nodes-base.code', typeVersion: 2, parameters: {} };

async function installed(n8nFolder: string): Promise<BuiltInNodes> {
	const runner = await startTaskRunner(n8nFolder);
	const load = createRequire(`${n8nFolder}/node_modules/n8n-nodes-base/package.json`);
	const { HttpRequest } = load('./dist/nodes/HttpRequest/HttpRequest.node.js') as {
		HttpRequest: new () => IVersionedNodeType;
	};
	const { Code } = load('./dist/nodes/Code/Code.node.js') as { Code: new () => INodeType };
	return {
		nodeTypes: { [HTTP_REQUEST.type]: new HttpRequest(), [CODE.type]: new Code() },
		additionalData: { startRunnerTask: runner.startRunnerTask },
		helperProcesses: [runner.processId],
		stop: async () => await runner.stop(),
	};
}

function byHand(): BuiltInNodes {
	return {
		nodeTypes: { [HTTP_REQUEST.type]: httpRequestByHand, [CODE.type]: codeByHand },
		additionalData: {},
		helperProcesses: [],
		stop: async () => {},
	};
}
