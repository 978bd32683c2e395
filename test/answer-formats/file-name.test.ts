import * as fc from 'fast-check';
import { answerHeading, answerTitle, reportFileName, safeFileName } from '../../nodes/shared/answer-formats';
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

it('knows an answer without a heading', () => {
	expect(answerHeading('text\n\n- a')).toBeNull();
	expect(answerHeading('text\n\n## **a**')).toBe('a');
});

describe('safeFileName', () => {
	it.each([
		['年报.pdf', '年报.pdf'],
		['Q3 report (final).xlsx', 'Q3 report (final).xlsx'],
		['../../../../root/.ssh/keys.md', 'keys.md'],
		['..\\..\\evil.exe', 'evil.exe'],
		['/etc/passwd', 'passwd'],
		['C:\\reports\\a.md', 'a.md'],
		['C:a.md', 'C-a.md'],
		['%E5%B9%B4%E6%8A%A5.pdf', '年报.pdf'],
		['%E5%B9%B4%2F..%2F%E6%8A%A5.pdf', '报.pdf'],
		['100%.pdf', '100%.pdf'],
		['a%20b.pdf', 'a%20b.pdf'],
		['%FF%FE.pdf', '%FF%FE.pdf'],
		['https://a.example/files/%E5%B9%B4.pdf?token=x/y#z', '年.pdf'],
		['what?.pdf', 'what.pdf'],
		['folder/', 'folder'],
		['folder/..', 'folder'],
		['a\u202egnp.exe', 'agnp.exe'],
		['a\u2066b\u200b\ufeff.md', 'ab.md'],
		['x:y?.md', 'x-y.md'],
		['a.txt:stream.exe', 'a.txt-stream.exe'],
		['CON.txt', '_CON.txt'],
		['con', '_con'],
		['COM1 .tar.gz', '_COM1 .tar.gz'],
		['lpt¹.md', '_lpt¹.md'],
		['name. . ', 'name'],
		['.htaccess', 'fallback.htaccess'],
		['???.pdf', 'fallback.pdf'],
		['-rf.md', 'rf.md'],
		['a\r\nX-Header: b.md', 'a X-Header- b.md'],
		['e\u0301.md', 'é.md'],
		['👨‍👩‍👧‍👦.png', '👨‍👩‍👧‍👦.png'],
		['', 'fallback'],
		[' . ', 'fallback'],
		['../..', 'fallback'],
		['\ud800', 'fallback'],
		[null, 'fallback'],
		[undefined, 'fallback'],
	])('of %j is %j', (name, safe) => {
		expect(safeFileName(name, 'fallback')).toBe(safe);
	});

	it('makes the fallback safe, too', () => {
		expect(safeFileName('', '../nul')).toBe('_nul');
		expect(safeFileName('', '..')).toBe('file');
		expect(safeFileName('?.pdf', 'report.md')).toBe('report.pdf');
		expect(safeFileName('?.pdf', '..')).toBe('pdf');
	});

	it('cuts the stem, and keeps the extension', () => {
		const name = safeFileName(`${'报'.repeat(400)}.markdown`, 'a');
		expect(name).toMatch(/^报+\.markdown$/);
		expect(Buffer.byteLength(name)).toBeLessThanOrEqual(180);
		expect(Buffer.byteLength(name)).toBeGreaterThan(170);
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

	it.each([
		['2026-01-04T23:30:00Z', 'Asia/Shanghai', '2026-01-05'],
		['2026-01-05T15:59:59Z', 'Asia/Shanghai', '2026-01-05'],
		['2026-01-05T16:00:00Z', 'Asia/Shanghai', '2026-01-06'],
		['2026-01-05T02:00:00Z', 'America/New_York', '2026-01-04'],
		['2026-03-08T06:59:00Z', 'America/New_York', '2026-03-08'],
		['2025-12-31T18:30:00Z', 'Asia/Kolkata', '2026-01-01'],
		['2026-01-05T12:00:00Z', 'Pacific/Kiritimati', '2026-01-06'],
		['2026-01-05T23:59:00Z', 'UTC', '2026-01-05'],
		['2026-01-05T23:59:00Z', 'Europe/Nowhere', '2026-01-05'],
		['2026-01-05T23:59:00Z', '', '2026-01-05'],
	])('has the day of %s in %s', (time, zone, expected) => {
		expect(reportFileName('周报', new Date(time), 'md', zone)).toBe(`周报 ${expected}.md`);
	});

	it('cuts between characters', () => {
		expect(Buffer.byteLength(reportFileName('报'.repeat(200), day, 'html'))).toBeLessThanOrEqual(180);
		expect(reportFileName('👨‍👩‍👧‍👦'.repeat(20), day, 'md')).toMatch(/^(?:👨‍👩‍👧‍👦)+ 2026-01-01\.md$/u);
	});

	it('is a safe name for any title, as is that of any file', () => {
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

					const file = safeFileName(text, 'fallback');
					expect(file).not.toMatch(/[/\\:*?"<>|\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]|^[-. ~]|[. ]$|^$/u);
					expect(file).not.toMatch(/^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i);
					expect(Buffer.byteLength(file)).toBeLessThanOrEqual(180);
					expect(Buffer.from(file).toString()).toBe(file);
					expect(safeFileName(file, 'fallback')).toBe(file);
				},
			),
			{ numRuns: 1_000, seed },
		);
	});
});
