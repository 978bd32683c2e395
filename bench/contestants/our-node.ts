import type { INodeExecutionData } from 'n8n-workflow';
import { createEngine } from '../../test/engine/engine';
import { QUESTION, type Contestant, type Questions } from './contestant';
import { runChain, type Chain } from './n8n-workflow';

/** The Reportify node of the built package, in n8n's engine. */
export async function ourNode(packageFolder: string): Promise<Contestant> {
	const engine = await createEngine(packageFolder);
	return {
		helperProcesses: [],
		stop: async () => {},
		ask: async (questions) => {
			const { run, items } = await runChain(engine, ourChain(questions));
			return { texts: items.map(({ json }) => String(json.answer)), executionData: run.data };
		},
	};
}

/** Start → Reportify: Send, all items at the same time, as the HTTP Request node does it. */
export function ourChain(questions: Questions, options: object = {}, operation = 'send'): Chain {
	const { baseUrl, conversationIds, onFirstLiveText } = questions;
	let heard = false;
	return {
		nodes: [
			{
				name: 'Reportify',
				type: 'n8n-nodes-agent-conversations.reportify',
				typeVersion: 1,
				parameters: {
					resource: 'message',
					operation,
					conversationId: '={{ $json.conversationId }}',
					...(operation === 'send' ? { message: QUESTION } : { messageId: '={{ $json.messageId }}' }),
					options: { maxConcurrency: Math.min(1_000, conversationIds.length), ...options },
				},
			},
		],
		items: conversationIds.map((conversationId): INodeExecutionData => ({
			json: { conversationId, messageId: `answer-${conversationId}` },
		})),
		credentials: { reportifyApi: { apiKey: 'bench', baseUrl } },
		onChunk:
			onFirstLiveText &&
			((chunk) => {
				if (heard || chunk.type !== 'item') return;
				heard = true;
				onFirstLiveText();
			}),
	};
}
