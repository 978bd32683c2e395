import { FRAMINGS } from './framings';
import { read } from './read';

const event = (type: string | undefined, text: string, more: object = {}) => ({
	event: 'message',
	data: { role: 'assistant', type, content: text, ...more } as never,
});
const ack = { event: 'message', data: { role: 'user', type: 'ack', content: 'the question' } };
const DONE = { event: 'done', data: {} };
const answerOf = (...events: unknown[]) =>
	read(events.map((each) => `data:${JSON.stringify(each)}\n\n`).join('')).answer;
const textOf = (...events: unknown[]) => answerOf(ack, ...events, DONE).toString();

const PIECES = ['«·É', 'cole» ', '你好', '\n', '你好', ' ', '你好'];
const WHOLE = PIECES.join('');
const FORMS: Record<string, unknown[]> = {
	'chunks and the whole answer': [...PIECES.map((piece) => event('answer_chunk', piece)), event('answer', WHOLE)],
	'chunks only': PIECES.map((piece) => event('answer_chunk', piece)),
	'answers to append': PIECES.map((piece) => event('answer', piece)),
	'answers that grow': PIECES.map((_, n) => event('answer', PIECES.slice(0, n + 1).join(''))),
	'one answer': [event('answer', WHOLE)],
	'without a role': PIECES.map((piece) => ({ event: 'message', data: { type: 'answer_chunk', content: piece } })),
	'under another name of the text': PIECES.map((piece) =>
		event('answer_chunk', '', { content: undefined, text: piece }),
	),
	'under the names that Coze uses': [
		...PIECES.map((piece) => ({ ...event('answer', piece), event: 'conversation.message.delta' })),
		{ ...event('answer', WHOLE), event: 'conversation.message.completed' },
	],
};

describe.each(Object.entries(FORMS))('%s', (_form, events) => {
	test.each(Object.entries(FRAMINGS))('%s', (_framing, frame) => {
		const { answer } = read(frame([ack, ...events, { event: 'end', data: {} }] as never), 5);
		expect(answer.toString()).toBe(WHOLE);
		expect(answer.outcome).toEqual({ status: 'completed' });
	});
});

test('the whole answer corrects the chunks, also when they were other ones', () => {
	expect(textOf(event('answer_chunk', 'helo'), event('answer', 'Hello'))).toBe('Hello');
});

test('the question is not part of the answer', () => {
	expect(textOf()).toBe('');
	expect(textOf({ event: 'message', data: { role: 'user', content: 'q' } }, event(undefined, 'a'))).toBe('a');
});

test('messages with ids of their own are not put together; the last one is the answer', () => {
	const first = [event('answer_chunk', 'thinking', { id: '1' }), event('answer', 'thinking', { id: '1' })];
	expect(textOf(...first, event('answer_chunk', 'an', { id: '2' }), event('answer_chunk', 'swer', { id: '2' }))).toBe(
		'answer',
	);
});

test('chunks behind a whole answer begin another one', () => {
	expect(textOf(event('answer_chunk', 'one'), event('answer', 'one'), event('answer_chunk', 'two'))).toBe('two');
});

test('a function call is progress only', () => {
	const answer = answerOf(
		event('function_call', '{"name":"search","arguments":{"q":"x"}}'),
		event('function_call', 'odd'),
		event('answer', 'a'),
		DONE,
	);
	expect(answer.toString()).toBe('a');
	expect(answer.steps.map(({ kind, name, input }) => ({ kind, name, input }))).toEqual([
		{ kind: 'tool', name: 'search', input: { q: 'x' } },
		{ kind: 'tool', name: '', input: 'odd' },
	]);
});

test('what a function gave ends its step', () => {
	const answer = answerOf(
		event('function_call', '{"name":"a"}'),
		event('function_call', '{"name":"b"}'),
		event('tool_response', '{"hits":3}'),
		event('tool_response', 'plain'),
		event('tool_response', 'one too many'),
		event('answer', 'x'),
		DONE,
	);
	expect(answer.toString()).toBe('x');
	expect(answer.steps.map(({ name, output, status }) => [name, output, status])).toEqual([
		['a', { hits: 3 }, 'completed'],
		['b', 'plain', 'completed'],
	]);
});

test('a call that is not over when the stream breaks is running', () => {
	expect(answerOf(event('function_call', '{"name":"a"}')).steps).toMatchObject([{ name: 'a', status: 'running' }]);
	expect(answerOf(event('function_call', '{"name":"a"}'), event('answer_chunk', 'x')).steps).toMatchObject([
		{ status: 'completed' },
	]);
});

test('kinds that nobody knows are ignored', () => {
	expect(textOf(event('follow_up', 'And then?'), event('verbose', '{}'), event('answer', 'a'))).toBe('a');
});

test('without a terminal event nothing is complete', () => {
	expect(answerOf(ack, event('answer_chunk', 'a'), event('answer', 'a')).outcome).toBeUndefined();
});
