import { type FaultInput, REPORT_TEXT } from '../../sandbox';
import { errorIn, wpsBench } from './wps';

jest.setTimeout(60_000); // a look-up has thirty seconds

const bench = wpsBench();
const CONTINUE = { node: { onError: 'continueRegularOutput' as const } };

/** Sends the report question under faults, in a conversation that has an earlier answer; what came out. */
async function underFaults(faults: FaultInput[], options: object = {}, message = 'report') {
	const conversationId = await bench.newConversation();
	await bench.send({ conversationId, message: 'the old answer [script: echo]' });
	bench.sandbox.clearRequests();
	for (const fault of faults) bench.sandbox.faults.add({ provider: 'wps', ...fault });
	const { items } = await bench.send({ conversationId, message, options }, CONTINUE);
	const json = items[0]!.json;
	return { json, error: errorIn(json), questions: bench.questions(), conversationId };
}

describe('the stream breaks: the answer is whole all the same, the question is asked once', () => {
	test.each<[string, FaultInput[], string]>([
		['closes cleanly before the end event', [{ kind: 'cut', beforeTerminal: true }], 'lookup'],
		['closes cleanly after the headers', [{ kind: 'cut', afterEvents: 0 }], 'lookup'],
		['resets in mid-event', [{ kind: 'cut', afterBytes: 2001, how: 'reset' }], 'lookup'],
		['closes the connection in mid-body', [{ kind: 'cut', afterEvents: 20, how: 'close' }], 'lookup'],
		[
			'sends an event that cannot be read',
			[{ kind: 'malformed', afterEvents: 20, json: '{"event":"add_message","data":{"text":"x\n' }],
			'lookup',
		],
		['sends every event twice', [{ kind: 'duplicate' }], 'stream'],
		['sends an event of a type nobody knows', [{ kind: 'unknown-event', afterEvents: 4 }], 'stream'],
		['sends empty lines between the events', [{ kind: 'comments' }], 'stream'],
		['resets after it has read the question', [{ kind: 'reset-after-request' }], 'lookup'],
		['answers 524 although the agent is working', [{ kind: 'status', status: 524 }], 'lookup'],
		['answers 500 although the agent is working', [{ kind: 'status', status: 500, handled: true }], 'lookup'],
		[
			'breaks, and the list of messages is down for a while',
			[
				{ kind: 'cut', afterEvents: 20 },
				{ kind: 'status', status: 503, operation: 'messages', skip: 1, times: 2 },
			],
			'lookup',
		],
		[
			'breaks, and the list gives a web page at first',
			[
				{ kind: 'cut', afterEvents: 20 },
				{ kind: 'html', operation: 'messages', skip: 1, times: 1 },
			],
			'lookup',
		],
	])('%s', async (_title, faults, deliveredBy) => {
		const { json, questions } = await underFaults(faults);
		expect(errorIn(json)).toBeUndefined();
		expect(json).toMatchObject({ status: 'completed', answer: REPORT_TEXT, deliveredBy });
		expect(questions).toBe(1);
	});

	test('silence before and within the answer: one look at the session', async () => {
		const waiting = { idleTimeout: 1 };
		expect((await underFaults([{ kind: 'silence' }], waiting)).json).toMatchObject({
			answer: REPORT_TEXT,
			deliveredBy: 'lookup',
		});
		bench.sandbox.reset();
		expect((await underFaults([{ kind: 'stall', afterEvents: 10 }], waiting)).json).toMatchObject({
			answer: REPORT_TEXT,
		});
		expect(bench.questions()).toBe(1);
	});

	test('the chat was never named', async () => {
		bench.configure({ chatIdIn: 'none' });
		const { json, questions } = await underFaults([{ kind: 'cut', afterEvents: 10 }]);
		expect(json).toMatchObject({ answer: REPORT_TEXT, messageId: null, deliveredBy: 'lookup' });
		expect(questions).toBe(1);
	});

	test.each([
		{ messagesOrder: 'newest-first' as const },
		{ messagesForm: 'array' as const },
		{ messagesForm: 'messages' as const },
		{ messagesForm: 'object' as const },
	])('the list of messages in another form: %j', async (settings) => {
		bench.configure(settings);
		const { json } = await underFaults([{ kind: 'cut', afterEvents: 10 }]);
		expect(json).toMatchObject({ answer: REPORT_TEXT, deliveredBy: 'lookup' });
	});

	test('the agent is still writing when the stream breaks', async () => {
		const { json } = await underFaults([{ kind: 'cut', afterEvents: 5 }], {}, 'x [script: slow 400 ms]');
		expect(json).toMatchObject({ answer: 'one two three four', status: 'completed' });
	});

	test('waits as it is told before it asks again, when the question was turned away (429)', async () => {
		const { json, questions } = await underFaults([{ kind: 'status', status: 429, headers: { 'Retry-After': '1' } }]);
		expect(json).toMatchObject({ status: 'completed', answer: REPORT_TEXT });
		expect(questions).toBe(2);
		const [first, second] = bench.sandbox.findRequests({ operation: 'chat' });
		expect(second!.at - first!.at).toBeGreaterThanOrEqual(990);
	});
});

