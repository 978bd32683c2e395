import { InferredText } from '../../nodes/WpsAgent/inferred-text';
import { fc } from '../fuzz/seed';

const after = (pieces: string[]) => {
	const text = new InferredText();
	pieces.forEach((piece) => text.take(piece));
	return text.toString();
};
const pieces = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }), { maxLength: 30 });

test('the whole text each time: the last one is the text', () => {
	fc.assert(
		fc.property(pieces, (parts) => {
			const grown = parts.map((_, n) => parts.slice(0, n + 1).join(''));
			expect(after(['', ...grown])).toBe(parts.join(''));
		}),
	);
});

test('pieces: the text is all of them, from the first that cannot be the whole text', () => {
	const unlike = fc.uniqueArray(fc.string({ unit: 'binary-ascii', minLength: 2, maxLength: 2 }), {
		minLength: 2,
		maxLength: 30,
	});
	fc.assert(fc.property(unlike, (parts) => expect(after(parts)).toBe(parts.join(''))));
	expect(after(['1', '10', '0'])).toBe('1100');
	expect(after(['ha', 'ha', '!'])).toBe('haha!');
	expect(after(['a', ' ', 'a', 'ab'])).toBe('a aab');
});

test('a growing text that is rewritten is not put together from all its states', () => {
	expect(after(['a', 'ab', 'abc', 'abcd', 'x'])).toBe('abcdx');
});

test('what was set stays, and goes on', () => {
	const text = new InferredText();
	text.take('a');
	text.set('The answer');
	text.take('The answer is');
	expect(text.toString()).toBe('The answer is');
});
