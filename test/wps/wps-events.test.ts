import { END, GROWTHS, message, question, stream, token, type StreamEvent } from './events';
import { FRAMINGS } from './framings';
import { liveText, read } from './read';

const PIECES = ['#', ' «·École» ', '你好', ' ', '👩‍🔬', '\n\n', '| a | "b" |', '\n', '\\ { [ ', '你好', '你好'];
const WHOLE = PIECES.join('');
const lines = (...events: unknown[]) => events.map((event) => `${JSON.stringify(event)}\n\n`).join('');
const answerOf = (...events: unknown[]) => read(lines(...events)).answer;

describe.each(Object.entries(FRAMINGS))('%s', (_framing, frame) => {
	test.each(GROWTHS)('the text grows as %s', (growth) => {
		for (const size of [1, 2, 3, 7, Number.POSITIVE_INFINITY]) {
			const { answer } = read(frame(stream(growth, PIECES)), size);
			expect(answer.toString()).toBe(WHOLE);
			expect(answer.outcome).toEqual({ status: 'completed' });
			expect(answer.damaged).toBe(false);
		}
	});
});

test.each(['9007199254740993', '"9007199254740993"', '1', 'null', '"\\"end\\""'])(
	'a frame that is only %s changes nothing',
	(data) => {
		const { answer } = read(`data: ${data}\n\n${lines(message('the answer'), END)}`);
		expect(answer.toString()).toBe('the answer');
		expect(answer.outcome).toEqual({ status: 'completed' });
	},
);

describe('the text while it grows', () => {
	test.each(['cumulative', 'delta', 'model'] as const)(
		'%s: is shown as it comes, and nothing is taken back',
		(growth) => {
			const { changes } = read(lines(...stream(growth, PIECES)));
			expect(liveText(changes)).toBe(WHOLE);
			expect(changes.length).toBeGreaterThanOrEqual(PIECES.length - 1);
		},
	);

	test('token: white space that was lost on the way is put right by the final message', () => {
		const { changes, answer } = read(lines(...stream('token', ['a', ' ', 'b', 'c'])));
		expect(liveText(changes)).toBe('abc');
		expect(answer.toString()).toBe('a bc');
	});

	test('delta: parts that look like a growing text are parts all the same', () => {
		const parts = ['1', '10', '0', '哈', '哈'].map((text) => message(text, { state: 'partial' }));
		expect(answerOf(...parts).toString()).toBe('1100哈哈');
	});

	test('cumulative: a shorter repetition takes nothing away', () => {
		const texts = ['The', 'The ans', 'The', '', 'The answer'];
		expect(answerOf(...texts.map((text) => message(text, { state: 'partial' }))).toString()).toBe('The answer');
	});

	test('the first chunk may be in the message already, or some of the text: the longer one counts', () => {
		const begun = message('ab', { state: 'partial' });
		expect(answerOf(begun, token('a')).toString()).toBe('ab');
		expect(answerOf(begun, token('a'), token('b'), token('c')).toString()).toBe('abc');
		expect(answerOf(token('abc'), message('a', { state: 'partial' })).toString()).toBe('abc');
	});

	test('a message that reports a tool without text leaves the tokens alone', () => {
		const report = message('', { state: 'complete', content_blocks: [] });
		expect(answerOf(token('a'), report, token('b')).toString()).toBe('ab');
	});

	test('hundreds of thousands of tokens take no more than seconds', () => {
		const started = Date.now();
		const body = lines(message('', { state: 'partial' })) + `${JSON.stringify(token('字 '))}\n\n`.repeat(300_000);
		expect(read(body).answer.toString()).toHaveLength(600_000);
		expect(Date.now() - started).toBeLessThan(20_000);
	});
});

