import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';
import { DOCUMENTED } from '../reportify/decoder';
import { CHOSEN, ProgressWorkflow } from './progress-workflow';
import { errorIn, reportifyBench, type RunExtras } from './reportify';
import { asTool } from './tool';

const bench = reportifyBench();

/** The shortest interval there is: the tests wait for calls, not for time. Seconds. */
const options = { progressWorkflow: CHOSEN, progressInterval: 0.1 };

/** An agent that says something, waits until it has been told of so often, and says the rest. */
const inTwoParts = (gate: string) =>
	`[script: single agent steps [{"text":"Part one. "},{"hold":"${gate}"},{"text":"Part two."}]]`;

async function send(progress: ProgressWorkflow, parameters: object, extra: RunExtras = {}) {
	return await bench.send(
		{ ...parameters, options: { ...options, ...(parameters as { options?: object }).options } },
		{ mode: 'webhook', executeWorkflow: progress.execute, ...extra },
	);
}

test('the sub-workflow is told of the text so far, and at the end of the answer', async () => {
	const progress = new ProgressWorkflow(
		({ input }) => input.textSoFar === 'Part one. ' && bench.sandbox.release('told'),
	);
	const { items } = await send(progress, { message: inTwoParts('told') }, { items: [{ json: { chatId: 4711 } }] });
	await progress.calledForTheLastTime();
	const [item] = items;
	expect(item?.json).toMatchObject({ status: 'completed', answer: expect.stringContaining('Part two.') });
	expect(progress.inputs.length).toBeGreaterThanOrEqual(2);
	expect(progress.inputs.map(({ sequence }) => sequence)).toEqual(progress.inputs.map((_, index) => index + 1));
	expect(progress.inputs.find(({ textSoFar }) => textSoFar === 'Part one. ')).toEqual({
		conversationId: item?.json.conversationId,
		messageId: item?.json.messageId,
		textSoFar: 'Part one. ',
		isRewritten: false,
		lastStep: expect.anything(),
		elapsedMs: expect.any(Number),
		sequence: expect.any(Number),
		isFinal: false,
		status: 'running',
		input: { chatId: 4711 },
	});
	expect(progress.inputs.at(-1)).toMatchObject({
		textSoFar: item?.json.answer,
		isFinal: true,
		status: 'completed',
		input: { chatId: 4711 },
	});
});

test('n8n is told which execution the call belongs to, and that it must not resume it', async () => {
	const progress = new ProgressWorkflow();
	await send(progress, {});
	const [{ workflowId, options: told }] = progress.calls as [(typeof progress.calls)[0]];
	expect(workflowId).toBe('wf-1');
	expect(told).toMatchObject({
		parentWorkflowId: 'workflow',
		parentExecution: { executionId: '1', workflowId: 'workflow', shouldResume: false },
		executionMode: 'webhook',
		node: { name: 'Tested' },
	});
});

test('of a run of many nodes neither plan nor notes are told, the nodes are; the result is another text', async () => {
	const progress = new ProgressWorkflow();
	const { items } = await send(progress, { message: 'x [script: documented run] [pace: 60]' });
	await progress.calledForTheLastTime();
	const texts = progress.inputs.map(({ textSoFar }) => String(textSoFar));
	for (const text of texts) {
		for (const foreign of [DOCUMENTED.plan, ...DOCUMENTED.notes]) expect(text).not.toContain(foreign);
	}
	expect(texts.at(-1)).toBe(items[0]?.json.answer);
	const steps = progress.inputs.map(({ lastStep }) => lastStep as { name: string } | null);
	expect(new Set(steps.map((step) => step?.name)).size).toBeGreaterThan(1);
	let before = '';
	for (const { textSoFar, isRewritten } of progress.inputs) {
		expect(isRewritten).toBe(!String(textSoFar).startsWith(before));
		before = String(textSoFar);
	}
});

test.each([
	['throws', () => Promise.reject(new Error('no such chat'))],
	['throws something strange', () => Promise.reject('x' as never)],
	['never ends', () => new Promise(() => undefined)],
	['is put to sleep by n8n', () => Promise.resolve(new Date(Date.now() + 3_600_000))],
	['changes what it is given', ({ input }: { input: object }) => Object.assign(input, { input: undefined })],
])('a workflow that %s: the answer does not notice', async (_, work) => {
	const progress = new ProgressWorkflow(work as never);
	const done = new ProgressWorkflow();
	const both: ProgressWorkflow['execute'] = async (...call) => {
		if (progress.calls.length === 0) bench.sandbox.release('told');
		await done.execute(...call);
		return await progress.execute(...call);
	};
	const { items, run } = await send(
		progress,
		{ message: inTwoParts('told') },
		{ executeWorkflow: both, items: [{ json: { chatId: 1 } }] },
	);
	expect(items[0]?.json.status).toBe('completed');
	expect(run.status).toBe('success');
	expect(run.waitTill ?? undefined).toBeUndefined();
	expect(run.data.resultData.runData.Start?.[0]?.data?.main?.[0]?.[0]?.json).toEqual({ chatId: 1 });
	expect(progress.mostAtOnce).toBe(1);
});

