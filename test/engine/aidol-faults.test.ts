import type { FaultInput, SettingsPatch } from '../../sandbox';
import { aiDolBench } from './aidol';
import { errorIn } from './reportify';

jest.setTimeout(60_000);

const bench = aiDolBench();
const CONTINUE = { node: { onError: 'continueRegularOutput' as const } };
const SHORT = 'Hello from the sandbox — 你好 👋';

/** Sends a question under faults; what came out, and how often the question was asked. */
async function underFaults(faults: FaultInput[], parameters: object = {}) {
	for (const fault of faults) bench.sandbox.faults.add(fault);
	const { items } = await bench.send(parameters, CONTINUE);
	expect(items).toHaveLength(1);
	const json = items[0]!.json;
	return { json, error: errorIn(json), questions: bench.questions() };
}

describe('the question is never asked twice once it may have arrived', () => {
	test.each<[string, FaultInput, object]>([
		[
			'the connection breaks before anything was read',
			{ kind: 'refuse' },
			{ code: 'connection_broken', status: 'unknown' },
		],
		[
			'the connection is reset behind the question',
			{ kind: 'reset-after-request' },
			{ code: 'connection_broken', status: 'unknown' },
		],
		['500', { kind: 'status', status: 500, handled: true }, { httpStatus: 500, status: 'unknown' }],
		[
			'500 and a body that speaks of a rate limit',
			{ kind: 'status', status: 500, body: '{"success":false,"code":10400,"message":"Too many requests"}' },
			{ httpStatus: 500, status: 'unknown' },
		],
		['503', { kind: 'status', status: 503 }, { httpStatus: 503, status: 'unknown' }],
		['504', { kind: 'status', status: 504 }, { httpStatus: 504, status: 'unknown' }],
		['silence', { kind: 'silence' }, { code: 'idle_timeout', status: 'unknown' }],
		['silence in mid-answer', { kind: 'stall', afterEvents: 2 }, { code: 'idle_timeout', status: 'running' }],
		['a web page', { kind: 'html' }, { code: 'web_page' }],
		['a reset in mid-answer', { kind: 'cut', afterEvents: 2, how: 'reset' }, { code: 'stream_broken' }],
		['a closed connection in mid-answer', { kind: 'cut', afterEvents: 2, how: 'close' }, { code: 'stream_broken' }],
		['an event that cannot be read', { kind: 'malformed', afterEvents: 1 }, { code: 'stream_broken' }],
		['a body without an answer', { kind: 'cut', afterEvents: 0 }, { code: 'empty_reply' }],
	])('%s', async (_title, fault, expected) => {
		const { json, error, questions } = await underFaults([fault], { options: { idleTimeout: 0.3 } });
		expect(Object.keys(json)).toEqual(['error']);
		expect(error).toMatchObject({
			...expected,
			provider: 'aidol',
			conversationId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
			messageId: null,
			lastOffset: null,
		});
		expect(questions).toBe(1);
	});

	test('what had arrived is kept', async () => {
		const { error } = await underFaults([{ kind: 'cut', afterEvents: 2, how: 'reset' }]);
		expect(error.partialAnswer).toBe('Hello from the sandbox — 你好');
	});

	test("n8n's Retry On Fail does not ask again either", async () => {
		bench.sandbox.faults.add({ kind: 'cut', afterEvents: 2, how: 'reset' });
		const { error } = await bench.send({}, { node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } });
		expect(error?.message).toMatch(/^The connection to AI-DOL broke/);
		expect(bench.questions()).toBe(1);
	});

	test("after n8n's retries it is still the agent's own error, with the partial answer", async () => {
		bench.sandbox.faults.add({ kind: 'error-event', afterEvents: 2, message: 'Out of credits' });
		const { items } = await bench.send(
			{},
			{ node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1, onError: 'continueRegularOutput' } },
		);
		const { error } = items[0]!.json as { error: Record<string, string> };
		expect(error).toMatchObject({ message: "AI-DOL's agent stopped: Out of credits", status: 'failed' });
		expect(error.description).toContain('Out of credits');
		expect(error.partialAnswer).not.toBe('');
		expect(bench.questions()).toBe(1);
	});
});