describe('which message is the answer', () => {
	const other = (text: string, more = {}) => message(text, { sender_name: 'Chat Output', id: 'other', ...more });

	test('the last one by Machine and Agent, whatever came around it', () => {
		const events = [
			other('before', { id: 'o1' }),
			message('first', { id: 'a' }),
			message('second', { id: 'b' }),
			other('after'),
		];
		expect(answerOf(...events, END).toString()).toBe('second');
	});

	test('the question is no answer, also when nothing else comes', () => {
		expect(answerOf(question('What is the answer?'), END).toString()).toBe('');
	});

	test('the agent was renamed: the last message of the machine', () => {
		expect(
			answerOf(question(), other('one', { id: 'o1' }), other('two', { sender_name: '小助手' }), END).toString(),
		).toBe('two');
	});

	test('tokens without a message', () => {
		expect(answerOf(token('a', 'x'), token('b', 'x'), END).toString()).toBe('ab');
	});

	test('tokens that come before their message are still the agent’s', () => {
		expect(
			answerOf(token('ans', 'a'), other('note'), message('ans', { id: 'a' }), token('wer', 'a'), END).toString(),
		).toBe('answer');
		expect(answerOf(token('answer', 'a'), other('note'), message('answer', { id: 'a' }), END).toString()).toBe(
			'answer',
		);
	});

	test('a removed message does not count', () => {
		const removed = { event: 'remove_message', data: { id: 'b' } };
		expect(answerOf(message('kept', { id: 'a' }), message('dropped', { id: 'b' }), removed, END).toString()).toBe(
			'kept',
		);
		expect(answerOf(removed, END).toString()).toBe('');
	});
});

describe('the end', () => {
	test.each<[string, unknown]>([
		['end', END],
		['end with data', { event: 'end', data: { build_duration: 12.3 } }],
		['end without data', { event: 'end' }],
		['done', { event: 'done', data: {} }],
		['the name that Coze uses', { event: 'conversation.chat.completed', data: { id: 'x' } }],
	])('%s', (_name, end) => {
		expect(answerOf(message('a'), end).outcome).toEqual({ status: 'completed' });
	});

	test.each(['build_end', 'end_vertex', 'conversation.message.completed', 'message', 'endless'])(
		'%s is none',
		(event) => {
			expect(answerOf(message('a'), { event, data: {} }).outcome).toBeUndefined();
		},
	);

	test('an agent’s message that never became complete was broken off', () => {
		const open = message('half an ans', { state: 'partial' });
		expect(answerOf(open, END).outcome).toEqual({ status: 'cancelled' });
		expect(
			answerOf(message('one', { id: 'a' }), { ...open, data: { ...open.data, id: 'b' } }, END).outcome?.status,
		).toBe('cancelled');
	});

	test('what comes behind it changes nothing', () => {
		expect(answerOf(message('a'), END, { event: 'error', data: { error: 'too late' } }).outcome).toEqual({
			status: 'completed',
		});
	});
});

describe('failures', () => {
	const failure = (...events: unknown[]) => answerOf(...events).outcome;

	test.each<[string, unknown, object]>([
		['text in an error event', { event: 'error', data: { error: 'Out of credits' } }, { text: 'Out of credits' }],
		['text as the data', { event: 'error', data: 'Out of credits' }, { text: 'Out of credits' }],
		[
			'a message in an error event',
			{ ...message('Out of credits', { category: 'error', error: true }), event: 'error' },
			{ text: 'Out of credits' },
		],
		['a message that is an error', message('Out of credits', { error: true }), { text: 'Out of credits' }],
		['a message of the category error', message('Out of credits', { category: 'error' }), { text: 'Out of credits' }],
		[
			'reason and solution',
			{
				...message('', {
					category: 'error',
					content_blocks: [
						{ title: 'Error', contents: [{ type: 'error', reason: 'No model', solution: 'Choose a model' }] },
					],
				}),
				event: 'error',
			},
			{ text: 'No model', hint: 'Choose a model' },
		],
		[
			'an envelope in an error event',
			{ event: 'error', data: { code: 500000004, msg: 'x' } },
			{ code: '500000004', text: 'x', like: 500 },
		],
		['an envelope instead of a stream', { code: 429000001, msg: 'TooManyRequests' }, { code: '429000001', like: 429 }],
		['its code as text', { code: '401030001', msg: 'x' }, { code: '401030001', like: 401 }],
		['a chat that failed, as Coze says it', { event: 'conversation.chat.failed', data: { msg: 'x' } }, { text: 'x' }],
	])('%s', (_what, event, complaint) => {
		expect(failure(event)).toEqual({ status: 'failed', complaint: expect.objectContaining(complaint) });
	});

	test('an envelope on an SSE stream', () => {
		expect(read('event: error\ndata:{"code":403000001,"msg":"NoPermission"}\n\n').answer.outcome).toMatchObject({
			complaint: { like: 403, hint: expect.stringContaining('kso.devhub_chat.readwrite') },
		});
	});

	test('partial text is kept', () => {
		const { answer } = read(lines(message('half', { state: 'partial' }), { event: 'error', data: { error: 'x' } }));
		expect(answer.toString()).toBe('half');
	});
});

