import { END, GROWTHS, message, question, stream, type StreamEvent, token } from './events';
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
			expect(answer.hasGap).toBe(false);
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

	test.each<[string, unknown]>([
		['an error', { event: 'error', data: { error: 'too late' } }],
		['another end', { event: 'done', data: {} }],
		['a message', message('too late', { id: 'later' })],
		['a token', token('too late')],
		['a removal', { event: 'remove_message', data: { id: 'message-1' } }],
		['an answer of dialect 2', { event: 'message', data: { role: 'assistant', type: 'answer', content: 'too late' } }],
		['an envelope', { code: 500000004, msg: 'too late' }],
	])('what comes behind it changes nothing: %s', (_what, late) => {
		for (const end of [END, '[DONE]']) {
			const { answer } = read(
				`${lines(message('a'))}${typeof end === 'string' ? `${end}\n\n` : lines(end)}${lines(late)}`,
			);
			expect([answer.toString(), answer.outcome]).toEqual(['a', { status: 'completed' }]);
		}
	});

	test.each(['[DONE]', '"[DONE]"'])('%s, also under a name, also where the name is no end', (data) => {
		for (const name of ['', 'event: done\n', 'event: message\n', 'event: conversation.chat.completed\n']) {
			const { answer } = read(`data: ${JSON.stringify(message('a'))}\n\n${name}data: ${data}\n\n`);
			expect([answer.toString(), answer.outcome, answer.hasGap]).toEqual(['a', { status: 'completed' }, false]);
		}
	});

	test('an end whose data is no JSON is one; data that was cut off is none', () => {
		const after = (data: string) =>
			read(`data: ${JSON.stringify(message('a'))}\n\nevent: done\ndata: ${data}\n\n`).answer;
		expect(after('bye').outcome).toEqual({ status: 'completed' });
		for (const cut of ['{', '{"error":"no', '["a"', '"by'])
			expect(after(cut)).toMatchObject({ outcome: undefined, hasGap: true });
	});

	describe('that says itself that the run did not end well', () => {
		test.each<[string, unknown, object]>([
			['an error in its data', { event: 'end', data: { error: 'Out of credits' } }, { text: 'Out of credits' }],
			[
				'an error as an object',
				{ event: 'end', data: { error: { code: 500000004, msg: 'x' } } },
				{ code: '500000004', text: 'x' },
			],
			[
				'an envelope as its data',
				{ event: 'end', data: { code: 429000001, msg: 'x' } },
				{ code: '429000001', equivalentStatus: 429 },
			],
			['a code beside it', { event: 'end', code: 500000004, msg: 'x', data: {} }, { code: '500000004' }],
			[
				'its last error',
				{ event: 'conversation.chat.completed', data: { status: 'failed', last_error: { code: 5000, msg: 'x' } } },
				{ text: 'x' },
			],
			['its status', { event: 'done', data: { status: 'failed', msg: 'x' } }, { text: 'x' }],
			['its name', { event: 'conversation.chat.failed', data: {} }, {}],
			['its name, of a response', { event: 'response.failed', data: { error: { message: 'x' } } }, { text: 'x' }],
			['its name, of a workflow', { event: 'workflow_failed', data: { error: 'x' } }, { text: 'x' }],
			['somebody else has to act', { event: 'conversation.chat.requires_action', data: {} }, {}],
		])('%s', (_what, end, error) => {
			const { answer } = read(lines(message('half'), end, { event: 'done', data: {} }));
			expect(answer.outcome).toEqual({ status: 'failed', error: expect.objectContaining(error) });
			expect(answer.toString()).toBe('half');
		});

		test.each([
			{ error: '' },
			{ error: null },
			{ error: {} },
			{ error: false },
			{ last_error: { code: 0, msg: '' } },
			{ code: 0 },
			{ status: 'completed' },
		])('%j is no error', (data) =>
			expect(answerOf(message('a'), { event: 'end', data }).outcome).toEqual({ status: 'completed' }),
		);

		test.each([
			{ event: 'conversation.chat.canceled', data: {} },
			{ event: 'chat.cancelled', data: {} },
			{ event: 'done', data: { status: 'canceled' } },
		])('cancelled: %j', (end) => {
			expect(answerOf(message('half'), end).outcome).toEqual({ status: 'cancelled' });
		});

		test('a tool that failed is not the run', () => {
			expect(answerOf({ event: 'tool.failed', data: {} }, message('a'), END).outcome).toEqual({ status: 'completed' });
		});

		test('an error event whose data is plain text', () => {
			const { answer } = read(
				'data: {"event":"token","data":{"chunk":"half"}}\n\nevent: error\ndata: Out of credits\n\n',
			);
			expect(answer.outcome).toMatchObject({ status: 'failed', error: { text: 'Out of credits' } });
			const quoted = read('event: error\ndata: "Out of credits"\n\n').answer;
			expect(quoted.outcome).toMatchObject({ status: 'failed', error: { text: 'Out of credits' } });
		});
	});

	describe('why the model stopped', () => {
		const withReason = (reason: string): unknown[][] => [
			[message('half', { finish_reason: reason }), END],
			[message('half', { properties: { state: 'complete', finish_reason: reason } } as never), END],
			[token('half'), { event: 'token', data: { chunk: '', id: 'message-1', finish_reason: reason } }, END],
			[message('half'), { event: 'end', data: { finish_reason: reason } }],
			[{ event: 'message', data: { role: 'assistant', type: 'answer', content: 'half', stop_reason: reason } }, END],
		];

		test.each(['length', 'content_filter', 'max_tokens', 'insufficient_system_resource'])('%s is told', (reason) => {
			for (const events of withReason(reason)) {
				const { outcome, finishReason } = answerOf(...events);
				expect([outcome, finishReason]).toEqual([{ status: 'completed' }, reason]);
			}
		});

		test.each(['stop', 'end_turn', 'STOP', 'tool_calls', 'completed'])('%s is a natural end', (reason) => {
			for (const events of withReason(reason)) expect(answerOf(...events).finishReason).toBeUndefined();
		});

		test('the last reason counts', () => {
			const events = [
				message('plan', { id: 'a', finish_reason: 'length' }),
				message('answer', { id: 'b', finish_reason: 'stop' }),
			];
			expect(answerOf(...events, END).finishReason).toBeUndefined();
		});

		test('without a word it is a failure', () => {
			expect(answerOf(message('', { finish_reason: 'content_filter' }), END).outcome).toMatchObject({
				status: 'failed',
				error: { code: 'content_filter', text: expect.stringContaining('content_filter') },
			});
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
			{ code: '500000004', text: 'x', equivalentStatus: 500 },
		],
		[
			'an envelope instead of a stream',
			{ code: 429000001, msg: 'TooManyRequests' },
			{ code: '429000001', equivalentStatus: 429 },
		],
		['its code as text', { code: '401030001', msg: 'x' }, { code: '401030001', equivalentStatus: 401 }],
		['a chat that failed, as Coze says it', { event: 'conversation.chat.failed', data: { msg: 'x' } }, { text: 'x' }],
	])('%s', (_what, event, error) => {
		expect(failure(event)).toEqual({ status: 'failed', error: expect.objectContaining(error) });
	});

	test('an envelope on an SSE stream', () => {
		expect(read('event: error\ndata:{"code":403000001,"msg":"NoPermission"}\n\n').answer.outcome).toMatchObject({
			error: { equivalentStatus: 403, hint: expect.stringContaining('kso.devhub_chat.readwrite') },
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
		expect(answer.hasGap).toBe(true);
		expect(answer.toString()).toBe('a');
	});

	test('odd values are no events', () => {
		expect(
			answerOf([], [[1]], { event: 5, data: null }, { event: 'token', data: null }, { event: 'add_message' }, {}, END)
				.hasGap,
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

describe('events inside envelopes', () => {
	const wrapped = (data: unknown) => ({ code: 0, msg: 'success', data });

	test('of dialect 1', () => {
		for (const growth of GROWTHS) {
			const { answer } = read(lines(...stream(growth, PIECES).map(wrapped)));
			expect([answer.toString(), answer.outcome]).toEqual([WHOLE, { status: 'completed' }]);
		}
	});

	test('of dialect 2', () => {
		const chunks = PIECES.map((content) => wrapped({ role: 'assistant', type: 'answer_chunk', content }));
		const { answer } = read(lines(...chunks, wrapped({ event: 'done' })));
		expect([answer.toString(), answer.outcome]).toEqual([WHOLE, { status: 'completed' }]);
	});

	test('a refusal among them ends it', () => {
		expect(answerOf(wrapped(message('half')), { code: 500000004, msg: 'x' }).outcome).toMatchObject({
			status: 'failed',
		});
	});
});

describe('text as parts', () => {
	const parts = [
		{ type: 'text', text: 'Hello ' },
		{ type: 'image', url: 'https://a.example/x.png' },
		{ type: 'text', text: 'world' },
	];

	test.each<[string, unknown]>([
		['of a message', message('', { text: parts } as never)],
		['of dialect 2', { event: 'message', data: { role: 'assistant', type: 'answer', content: parts } }],
		['as a list beside it', { event: 'message', data: { role: 'assistant', type: 'answer', content_list: parts } }],
		[
			'as JSON text',
			{
				event: 'message',
				data: { role: 'assistant', type: 'answer', content_type: 'object_string', content: JSON.stringify(parts) },
			},
		],
	])('%s', (_what, event) => {
		expect(answerOf(event, END).toString()).toBe('Hello world');
	});

	test('an answer that is JSON text stays as it is', () => {
		const content = JSON.stringify(parts);
		expect(answerOf({ event: 'message', data: { role: 'assistant', type: 'answer', content } }, END).toString()).toBe(
			content,
		);
	});
});

describe('the nodes of a flow', () => {
	const sorted = {
		event: 'vertices_sorted',
		data: { ids: ['ChatInput-1'], to_run: ['ChatInput-1', 'Agent-x1', 'Log-1'] },
	};
	const ended = (id: string, build: object = {}) => ({
		event: 'end_vertex',
		data: { build_data: { id, valid: true, ...build } },
	});
	const failed = (id: string) => ended(id, { valid: false, params: 'No such model' });
	const step = { kind: 'node', input: null, output: null, status: 'completed', startedAt: null, durationMs: null };

	test('are steps with their names, times and texts, in the order in which they began', () => {
		const answer = answerOf(
			sorted,
			ended('ChatInput-1', { data: { timedelta: 0.1234 }, next_vertices_ids: ['Agent-x1', 'Log-1'] }),
			message('', {
				state: 'partial',
				content_blocks: [
					{ title: 'Agent Steps', contents: [{ type: 'tool_use', name: 'search', output: 'x', duration: 5 }] },
				] as never,
			}),
			message('the answer'),
			ended('Log-1', {
				data: { duration: '1.5 seconds', outputs: { log: { message: { text: 'logged' }, type: 'message' } } },
			}),
			ended('Agent-x1', { data: { results: { message: { text: 'the answer' } } } }),
			END,
		);
		expect(answer.toString()).toBe('the answer');
		expect(answer.steps).toEqual([
			{ ...step, name: 'ChatInput-1', durationMs: 123 },
			{ ...step, name: 'Agent', output: 'the answer' },
			{ ...step, name: 'Log-1', output: 'logged', durationMs: 1500 },
			{ ...step, kind: 'tool', name: 'search', output: 'x', durationMs: 5 },
		]);
	});

	test('one that failed says why, and fails the run, which Langflow ends in the ordinary way', () => {
		const answer = answerOf(sorted, failed('Agent-x1'), END);
		expect(answer.steps.at(-1)).toMatchObject({ name: 'Agent-x1', status: 'failed', output: 'No such model' });
		expect(answer.outcome).toEqual({ status: 'failed', error: { text: 'Agent-x1: No such model' } });
	});

	test.each<[string, unknown[], string]>([
		['another one, before the agent had ended', [message('half', { state: 'partial' }), failed('Log-1')], 'failed'],
		['another one, behind an agent that had', [message('whole'), ended('Agent-x1'), failed('Log-1')], 'completed'],
		['the agent’s own', [message('half'), failed('Agent-x1')], 'failed'],
		['one that worked out in a second round', [failed('Log-1'), ended('Log-1'), message('whole')], 'completed'],
	])('what a failed node means for the answer: %s', (_what, events, status) => {
		expect(answerOf(sorted, ...events, END).outcome?.status).toBe(status);
	});

	test('an agent whose node has ended was not broken off, though its last message says "partial"', () => {
		const open = message('the answer', { state: 'partial' });
		expect(answerOf(open, ended('Agent-x1'), END).outcome).toEqual({ status: 'completed' });
		expect(answerOf(open, ended('ChatOutput-1'), END).outcome).toEqual({ status: 'cancelled' });
		expect(
			answerOf(message('a', { id: 'a' }), message('', { id: 'b', state: 'partial' }), ended('Agent-x1'), END).outcome,
		).toEqual({
			status: 'completed',
		});
		expect(answerOf(ended('Agent-x1'), open, END).outcome).toEqual({ status: 'cancelled' });
	});

	test.each([{}, { build_data: null }, { build_data: { id: {} } }, { ids: 'x' }, { ids: [1, null], to_run: {} }])(
		'odd data tells nothing: %j',
		(data) => {
			const answer = answerOf({ event: 'end_vertex', data }, { event: 'vertices_sorted', data }, message('a'), END);
			expect([answer.steps, answer.outcome]).toEqual([[], { status: 'completed' }]);
		},
	);
});

describe('what an agent writes beside its answer', () => {
	const contents = (...items: object[]) => ({ content_blocks: [{ title: 'Agent Steps', contents: items }] as never });
	const text = (title: string, value: string) => ({ type: 'text', header: { title }, text: value, duration: 3 });

	test('texts are steps, once each, the question and the answer among them are not', () => {
		const items = [text('Input', 'the question'), text('Thought', 'I look it up.')];
		const answer = answerOf(
			message('', { state: 'partial', ...contents(...items) }),
			message('', { state: 'partial', ...contents(...items, { type: 'tool_use', name: 'search', output: 1 }) }),
			message(
				'the answer',
				contents(...items, { type: 'tool_use', name: 'search', output: 1 }, text('Output', ' the answer')),
			),
			END,
		);
		expect(answer.toString()).toBe('the answer');
		expect(answer.steps.map(({ kind, name, output }) => [kind, name, output])).toEqual([
			['text', 'Thought', 'I look it up.'],
			['tool', 'search', 1],
		]);
	});

	test('a text that still grows is told when it is whole', () => {
		const events = ['I', 'I look', 'I look it up.'].map((value) =>
			message('', { state: 'partial', ...contents(text('Thought', value)) }),
		);
		const answer = answerOf(...events, message('a', contents(text('Thought', 'I look it up.'))), END);
		expect(answer.steps.map(({ output }) => output)).toEqual(['I look it up.']);
	});

	test('other kinds', () => {
		const answer = answerOf(
			message(
				'a',
				contents(
					{ type: 'code', title: 'Query', code: 'SELECT 1' },
					{ type: 'json', data: { a: 1 } },
					{ type: 'media', urls: ['https://a.example/x.png'] },
					{ type: 'error', component: 'Search', reason: 'timeout' },
					{ type: 'mystery' },
				),
			),
			END,
		);
		expect(answer.steps.map(({ kind, name, output, status }) => [kind, name, output, status])).toEqual([
			['code', 'Query', 'SELECT 1', 'completed'],
			['json', '', { a: 1 }, 'completed'],
			['media', '', ['https://a.example/x.png'], 'completed'],
			['error', 'Search', 'timeout', 'failed'],
		]);
		expect(answer.outcome).toEqual({ status: 'completed' });
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
