import { errorIn, wpsBench } from './wps';

jest.setTimeout(60_000);

const bench = wpsBench();
const items = (...messages: string[]) => messages.map((message) => ({ json: { message } }));
const FROM_ITEM = { message: '={{ $json.message }}' };
const asked = () =>
	bench.sandbox.findRequests({ operation: 'chat' }).map(({ text }) => (JSON.parse(text) as { text: string }).text[0]);

test('one item out for each item in, in input order, paired; a failed one apart', async () => {
	bench.sandbox.faults.add({ kind: 'error-event', afterEvents: 5, skip: 1 });
	const { items: out } = await bench.send(
		{ ...FROM_ITEM, options: { maxConcurrency: 1 } },
		{
			items: items('a [script: echo]', 'b [script: echo]', 'c [script: echo]'),
			node: { onError: 'continueRegularOutput' },
		},
	);
	expect(out.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
	expect(out.map(({ json }) => json.answer ?? Object.keys(json)[0])).toEqual(['a', 'error', 'c']);
	expect(errorIn(out[1]?.json)).toMatchObject({
		provider: 'wps',
		status: 'failed',
		conversationId: expect.any(String),
	});
});

test('with an error output, failures go there with all they carry', async () => {
	const { items: out, errorItems } = await bench.send(FROM_ITEM, {
		items: items('a [script: fail no]', 'b [script: echo]'),
		node: { onError: 'continueErrorOutput' },
	});
	expect([out.length, errorItems.length]).toEqual([1, 1]);
	expect(errorIn(errorItems[0]?.json)).toMatchObject({
		partialAnswer: 'Partial answer ',
		messageId: expect.any(String),
	});
});

test('messages to the same conversation run one after the other, in input order', async () => {
	const conversationId = await bench.newConversation();
	const { items: out } = await bench.send(
		{ ...FROM_ITEM, conversationId },
		{ items: items('1 [script: echo]', '2 [script: echo]', '3 [script: echo]') },
	);
	expect(asked()).toEqual(['1', '2', '3']);
	expect(out.map(({ json }) => json.answer)).toEqual(['1', '2', '3']);
});

test('the same question twice in a conversation: each gets its own answer, also out of the session', async () => {
	const conversationId = await bench.newConversation();
	bench.sandbox.scripts.register('again', () => ({ steps: [{ text: `answer ${++count}` }] }));
	let count = 0;
	bench.sandbox.faults.add({ kind: 'cut', beforeTerminal: true, times: 2 });
	const { items: out } = await bench.send(
		{ ...FROM_ITEM, conversationId },
		{ items: items('x [script: again]', 'x [script: again]') },
	);
	expect(out.map(({ json }) => [json.answer, json.deliveredBy])).toEqual([
		['answer 1', 'lookup'],
		['answer 2', 'lookup'],
	]);
});

describe("n8n's Retry On Fail", () => {
	const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

	test('gives answers again and asks only what was never asked', async () => {
		bench.sandbox.faults.add({ kind: 'status', status: 422, skip: 1, body: 'no' });
		const { items: out, run } = await bench.send(
			{ ...FROM_ITEM, options: { maxConcurrency: 1 } },
			{ items: items('a [script: echo]', 'b [script: echo]', 'c [script: echo]'), node: RETRY },
		);
		expect(run.status).toBe('success');
		expect(out.map(({ json }) => json.answer)).toEqual(['a', 'b', 'c']);
		expect(asked()).toEqual(['a', 'b', 'c', 'b']);
	});

	test('collects what went out instead of asking again', async () => {
		bench.sandbox.faults.add({ kind: 'stall', afterEvents: 6 });
		bench.sandbox.scripts.register('late', {
			steps: [{ text: 'one ' }, { text: 'two ' }, { hold: 'late' }, { text: 'three' }],
		});
		const conversationId = await bench.newConversation();
		const sending = bench.send(
			{ conversationId, message: 'x [script: late]', options: { idleTimeout: 1 } },
			{ node: RETRY },
		);
		await bench.sandbox.waitForRequest({ operation: 'messages' }, { nth: 2 }); // the first try looks once
		bench.sandbox.release('late');
		const { items: out } = await sending;
		expect(out[0]?.json).toMatchObject({ status: 'completed', answer: 'one two three', deliveredBy: 'lookup' });
		expect(bench.questions()).toBe(1);
	});

	test('does not ask again when the first try may have arrived', async () => {
		bench.sandbox.faults.add({ kind: 'status', status: 500, handled: false });
		const { error } = await bench.send({}, { node: RETRY });
		expect(error?.message).toContain('WPS');
		expect(bench.questions()).toBe(1);
	});

	test('the address that was found is not looked for again', async () => {
		bench.configure({ generations: ['app'] });
		bench.sandbox.faults.add({ kind: 'error-event', afterEvents: 5, skip: 2 });
		const two = { ...FROM_ITEM, options: { maxConcurrency: 1 } };
		await bench.send(two, { items: items('a [script: echo]', 'b [script: echo]'), node: RETRY });
		expect(bench.sandbox.wpsStore.chats()).toHaveLength(2);
		expect(bench.sandbox.findRequests({ path: /\/apps\/.*create/ })).toHaveLength(3);
	});
});

describe('Stop', () => {
	const SLOW = 'x [script: tokens 200] [pace: 20]';
	const stopWhen = (ready: () => Promise<unknown>) => ({
		onStarted: ({ cancel }: { cancel: () => void }) => void ready().then(cancel),
	});
	const chatRequest = async (nth = 1) => await bench.sandbox.waitForRequest({ operation: 'chat' }, { nth });
	const cancels = () => bench.sandbox.findRequests({ operation: 'cancel' });

	test.each<[string, 'app' | 'sse', () => Promise<ReturnType<typeof bench.accessToken>>]>([
		['newer paths, access token', 'sse', async () => bench.accessToken()],
		['older paths, access token', 'app', async () => bench.accessToken()],
		['newer paths, OAuth2', 'sse', async () => await bench.oAuth2()],
	])('closes the stream and cancels the chat, once (%s)', async (_what, generation, credentialsOf) => {
		bench.configure({ generations: generation === 'sse' ? ['sse', 'apps'] : ['app'] });
		const nth = generation === 'sse' ? 1 : 3; // the address is found first
		const { run } = await bench.send(
			{ message: SLOW },
			{
				credentials: await credentialsOf(),
				...stopWhen(async () => await bench.sandbox.eventsSent(await chatRequest(nth), 10)),
			},
		);
		expect(run.status).toBe('canceled');
		const path = generation === 'app' ? /\/app\// : /\/apps\//;
		const cancel = await bench.sandbox.waitForRequest({ operation: 'cancel', path });
		await bench.sandbox.closedByClient(await chatRequest(nth));
		await bench.sandbox.over(cancel);
		expect([cancel.status, cancel.refusal]).toEqual([200, undefined]);
		const [chat] = bench.sandbox.wpsStore.chats();
		expect(chat!.run.state).toBe('cancelled');
		expect(generation === 'app' ? cancel.path : cancel.text).toContain(chat!.id);
		expect(cancels().filter(({ status }) => status === 200)).toHaveLength(1);
	});

	test.each(['http', '200'] as const)(
		'cancels with the token that was renewed before, errors under %s',
		async (errorStatus) => {
			bench.configure({ errorStatus, refreshTokensOnce: true });
			const credentials = await bench.oAuth2();
			bench.sandbox.wpsStore.tokens.expireAll();
			await bench.send(
				{ message: SLOW },
				{ credentials, ...stopWhen(async () => await bench.sandbox.eventsSent(await chatRequest(), 10)) },
			);
			const cancel = await bench.sandbox.waitForRequest({ operation: 'cancel' });
			await bench.sandbox.over(cancel);
			expect(cancel.refusal).toBeUndefined();
			expect(bench.sandbox.wpsStore.chats()[0]!.run.state).toBe('cancelled');
		},
	);

	test('with many answers under way cancels each, once', async () => {
		await bench.send(
			{ message: SLOW, options: { maxConcurrency: 4 } },
			{
				items: items('', '', '', '', '', ''),
				...stopWhen(async () => {
					for (let nth = 1; nth <= 4; nth++) await bench.sandbox.eventsSent(await chatRequest(nth), 8);
				}),
			},
		);
		await bench.sandbox.waitForRequest({ operation: 'cancel' }, { nth: 4 });
		for (const request of bench.sandbox.requests) await bench.sandbox.over(request);
		expect(new Set(cancels().map(({ text }) => text)).size).toBe(4);
		expect(cancels()).toHaveLength(4);
		expect(bench.questions()).toBe(4);
	});

	test('after the answer cancels nothing', async () => {
		await bench.send();
		for (const request of bench.sandbox.requests) await bench.sandbox.over(request);
		expect(cancels()).toEqual([]);
	});

	test('no connection stays open after answers, errors and early ends', async () => {
		await bench.send({ message: 'report' });
		for (const fault of [
			{ kind: 'stall' as const, afterEvents: 6 },
			{ kind: 'error-event' as const, afterEvents: 6 },
			{ kind: 'json-200' as const, body: '{"code":400000007,"msg":"no"}' },
			{ kind: 'html' as const },
		]) {
			bench.sandbox.faults.add(fault);
			await bench.send({ message: 'report', options: { idleTimeout: 0.5 } });
		}
		for (const request of bench.sandbox.requests) await bench.sandbox.over(request, { timeoutMs: 20_000 });
	});
});

test('live text arrives as it grows, and ends whole', async () => {
	const { chunks, items: out } = await bench.send(
		{ message: 'x [script: tokens 40] [pace: 100]' },
		{ mode: 'webhook', streaming: true },
	);
	expect(chunks.map(({ type }) => type).filter((type) => type !== 'item')).toEqual(['begin', 'end']);
	const text = chunks.map((chunk) => ('content' in chunk ? (chunk.content ?? '') : '')).join('');
	expect(text).toBe(out[0]?.json.answer);
	expect(chunks.length).toBeGreaterThan(4);
});

test('the same question in two items without a conversation: asked twice, each in a conversation of its own', async () => {
	const { items: out } = await bench.send({ ...FROM_ITEM }, { items: items('x [script: echo]', 'x [script: echo]') });
	expect(out.map(({ json }) => json.answer)).toEqual(['x', 'x']);
	expect(new Set(out.map(({ json }) => json.conversationId)).size).toBe(2);
});
