import { type FaultInput, REPORT_TEXT } from '../../sandbox';
import { errorIn, reportifyBench } from './reportify';

jest.setTimeout(30_000); // five resumes with their back-off take seconds

const bench = reportifyBench();
const CONTINUE = { node: { onError: 'continueRegularOutput' as const } };

/** Sends the report question under faults; what came out, and how often the question was asked. */
async function underFaults(faults: FaultInput[], options: object = {}, message = 'report') {
	for (const fault of faults) bench.sandbox.faults.add(fault);
	const { items } = await bench.send({ message, options }, CONTINUE);
	const json = items[0]!.json;
	return { json, error: errorIn(json), questions: bench.questions() };
}

describe('the stream breaks: the answer is whole all the same, the question is asked once', () => {
	test.each<[string, FaultInput[], string]>([
		['closes cleanly before the terminal event', [{ kind: 'cut', beforeTerminal: true }], 'resume'],
		['closes cleanly after the headers', [{ kind: 'cut', afterEvents: 0 }], 'resume'],
		['resets in mid-event', [{ kind: 'cut', afterBytes: 2001, how: 'reset' }], 'resume'],
		['closes the connection in mid-body', [{ kind: 'cut', afterEvents: 40, how: 'close' }], 'resume'],
		['closes the connection behind a tool that tells no position', [{ kind: 'cut', afterEvents: 25 }], 'resume'],
		[
			'breaks again and again',
			[
				{ kind: 'cut', afterEvents: 10 },
				{ kind: 'cut', afterEvents: 9, operation: 'events', times: 20 },
			],
			'resume',
		],
		['sends every event twice', [{ kind: 'duplicate' }], 'stream'],
		[
			'sends every event twice, also after resuming',
			[
				{ kind: 'cut', afterEvents: 30 },
				{ kind: 'duplicate', operation: 'events' },
			],
			'resume',
		],
		['sends an event of a type nobody knows', [{ kind: 'unknown-event', afterEvents: 4 }], 'stream'],
		['sends an event that cannot be read', [{ kind: 'malformed', afterEvents: 20 }], 'resume'],
		['sends comments between the events', [{ kind: 'comments' }], 'stream'],
		['does not name the message', [{ kind: 'drop-header' }], 'stream'],
		['does not name the message and breaks', [{ kind: 'drop-header' }, { kind: 'cut', afterEvents: 50 }], 'resume'],
		[
			'resume endpoint is down for a while',
			[
				{ kind: 'cut', afterEvents: 50 },
				{ kind: 'status', status: 503, operation: 'events', times: 2 },
			],
			'resume',
		],
		[
			'resume endpoint asks to wait',
			[
				{ kind: 'cut', afterEvents: 50 },
				{ kind: 'status', status: 429, headers: { 'Retry-After': '0' }, operation: 'events', times: 2 },
			],
			'resume',
		],
		[
			'resume endpoint says 404',
			[
				{ kind: 'cut', afterEvents: 50 },
				{ kind: 'status', status: 404, operation: 'events', times: 0 },
			],
			'lookup',
		],
		[
			'resume endpoint says 410',
			[
				{ kind: 'cut', afterEvents: 50 },
				{ kind: 'status', status: 410, operation: 'events', times: 0 },
			],
			'lookup',
		],
		[
			'resume endpoint gives a web page',
			[
				{ kind: 'cut', afterEvents: 50 },
				{ kind: 'html', operation: 'events', times: 0 },
			],
			'lookup',
		],
		[
			'sends an unreadable event every time',
			[
				{ kind: 'malformed', afterEvents: 3 },
				{ kind: 'malformed', afterEvents: 0, operation: 'events', times: 0 },
			],
			'lookup',
		],
		['resets after it has read the question', [{ kind: 'reset-after-request' }], 'resume'],
		['answers 524 although the agent is working', [{ kind: 'status', status: 524 }], 'resume'],
		['answers 500 although the agent is working', [{ kind: 'status', status: 500, handled: true }], 'resume'],
	])('%s', async (_title, faults, deliveredBy) => {
		const { json, questions } = await underFaults(faults);
		expect(json).toMatchObject({ status: 'completed', answer: REPORT_TEXT, deliveredBy });
		expect(questions).toBe(1);
	});

	test.each([[[1]], [[2]], [[3]], [[7, 1, 3]]])('sends bytes in pieces of %j', async (writes) => {
		const { json } = await underFaults(
			[{ kind: 'split', writes }],
			{},
			'x [script: pieces ["«·É", "cole» ", "你好", "👩‍🔬", "\\n"]]',
		);
		expect(json).toMatchObject({
			status: 'completed',
			answer: '«·École» 你好👩‍🔬\n',
			deliveredBy: 'stream',
			reconnects: 0,
		});
	});

	test('waits as it is told before it asks again, when the question was turned away (429)', async () => {
		const { json, questions } = await underFaults([{ kind: 'status', status: 429, headers: { 'Retry-After': '1' } }]);
		expect(json).toMatchObject({ status: 'completed', answer: REPORT_TEXT });
		const [first, second] = bench.sandbox.findRequests({ path: /chat$/ });
		expect(second!.at - first!.at).toBeGreaterThanOrEqual(990);
		expect(questions).toBe(2);
	});

	test('tries again when nothing could be sent', async () => {
		const conversationId = await bench.newConversation();
		await bench.sandbox.reportify.offline();
		const sending = bench.send({ conversationId });
		await bench.sandbox.reportify.online();
		const { items } = await sending;
		expect(items[0]?.json.status).toBe('completed');
		expect(bench.questions()).toBe(1);
	});
});

