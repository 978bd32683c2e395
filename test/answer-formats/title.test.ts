import fc from 'fast-check';
import { answerHeading, firstHeading } from '../../nodes/shared/answer-formats';
import { seed } from './seed';

/** What is in headings, and what Markdown could make something else of. */
const word = fc.oneof(
	fc.constantFrom(
		'Tesla',
		'2026',
		'3.5%',
		'Q2',
		'特斯拉',
		'报告：',
		'é',
		'Ünïcode',
		'—',
		'–',
		'’',
		"it's",
		'a/b',
		'(c)',
	),
	fc.constantFrom('https://a.com/b', 'www.a.com', 'a@b.com', '1.', '-', '+', '...', '--', '"x"', ':smile:', '\t', '  '),
	fc.constantFrom('*a*', '_b_', '`c`', '[d](e)', '<b>', '&amp;', '\\#', '#', '~~x~~', '$1$', '[^1]', '==x=='),
	fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const line = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
const after = fc.constantFrom(
	'',
	'\n',
	'\n\nText.',
	'\n===\n',
	'\n---\nmore',
	'\r\n\r\nText.',
	'\n\n# Another',
	' #\n',
	'\n    code',
);

test('the first heading is the same, whether it is read without the rest or with it', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 7 }), line, after, (level, text, rest) => {
			const heading = `${'#'.repeat(level)} ${text}${rest}`;
			expect(firstHeading(heading)).toBe(answerHeading(heading));
		}),
		{ seed, numRuns: 5_000 },
	);
});
