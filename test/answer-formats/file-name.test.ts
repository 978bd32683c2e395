import * as fc from 'fast-check';
import { answerTitle, reportFileName } from '../../nodes/shared/answer-formats';
import { seed } from './seed';

describe('answerTitle', () => {
	it.each([
		['the first heading', 'intro\n\n## **Q3** [report](https://a.b) `x`\n\n# other', 'Q3 report x'],
		['a heading inside a quote', '> # a\n\n# b', 'a'],
		['the first words when there is no heading', '\n\n**重点：**\n市场增长\n\nmore', '重点： 市场增长'],
		['an empty heading', '#\n\ntext', 'text'],
		['words in a list', '- a\n- b', 'a'],
		['words in a table', '| a | b |\n|---|---|', 'a'],
		['code', '```\nlet a;\n```', 'let a;'],
		['nothing', ' \n', 'Answer'],
		['long words, cut at a word', `${'word '.repeat(40)}`, `${'word '.repeat(15)}word…`.replace(/ word…$/, '…')],
		['a long Chinese heading', `# ${'报告'.repeat(60)}`, `${'报告'.repeat(39)}报…`],
		['a heading with control characters', '# a\u0007\u0085b', 'a b'],
	])('is %s', (_, markdown, title) => {
		expect(answerTitle(markdown)).toBe(title);
	});
});

describe('reportFileName', () => {
	const day = new Date('2026-01-01T23:59:59Z');

	it.each([
		['Q3 report', 'Q3 report 2026-01-01.md'],
		['第三季度：市场/竞争分析', '第三季度：市场-竞争分析 2026-01-01.md'],
		['../../etc/passwd', 'etc-passwd 2026-01-01.md'],
		['a\\b:c*d?e"f<g>h|i', 'a-b-c-d-e-f-g-h-i 2026-01-01.md'],
		['a\u0000b\nc\td', 'a b c d 2026-01-01.md'],
		['report\u202egnp.exe', 'reportgnp.exe 2026-01-01.md'],
		['CON', 'CON 2026-01-01.md'],
		['nul.txt', '_nul.txt 2026-01-01.md'],
		['  .hidden. ', 'hidden 2026-01-01.md'],
		['--help', 'help 2026-01-01.md'],
		['', 'report 2026-01-01.md'],
		['...', 'report 2026-01-01.md'],
	])('of %j', (title, name) => {
		expect(reportFileName(title, day, 'md')).toBe(name);
	});

	it('takes a day as text, and does without one', () => {
		expect(reportFileName('a', '2026-02-03T04:05:06.000Z', 'html')).toBe('a 2026-02-03.html');
		expect(reportFileName('a', '', 'md')).toBe('a.md');
		expect(reportFileName('a', 'today', 'md')).toBe('a.md');
		expect(reportFileName('a', new Date(NaN), 'md')).toBe('a.md');
		expect(reportFileName('con', '', 'md')).toBe('_con.md');
	});

	it('cuts between characters', () => {
		expect(Buffer.byteLength(reportFileName('报'.repeat(200), day, 'html'))).toBeLessThanOrEqual(180);
		expect(reportFileName('👨‍👩‍👧‍👦'.repeat(20), day, 'md')).toMatch(/^(?:👨‍👩‍👧‍👦)+ 2026-01-01\.md$/u);
	});

	it('is a safe name for any title', () => {
		const title = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 300 }),
			fc
				.array(
					fc.constantFrom(
						'/',
						'\\',
						'..',
						'.',
						' ',
						'CON',
						'com1',
						'aux',
						'\u0000',
						'\u202e',
						'报',
						':',
						'~',
						'-',
						'\ud800',
						'LPT¹',
					),
					{ maxLength: 40 },
				)
				.map((parts) => parts.join('')),
		);
		fc.assert(
			fc.property(
				title,
				fc.constantFrom<Date | string>(day, '', '2026-01-01'),
				fc.constantFrom('md', 'html'),
				(text, date, extension) => {
					const name = reportFileName(text, date, extension);
					expect(name).not.toMatch(/[/\\:*?"<>|\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
					expect(name).toMatch(new RegExp(`[^. ](?: 2026-01-01)?\\.${extension}$`));
					expect(name).not.toMatch(/^[-. ~]/);
					expect(name).not.toMatch(/^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *\./i);
					expect(Buffer.byteLength(name)).toBeLessThanOrEqual(181);
					expect(Buffer.from(name).toString()).toBe(name); // no half of a character
				},
			),
			{ numRuns: 1_000, seed },
		);
	});
});