describe('an honest error, with what is needed to go on', () => {
	test('the run fails: the partial answer is kept', async () => {
		const { json, error, questions } = await underFaults(
			[{ kind: 'error-event', afterEvents: 100, message: 'quota used up' }],
			{},
			'report [script: single agent report]',
		);
		expect(Object.keys(json)).toEqual(['error']);
		expect(error).toMatchObject({
			message: "Reportify's agent stopped: quota used up",
			provider: 'reportify',
			conversationId: expect.stringMatching(/^\d+$/),
			messageId: expect.stringMatching(/^[0-9a-f]+$/),
			lastOffset: expect.any(Number),
			status: 'failed',
		});
		expect(error.description).toContain('quota used up');
		expect(REPORT_TEXT.startsWith(error.partialAnswer as string)).toBe(true);
		expect((error.partialAnswer as string).length).toBeGreaterThan(100);
		expect(questions).toBe(1);
	});

	test.each([
		['fails', 'error-event'],
		['breaks for good', 'cut'],
	] as const)('a run of several nodes %s: plan and notes are not what there is of the answer', async (_what, kind) => {
		for (const operation of ['events', 'messages']) {
			if (kind === 'cut') bench.sandbox.faults.add({ kind: 'status', status: 404, operation, times: 0 });
		}
		const { error, questions } = await underFaults([{ kind, afterEvents: 40 }]);
		expect(error).toMatchObject({ messageId: expect.any(String), partialAnswer: '' });
		expect(questions).toBe(1);
	});

	test('the run ends with an error beside its result: a failure, with the result as the partial answer', async () => {
		const { json, error } = await underFaults([], {}, 'x [script: end error Out of credits]');
		expect(Object.keys(json)).toEqual(['error']);
		expect(error).toMatchObject({ status: 'failed', partialAnswer: expect.stringMatching(/.+/) });
		expect(error.description).toContain('Out of credits');
	});

	test.each(['inner error upstream timeout', 'inner cancel'])('%s: the run goes on to its end', async (script) => {
		const { json } = await underFaults([], {}, `x [script: ${script}]`);
		expect(json).toMatchObject({ status: 'completed', answer: expect.stringMatching(/.+/) });
	});

	test.each<[string, FaultInput, object]>([
		[
			'401',
			{ kind: 'status', status: 401 },
			{
				message: 'The API key was refused by Reportify (401)',
				httpStatus: 401,
				code: 'unauthorized',
				status: 'notSent',
			},
		],
		['403', { kind: 'status', status: 403 }, { httpStatus: 403, status: 'notSent' }],
		['404', { kind: 'status', status: 404 }, { httpStatus: 404, status: 'notSent' }],
		['422', { kind: 'status', status: 422 }, { httpStatus: 422, status: 'notSent' }],
	])('the question is refused with %s', async (_status, fault, expected) => {
		const { error, questions } = await underFaults([fault]);
		expect(error).toMatchObject(expected);
		expect(questions).toBe(1);
	});

	test('200 with an error body', async () => {
		const { error, questions } = await underFaults([{ kind: 'json-200', body: '{"detail":"Agent is paused"}' }]);
		expect(error.description).toContain('Agent is paused');
		expect(questions).toBe(1);
	});

	test('a web page instead of a stream', async () => {
		const { error, questions } = await underFaults([{ kind: 'html' }]);
		expect(error).toMatchObject({
			message: 'Reportify sent a web page instead of an answer',
			code: 'web_page',
			status: 'unknown',
		});
		expect(error.description).toContain('<title>Sign in</title>');
		expect(questions).toBe(1);
	});

	test('500 and the question did not arrive: not asked again, and said so', async () => {
		const { error, questions } = await underFaults([{ kind: 'status', status: 500, handled: false }]);
		expect(error).toMatchObject({ httpStatus: 500, status: 'unknown' });
		expect(error.description).toContain('not asked again');
		expect(questions).toBe(1);
	});

	test('silence ends with its own message, after the connection was replaced once', async () => {
		const { error } = await underFaults(
			[
				{ kind: 'stall', afterEvents: 60 },
				{ kind: 'stall', afterEvents: 0, operation: 'events' },
				{ kind: 'late-terminal', hold: 'for ever' },
			],
			{ idleTimeout: 0.3 },
		);
		expect(error).toMatchObject({
			message: 'Reportify sent nothing for 0.3 seconds',
			code: 'idle_timeout',
			status: 'running',
		});
		expect(bench.sandbox.findRequests({ path: /cancel$/ })).toEqual([]);
	});

	test('a stalled connection is replaced', async () => {
		const { json } = await underFaults([{ kind: 'stall', afterEvents: 60 }], { idleTimeout: 0.3 });
		expect(json).toMatchObject({ answer: REPORT_TEXT, deliveredBy: 'resume', reconnects: 1 });
	});

	test('heartbeats keep it alive until the maximum duration, which can cancel the agent', async () => {
		const { error } = await underFaults(
			[
				{ kind: 'heartbeats', afterEvents: 60, everyMs: 50 },
				{ kind: 'late-terminal', hold: 'for ever' },
			],
			{ idleTimeout: 0.4, maxDuration: 1.2, onTimeout: 'cancel' },
		);
		expect(error).toMatchObject({ code: 'max_duration', status: 'cancelled', lastOffset: expect.any(Number) });
		expect(bench.sandbox.findRequests({ path: /cancel$/ })).toHaveLength(1);
	});

	test('an agent that was cancelled for its timeout stays an error when n8n tries again', async () => {
		bench.sandbox.faults.add({ kind: 'heartbeats', afterEvents: 60, everyMs: 50 });
		bench.sandbox.faults.add({ kind: 'late-terminal', hold: 'for ever' });
		const { error } = await bench.send(
			{ message: 'report', options: { maxDuration: 1.2, onTimeout: 'cancel' } },
			{ node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
		);
		expect(error?.message).toBe('The answer of Reportify was not finished within 1.2 seconds');
		expect(bench.questions()).toBe(1);
		expect(bench.sandbox.findRequests({ path: /cancel$/ })).toHaveLength(1);
	});

	test('nobody is there', async () => {
		await bench.sandbox.reportify.offline();
		const { items } = await bench.send({}, CONTINUE);
		await bench.sandbox.reportify.online();
		expect(errorIn(items[0]?.json)).toMatchObject({
			message: 'Reportify could not be reached',
			code: 'unreachable',
			status: 'notSent',
		});
	});

	test('a key that the provider repeats in its error is blacked out', async () => {
		const { error } = await underFaults([{ kind: 'status', status: 401, body: '{"detail":"Bad key sandbox-key!"}' }]);
		expect(error.description).toContain('Bad key •••!');
		expect(JSON.stringify(error)).not.toContain('sandbox-key');
	});

	test('not even its beginning is shown, where a long text is cut in the middle of it', async () => {
		const body = `${'x'.repeat(193)} sandbox-key is not known`;
		const { error } = await underFaults([{ kind: 'status', status: 401, body }]);
		expect(error.description).toContain('xxx •••');
		expect(JSON.stringify(error)).not.toContain('sand');
	});
});
