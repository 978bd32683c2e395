import * as fc from 'fast-check';
import { HOSTILE_MARKDOWN, HOSTILE_PIECES } from './hostile-markdown';
import { expectSafe, expectSafeInEveryForm } from './safe-html';
import { seed } from './seed';

it(`writes nothing active for any of ${HOSTILE_MARKDOWN.length} hostile answers`, () => {
	for (const markdown of HOSTILE_MARKDOWN) {
		try {
			expectSafeInEveryForm(markdown);
		} catch (error) {
			throw new Error(`${JSON.stringify(markdown)}: ${String(error)}`);
		}
	}
});

it('writes nothing active for random mixtures of hostile pieces', () => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...HOSTILE_PIECES), { maxLength: 30 }), (pieces) =>
			expectSafeInEveryForm(pieces.join('')),
		),
		{ numRuns: 2_000, seed },
	);
});

it('writes nothing active for random text', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => expectSafeInEveryForm(text)),
		{ numRuns: 1_000, seed },
	);
});

it.each([
	'<script>a</script>',
	'<p onclick="a">b</p >',
	'<a href="https://b.c" onclick="x">a</a>',
	'<a href="javascript:x">a</a>',
	'<img src="data:x">',
	"<p style='a'>b</p>",
	'<p>a',
	'<!-- a -->',
])('would notice %s', (html) => {
	expect(() => expectSafe(html)).toThrow();
});
