import { gzipSync } from 'node:zlib';
import { lines, replay, sse } from './replay';

/** What is no event of an answer must neither pass for an answer, nor end one. */

const HALF = { event: 'message', answer: 'Hello ' };
const REST = { event: 'message', answer: 'friend' };
const END = { event: 'message_end' };

const STRAY = [
	'Internal Server Error',
	'upstream request timeout',
	'<html><body>504 Gateway Time-out</body></html>',
	'error code: 524',
];

describe.each<[string, string[]]>([
	['in the data of an event', STRAY.map((text) => sse(HALF, text))],
	['between events', STRAY.map((text) => `${sse(HALF)}${text}\n\n`)],
	['on a line behind objects', STRAY.map((text) => lines(HALF, text))],
])('the words of a gateway %s', (_where, bodies) => {
	test('end no answer', async () => {
		for (const body of bodies) {
			const { failure } = await replay(body);
			expect(failure?.details.code).toBe('stream_broken');
			expect(failure?.progress.partialAnswer).toBe('Hello ');
		}
	});

	test('cost nothing where the answer goes on, or its end follows', async () => {
		for (const body of bodies) {
			expect((await replay(`${body}${body.startsWith('{') ? lines(REST) : sse(REST)}`)).answer?.text).toBe(
				'Hello friend',
			);
			expect((await replay(`${body}${body.startsWith('{') ? lines(END) : sse(END)}`)).answer?.text).toBe('Hello ');
		}
	});
});

test('the words of a gateway are told', async () => {
	const { failure } = await replay(sse(HALF, '<html><title>504 Gateway Time-out</title></html>'));
	expect(failure?.details.providerText).toBe('504 Gateway Time-out');
});

test.each<[string, object]>([
	['msg', { code: 500, msg: 'boom' }],
	['errmsg', { code: 10500, errmsg: 'boom' }],
	['detail', { code: '1001', detail: 'boom' }],
])('a code with %s in mid-stream is an error', async (_what, object) => {
	const { failure } = await replay(sse(HALF, object));
	expect(failure?.details).toMatchObject({ status: 'failed', providerText: 'boom' });
	expect((await replay(sse(HALF, { code: 0, msg: 'success' }))).answer?.text).toBe('Hello ');
});

test.each<[string, string | Buffer]>([
	['compressed bytes', gzipSync(Buffer.from(sse(HALF)))],
	['another character set', Buffer.from('Hello', 'utf16le')],
	['zeros', Buffer.alloc(8)],
	['fields in capitals', `Data: ${JSON.stringify(HALF)}\n\n`],
	['a callback', `callback(${JSON.stringify(HALF)});`],
	['a guard in front', `while(1);${JSON.stringify(HALF)}`],
])('%s: not shown as an answer', async (_what, body) => {
	const { answer, failure } = await replay(body);
	expect(answer).toBeUndefined();
	expect(failure?.details.code).toMatch(/^(?:unknown_form|stream_broken)$/);
});

test.each(['null', 'undefined', '[object Object]', '\u200b', ' \ufeff\u2060'])('%j is no answer', async (text) => {
	for (const body of [sse({ answer: text }, END), sse(text), text]) expect((await replay(body)).answer).toBeUndefined();
});

test('an object that nobody knows: it is not certain that AI-DOL has answered', async () => {
	const { failure } = await replay('{"foo":1}');
	expect(failure?.details).toMatchObject({ code: 'unknown_form', status: 'unknown' });
	expect(failure?.details.hint).toContain('It is not known whether the question arrived');
});

test('pieces that came as numbers are part of the text', async () => {
	const pieces = ['The ', 42, ' apples'].map((answer) => ({ event: 'message', answer }));
	expect((await replay(sse(...pieces, END))).answer?.text).toBe('The 42 apples');
});

test('two events in one, with commas between lines, with record separators', async () => {
	const [half, rest] = [JSON.stringify(HALF), JSON.stringify(REST)];
	for (const body of [`data: ${half}${rest}\n\n`, `${half}\n,${rest}\n`, `\u001e${half}\n\u001e${rest}\n`])
		expect((await replay(body)).answer?.text).toBe('Hello friend');
});
