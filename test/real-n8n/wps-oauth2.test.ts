import { itemsOf } from '../../harness/server/api';
import { inSequence, workflow } from '../../harness/server/workflow';
import { splitItems, webhook } from '../../harness/stage/nodes';
import { send, wpsWithOAuth2 } from '../../harness/stage/providers';
import { Stage } from '../../harness/stage/stage';

describe('WPS Agent: an access token that expires while a workflow runs', () => {
	let stage: Stage;

	beforeAll(async () => {
		stage = await Stage.open();
	});
	afterAll(async () => await stage.close());
	beforeEach(() => stage.sandbox.reset());

	const requests = (operation: string) => stage.sandbox.findRequests({ provider: 'wps', operation });
	const refreshes = () => requests('token').filter(({ text }) => text.includes('grant_type=refresh_token'));

	test('is refreshed in the middle: the next node gets its answer, and nothing was asked twice', async () => {
		stage.sandbox.scripts.register('slow', { steps: [{ text: 'first ' }, { hold: 'expired' }, { text: 'answer' }] });
		const trigger = webhook('execution id');
		const first = send(stage, wpsWithOAuth2, { message: '[script: slow]' }, { name: 'First' });
		const second = send(stage, wpsWithOAuth2, { message: '[script: echo]第二个' }, { name: 'Second' });
		await stage.publish(workflow('Expiring', [trigger.node, first, second], inSequence('Webhook', 'First', 'Second')));
		const id = await (await stage.api.callWebhook(trigger.path, {})).text();
		await stage.sandbox.waitForRequest({ operation: 'chat' });
		stage.sandbox.wpsStore.tokens.expireAll();
		stage.sandbox.release('expired');

		const execution = await stage.api.waitForExecution(id);
		expect(execution.error).toBeUndefined();
		expect(itemsOf(execution, 'First')).toEqual([expect.objectContaining({ answer: 'first answer' })]);
		expect(itemsOf(execution, 'Second')).toEqual([expect.objectContaining({ answer: '第二个' })]);
		expect(refreshes()).toHaveLength(1);
		expect(requests('chat').filter(({ status }) => status === 200)).toHaveLength(2);
	});

	test('is refreshed once for ten items that find it expired, and each of them is answered once', async () => {
		const trigger = webhook('execution id');
		const ask = send(stage, wpsWithOAuth2, { message: '={{ $json.message }}', options: { maxConcurrency: 10 } });
		await stage.publish(
			workflow('Ten expired', [trigger.node, splitItems(), ask], inSequence('Webhook', 'Split', 'Ask')),
		);
		stage.sandbox.wpsStore.tokens.expireAll();
		const messages = Array.from({ length: 10 }, (_, index) => `answer ${index}`);
		const items = messages.map((message) => ({ message: `[script: echo]${message}` }));
		const id = await (await stage.api.callWebhook(trigger.path, { items })).text();
		const execution = await stage.api.waitForExecution(id);
		expect(execution.error).toBeUndefined();
		expect(itemsOf(execution, 'Ask').map(({ answer }) => answer)).toEqual(messages);
		expect(refreshes()).toHaveLength(1);
		expect(requests('chat').filter(({ status }) => status === 200)).toHaveLength(10);
	});

	test('the refreshed token is saved: the next execution uses it', async () => {
		const trigger = webhook('execution id');
		const ask = send(stage, wpsWithOAuth2, { message: '[script: short]' });
		await stage.publish(workflow('Saved token', [trigger.node, ask], inSequence('Webhook', 'Ask')));
		const run = async () =>
			await stage.api.waitForExecution(await (await stage.api.callWebhook(trigger.path, {})).text());
		stage.sandbox.wpsStore.tokens.expireAll();
		expect((await run()).status).toBe('success');
		expect((await run()).status).toBe('success');
		expect(refreshes()).toHaveLength(1);
	});

	test('says who refused when the refresh is refused', async () => {
		const trigger = webhook('execution id');
		const ask = send(stage, wpsWithOAuth2, { message: '[script: short]' });
		await stage.publish(workflow('Refused refresh', [trigger.node, ask], inSequence('Webhook', 'Ask')));
		stage.sandbox.wpsStore.tokens.expireAll();
		stage.sandbox.faults.add({ kind: 'status', status: 401, operation: 'token', times: 0 });
		const id = await (await stage.api.callWebhook(trigger.path, {})).text();
		const execution = await stage.api.waitForExecution(id);
		expect(execution.status).toBe('error');
		expect(execution.error?.message).toMatch(/refused by WPS/);
		expect(requests('chat')).toHaveLength(0);
	});
});
