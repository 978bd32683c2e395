import { RoutingNode } from 'n8n-core';
import type {
	DeclarativeRestApiSettings,
	IExecuteFunctions,
	IExecutePaginationFunctions,
	IHttpRequestOptions,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';
import { createEngine } from '../../harness/engine/engine';
import { QUESTION, type Contestant } from './contestant';
import { runChain, type Chain } from './n8n-workflow';

/**
 * n8n alone: a declarative node whose request goes through n8n's own helper as a stream, and whose body is thrown away
 * unread. What it costs is what any node in n8n costs before it does anything with the bytes.
 */
export async function n8nAlone(packageFolder: string): Promise<Contestant> {
	const engine = await createEngine(packageFolder);
	return {
		helperProcesses: [],
		stop: async () => {},
		ask: async ({ baseUrl, conversationIds }) => {
			const { run, items } = await runChain(engine, draining(baseUrl, conversationIds));
			return { texts: items.map(() => null), executionData: run.data };
		},
	};
}

const draining = (baseUrl: string, conversationIds: string[]): Chain => ({
	nodes: [{ name: 'Drain', type: 'bench.drain', typeVersion: 1, parameters: { id: '={{ $json.conversationId }}' } }],
	items: conversationIds.map((conversationId) => ({ json: { conversationId } })),
	nodeTypes: { 'bench.drain': drain(baseUrl) },
});

async function readAndForget(
	this: IExecutePaginationFunctions,
	{ options }: DeclarativeRestApiSettings.ResultOptions,
): Promise<INodeExecutionData[]> {
	const body = (await this.helpers.httpRequest({
		...options,
		url: `/v1/agent/conversations/${this.getNodeParameter('id') as string}/chat`,
		body: JSON.stringify({ message: QUESTION, stream: true }),
		headers: { 'Content-Type': 'application/json' },
		encoding: 'stream',
	} as IHttpRequestOptions)) as AsyncIterable<Uint8Array>;
	let bytes = 0;
	for await (const piece of body) bytes += piece.length;
	return [{ json: { bytes }, pairedItem: { item: this.getItemIndex() } }];
}

function drain(baseURL: string): INodeType {
	const nodeType: INodeType = {
		description: {
			displayName: 'Drain',
			name: 'drain',
			group: ['transform'],
			version: 1,
			description: '',
			defaults: { name: 'Drain' },
			inputs: ['main'],
			outputs: ['main'],
			requestDefaults: { baseURL, method: 'POST' },
			properties: [
				{
					displayName: 'Conversation',
					name: 'id',
					type: 'string',
					default: '',
					routing: { send: { paginate: true }, operations: { pagination: readAndForget } },
				},
			],
		},
	};
	nodeType.execute = async function (this: IExecuteFunctions) {
		return (await new RoutingNode(this as never, nodeType).runNode()) ?? [];
	};
	return nodeType;
}