test('a workflow that is missing: the log says so, once', async () => {
	const warn = jest.spyOn(Container.get(Logger), 'warn');
	try {
		const progress = new ProgressWorkflow(({ input }) => {
			if (input.sequence === 2) bench.sandbox.release('told');
			throw new Error('Workflow does not exist.');
		});
		const { items } = await send(progress, { message: inTwoParts('told') });
		await progress.calledForTheLastTime();
		expect(items[0]?.json.status).toBe('completed');
		expect(progress.calls.length).toBeGreaterThanOrEqual(3);
		const lines = warn.mock.calls.map(([line]) => line).filter((line) => /progress workflow/.test(line));
		expect(lines).toEqual(['The progress workflow wf-1 of node "Tested" failed: Workflow does not exist.']);
	} finally {
		warn.mockRestore();
	}
});

test('never two at a time; the last call follows the one that is going on', async () => {
	let finish = () => undefined as void;
	const first = new Promise<void>((resolve) => (finish = resolve));
	const progress = new ProgressWorkflow(({ input }) => {
		if (input.sequence === 1) bench.sandbox.release('told');
		return input.sequence === 1 ? first : undefined;
	});
	const { items } = await send(progress, { message: inTwoParts('told') });
	expect(items[0]?.json.status).toBe('completed');
	expect(progress.inputs).toHaveLength(1);
	finish();
	await progress.calledForTheLastTime();
	expect(progress.inputs.map(({ sequence, isFinal }) => [sequence, isFinal])).toEqual([
		[1, false],
		[2, true],
	]);
	expect(progress.mostAtOnce).toBe(1);
});

test('Stop ends the calls', async () => {
	const progress = new ProgressWorkflow();
	const { run } = await send(
		progress,
		{ message: inTwoParts('never opened') },
		{ onStarted: ({ cancel }) => void progress.called(2).then(cancel) },
	);
	expect(run.status).toBe('canceled');
	const cancel = await bench.sandbox.requestTo('POST', /\/cancel$/);
	await bench.sandbox.over(cancel);
	expect(progress.inputs.some(({ isFinal }) => isFinal)).toBe(false);
	expect(progress.calls.length).toBeLessThanOrEqual(3); // one may have been on its way
});

test('an agent that fails: the last call says so, and has what had come', async () => {
	const progress = new ProgressWorkflow();
	const message = '[script: single agent steps [{"text":"Half an answer"},{"fail":"Out of credits"}]]';
	const { error } = await send(progress, { message });
	expect(error?.message).toContain('Out of credits');
	await progress.calledForTheLastTime();
	expect(progress.inputs.at(-1)).toMatchObject({ isFinal: true, status: 'failed' });
});

test('a time limit: the last call says that the agent is still at it', async () => {
	const progress = new ProgressWorkflow();
	const { items } = await send(progress, {
		message: inTwoParts('never opened'),
		options: { maxDuration: 0.5, ifNotFinished: 'return' },
	});
	expect(items[0]?.json.status).toBe('running');
	await progress.calledForTheLastTime();
	expect(progress.inputs.at(-1)).toMatchObject({ isFinal: true, status: 'running' });
});

test('several items: each has its own calls, in its own order', async () => {
	const progress = new ProgressWorkflow();
	const chats = ['anna', 'bert', 'carl'];
	const { items } = await send(
		progress,
		{ message: '[script: single agent tokens 10] [pace: 20] ={{ $json.chat }}', options: { maxConcurrency: 2 } },
		{ items: chats.map((chat) => ({ json: { chat } })) },
	);
	for (const [index, chat] of chats.entries()) {
		const own = progress.inputs.filter(({ input }) => (input as { chat: string }).chat === chat);
		expect(own.length).toBeGreaterThanOrEqual(2);
		expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, at) => at + 1));
		// A call may come before the conversation is made.
		const conversations = own.map(({ conversationId }) => conversationId).filter((id) => id !== null);
		expect(new Set(conversations).size).toBe(1);
		expect(own.at(-1)).toMatchObject({ isFinal: true, textSoFar: items[index]?.json.answer });
	}
});