describe('a refusal is told in the words of the user', () => {
	const json200 = (code: number, message: string): FaultInput => ({
		kind: 'json-200',
		body: JSON.stringify({
			code,
			success: false,
			message,
			data: null,
			traceId: 'trace-of-the-sandbox',
			timestamp: '1',
		}),
	});

	test('a rate limit under HTTP 200 is waited for', async () => {
		const { json, questions } = await underFaults([json200(10400, 'Too many requests, please try again later')]);
		expect(json).toMatchObject({ status: 'completed', answer: SHORT });
		expect(questions).toBe(2);
	});

	test('a rate limit that lasts', async () => {
		const limit = { ...json200(10400, 'Too many requests, please try again later'), times: 0 };
		const { error, questions } = await underFaults([limit], { options: { maxDuration: 3 } });
		expect(error).toMatchObject({ code: '10400', status: 'notSent' });
		expect(error.message).toContain('AI-DOL limits how often it may be asked');
		expect(error.description).toContain('Trace ID: trace-of-the-sandbox');
		expect(questions).toBeGreaterThan(1);
	});

	test.each([
		[10400, 'Invalid API key', 'The API key was refused by AI-DOL', 'does not know this API key'],
		[
			10400,
			'API key usage limit reached',
			'AI-DOL does not allow this',
			'All calls that this API key may make are used up',
		],
		[10404, 'Agent not found', 'AI-DOL does not know what was asked for', 'Get Many'],
		[10400, 'text is required', 'AI-DOL did not accept the request', 'text is required'],
	])('%s %s: when asking and when making a conversation', async (code, text, message, hint) => {
		for (const operation of ['chat', 'conversation.create']) {
			bench.sandbox.reset();
			const { error } = await underFaults([{ ...json200(code, text), operation }]);
			expect(error).toMatchObject({ code: String(code), status: operation === 'chat' ? 'notSent' : error.status });
			expect(error.message).toContain(message);
			for (const part of [hint, text, 'Trace ID: trace-of-the-sandbox']) expect(error.description).toContain(part);
		}
	});

	test.each<[string, SettingsPatch['aidol'], object, string]>([
		['an unknown key', {}, { apiKey: 'wrong-key-1234' }, 'The API key was refused by AI-DOL (401)'],
		[
			'an unknown key, under HTTP 200',
			{ invalidKeyStatus: 200 },
			{ apiKey: 'wrong-key-1234' },
			'The API key was refused by AI-DOL (401)',
		],
		['a used up quota', { callsLeft: 0 }, {}, 'AI-DOL does not allow this with the credential in use (403)'],
	])('%s', async (_title, aidol, changes, message) => {
		bench.sandbox.configure({ aidol });
		const { items } = await bench.send({}, { ...CONTINUE, credentials: bench.credentials({ ...changes }) });
		expect(errorIn(items[0]?.json)).toMatchObject({ message, provider: 'aidol' });
		expect(JSON.stringify(items)).not.toContain('wrong-key-1234');
		expect(bench.questions()).toBe(0);
	});

	test('401 with a body that is not from AI-DOL', async () => {
		const { error } = await underFaults([{ kind: 'status', status: 401, body: '<html>no</html>' }]);
		expect(error).toMatchObject({ message: 'The API key or signature was refused by AI-DOL (401)', status: 'notSent' });
	});

	test('a clock that is off is explained, by what the server says the time is', async () => {
		const serverTime = new Date(Date.now() - 3 * 3600_000).toUTCString();
		const { error } = await underFaults([
			{ kind: 'status', status: 401, headers: { Date: serverTime }, operation: 'conversation.create' },
		]);
		expect(error.description).toMatch(/is (?:179|180|181) minutes ahead of the one of AI-DOL/);
	});

	test('no address, and nobody there', async () => {
		const { items: unset } = await bench.send({}, { ...CONTINUE, credentials: bench.credentials({ baseUrl: '' }) });
		expect(errorIn(unset[0]?.json)).toMatchObject({
			message: expect.stringContaining('The base URL is empty'),
		});
		await bench.sandbox.aidol.offline();
		const { items: nobody } = await bench.send({}, CONTINUE);
		await bench.sandbox.aidol.online();
		expect(errorIn(nobody[0]?.json)).toMatchObject({
			message: 'AI-DOL could not be reached',
			code: 'unreachable',
			status: 'notSent',
		});
	});
});