describe('what cannot be read', () => {
	test('is told, and leaves the rest readable', () => {
		const { answer } = read(`{"event":"add_message","data":{"text":"bro\n${lines(message('a'), END)}`);
		expect(answer.damaged).toBe(true);
		expect(answer.toString()).toBe('a');
	});

	test('odd values are no events', () => {
		expect(
			answerOf([], [[1]], { event: 5, data: null }, { event: 'token', data: null }, { event: 'add_message' }, {}, END)
				.damaged,
		).toBe(false);
	});
});

describe('ids', () => {
	const chat = { chat_id: '11887655289749511' };

	test.each<[string, unknown]>([
		['in the event', { ...message('a'), ...chat }],
		['in the data', message('a', chat)],
		['in the echo of the question', { ...question(), data: { ...question().data, ...chat } }],
		['as a number, digit for digit', JSON.parse('{"event":"x"}')],
	])('the chat id %s', (what, event) => {
		const body = what.startsWith('as a number')
			? '{"event":"x","data":{"chat_id":11887655289749511}}\n\n'
			: lines(event);
		expect(read(body).answer.ids.messageId).toBe('11887655289749511');
	});

	test('a message id is no chat id, and a session of Langflow is no session of WPS', () => {
		expect(answerOf(message('a'), END).ids).toEqual({});
	});

	test('the reply that only names the chat', () => {
		const { ids, outcome } = answerOf({ code: 0, msg: 'success', data: { session_id: 's', chat_id: 'c' } });
		expect([ids.messageId, outcome]).toEqual(['c', undefined]);
	});
});

describe('steps and files', () => {
	const call = (more: object) => ({
		type: 'tool_use',
		name: 'search',
		tool_input: { q: 'x' },
		output: null,
		error: null,
		duration: 0,
		header: { title: 'Accessing **search**' },
		...more,
	});
	const withCalls = (state: 'partial' | 'complete', ...calls: object[]): StreamEvent =>
		message('', {
			state,
			content_blocks: [
				{ title: 'Agent Steps', contents: [{ type: 'text', header: { title: 'Input' }, text: 'q' }, ...calls] },
			] as never,
		});

	test('tool calls, told again with every message, are steps once each', () => {
		const events = [
			withCalls('partial', call({})),
			withCalls('partial', call({})),
			withCalls('partial', call({ output: { hits: 3 }, duration: 812 })),
			withCalls(
				'partial',
				call({ output: { hits: 3 }, duration: 812 }),
				call({ name: 'quote', error: 'timeout', duration: 5 }),
			),
			withCalls(
				'complete',
				call({ output: { hits: 3 }, duration: 812 }),
				call({ name: 'quote', error: 'timeout' }),
				call({ name: 'silent' }),
			),
		];
		const step = { kind: 'tool', input: { q: 'x' }, startedAt: null };
		expect(answerOf(...events, END).steps).toEqual([
			{ ...step, name: 'search', output: { hits: 3 }, status: 'completed', durationMs: 812 },
			{ ...step, name: 'quote', output: 'timeout', status: 'failed', durationMs: 5 },
			{ ...step, name: 'silent', output: null, status: 'completed', durationMs: 0 },
		]);
	});

	test('input under its other name; a call that is not over', () => {
		const event = withCalls('partial', { type: 'tool_use', name: 'search', input: { q: 1 } });
		expect(answerOf(event).steps).toEqual([
			{
				kind: 'tool',
				name: 'search',
				input: { q: 1 },
				output: null,
				status: 'running',
				startedAt: null,
				durationMs: null,
			},
		]);
	});

	test('files by id, by path and as objects, each once', () => {
		const files = ['file_1', 'session/report.pdf', { id: 'f2', name: 'b.txt' }, { path: 'x/y.png' }, '', 7, 'file_1'];
		expect(answerOf(message('a', { files } as never), message('a', { files } as never), END).files).toEqual([
			{ id: 'file_1', name: 'file_1' },
			{ id: 'session/report.pdf', name: 'report.pdf' },
			{ id: 'f2', name: 'b.txt' },
			{ id: 'x/y.png', name: 'y.png' },
		]);
	});
});
