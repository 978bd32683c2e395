import { BodyFrames } from '../../nodes/shared/frames/body-frames';
import { type Frame, FrameTooLarge, LARGEST_FRAME, WebPageInstead } from '../../nodes/shared/frames/frame';

const bytes = (text: string) => new TextEncoder().encode(text);

/** All frames of these pieces, and how the body ended. */
function read(pieces: string[], largest?: number) {
	const reader = new BodyFrames(largest);
	const frames: Frame[] = pieces.flatMap((piece) => reader.push(bytes(piece)));
	const { frames: last, ...end } = reader.end();
	return { frames: [...frames, ...last], ...end };
}

const error = (work: () => unknown): unknown => {
	try {
		work();
	} catch (thrown) {
		return thrown;
	}
	return undefined;
};

describe('the kind of body is known by how it begins', () => {
	test.each([
		['a field', 'data: 1\n\n', ['1']],
		['an object', '{"a":1}\n', ['{"a":1}']],
		['a list', '[1,2]\n', ['[1,2]']],
		['blank lines, then a field', '\r\n\n \n\t\ndata: 1\n\n', ['1']],
		['blank lines, then an object', '\r\n\n \n\t\n  {"a":1}\n', ['{"a":1}']],
		['a comment, then an object', ': connected\n\n{"a":1}\n', ['{"a":1}']],
		['a comment of 100 KB, then an object', `:${'x'.repeat(100_000)}\n{"a":1}\n`, ['{"a":1}']],
		['a field with a blank in front is another field', '  data: 1\ndata: 2\n\n', ['2']],
		['nothing', '', []],
		['blank lines only', '\n\n  \n', []],
		['comments only', ': a\n\n: b\n\n', []],
	])('%s', (_title, body, expected) => {
		for (const pieces of [[body], Array.from(body)]) {
			expect(read(pieces).frames.map(({ data }) => data)).toEqual(expected);
		}
	});

	test('blanks in front count as one, wherever the body was cut', () => {
		const body = ' \t \ufeff{';
		const whole = read([body]);
		expect(whole.frames).toEqual([{ data: ' \ufeff{', isPlain: true }]);
		for (let at = 1; at < body.length; at++) expect(read([body.slice(0, at), body.slice(at)])).toEqual(whole);
	});

	test.each([
		['a sentence', 'Hello, this is a plain answer.'],
		['Chinese', '你好，我是小爱。\n很高兴认识你。\n'],
		['a word', 'Hello'],
		['several lines, ends of lines included', 'a\r\n\r\nb: c\n\n# d\n| e |'],
		['thoughts in front', '<think>\nHm</think>\nHello'],
		['a citation', '[1] Annual report, page 3\n'],
		['a link', '[report](https://a.example) says so'],
		['a note in Chinese', '[注] 按可比口径\n'],
		['a word in brackets', '[note]'],
		['a line like an unknown field', 'Answer: 42\nSource: report\nid of it: 7'],
		['a word that a field begins with', 'events rose'],
	])('text and nothing else: %s', (_title, body) => {
		for (const pieces of [[body], Array.from(body)]) {
			const { frames, cutInside } = read(pieces);
			expect(frames.map(({ data }) => data).join('')).toBe(body);
			expect(frames.every(({ isPlain }) => isPlain)).toBe(true);
			expect(cutInside).toBe(false);
		}
	});

	test.each<[string, string, string[]]>([
		['numbers', '[1, 2]\n[3]\n', ['[1, 2]', '[3]']],
		['an end marker', '[DONE]\n', ['[DONE]']],
		['a greeting, then fields', 'connected to server\n\ndata: {"a":1}\n\n', ['{"a":1}']],
		['two unknown fields, then fields', 'ok\nversion: 1\ndata: 1\n\n', ['1']],
		['lines with codes', '0:"Hel"\n0:"lo"\n', []],
		...['d', 'da', 'dat', 'data', 'event', 'i', 'id', 'retr', 'ok\nda'].map(
			(cut) => [`cut: ${cut}`, cut, []] as [string, string, string[]],
		),
	])('not text: %s', (_title, body, expected) => {
		for (const pieces of [[body], Array.from(body)]) {
			const { frames, cutInside } = read(pieces);
			expect(frames.map((frame) => ({ ...frame, json: undefined }))).toEqual(expected.map((data) => ({ data })));
			if (body.length < 8 && expected.length === 0) expect(cutInside).toBe(true);
		}
	});

	test('a text that never ends its first line is one once it is long', () => {
		const reader = new BodyFrames();
		let frames = 0;
		for (let at = 0; at < 2000; at++) frames += reader.push(bytes('word ')).length;
		expect(frames).toBe(0);
		expect(reader.push(bytes('\n'))).toEqual([{ data: `${'word '.repeat(2000)}\n`, isPlain: true }]);
	});

	test('events come as soon as they are whole', () => {
		const reader = new BodyFrames();
		expect(reader.push(bytes('data: a\n'))).toEqual([]);
		expect(reader.push(bytes('\ndata: b'))).toMatchObject([{ data: 'a' }]);
		expect(reader.push(bytes('\n\r'))).toMatchObject([{ data: 'b' }]);
		expect(reader.push(bytes('data: c\r\r'))).toMatchObject([{ data: 'c' }]);
	});

	test('objects come as soon as they are whole, without waiting for a line end', () => {
		const reader = new BodyFrames();
		expect(reader.push(bytes('{"a":{"b":1}'))).toEqual([]);
		expect(reader.push(bytes('}'))).toEqual([{ data: '{"a":{"b":1}}' }]);
		expect(reader.push(bytes('\n{"c":2}{"d":'))).toEqual([{ data: '{"c":2}' }]);
	});
});

