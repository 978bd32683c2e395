import { randomUUID } from 'node:crypto';
import { itemsOf, readChunks, type StreamedChunk } from '../../harness/server/api';
import { inSequence, node, workflow } from '../../harness/server/workflow';
import { webhook } from '../../harness/stage/nodes';
import { providers, send } from '../../harness/stage/providers';
import { Stage } from '../../harness/stage/stage';

describe.each(providers)('$title: live text', (under) => {
	let stage: Stage;
	let webhookCalled: { workflowId: string; call: (message: string) => Promise<Response> };
	let chatCalled: { workflowId: string; call: (message: string) => Promise<Response> };

	beforeAll(async () => {
		stage = await Stage.open();
		stage.sandbox.scripts.register('inTwoParts', {
			steps: [{ text: '第一部分 «·É» 👩‍👩‍👧‍👦 ' }, { hold: 'second part' }, { text: 'and the rest.' }],
			reportify: { form: 'single agent' }, // otherwise a report comes at the end of the run, and as a whole
		});

		const trigger = webhook('streaming');
		const fromWebhook = await stage.publish(
			workflow(
				`Live text of ${under.title} for a webhook`,
				[trigger.node, send(stage, under, { message: '={{ $json.body.message }}' })],
				inSequence('Webhook', 'Ask'),
			),
		);
		webhookCalled = {
			workflowId: fromWebhook.id,
			call: async (message) => await stage.api.callWebhook(trigger.path, { message }),
		};

		const webhookId = randomUUID();
		const chat = node(
			'Chat',
			'@n8n/n8n-nodes-langchain.chatTrigger',
			{ public: true, mode: 'webhook', options: { responseMode: 'streaming' } },
			{ typeVersion: 1.3, webhookId },
		);
		const fromChat = await stage.publish(
			workflow(
				`Live text of ${under.title} for a chat`,
				[chat, send(stage, under, { message: '={{ $json.chatInput }}' })],
				inSequence('Chat', 'Ask'),
			),
		);
		chatCalled = {
			workflowId: fromChat.id,
			call: async (chatInput) =>
				await stage.api.callWebhook(`${webhookId}/chat`, { action: 'sendMessage', sessionId: randomUUID(), chatInput }),
		};
	});
	afterAll(async () => await stage.close());
	beforeEach(() => stage.sandbox.reset());

	describe.each([
		['a Webhook in streaming mode', () => webhookCalled],
		['a Chat Trigger in streaming mode', () => chatCalled],
	])('for %s', (_, caller) => {
		test('chunks arrive while the agent is still writing, and together they are the answer', async () => {
			const response = await caller().call('[script: inTwoParts]');
			const chunks: StreamedChunk[] = [];
			let textBeforeTheRest: string | undefined;
			for await (const chunk of readChunks(response)) {
				chunks.push(chunk);
				if (chunk.type === 'item' && textBeforeTheRest === undefined) {
					textBeforeTheRest = textOf(chunks);
					stage.sandbox.release('second part'); // the agent cannot have gone on before
				}
			}
			expect(textBeforeTheRest).toBe('第一部分 «·É» 👩‍👩‍👧‍👦 ');
			expect(textOf(chunks)).toBe('第一部分 «·É» 👩‍👩‍👧‍👦 and the rest.');
			expect(chunks.map(({ type }) => type)).toEqual(['begin', 'item', 'item', 'end']);
			expect(new Set(chunks.map(({ metadata }) => metadata.nodeName))).toEqual(new Set(['Ask']));

			const execution = await stage.api.waitForExecutionOf(caller().workflowId);
			expect(itemsOf(execution, 'Ask')).toEqual([expect.objectContaining({ answer: textOf(chunks) })]);
		});

		test('many small pieces become at most one chunk per 50 ms', async () => {
			const response = await caller().call('[script: single agent tokens 600] [pace: 600]');
			const chunks: StreamedChunk[] = [];
			for await (const chunk of readChunks(response)) chunks.push(chunk);
			const items = chunks.filter(({ type }) => type === 'item');
			expect(items.length).toBeGreaterThan(5);
			// what is left when the answer ends does not wait for its turn
			const sentAt = items.slice(0, -1).map(({ metadata }) => metadata.timestamp);
			const gaps = sentAt.slice(1).map((at, index) => at - (sentAt[index] ?? 0));
			expect(Math.min(...gaps)).toBeGreaterThanOrEqual(49); // timestamps are whole milliseconds
			const execution = await stage.api.waitForExecutionOf(caller().workflowId);
			expect(itemsOf(execution, 'Ask').map(({ answer }) => answer)).toEqual([textOf(chunks)]);
		});
	});
});

function textOf(chunks: StreamedChunk[]): string {
	return chunks
		.filter(({ type }) => type === 'item')
		.map(({ content }) => content ?? '')
		.join('');
}
