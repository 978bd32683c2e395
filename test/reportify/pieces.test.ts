import { fc } from '../fuzz/seed';
import { textPieces } from '../fuzz/text-pieces';
import { answerOf, block, end, streaming } from './decoder';

/*
 * Pieces of text are additions, unless a server betrays that it sends the whole text each time. Honest text is never to
 * be damaged by that guess, however much it repeats itself.
 */

const textOf = (pieces: string[], output?: unknown) =>
	answerOf([...pieces.map((piece) => streaming(piece, { run_id: 'r', node_id: 'n' })), end('r', output)]).toString();

describe('additions', () => {
	test.each([
		[['1', '10']],
		[['1', '10', '100']],
		[['ha', 'haha', 'hahaha', 'hahahaha', 'hahahahaha', 'hahahahahaha', 'hahahahahahaha']],
		[['-', '--', '---', '----', '-----', '------', '-------', '--------']],
		[[' ', '  ', '   ', '    ', '     ', '      ', '       ']],
		[['------------', '------------------------', '| a |']],
		[['            ', '             x']],
		[['| --- | --- |', '| --- | --- | --- |']],
		[['\n', '\n\n', '\n\n\n', '\n\n\n\n', '\n\n\n\n\n', '\n\n\n\n\n\n']],
		[['哈', '哈哈', '哈哈哈', '哈哈哈哈', '哈哈哈哈哈', '哈哈哈哈哈哈', '哈哈哈哈哈哈哈']],
		[['a', 'ab', 'abc', 'abcd']],
		[['very ', 'very ', 'very good']],
		[['a', '', 'a', '', 'ab']],
		[['the whole text', 'the whole text']],
	])('%j', (pieces) => {
		expect(textOf(pieces)).toBe(pieces.join(''));
		expect(textOf(pieces, { content: pieces.join('') })).toBe(pieces.join(''));
	});

	test('any text, cut anywhere, comes out as it is', () => {
		fc.assert(
			fc.property(textPieces, (pieces) => {
				expect(textOf(pieces)).toBe(pieces.join(''));
				expect(textOf(pieces, { content: pieces.join('') })).toBe(pieces.join(''));
			}),
			{ numRuns: 3000 },
		);
	});

	test('all short texts of two letters, cut in all ways', () => {
		let texts = 0;
		for (let length = 1; length <= 9; length++) {
			for (let bits = 0; bits < 2 ** length; bits++) {
				const text = Array.from({ length }, (_each, at) => (bits & (1 << at) ? 'a' : 'b')).join('');
				for (let cuts = 0; cuts < 2 ** (length - 1); cuts++) {
					const marked = Array.from(text, (letter, at) => (at > 0 && cuts & (1 << (at - 1)) ? `|${letter}` : letter));
					const pieces = marked.join('').split('|');
					if (textOf(pieces) !== text) throw new Error(`${JSON.stringify(pieces)} became ${textOf(pieces)}`);
					texts++;
				}
			}
		}
		expect(texts).toBeGreaterThan(170_000);
	}, 60_000);
});

describe('whole texts', () => {
	const whole = 'The market grew by 12.5 % in the third quarter.';
	const cumulative = (text: string, size: number) =>
		Array.from({ length: Math.ceil(text.length / size) }, (_each, at) => text.slice(0, (at + 1) * size));

	test.each([1, 2, 3, 7])('are known after some pieces, %d letters each', (size) => {
		expect(textOf(cumulative(whole, size))).toBe(whole);
	});

	test('also when one is sent twice, or an old one again', () => {
		const pieces = cumulative(whole, 3);
		expect(textOf(pieces.flatMap((piece) => [piece, piece]))).toBe(whole);
		expect(textOf([...pieces, pieces[2] as string])).toBe(whole);
	});

	test('a short one is known by what the end repeats', () => {
		expect(textOf(['Hel', 'Hello', 'Hello!'], { content: 'Hello!' })).toBe('Hello!');
		expect(textOf(['Hello!'], { content: 'Hello!' })).toBe('Hello!');
	});

	test('a second block of text starts anew', () => {
		const growing = (text: string) => block('r', cumulative(text, 3));
		expect(answerOf([...growing(whole), ...growing('And so on, and so forth.')]).toString()).toBe(
			`${whole}\n\nAnd so on, and so forth.`,
		);
	});

	test('the text that `stream_end` states goes before all pieces', () => {
		const ending = (pieces: string[], whole: string) => answerOf(block('r', pieces, {}, whole)).toString();
		expect(ending(['Hel', 'Hello', 'Hello!'], 'Hello!')).toBe('Hello!');
		expect(ending(['Hel', 'lo'], 'Hello!')).toBe('Hello!');
		expect(ending(['Hello'], '')).toBe('Hello');
		expect(ending([], 'Hello')).toBe('Hello');
	});

	test('one that goes on in additions', () => {
		expect(textOf([...cumulative(whole, 3), ' Really', '.'])).toBe(`${whole} Really.`);
	});
});