describe('a web page', () => {
	const bodies = ['Access denied<br><a href="/in">log in</a>', 'one\ntwo\nthree\nfour', 'Blocked by policy 7'];

	test.each(bodies)('is what calls itself one and is neither JSON nor events: %j', (body) => {
		for (const pieces of [[body], Array.from(body)]) {
			const read = (isLabelledPage: boolean) => {
				const reader = new BodyFrames(LARGEST_FRAME, isLabelledPage);
				const frames = pieces.flatMap((piece) => reader.push(bytes(piece)));
				return [...frames, ...reader.end().frames].map(({ data }) => data).join('');
			};
			expect(error(() => read(true))).toBeInstanceOf(WebPageInstead);
			expect(read(false)).toBe(body);
		}
	});

	test.each(['data: a\n\n', '{"a":1}\n', '[1]\n', ': ping\n\ndata: a\n\n'])(
		'a wrong label costs nothing: %j',
		(body) => {
			const frames = (isLabelledPage: boolean) => {
				const reader = new BodyFrames(LARGEST_FRAME, isLabelledPage);
				return [...reader.push(bytes(body)), ...reader.end().frames];
			};
			expect(frames(true)).toEqual(frames(false));
			expect(frames(true)).not.toEqual([]);
		},
	);

	const page = `<!DOCTYPE html>\n<title>Sign in</title>${'x'.repeat(500)}`;

	test('is refused as soon as 200 characters of it are there, however they come', () => {
		for (const pieces of [[page], Array.from(page), ['\n \n', page]]) {
			const reader = new BodyFrames();
			const thrown = error(() => pieces.forEach((piece) => reader.push(bytes(piece))));
			expect(thrown).toBeInstanceOf(WebPageInstead);
			expect((thrown as WebPageInstead).beginning).toBe(page.slice(0, 200));
		}
	});

	test('a short one is refused at its end', () => {
		const thrown = error(() => read([' <html>', 'No</html>\n']));
		expect((thrown as WebPageInstead).beginning).toBe('<html>No</html>');
	});
});

describe('how a body ended', () => {
	test.each([
		['between events', 'data: a\n\n', false],
		['behind a comment and a blank line', 'data: a\n\n: b\n\n', false],
		['behind a comment', 'data: a\n\n: b\n', true],
		['inside a line', 'data: a\n\nda', true],
		['inside an event', 'data: a\n\ndata: b\n', true],
		['behind the name of an event', 'data: a\n\nevent: end\n', true],
		['inside a comment', ': hear', true],
		['behind the words of a gateway', 'data: a\n\nupstream request timeout\n\n', true],
		['behind the page of a gateway', 'data: a\n\n<html>\n<b>504</b></html>\n\n', true],
		['behind such words, and events again', 'data: a\n\nconnected\n\ndata: b\n\n', false],
		['behind a field that nobody knows, in an event', 'data: a\n\nmeta: x\ndata: b\n\n', false],
		['between objects', '{"a":1}\n', false],
		['behind an object', '{"a":1}', false],
		['inside an object', '{"a":1}\n{"b"', true],
		['inside a string', '{"a":1}\n{"b":"}', true],
		['at its start', '', false],
	])('%s', (_title, body, cutInside) => {
		for (const pieces of [[body], Array.from(body)]) expect(read(pieces).cutInside).toBe(cutInside);
	});

	test('inside a character', () => {
		const reader = new BodyFrames();
		reader.push(Uint8Array.of(...bytes('data: a\n\n'), 0xe4, 0xbd));
		expect(reader.end()).toMatchObject({ frames: [], cutInside: true });
	});

	test('what the event would have been is told, to know an end marker by', () => {
		expect(read(['data: a\n\nevent: end\ndata: [DONE]']).unfinished).toEqual({ data: '[DONE]', event: 'end' });
	});
});

describe('an event that is too large', () => {
	test.each([
		['in one line', (size: number) => ['data: ', ...pieces(size)]],
		['in many lines', (size: number) => pieces(size).map((piece) => `data: ${piece}\n`)],
		['as a comment', (size: number) => ['data: a\n\n:', ...pieces(size)]],
		['as an object', (size: number) => ['{"a":"', ...pieces(size)]],
		['as a line that is not JSON', (size: number) => ['{}\nx', ...pieces(size)]],
		['as something unknown', pieces],
	])('is refused, %s', (_title, body) => {
		const limit = 1000;
		expect(error(() => read(body(900), limit))).toBeUndefined();
		expect(error(() => read(body(1200), limit))).toBeInstanceOf(FrameTooLarge);
	});

	test('many that are not too large are not', () => {
		expect(
			read(
				Array.from({ length: 500 }, () => `data: ${'x'.repeat(100)}\n\n`),
				200,
			).frames,
		).toHaveLength(500);
		expect(
			read(
				Array.from({ length: 500 }, () => `{"a":"${'x'.repeat(100)}"}\n`),
				200,
			).frames,
		).toHaveLength(500);
	});

	test('what was whole before comes first', () => {
		for (const body of [`data: a\n\ndata: ${'x'.repeat(2000)}`, `{"a":1}\n{"b":"${'x'.repeat(2000)}`]) {
			const reader = new BodyFrames(1000);
			expect(reader.push(bytes(body))).toHaveLength(1);
			expect(() => reader.push(bytes('x'))).toThrow(FrameTooLarge);
		}
	});

	test('is one of more than 64 M characters, and the error says so', () => {
		expect(LARGEST_FRAME).toBe(64 * 1024 * 1024);
		expect(new FrameTooLarge(LARGEST_FRAME).message).toBe('a single event is larger than 64 MB');
	});
});

/** So many characters, in pieces of a hundred. */
function pieces(size: number): string[] {
	return Array.from({ length: size / 100 }, () => 'x'.repeat(100));
}
