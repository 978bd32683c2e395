import { BodyFrames } from '../../nodes/shared/frames/body-frames';
import { type Frame, jsonOf } from '../../nodes/shared/frames/frame';
import { tryParseJson } from '../../nodes/shared/json/json';

/** A frame without what its reader has read of it already. */
const asWritten = (frame: Frame): Frame => ({ ...frame, json: undefined });

const read = (body: string) => {
	const frames = new BodyFrames();
	const read = frames.push(new TextEncoder().encode(body));
	return [...read, ...frames.end().frames].map(({ data }) => data);
};

test('JSON lines that lost their data: prefix in an event stream are events all the same', () => {
	expect(read('data: {"a":1}\n\n{"b":"x: y"}\n\n[1]\n\ndata: {"c":3}\n\n')).toEqual([
		'{"a":1}',
		'{"b":"x: y"}',
		'[1]',
		'{"c":3}',
	]);
});

test.each<[string, string, string[]]>([
	['in the data of one event', 'data: {"a":1}{"b":"}{"}\n\n', ['{"a":1}', '{"b":"}{"}']],
	['with blanks, a comma and an end marker', 'data: {"a":1}, [{"b":2}] [DONE]\n\n', ['{"a":1}', '[{"b":2}]', '[DONE]']],
	['over several lines of one event', 'data: {"a":\ndata: 1}{"b":2}\n\n', ['{"a":\n1}', '{"b":2}']],
	['not where the last one is cut', 'data: {"a":1}{"b":\n\n', ['{"a":1}{"b":']],
	['not in a text', 'data: Hello\n\ndata: {"a":1}{"b":2}\n\n', ['Hello', '{"a":1}{"b":2}']],
	['with commas behind each line', '{"a":1},\n{"b":2},\n', ['{"a":1}', '{"b":2}']],
	['with commas in front of each line', '{"a":1}\n,{"b":2}\n , {"c":3}', ['{"a":1}', '{"b":2}', '{"c":3}']],
	['with record separators', '\u001e{"a":1}\n\u001e{"b":2}\n', ['{"a":1}', '{"b":2}']],
])('several values %s', (_title, body, expected) => {
	expect(read(body)).toEqual(expected);
	for (let at = 1; at < body.length; at++) {
		const frames = new BodyFrames();
		const bytes = new TextEncoder().encode(body);
		const found = [...frames.push(bytes.subarray(0, at)), ...frames.push(bytes.subarray(at)), ...frames.end().frames];
		expect(found.map(({ data }) => data)).toEqual(expected);
	}
});

test('other unknown lines stay unheard', () => {
	expect(read('data: 1\n\nfoo: {"b":2}\nbar\n\n: {"c":3}\n\n')).toEqual(['1']);
});

