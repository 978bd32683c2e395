import {
	answerHtml,
	answerHtmlDocument,
	answerPlainText,
	answerTables,
	answerTitle,
	parseAnswer,
	tableRows,
} from '../../nodes/shared/answer-formats';

/** Of the processor, whatever else the machine does: far above linear work (a second), far below quadratic (minutes). */
const SECONDS_ALLOWED = 15;

const SIZE = 10_000;
const many = (text: string): string => text.repeat(SIZE);
const numbered = (text: (index: number) => string): string =>
	Array.from({ length: SIZE }, (_, index) => text(index)).join('');

const HOSTILE: Record<string, string> = {
	'10,000 quotes in each other': `${'>'.repeat(10_000)} a`,
	'10,000 quotes in each other, many times': `${'> '.repeat(10_000)}a\n\n`.repeat(20),
	'10,000 lists in each other': `${'- '.repeat(10_000)}a`,
	'1,000 lists in each other, by indentation': Array.from(
		{ length: 1_000 },
		(_, depth) => `${'  '.repeat(depth)}- a`,
	).join('\n'),
	'10,000 quoted lists in each other': `${'> 1. '.repeat(10_000)}a`,
	'10,000 footnotes in each other': `${'[^a]: '.repeat(10_000)}a`,
	'10,000 opening brackets': '['.repeat(10_000),
	'10,000 brackets in each other': '['.repeat(10_000) + ']'.repeat(10_000),
	'10,000 links in each other': `${'['.repeat(10_000)}a${'](https://b.c)'.repeat(10_000)}`,
	'10,000 images in each other': `${'!['.repeat(10_000)}a${'](https://b.c)'.repeat(10_000)}`,
	'10,000 emphases in each other': `${'*a **'.repeat(10_000)}b${'** c*'.repeat(10_000)}`,
	'links that never end': many('[a]('),
	'links that never begin': many('](a) '),
	'emphasis that never ends': many('*a _b **c '),
	'emphasis in many pieces': many('a**b**c*d*'),
	'code that never ends': Array.from({ length: 1_000 }, (_, index) => `${'`'.repeat(index + 1)}a`).join(' '),
	'footnotes that never end': `[^a]: b\n\n${'[^'.repeat(200_000)}`,
	'many footnotes': numbered((index) => `[^${index}]: a\n`) + numbered((index) => `[^${index}] `),
	'many definitions': numbered((index) => `[a${index}]: https://b.c\n`) + numbered((index) => `[a${index}] `),
	'tags that never end': many('<a <!-- <![CDATA[ <? '),
	'underlined headings': many('a\n-\n'),
	'a quote that goes on': `> a\n${many('b\n')}`,
	'addresses full of brackets': `https://a.b/${many('([{')}`,
	'many addresses': many('www.a.b https://a.b/c d@e.f '),
	'half addresses': many('www.a@'),
	'a table of 1,000 columns with rows of one': `${'|a'.repeat(1_000)}|\n${'|-'.repeat(1_000)}|\n${many('|x\n')}`,
	'small tables of short rows, each of which the parser fills up':
		`${'|a'.repeat(50)}|\n${'|-'.repeat(50)}|\n${'|x\n'.repeat(1_330)}\n`.repeat(200),
	'one long address that is used very often': `[a]: https://b.c/${'d'.repeat(100_000)}\n\n${many('[a] ')}`,
	'a table with rows that are too long': `|a|b|\n|-|-|\n${'|1|2|3|4|5\n'.repeat(10_000)}`,
	'a row of very many cells': `|a|b|\n|-|-|\n${many('|x')}`,
	'a row of many cells, the last of many lines': `|a|b|\n|-|-|\n${many('|x')}|${many('y<br>')}|`,
	'one very long cell beside short ones': `|a|b|\n|-|-|\n|${'好'.repeat(500_000)}|b|\n${many('|a|b|\n')}`,
	'columns with the same name': `${'|a'.repeat(5_000)}|\n${'|-'.repeat(5_000)}|\n${'|1'.repeat(5_000)}|`,
	'blank lines in code': `\`\`\`\n${many('\n')}a\n\`\`\``,
	spaces: `a${many(' ')}b${many('\t')}c`,
	'formulas that never end': many('\\( \\[ $a $$'),
	'powers beside open marks': many('*x 2**3 '),
	'addresses with marks between them': many('https://a.b/c**d,https://e.f '),
	'a host of very many labels': `https://${many('中.')}国`,
	'lists of HTML with marks of Markdown in them': `${many('<ul>\n')}**\n${many('</ul>\n')}`,
	'tables of HTML behind words that never end': many('a <table '),
	'tables of HTML behind words': many('a <table><tr><td>b</td></tr></table>\n\n'),
	'rows with code that never ends': `|a|b|\n|-|-|\n${many('|`|c|d|\n')}`,
	'one row with code that never ends': `|a|b|\n|-|-|\n|\`${many('|c')}|`,
	'headers of another width without a rule': `|a|b|\n|-|-|\n${many('|c|d|e|\n')}`,
	'blocks of formulas with blank lines that never end': many('$$\n\na\n\n'),
	'thoughts that never end': many('<think>a </thin '),
	'blocks of formulas that never end': many('$$\na\n'),
	'Markdown fences in each other': many('```markdown\n'),
	'Markdown fences and others': many('```md\n```js\n'),
	'tables in HTML that never end': many('<table>\n'),
	'tables in HTML that end at the end': many('<table>\n') + many('</table>'),
	'harmless tags in each other': many('<u><b>') + many('</b></u>'),
	'harmless tags that overlap': many('<u>**<b></u>**</b>'),
	'tags full of attributes': many('<font a=b c=d '),
	'headers with blank lines': many('| a | b |\n\n'),
	'headers and rules': many('| a | b |\n|---|\n'),
	'rules only': many('|---|---|\n'),
	'rows of full-width bars': many('｜a｜\n'),
	'definitions that are text': many('[a]: 完成\n\n'),
	'definitions in a row': many('[a]: 完成\n'),
	'citations in a row': `[1]: https://a.b\n\n${many('[1]')}`,
	'addresses glued to Chinese': many('https://a.com获取'),
	'one address glued to very much Chinese': `https://a.b/${'报告'.repeat(100_000)}`,
	'links with blanks': many('[a](https://b.c d'),
	'amounts with signs': many('> 50%\n\n+ 60%\n\n'),
	products: many('2*3*'),
	'thinking that never ends': many('<think>'),
	'lines that look like front matter': `---\n${many('a: b\n')}`,
	'headings in a fence': `\`\`\`\n${many('\n\n# a')}`,
};

/** Everything that a node can ask for, from one reading. */
function everyFormat(markdown: string): void {
	const answer = parseAnswer(markdown);
	answerHtml(answer);
	answerHtmlDocument(answer);
	answerPlainText(answer);
	tableRows(answerTables(answer));
	answerTitle(answer);
}

function expectLinear(markdown: string): void {
	const before = process.cpuUsage();
	everyFormat(markdown);
	const { user, system } = process.cpuUsage(before);
	expect((user + system) / 1e6).toBeLessThan(SECONDS_ALLOWED);
}

it.each(Object.entries(HOSTILE))('neither hangs nor fails on %s', (_, markdown) => expectLinear(markdown), 120_000);

it('writes 100,000 blocks', () => {
	const answer = parseAnswer('# a\n\nb **c**\n\n- d\n\n> e\n\n'.repeat(25_000));
	expect(answer.notRead).toBeNull();
	expect(answer.root.children).toHaveLength(100_000);
	expect(answerHtml(answer).match(/<(?:h1|p|ul|blockquote) /g)!.length).toBeGreaterThan(100_000);
	expect(answerPlainText(answer)).toHaveLength('a\n\nb c\n\n- d\n\n  e\n\n'.length * 25_000 - 2);
}, 120_000);

it('writes an answer of 5 MB', () => {
	const part =
		'## 标题\n\nRevenue grew by **12.4%** to 3.2 bn, see [report](https://example.com/q3)。增长来自云业务。\n\n- a\n- b\n\n';
	const answer = parseAnswer(part.repeat(Math.ceil(5_000_000 / part.length)));
	expect(answer.notRead).toBeNull();
	expect(answerHtml(answer)).toMatch(/<li style="[^"]*">b<\/li><\/ul>\n<\/div>$/);
	expect(answerPlainText(answer)).toMatch(/- b$/);
}, 120_000);

it('reads a table of 50,000 rows', () => {
	const [table] = answerTables(
		`| 指标 | 值 |\n|---|--:|\n${Array.from({ length: 50_000 }, (_, row) => `| 第${row}行 | ${row} |\n`).join('')}`,
	);
	expect(table!.rows).toHaveLength(50_000);
	expect(table!.rows.at(-1)).toEqual(['第49999行', '49999']);
}, 120_000);

it('keeps an answer that nests too deeply as it was written, and says why', () => {
	const markdown = `${'- '.repeat(10_000)}the words\n\n| a |\n|---|`;
	const answer = parseAnswer(markdown);
	expect(answer.notRead).toMatch(/nests quotes or lists/);
	expect(answerPlainText(answer)).toBe(markdown);
	expect(answerTables(answer)).toEqual([]);
});

it.each(['- a\n', '*a*', '|||||'])(
	'keeps an answer of too many parts as it was written, before %j fills the memory',
	(part) => {
		const answer = parseAnswer(part.repeat(1_000_001));
		expect(answer.notRead).toBe('it is made of too many parts');
		expect(answerPlainText(answer)).toBe(answer.markdown.trimEnd());
	},
);

it('does not turn a row of many cells and many lines into a text of spaces', () => {
	const markdown = `|a|b|\n|-|-|\n${'|x'.repeat(1_000)}|${'y<br>'.repeat(1_000)}|`;
	expect(answerPlainText(markdown).length).toBeLessThan(2 * markdown.length);
});

it('reads the nesting of an ordinary answer', () => {
	const markdown = Array.from({ length: 20 }, (_, depth) => `${'  '.repeat(depth)}- level ${depth}`).join('\n');
	expect(parseAnswer(markdown).notRead).toBeNull();
	expect(answerPlainText(markdown)).toContain('- level 19');
});
