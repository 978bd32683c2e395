import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { answerPlainText } from '../../nodes/shared/answer-formats';
import { UNSAFE_URLS } from './hostile-markdown';
import { seed } from './seed';

describe('answerPlainText', () => {
	it.each([
		['headings and paragraphs', '# A\n\nb\nc\n\n## D', 'A\n\nb\nc\n\nD'],
		['emphasis', '**a** *b* ~~c~~ `d`', 'a b c d'],
		['links', '[a](https://b.c) <https://b.c> https://b.c/d', 'a (https://b.c) https://b.c https://b.c/d'],
		[
			'addresses that are their own text',
			'[https://b.c](https://b.c/) [b.c](https://b.c) a@b.com',
			'https://b.c b.c a@b.com',
		],
		['links without text', '[](https://b.c)', 'https://b.c'],
		['unsafe links', '[a](javascript:alert(1)) [b](data:text/html,x)', 'a b'],
		[
			'images',
			'![a](https://b.c/d.png) ![](https://b.c/e.png) ![f](data:x)',
			'a (https://b.c/d.png) https://b.c/e.png f',
		],
		['bullets', '* a\n* b\n  + c\n    and d', '- a\n- b\n  - c\n    and d'],
		['numbers', '9. a\n10. b\n\n    c', '9. a\n\n10. b\n\n    c'],
		['tasks', '- [x] a\n- [ ] b', '- ☑ a\n- ☐ b'],
		['an empty item', '- \n- b', '-\n- b'],
		['a list in a list in one line', '- - a\n  - b', '- - a\n  - b'],
		['code in an item', '1. a\n\n   ```\n   b\n     c\n   ```', '1. a\n\n   b\n     c'],
		['code as it is', '```\n  a *b*\n\n# c\n```', '  a *b*\n\n# c'],
		['quotes', '> a\n> b\n>\n> > c', '  a\n  b\n\n    c'],
		['rules', 'a\n\n***\n\nb', 'a\n\n----------\n\nb'],
		['harmless HTML', '<div>a</div>', 'a'],
		['other HTML', '<x>a</x>', '<x>a</x>'],
		['footnotes', 'a[^x] b\n\n[^x]: c\n\n    d\n[^y]: e', 'a[1] b\n\n[1] c\n\n    d\n\n[2] e'],
		['escapes and entities', '\\*a\\* &amp; &lt;', '*a* & <'],
		['nothing', '\n \n', ''],
	])('writes %s', (_, markdown, text) => {
		expect(answerPlainText(markdown)).toBe(text);
	});

	it('aligns tables, a Chinese character being two columns wide', () => {
		expect(answerPlainText('| 指标 | Q3 |  |\n|:--|--:|:-:|\n| 市场规模 | 1,521 | a |\n| MAU | **498** | bcd |')).toBe(
			['指标         Q3', '--------  -----  ---', '市场规模  1,521   a', 'MAU         498  bcd'].join('\n'),
		);
	});

	it('keeps the lines of a cell in their column', () => {
		expect(answerPlainText('| a | b |\n|---|---|\n| c<br>dd | e |')).toBe('a   b\n--  -\nc   e\ndd');
	});

	it('does not let one long cell push a whole table apart', () => {
		const lines = answerPlainText(`| a | b |\n|---|---|\n| ${'x'.repeat(500)} | y |\n| c | d |`).split('\n');
		expect(lines[3]).toBe('c  d');
		expect(lines[2]).toBe(`${'x'.repeat(500)}  y`);
	});

	it('keeps the words of rows that are longer than the header', () => {
		expect(answerPlainText('| a | b |\n|---|---|\n| 1 | 2 | three | `fo\\|ur` |')).toContain('1  2  three  fo|ur');
	});

	it('writes a Chinese report as a reader would paste it', () => {
		const report = readFileSync(join(__dirname, 'chinese-report.md'), 'utf8');
		expect(answerPlainText(report)).toBe(readFileSync(join(__dirname, 'chinese-report.txt'), 'utf8').trimEnd());
	});

	it.each(UNSAFE_URLS.filter((url) => /^[^<]*(?:script|data):[^<]*$/i.test(url)))(
		'shows no %j as an address',
		(url) => {
			expect(answerPlainText(`[a](<${url}>) ![b](<${url}>)`)).toBe('a b');
		},
	);
});

/** Words that mean nothing in Markdown, so that each must come out as it went in. */
const word = fc.stringMatching(/^[a-z0-9\u4e00-\u4eff]{1,8}$/);
const words = fc.array(word, { minLength: 1, maxLength: 5 }).map((list) => list.join(' '));
const inline = fc.oneof(
	words,
	words.map((text) => `**${text}**`),
	words.map((text) => `*${text}*`),
	words.map((text) => `~~${text}~~`),
	words.map((text) => `\`${text}\``),
	words.map((text) => `[${text}](https://example.com/${encodeURIComponent(text)})`),
	words.map((text) => `![${text}](https://example.com/x.png)`),
	words.map((text) => `[${text}](javascript:alert)`),
);
const line = fc.array(inline, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' '));
const cell = fc.array(inline, { minLength: 1, maxLength: 2 }).map((parts) => parts.join(' '));
const block = fc.oneof(
	line,
	line.map((text) => `## ${text}`),
	line.map((text) => `> ${text}\n> > ${text}`),
	fc
		.array(line, { minLength: 1, maxLength: 3 })
		.map((items) => items.map((item) => `- ${item}\n  1. ${item}`).join('\n')),
	fc.array(line, { minLength: 1, maxLength: 3 }).map((items) => items.map((item) => `* [x] ${item}`).join('\n\n')),
	line.map((text) => `\`\`\`lang\n${text}\n\`\`\``),
	fc
		.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
		.map((rows) => ['| a | b |', '|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n')),
	words.map((text) => `${text}[^note]\n\n[^note]: ${text}`),
);

it('keeps every word, in its order', () => {
	fc.assert(
		fc.property(fc.array(block, { minLength: 1, maxLength: 6 }), (blocks) => {
			const markdown = blocks.join('\n\n');
			const text = answerPlainText(markdown);
			for (const expected of markdown
				.replace(/https?:[^)]*|javascript:\w+|```lang/g, '')
				.match(/[a-z0-9\u4e00-\u4eff]+/g) ?? []) {
				if (/^(?:note|x)$/.test(expected)) continue; // the name of a footnote, a task's box
				expect(text).toContain(expected);
			}
		}),
		{ numRuns: 500, seed },
	);
});

it('keeps the words of a block in their order', () => {
	fc.assert(
		fc.property(fc.array(words, { minLength: 1, maxLength: 8 }), (texts) => {
			const markdown = texts.map((text, index) => (index % 2 === 0 ? `- **${text}**` : `  - *${text}*`)).join('\n');
			const expected = texts.join(' ').match(/[a-z0-9\u4e00-\u4eff]+/g);
			expect(answerPlainText(markdown).match(/[a-z0-9\u4e00-\u4eff]+/g)).toEqual(expected);
		}),
		{ numRuns: 300, seed },
	);
});