describe('an honest error, with what is needed to go on', () => {
	test('the agent is still working when patience is over: the partial text, and no old answer', async () => {
		const { error, questions, conversationId } = await underFaults(
			[{ kind: 'cut', afterEvents: 6 }],
			{ maxDuration: 3 },
			'x [script: hold never after 2]',
		);
		expect(error).toMatchObject({ code: 'max_duration', status: 'running', partialAnswer: 'one two ', conversationId });
		expect(error.messageId).toEqual(expect.any(String));
		expect(questions).toBe(1);
	});

	test.each(['message', 'text'] as const)('the run fails, as %s: the partial answer is kept', async (errorShape) => {
		bench.configure({ errorShape });
		const { json, error, questions } = await underFaults([], {}, 'x [script: fail Out of credits]');
		expect(Object.keys(json)).toEqual(['error']);
		expect(error).toMatchObject({
			message: 'The agent of WPS could not finish its answer',
			provider: 'wps',
			partialAnswer: 'Partial answer ',
			status: 'failed',
		});
		expect(error.description).toContain('Out of credits');
		expect(questions).toBe(1);
	});

	test.each<[string, FaultInput, object]>([
		['HTTP 401', { kind: 'status', status: 401 }, { httpStatus: 401, code: '401000001', status: 'notSent' }],
		['HTTP 403', { kind: 'status', status: 403 }, { httpStatus: 403, status: 'notSent' }],
		['HTTP 422', { kind: 'status', status: 422, body: 'no' }, { httpStatus: 422, status: 'notSent' }],
		[
			'an envelope under 200',
			{ kind: 'json-200', body: '{"code":400000007,"msg":"text too long"}' },
			{ code: '400000007', status: 'notSent' },
		],
	])('the question is refused with %s', async (_what, fault, expected) => {
		const { error, questions } = await underFaults([fault]);
		expect(error).toMatchObject(expected);
		expect(questions).toBe(1);
	});

	test('a server fault under 200, and the question is not to be found: not asked again, and said so', async () => {
		const { error, questions } = await underFaults([{ kind: 'json-200' }]);
		expect(error).toMatchObject({ code: '500000004', status: 'unknown' });
		expect(error.description).toContain('not asked again');
		expect(questions).toBe(1);
	});

	test('500 and the question did not arrive', async () => {
		const { error, questions } = await underFaults([{ kind: 'status', status: 500, handled: false }]);
		expect(error).toMatchObject({ httpStatus: 500, status: 'unknown' });
		expect(questions).toBe(1);
	});

	test('a web page instead of a stream', async () => {
		const { error, questions } = await underFaults([{ kind: 'html' }]);
		expect(error).toMatchObject({
			message: 'WPS sent a web page instead of an answer',
			code: 'web_page',
			status: 'unknown',
		});
		expect(questions).toBe(1);
	});

	test('silence, and nothing to be found', async () => {
		const { error } = await underFaults(
			[{ kind: 'stall', afterEvents: 6 }],
			{ idleTimeout: 0.5 },
			'x [script: hold never after 2]',
		);
		expect(error).toMatchObject({ code: 'idle_timeout', status: 'running', partialAnswer: 'one two ' });
		expect(bench.sandbox.findRequests({ operation: 'cancel' })).toEqual([]);
	});

	test('the maximum duration can cancel the agent', async () => {
		const { error } = await underFaults(
			[{ kind: 'heartbeats', afterEvents: 6, everyMs: 50 }],
			{ idleTimeout: 0.5, maxDuration: 1.5, onTimeout: 'cancel' },
			'x [script: hold never after 2]',
		);
		expect(error).toMatchObject({ code: 'max_duration', status: 'cancelled' });
		expect(bench.sandbox.findRequests({ operation: 'cancel' })).toHaveLength(1);
		expect(bench.sandbox.wpsStore.chats().at(-1)!.run.state).toBe('cancelled');
	});

	test('the older paths have no list of messages: what had come, at once', async () => {
		const conversationId = await bench.newConversation();
		bench.configure({ generations: ['app'] });
		bench.sandbox.faults.add({ kind: 'cut', afterEvents: 20, skip: 2 });
		const started = Date.now();
		const { items } = await bench.send({ conversationId, message: 'report' }, CONTINUE);
		expect(errorIn(items[0]?.json)).toMatchObject({ code: 'stream_broken', status: 'running' });
		expect(String(errorIn(items[0]?.json).partialAnswer).length).toBeGreaterThan(0);
		expect(Date.now() - started).toBeLessThan(10_000);
		expect(bench.questions()).toBe(1);
	});

	test('nobody is there', async () => {
		await bench.sandbox.wps.offline();
		const { items } = await bench.send({}, CONTINUE);
		await bench.sandbox.wps.online();
		expect(errorIn(items[0]?.json)).toMatchObject({ message: 'WPS could not be reached', status: 'notSent' });
	});
});
