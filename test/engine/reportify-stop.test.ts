import { reportifyBench } from './reportify';

const bench = reportifyBench();
const SLOW = 'x [script: tokens 200] [pace: 20]';

/** Presses Stop once `ready` has resolved. */
const stopWhen = (ready: () => Promise<unknown>) => ({
	onStarted: ({ cancel }: { cancel: () => void }) => void ready().then(cancel),
});
const chatRequest = async (nth = 1) => await bench.sandbox.requestTo('POST', /\/chat$/, { nth });
const cancels = () => bench.sandbox.findRequests({ path: /\/cancel$/ });

test('Stop closes the stream and tells the agent to stop, once', async () => {
	const { run } = await bench.send(
		{ message: SLOW },
		stopWhen(async () => await bench.sandbox.eventsSent(await chatRequest(), 10)),
	);
	expect(run.status).toBe('canceled');
	const chat = await chatRequest();
	const cancel = await bench.sandbox.requestTo('POST', /\/cancel$/);
	const closedAt = await bench.sandbox.closedByClient(chat);
	expect(Math.abs(cancel.at - closedAt)).toBeLessThan(1000);
	await bench.sandbox.over(cancel);
	expect(cancels()).toHaveLength(1);
	expect(cancel.path).toMatch(/^\/v1\/agent\/conversations\/\d+\/messages\/[0-9a-f]+\/cancel$/);
	expect(cancel.status).toBe(200);
});

test('Stop while the question is being sent finds the run and stops it', async () => {
	bench.sandbox.faults.add({ kind: 'silence' });
	await bench.send(
		{ message: SLOW },
		stopWhen(async () => await chatRequest()),
	);
	const cancel = await bench.sandbox.requestTo('POST', /\/cancel$/);
	await bench.sandbox.over(cancel);
	expect(cancel.status).toBe(200);
	expect(bench.questions()).toBe(1);
});

test('Stop with ten answers under way cancels ten; what has not begun is never asked', async () => {
	const { run } = await bench.send(
		{ message: SLOW, options: { maxConcurrency: 10 } },
		{
			items: Array.from({ length: 12 }, (_, n) => ({ json: { n } })),
			...stopWhen(async () => await bench.sandbox.eventsSent(await chatRequest(10), 5)),
		},
	);
	expect(run.status).toBe('canceled');
	await bench.sandbox.requestTo('POST', /\/cancel$/, { nth: 10 });
	for (const request of bench.sandbox.requests) await bench.sandbox.over(request);
	expect(cancels()).toHaveLength(10);
	expect(new Set(cancels().map(({ path }) => path)).size).toBe(10);
	expect(bench.questions()).toBe(10);
});

test('Stop after the answer cancels nothing', async () => {
	const { items } = await bench.send();
	expect(items[0]?.json.status).toBe('completed');
	for (const request of bench.sandbox.requests) await bench.sandbox.over(request);
	expect(cancels()).toEqual([]);
});

test('no connection stays open after answers, errors and early ends', async () => {
	await bench.send({ message: 'report' });
	bench.sandbox.faults.add({ kind: 'stall', afterEvents: 3 });
	await bench.send({ message: 'report', options: { idleTimeout: 0.3 } });
	bench.sandbox.faults.add({ kind: 'error-event', afterEvents: 3 });
	await bench.send({ message: 'report' });
	bench.sandbox.faults.add({ kind: 'html' });
	await bench.send({ message: 'report' });
	for (const request of bench.sandbox.requests) await bench.sandbox.over(request, { timeoutMs: 20_000 });
});
