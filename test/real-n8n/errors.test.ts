import type { IDataObject } from 'n8n-workflow';
import { type Execution, itemsOf } from '../../harness/server/api';
import { inSequence, type NodeOptions, workflow } from '../../harness/server/workflow';
import { end, splitItems, webhook } from '../../harness/stage/nodes';
import { type ProviderUnderTest, providers, send } from '../../harness/stage/providers';
import { Stage } from '../../harness/stage/stage';

interface Failure {
	message: string;
	code: string | number | null;
	provider: string;
	conversationId: string | null;
	messageId: string | null;
	partialAnswer: string;
	status: string;
}

describe.each(providers)('$title: failures', (under) => {
	let stage: Stage;

	beforeAll(async () => {
		stage = await Stage.open();
		stage.sandbox.scripts.register('failing', {
			steps: [{ text: '半个答案 half' }, { fail: 'The model is overloaded' }],
			reportify: { form: 'single agent' }, // otherwise a report comes at the end of the run, and as a whole
		});
	});
	afterAll(async () => await stage.close());
	beforeEach(() => stage.sandbox.reset());

	/** Asks the messages as the items of one execution, with these settings of the node. */
	async function ask(messages: string[], settings: NodeOptions): Promise<Execution> {
		const trigger = webhook('execution id');
		// WPS is believed that an answer is whole after half the idle timeout, at most ten seconds
		const node = send(stage, under, { message: '={{ $json.message }}', options: { idleTimeout: 4 } }, settings);
		await stage.publish(
			workflow(
				`Failures of ${under.title}`,
				[trigger.node, splitItems(), node, end('Good'), end('Bad')],
				[
					...inSequence('Webhook', 'Split', 'Ask'),
					{ from: 'Ask', to: 'Good', output: 0 },
					{ from: 'Ask', to: 'Bad', output: 1 },
				],
			),
		);
		const items = messages.map((message) => ({ message }));
		const id = await (await stage.api.callWebhook(trigger.path, { items })).text();
		return await stage.api.waitForExecution(id);
	}

	test('the error output gets the failed items with partial answer and ids, the other output the answers', async () => {
		const messages = ['[script: short] 1', '[script: failing] 2', '[script: short] 3'];
		const execution = await ask(messages, { onError: 'continueErrorOutput' });
		expect(execution.status).toBe('success');
		expect(itemsOf(execution, 'Good').map(({ answer }) => answer)).toEqual(
			Array(2).fill('Hello from the sandbox — 你好 👋'),
		);
		// n8n itself adds the fields of the input item
		const [{ message, ...failed } = {}, ...others] = itemsOf(execution, 'Bad');
		expect([message, others]).toEqual(['[script: failing] 2', []]);
		expectFailure(failed, under);
		const [bad] = execution.runData.Bad?.[0]?.data?.main?.[0] ?? [];
		expect(bad?.pairedItem).toEqual({ item: expect.any(Number) });
		expect(stage.questions()).toHaveLength(3);
	});

	test('"continue" keeps the failed item among the others, at its place', async () => {
		const messages = ['[script: short] 1', '[script: failing] 2', '[script: short] 3'];
		const execution = await ask(messages, { onError: 'continueRegularOutput' });
		const [first, failed, third] = itemsOf(execution, 'Good');
		expect(first).toMatchObject({ status: 'completed' });
		expect(third).toMatchObject({ status: 'completed' });
		expect(first).not.toHaveProperty('error');
		expectFailure(failed, under);
	});

	test('without "continue" the execution fails and says what happened', async () => {
		const execution = await ask(['[script: failing]'], {});
		expect(execution.status).toBe('error');
		expect(execution.lastNodeExecuted).toBe('Ask');
		expect(execution.error?.message).toMatch(/\S/);
		expect(execution.error?.message).not.toMatch(/undefined|\[object|NodeApiError/);
	});

	test('a wrong parameter fails before any request and names the parameter', async () => {
		const execution = await ask(['   '], {});
		expect(execution.status).toBe('error');
		expect(execution.error?.message).toContain('Message');
		expect(stage.sandbox.requests).toHaveLength(0);
	});

	describe('Retry On Fail', () => {
		const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

		test.each([
			['the connection was reset after the question had arrived', 'reset after request'],
			['the agent failed', 'error after 3 events "overloaded"'],
			['the answer broke off for good', 'cut after 4 events'],
			['a gateway timed out while the question went through', 'status 504'],
		])('never asks twice when %s', async (_, fault) => {
			await ask([`[script: tokens 20] [fault: ${fault}]`], retrying);
			expect(stage.questions()).toHaveLength(1);
		});

		test('does not ask an answered item again because another one failed, which stays failed', async () => {
			const execution = await ask(['[script: short] good', '[script: failing] bad'], retrying);
			expect([execution.status, itemsOf(execution, 'Good')]).toEqual(['error', []]);
			expect(stage.questions().filter(({ text }) => text.includes('good'))).toHaveLength(1);
			expect(stage.questions().filter(({ text }) => text.includes('bad'))).toHaveLength(1);
		});
	});
});

function expectFailure(item: IDataObject | undefined, { provider, cancels }: ProviderUnderTest): void {
	expect(Object.keys(item ?? {})).toEqual(['error']);
	const error = item?.error as unknown as Failure;
	expect(error).toMatchObject({ provider, partialAnswer: '半个答案 half' });
	expect(error.message).toMatch(/\S/);
	expect(error.conversationId).toMatch(/\S/);
	if (cancels) expect(error.messageId).toMatch(/\S/);
}