describe('events with one line end between them instead of two', () => {
	const A = '{"answer":"a"}';
	const B = '{"answer":"b"}';

	test.each([
		['with an end marker', `data: ${A}\ndata: ${B}\ndata: [DONE]\n`, [A, B, '[DONE]']],
		['with a quoted one, the last line not ended', `data:${A}\ndata:"[DONE]"`, [A, '"[DONE]"']],
		['without an end marker', `data: ${A}\ndata: ${B}\n`, [A, B]],
		['the last line not ended', `data: ${A}\ndata: ${B}`, [A, B]],
		['line ends of Windows', `data: ${A}\r\ndata: ${B}\r\n`, [A, B]],
		['an empty line in front and behind', `\ndata: ${A}\ndata: ${B}\n\n`, [A, B]],
		['beginning only in mid-stream', `data: ${A}\n\ndata: ${B}\ndata: [DONE]\n`, [A, B, '[DONE]']],
		['beginning only in mid-stream, ended well', `data: ${A}\n\ndata: ${B}\ndata: [DONE]\n\n`, [A, B, '[DONE]']],
		['what Python writes', `data: {"a":NaN}\ndata: {'b': None}\n`, ['{"a":NaN}', "{'b': None}"]],
	])('%s', (_title, body, expected) => {
		expect(read(body)).toEqual(expected);
		for (let at = 1; at < body.length; at++) {
			const frames = new BodyFrames();
			const bytes = new TextEncoder().encode(body);
			const found = [...frames.push(bytes.subarray(0, at)), ...frames.push(bytes.subarray(at)), ...frames.end().frames];
			expect(found.map(({ data }) => data)).toEqual(expected);
		}
	});

	test('names go with the data behind them', () => {
		const frames = new BodyFrames();
		const body = `event: one\ndata: ${A}\nevent: two\ndata: ${B}\nid: 7\nevent: end\ndata: {}\n`;
		const found = frames.push(new TextEncoder().encode(body));
		expect(found.map(asWritten)).toEqual([
			{ data: A, event: 'one' },
			{ data: B, event: 'two' },
			{ data: '{}', event: 'end' },
		]);
		expect(frames.end()).toMatchObject({ frames: [], cutInside: false });
	});

	test('they come as soon as the next one is seen', () => {
		const frames = new BodyFrames();
		const push = (text: string) => frames.push(new TextEncoder().encode(text)).map(({ data }) => data);
		expect(push(`data: ${A}\n`)).toEqual([]);
		expect(push(`data: ${B}\n`)).toEqual([A, B]);
		expect(push('data: [DONE]\n')).toEqual(['[DONE]']);
	});

	test('cut inside one: those before are read', () => {
		const frames = new BodyFrames();
		expect(frames.push(new TextEncoder().encode(`data: ${A}\ndata: {"answer":"b`))).toEqual([]);
		const end = frames.end();
		expect({ ...end, frames: end.frames.map(asWritten) }).toEqual({
			frames: [{ data: A }],
			cutInside: true,
			unfinished: { data: '{"answer":"b' },
		});
	});

	test.each([
		['text', 'data: a\ndata: b\n\n', ['a\nb']],
		['JSON over several lines', 'data: {"a":\ndata: [1,\ndata: {"b":2}]}\n\n', ['{"a":\n[1,\n{"b":2}]}']],
		['text of which a line is JSON', 'data: So:\ndata: {"a":1}\n\n', ['So:\n{"a":1}']],
		['text behind JSON', 'data: {"a":1}\ndata: that is it\n\n', ['{"a":1}\nthat is it']],
		[
			'lines of JSON in a stream of text',
			'data: Look:\n\ndata: {"a":1}\ndata: {"b":2}\n\n',
			['Look:', '{"a":1}\n{"b":2}'],
		],
		['a name behind its data', 'data: {"a":1}\nevent: x\n\ndata: {"b":2}\n\n', ['{"a":1}', '{"b":2}']],
	])('several lines of data are one event where the standard can be meant: %s', (_title, body, expected) => {
		expect(read(body)).toEqual(expected);
	});
});

describe('an event inside the data of an event', () => {
	test.each([
		['JSON', 'data: data: {"a":1}\n\ndata: data: [DONE]\n\n', ['{"a":1}', '[DONE]']],
		['without blanks, three times', 'data:data:data:{"a":1}\n\n', ['{"a":1}']],
		['a line each', 'data: data: {"a":1}\ndata: data: {"b":2}\n\n', ['{"a":1}', '{"b":2}']],
		['in lines of JSON', '{"z":0}\ndata: data: {"a":1}\n', ['{"z":0}', '{"a":1}']],
		['text is text', 'data: data: 5\n\n', ['data: 5']],
		['also where JSON comes later', 'data: Look:\n\ndata: data: {"a":1}\n\n', ['Look:', 'data: {"a":1}']],
	])('%s', (_title, body, expected) => {
		expect(read(body)).toEqual(expected);
	});

	test('its name counts', () => {
		const frames = new BodyFrames();
		expect(frames.push(new TextEncoder().encode('data: event: end\ndata: data: {"a":1}\n\n'))).toEqual([
			{ data: '{"a":1}', event: 'end' },
		]);
	});
});

test('what a reader has read as JSON already is what its text says, every digit of it', () => {
	const bodies = ['{"id":12345678901234567890}', '{"data":{"a_id":7}}', '[1]', '{"a":NaN}', "{'a': None}", '{"a":'];
	for (const body of bodies) {
		const frames = new BodyFrames();
		const found = frames.push(new TextEncoder().encode(`data: {}\n\ndata: ${body}\n\n`));
		expect(found.map(({ data }) => data)).toEqual(['{}', body]);
		expect(found.map(jsonOf)).toEqual([{}, tryParseJson(body)]);
	}
});