describe('the agent fails in mid-answer', () => {
	test.each(['event', 'envelope'] as const)('told by an %s', async (errorForm) => {
		bench.sandbox.configure({ aidol: { errorForm } });
		const { json, error, questions } = await underFaults([], { message: 'x [script: fail Out of credits]' });
		expect(Object.keys(json)).toEqual(['error']);
		expect(error).toMatchObject({
			message: "AI-DOL's agent stopped: Out of credits",
			partialAnswer: 'Partial answer ',
			status: 'failed',
		});
		expect(error.description).toContain('Out of credits');
		expect(questions).toBe(1);
	});
});

describe('a connection that breaks at every byte of the body never gives a whole answer', () => {
	test.each([
		['events with an end marker', { endMarker: 'message_end', framing: { form: 'sse' } }],
		['named events without one', { endMarker: 'none', framing: { form: 'sse-event' } }],
		['lines without one', { shape: 'content', endMarker: 'none', framing: { form: 'lines' } }],
		['plain text', { shape: 'plain', endMarker: 'none' }],
		['one JSON answer', { shape: 'one-shot' }],
	] as Array<[string, NonNullable<SettingsPatch['aidol']>]>)('%s', async (_title, aidol) => {
		bench.sandbox.configure({ aidol });
		const message = 'x [script: pieces ["é", "ab"]]';
		const { items: whole } = await bench.send({ message });
		expect(whole[0]?.json).toMatchObject({ status: 'completed', answer: 'éab' });
		const length = bench.sandbox.requests.at(-1)!.bytesSent;
		expect(length).toBeGreaterThan(10);

		const items = Array.from({ length }, () => ({ json: {} }));
		for (const skip of items.keys()) {
			bench.sandbox.faults.add({ kind: 'cut', afterBytes: skip, how: skip % 2 ? 'reset' : 'close', skip });
		}
		const { items: out } = await bench.send({ message, options: { maxConcurrency: 10 } }, { ...CONTINUE, items });
		expect(out).toHaveLength(length);
		for (const { json } of out) {
			expect(errorIn(json).code).toMatch(/^(?:stream_broken|empty_reply|unknown_form)$/);
			expect('éab'.startsWith(errorIn(json).partialAnswer as string)).toBe(true);
		}
		expect(bench.questions()).toBe(length + 1);
	});
});

describe('items', () => {
	test('with continue, one bad item does not touch the others', async () => {
		const { items } = await bench.send(
			{ message: '={{ $json.m }}' },
			{
				...CONTINUE,
				items: [
					{ json: { m: 'a' } },
					{ json: { m: ' ' } },
					{ json: { m: 'c [script: fail no]' } },
					{ json: { m: 'd' } },
				],
			},
		);
		expect(items.map(({ json }) => errorIn(json)?.code ?? json.status)).toEqual([
			'completed',
			'invalid_parameter',
			'internal_server_error',
			'completed',
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2, 3].map((item) => ({ item })));
	});

	test('with an error output, failures go there', async () => {
		const { items, errorItems } = await bench.send(
			{ message: '={{ $json.m }}' },
			{
				node: { onError: 'continueErrorOutput' },
				items: [{ json: { m: 'a' } }, { json: { m: 'b [script: fail no]' } }],
			},
		);
		expect(items.map(({ json }) => json.status)).toEqual(['completed']);
		expect(errorItems.map(({ json }) => errorIn(json).partialAnswer)).toEqual(['Partial answer ']);
	});

	test('without continue, the error of the node has all that is known', async () => {
		const { error } = await bench.send({ message: 'x [script: fail Out of credits]' });
		expect(error).toMatchObject({
			message: "AI-DOL's agent stopped: Out of credits",
			description: expect.stringContaining('The provider says: Out of credits') as string,
			messages: expect.arrayContaining([expect.stringMatching(/^Conversation ID: [0-9a-f-]{36}$/)]) as string[],
		});
	});
});
