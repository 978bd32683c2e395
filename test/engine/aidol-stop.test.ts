import { aiDolBench } from './aidol';

const bench = aiDolBench();

/** Presses Stop once `ready` has resolved. */
const stopWhen = (ready: () => Promise<unknown>) => ({
	onStarted: ({ cancel }: { cancel: () => void }) => void ready().then(cancel),
});
const chatRequest = async (nth = 1) => await bench.sandbox.requestTo('POST', /\/chat\/stream$/, { nth });

test('Stop closes the connection, and nothing else: AI-DOL has no way to stop an agent', async () => {
	const { run } = await bench.send(
		{ message: 'x [script: hold gate after 2]' },
		stopWhen(async () => await bench.sandbox.eventsSent(await chatRequest(), 2)),
	);
	expect(run.status).toBe('canceled');
	await bench.sandbox.closedByClient(await chatRequest());
	expect(bench.sandbox.requests.map(({ path }) => path)).toEqual(['/v1/chat/conversation', '/v1/chat/stream']);
});

test('Stop while the question is being sent', async () => {
	bench.sandbox.faults.add({ kind: 'silence' });
	const { run } = await bench.send({}, stopWhen(chatRequest));
	expect(run.status).toBe('canceled');
	await bench.sandbox.closedByClient(await chatRequest());
	expect(bench.questions()).toBe(1);
});

test('Stop while the conversation is being made: the question is never asked', async () => {
	bench.sandbox.faults.add({ kind: 'silence', operation: 'conversation.create' });
	const { run } = await bench.send(
		{},
		stopWhen(async () => await bench.sandbox.requestTo('POST', /conversation$/)),
	);
	expect(run.status).toBe('canceled');
	await bench.sandbox.closedByClient(bench.sandbox.requests[0]!);
	expect(bench.questions()).toBe(0);
});

test('Stop with several answers under way: what has not begun is never asked', async () => {
	const { run } = await bench.send(
		{ message: 'x [script: hold gate after 1]', options: { maxConcurrency: 3 } },
		{
			items: Array.from({ length: 5 }, (_, n) => ({ json: { n } })),
			...stopWhen(async () => {
				for (const nth of [1, 2, 3]) await bench.sandbox.eventsSent(await chatRequest(nth), 1);
			}),
		},
	);
	expect(run.status).toBe('canceled');
	for (const nth of [1, 2, 3]) await bench.sandbox.closedByClient(await chatRequest(nth));
	expect(bench.questions()).toBe(3);
});

test('no connection stays open after answers, errors and early ends', async () => {
	await bench.send();
	bench.sandbox.faults.add({ kind: 'stall', afterEvents: 2 });
	await bench.send({ options: { idleTimeout: 0.3 } });
	bench.sandbox.faults.add({ kind: 'error-event', afterEvents: 2 });
	await bench.send();
	bench.sandbox.faults.add({ kind: 'html' });
	await bench.send();
	expect(bench.questions()).toBe(4);
	for (const request of bench.sandbox.requests) await bench.sandbox.over(request, { timeoutMs: 20_000 });
});
