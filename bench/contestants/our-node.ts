import type { IDataObject } from 'n8n-workflow';
import { createEngine } from '../../harness/engine/engine';
import { MESSAGE_ID } from '../replay/message-id';
import { QUESTION, type Contestant, type Questions } from './contestant';
import { runChain, type Chain } from './n8n-workflow';

/** What the node is set to. */
interface Setting {
	operation?: 'send' | 'collect';
	output?: 'answer' | 'tableRows';
	options?: IDataObject;
}

/** The Reportify node of the built package, in n8n's engine. */
export async function ourNode(packageFolder: string, setting: Setting = {}): Promise<Contestant> {
	const engine = await createEngine(packageFolder);
	return {
		helperProcesses: [],
		warmUpShape: setting.output === 'tableRows' ? 'report' : undefined,
		stop: async () => {},
		ask: async (questions) => {
			const { run, items } = await runChain(engine, chainOf(questions, setting));
			const { data: executionData } = run;
			// Of rows there are many for an answer, and none has its text.
			if (setting.output === 'tableRows') return { texts: questions.conversationIds.map(() => null), executionData };
			return { texts: items.map(({ json }) => String(json.answer)), executionData };
		},
	};
}

/** Start → Reportify, all items at the same time, as the HTTP Request node does it. */
function chainOf(
	{ baseUrl, conversationIds, onFirstLiveText }: Questions,
	{ operation = 'send', output = 'answer', options }: Setting,
): Chain {
	const what = operation === 'send' ? { message: QUESTION } : { messageId: '={{ $json.messageId }}' };
	const parameters = {
		resource: 'message',
		operation,
		output,
		conversationId: '={{ $json.conversationId }}',
		...what,
		options: { maxConcurrency: Math.min(1_000, conversationIds.length), ...options },
	};
	let heard = false;
	return {
		nodes: [{ name: 'Reportify', type: 'n8n-nodes-agent-conversations.reportify', typeVersion: 1, parameters }],
		items: conversationIds.map((conversationId) => ({ json: { conversationId, messageId: MESSAGE_ID } })),
		credentials: { reportifyApi: { apiKey: 'bench', baseUrl } },
		onChunk:
			onFirstLiveText &&
			(({ type }) => {
				if (heard || type !== 'item') return;
				heard = true;
				onFirstLiveText();
			}),
	};
}
