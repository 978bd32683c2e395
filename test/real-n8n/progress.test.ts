import { setTimeout as delay } from 'node:timers/promises';
import { itemsOf } from '../../harness/server/api';
import { inSequence, node, workflow } from '../../harness/server/workflow';
import { setFields, webhook } from '../../harness/stage/nodes';
import {
	callsSoFar,
	chosen,
	expectedCalls,
	overlapping,
	progressCalls,
	progressWorkflow,
} from '../../harness/stage/progress';
import { aiDol, type ProviderUnderTest, reportify, send, wpsWithAccessToken } from '../../harness/stage/providers';
import { Stage } from '../../harness/stage/stage';

const code = (name: string, jsCode: string) => node(name, 'n8n-nodes-base.code', { jsCode }, { typeVersion: 2 });
const wait = (name: string, seconds: number) =>
	node(name, 'n8n-nodes-base.wait', { amount: seconds, unit: 'seconds' }, { typeVersion: 1.1, webhookId: name });

/** Pieces of an answer: a long one of a minute, at five in a second. */
const MINUTE_OF_PIECES = '[script: single agent tokens 300] [pace: 5]';

describe('a progress workflow', () => {
	let stage: Stage;
	beforeAll(async () => {
		stage = await Stage.open();
	});
	afterAll(async () => await stage.close());
	beforeEach(() => stage.sandbox.reset());

	/** Publishes a workflow that asks; returns how to call it. */
	async function asking(under: ProviderUnderTest, message: string, options: Record<string, unknown>) {
		const trigger = webhook('execution id');
		const { id } = await stage.publish(
			workflow(
				`Ask ${under.title} with progress ${trigger.path}`,
				[
					trigger.node,
					setFields('Chat', { chatId: '={{ $json.body.chatId }}' }),
					send(stage, under, { message, options: options as never }),
				],
				inSequence('Webhook', 'Chat', 'Ask'),
			),
		);
		const call = async () => await (await stage.api.callWebhook(trigger.path, { chatId: '4711' })).text();
		return { id, call };
	}

	test('a minute, every 5 seconds: 11 to 13 calls, one after the other, each with the text so far', async () => {
		const sub = await stage.publish(progressWorkflow('Progress of a minute'));
		const parent = await asking(reportify, MINUTE_OF_PIECES, { progressWorkflow: chosen(sub), progressInterval: 5 });
		const execution = await stage.api.waitForExecution(await parent.call(), { timeoutMs: 100_000, intervalMs: 500 });
		expect(execution.error).toBeUndefined();
		const [item] = itemsOf(execution, 'Ask');
		const calls = await progressCalls(stage, sub.id);
		const inputs = calls.map(({ input }) => input);

		const { least, most } = expectedCalls(item?.durationMs, 5000); // 11 to 13, where the machine keeps up
		expect(inputs.length).toBeGreaterThanOrEqual(Math.max(least, 11));
		expect(inputs.length).toBeLessThanOrEqual(most);
		expect(inputs.map(({ sequence }) => sequence)).toEqual(inputs.map((_, index) => index + 1));
		expect(inputs.map(({ isFinal }) => isFinal)).toEqual(inputs.map((_, index) => index === inputs.length - 1));
		expect(overlapping(calls)).toEqual([]);
		let before = '';
		for (const { textSoFar, isRewritten, conversationId, messageId, input } of inputs) {
			expect(isRewritten).toBe(false);
			expect(String(textSoFar).startsWith(before)).toBe(true);
			before = String(textSoFar);
			expect([conversationId, messageId]).toEqual([item?.conversationId, item?.messageId]);
			expect(input).toEqual({ chatId: '4711' });
		}
		expect(new Set(inputs.map(({ textSoFar }) => textSoFar)).size).toBeGreaterThan(10);
		expect(inputs.at(-1)).toMatchObject({ textSoFar: item?.answer, status: 'completed' });
		expect(calls.every(({ execution: { status } }) => status === 'success')).toBe(true);
	}, 180_000);

	test.each([wpsWithAccessToken, aiDol])('$title tells of its progress as well', async (under) => {
		const sub = await stage.publish(progressWorkflow(`Progress of ${under.title}`));
		const options = { progressWorkflow: chosen(sub), progressInterval: 1 };
		const parent = await asking(under, '[script: tokens 40] [pace: 10]', options);
		const execution = await stage.api.waitForExecution(await parent.call());
		const inputs = (await progressCalls(stage, sub.id)).map(({ input }) => input);
		expect(inputs.length).toBeGreaterThanOrEqual(3);
		expect(inputs.at(-1)).toMatchObject({ textSoFar: itemsOf(execution, 'Ask')[0]?.answer, isFinal: true });
	});

	test('a run by hand calls the sub-workflow as it is on the canvas, published or not', async () => {
		const sub = await stage.save(progressWorkflow('Progress that is a draft'));
		const start = node('Start', 'n8n-nodes-base.manualTrigger');
		const ask = send(stage, reportify, {
			message: '[script: short]',
			options: { progressWorkflow: chosen(sub), progressInterval: 1 },
		});
		const saved = await stage.save(workflow('Ask by hand with progress', [start, ask], inSequence('Start', 'Ask')));
		const execution = await stage.runByHand(saved, { trigger: 'Start' });
		expect(execution.error).toBeUndefined();
		expect((await progressCalls(stage, sub.id)).at(-1)?.input).toMatchObject({ status: 'completed', isFinal: true });
	});

	describe('the answer does not notice', () => {
		const ANSWER_MS = 4000;
		const SLOW = '[script: single agent tokens 20] [pace: 5]';

		async function expectUntouched(progress: unknown): Promise<{ took: number }> {
			const parent = await asking(reportify, SLOW, { progressWorkflow: progress, progressInterval: 1 });
			const execution = await stage.api.waitForExecution(await parent.call());
			expect(execution.error).toBeUndefined();
			expect(execution.status).toBe('success');
			expect(itemsOf(execution, 'Ask')).toEqual([expect.objectContaining({ status: 'completed' })]);
			return { took: Date.parse(execution.stoppedAt!) - Date.parse(execution.startedAt!) };
		}

		test('a workflow that throws; n8n goes on as well', async () => {
			const sub = await stage.publish(
				progressWorkflow('Progress that throws', [code('Throw', 'throw new Error("no such chat")')]),
			);
			await expectUntouched(chosen(sub));
			const calls = await progressCalls(stage, sub.id);
			expect(calls.length).toBeGreaterThanOrEqual(3);
			expect(calls.every(({ execution: { status } }) => status === 'error')).toBe(true);
		});

		test('a workflow that is missing', async () => {
			await expectUntouched({ __rl: true, mode: 'id', value: 'no-such-workflow' });
		});

		test('a workflow that is not published', async () => {
			const sub = await stage.save(progressWorkflow('Progress that is not published'));
			await expectUntouched(chosen(sub));
			expect(await callsSoFar(stage, sub.id)).toEqual([]);
		});

		test('a slow workflow: the next times are left out, the last call comes when it has ended', async () => {
			const sub = await stage.publish(progressWorkflow('Progress that is slow', [wait('Slow', 8)]));
			const { took } = await expectUntouched(chosen(sub));
			expect(took).toBeLessThan(ANSWER_MS + 3000);
			const calls = await progressCalls(stage, sub.id);
			expect(calls.map(({ input: { sequence, isFinal } }) => [sequence, isFinal])).toEqual([
				[1, false],
				[2, true],
			]);
			expect(overlapping(calls)).toEqual([]);
		});

		test('a workflow that is put to sleep by n8n: the answer does not sleep with it', async () => {
			const sub = await stage.publish(progressWorkflow('Progress that sleeps', [wait('Sleep', 70)]));
			const { took } = await expectUntouched(chosen(sub));
			expect(took).toBeLessThan(ANSWER_MS + 3000);
		});
	});

	test('Stop ends the calls', async () => {
		const sub = await stage.publish(progressWorkflow('Progress until Stop'));
		stage.sandbox.scripts.register('endless', { steps: [{ text: 'The first words' }, { hold: 'never opened' }] });
		const options = { progressWorkflow: chosen(sub), progressInterval: 1 };
		const parent = await asking(reportify, '[script: endless]', options);
		const id = await parent.call();
		await stage.api.waitForExecutionOf(sub.id);
		await stage.api.stopExecution(id);
		expect((await stage.api.waitForExecution(id)).status).toBe('canceled');
		const stopped = await callsSoFar(stage, sub.id);
		await delay(2500); // two more would have been made
		expect(await callsSoFar(stage, sub.id)).toHaveLength(stopped.length);
		expect(stopped.every(({ input }) => input.isFinal === false)).toBe(true);
	});
});