test('n8n tries again: the numbers go on, and only the last try has a last call', async () => {
	bench.sandbox.faults.add({ kind: 'cut', afterEvents: 12, how: 'reset' });
	bench.sandbox.faults.add({ kind: 'status', status: 401, operation: 'events', times: 2 });
	bench.sandbox.faults.add({ kind: 'status', status: 401, operation: 'messages' });
	const progress = new ProgressWorkflow();
	const { items } = await send(
		progress,
		{ message: '[script: single agent tokens 12] [pace: 30]' },
		{ node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
	);
	expect(items[0]?.json.status).toBe('completed');
	await progress.calledForTheLastTime();
	expect(progress.inputs.map(({ sequence }) => sequence)).toEqual(progress.inputs.map((_, index) => index + 1));
	expect(progress.inputs.filter(({ isFinal }) => isFinal)).toEqual([progress.inputs.at(-1)]);
	expect(bench.questions()).toBe(1);
});

test('Collect tells of the answer that it waits for', async () => {
	const { items } = await bench.send({ message: inTwoParts('told'), options: { waitForAnswer: false } });
	const progress = new ProgressWorkflow(({ input }) => input.sequence === 1 && bench.sandbox.release('told'));
	const { conversationId, messageId } = items[0]!.json;
	const { items: collected } = await bench.run(
		{ resource: 'message', operation: 'collect', conversationId, messageId, options },
		{ mode: 'webhook', executeWorkflow: progress.execute },
	);
	await progress.calledForTheLastTime();
	expect(progress.inputs.at(-1)).toMatchObject({ messageId, textSoFar: collected[0]?.json.answer, isFinal: true });
	expect(progress.inputs.length).toBeGreaterThanOrEqual(2);
});

test('as a tool of an AI Agent', async () => {
	const progress = new ProgressWorkflow(({ input }) => input.sequence === 1 && bench.sandbox.release('told'));
	const { additionalData } = bench.engine;
	bench.engine.additionalData = (stored) =>
		Object.assign(additionalData(stored), { executeWorkflow: progress.execute });
	try {
		const invoke = await asTool(
			bench.engine,
			{
				type: 'n8n-nodes-agent-conversations.reportify',
				parameters: { resource: 'message', operation: 'send', message: inTwoParts('told'), options },
			},
			{ reportifyApi: { apiKey: 'sandbox-key', baseUrl: bench.sandbox.reportify.url } },
		);
		expect(await invoke({})).toContain('Part two.');
		await progress.calledForTheLastTime();
		expect(progress.inputs.length).toBeGreaterThanOrEqual(2);
	} finally {
		bench.engine.additionalData = additionalData;
	}
});

describe('the options', () => {
	test.each([
		['an ID', 'wf-2', 'wf-2'],
		['an ID in a selector', { __rl: true, mode: 'id', value: ' wf-3 ' }, 'wf-3'],
		['an ID from an expression', { __rl: true, mode: 'id', value: '={{ "wf" + "-4" }}' }, 'wf-4'],
	])('%s', async (_, progressWorkflow, id) => {
		const progress = new ProgressWorkflow();
		await send(progress, { options: { progressWorkflow } });
		expect(progress.calls.map(({ workflowId }) => workflowId)).toContain(id);
	});

	test.each(['', { __rl: true, mode: 'list', value: '' }])('nothing chosen: nothing is called', async (none) => {
		const progress = new ProgressWorkflow();
		const { items } = await send(progress, { options: { progressWorkflow: none } });
		expect(items[0]?.json.status).toBe('completed');
		expect(progress.calls).toEqual([]);
	});

	test.each([
		[{ progressWorkflow: { name: 'x' } }, /Progress Workflow/],
		[{ progressWorkflow: ['a', 'b'] }, /Progress Workflow/],
		[{ progressInterval: 0 }, /Progress Interval/],
		[{ progressInterval: 'often' }, /Progress Interval/],
	])('%j: an error before anything is asked', async (wrong, message) => {
		const progress = new ProgressWorkflow();
		const { items } = await send(progress, { options: wrong }, { node: { onError: 'continueRegularOutput' } });
		expect(errorIn(items[0]?.json)).toMatchObject({ message: expect.stringMatching(message), status: 'notSent' });
		expect(bench.sandbox.requests).toHaveLength(0);
	});
});
