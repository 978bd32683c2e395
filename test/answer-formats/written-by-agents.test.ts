import * as fc from 'fast-check';
import {
	answerHeading,
	answerHtml,
	answerPlainText,
	answerTables,
	answerTitle,
	withoutThinking,
} from '../../nodes/shared/answer-formats';
import { bareHtml, expectEveryWord, visibleText } from './every-word';
import { seed } from './seed';

describe('a report in a fence', () => {
	const report = '# 周报\n\n| a |\n|---|\n| 1 |\n\n**完**';
	const expected = '周报\n\na\n-\n1\n\n完';

	it.each([
		['```markdown', `\`\`\`markdown\n${report}\n\`\`\``],
		['```md', `\`\`\`md\n${report}\n\`\`\``],
		['~~~Markdown', `~~~ Markdown\n${report}\n~~~`],
		['without its end', `\`\`\`markdown\n${report}`],
		['with four marks', `\`\`\`\`markdown\n${report}\n\`\`\`\``],
		['without a language', `\`\`\`\n${report}\n\`\`\``],
		['called text', `\`\`\`text\n${report}\n\`\`\`\n`],
		['in a fence in a fence', `\`\`\`markdown\n\`\`\`md\n${report}\n\`\`\`\n\`\`\``],
		['after a blank line', `\n\n\`\`\`markdown\n\n${report}\n\n\`\`\`\n\n`],
	])('is read as what it is: %s', (_, markdown) => {
		expect(answerPlainText(markdown)).toBe(expected);
		expect(answerTables(markdown)).toHaveLength(1);
		expect(answerHeading(markdown)).toBe('周报');
	});

	it('may have sentences around it, and stand in a list', () => {
		const markdown = `好的，以下是周报：\n\n\`\`\`markdown\n${report}\n\`\`\`\n\n希望有帮助。\n\n- a\n\n  \`\`\`md\n  ## b\n  \`\`\``;
		expect(answerPlainText(markdown)).toBe(`好的，以下是周报：\n\n${expected}\n\n希望有帮助。\n\n- a\n\n  b`);
	});

	it('may have blocks of code in it', () => {
		const code = '```python\nprint(1)\n```';
		const markdown = `\`\`\`markdown\n# A\n\n${code}\n\n## B\n\n\`\`\`sql\nselect 1\n\`\`\`\n\nend\n\`\`\`\n\nafter`;
		expect(bareHtml(markdown)).toBe(
			'<h1>A</h1>\n<pre><code>print(1)</code></pre>\n<h2>B</h2>\n<pre><code>select 1</code></pre>\n<p>end</p>\n<p>after</p>',
		);
	});

	it.each([
		['```python\n# a\n\n| a |\n|---|\n```'],
		['```\n# install\nnpm i\n\n# run\nnpm start\n```'],
		['```\n| a |\n|---|\n```\n\nThis is how a table is written.'],
		['```mermaid\ngraph TD\n```'],
		['```json\n{}\n```'],
	])('is no block of code: %j', (markdown) => {
		expect(answerHtml(markdown)).toContain('<pre');
		expect(answerTables(markdown)).toEqual([]);
	});
});

describe('thinking before the answer', () => {
	const answer = '# 报告\n\n| a |\n|---|\n| 1 |';

	it.each([
		[`<think>\n草稿\n\n| x |\n|---|\n| 9 |\n</think>\n\n${answer}`, '草稿\n\n| x |\n|---|\n| 9 |'],
		[`<think>a</think>${answer}`, 'a'],
		[`\n <THINK>a</think>\n${answer}`, 'a'],
		[`<thinking>a</thinking>\n${answer}`, 'a'],
		[`<think time="3">a</think>\n${answer}`, 'a'],
		[`<think>a</think>\n<think>b</think>\n\n${answer}`, 'a\n\nb'],
		[`<think></think>\n\n${answer}`, null],
		[`a\n| x |\n</think>\n\n${answer}`, 'a\n| x |'],
		[`a\n</think>${answer}`, 'a'],
		[`<think>a</thinking>\n${answer}`, 'a'],
		[`<thoughts>a</thoughts>\n${answer}`, 'a'],
		[`<seed:think>a</seed:think>\n${answer}`, 'a'],
		[`[THINK]a[/THINK]\n${answer}`, 'a'],
		[`◁think▷a◁/think▷\n${answer}`, 'a'],
		[`<|begin_of_thought|>a<|end_of_thought|>\n${answer}`, 'a'],
		[`&lt;think&gt;a&lt;/think&gt;\n${answer}`, 'a'],
		[`＜think＞a＜/think＞\n${answer}`, 'a'],
		[`<details><summary>思考过程</summary>a</details>\n\n${answer}`, 'a'],
		[`<details open>\n<summary>Thought for 3 seconds</summary>\na\n</details>\n${answer}`, 'a'],
		[`<think>a</think>\n<answer>\n${answer}</answer>`, 'a'],
	])('is left out: %j', (markdown, thinking) => {
		expect(withoutThinking(markdown)).toEqual({ text: answer, thinking });
		expect(answerPlainText(markdown)).toBe('报告\n\na\n-\n1');
		expect(answerTitle(markdown)).toBe('报告');
		expect(answerTables(markdown).map(({ headers }) => headers)).toEqual([['a']]);
		expect(answerHtml(markdown)).not.toContain('think');
	});

	it.each([
		'<think>never ends',
		'a <think>b</think> c',
		'The tag `</think>` ends it',
		'a\n</think>',
		'no thinking',
		'',
		'<thinker>a</thinker>',
	])('is nothing that may be the answer itself: %j', (markdown) => {
		expect(withoutThinking(markdown)).toEqual({ text: markdown, thinking: null });
	});
});

describe('front matter', () => {
	it.each([
		['---\ntitle: 周报\ndate: 2026-01-05\n---\n# 上周销售\n\n正文', '上周销售'],
		['---\ntitle: "周报"\n---\n\n正文', '周报'],
		["---\r\ntitle: '周报'\r\ntags:\r\n  - a\r\n  - b\r\n---\r\n正文", '周报'],
		['---\n标题：周报\n作者：张三\n---\n正文', '周报'],
		['+++\ntitle = "周报"\n+++\n正文', '周报'],
		['---\ndate: 2026-01-05\n...\n正文', null],
		['<think>x</think>\n---\ntitle: 周报\n---\n正文', '周报'],
	])('is no heading: %j', (markdown, title) => {
		expect(answerHeading(markdown)).toBe(title);
		expect(answerHtml(markdown)).not.toMatch(/<h[1-6][^>]*>[^<]*(?:title|标题|date)|<hr/);
		expect(answerPlainText(markdown)).toContain('正文'.slice(0, markdown.includes('正文') ? 2 : 0));
	});

	it('keeps its words', () => {
		expect(answerPlainText('---\ntitle: 周报\ndate: 2026-01-05\n---\n# 上周销售')).toBe(
			'title: 周报\ndate: 2026-01-05\n\n上周销售',
		);
	});

	it.each([
		'---\n正文，没有字段\n---\n后',
		'---\nNote: the data is preliminary\n---\nReport',
		'---\n\n# a',
		'text\n\n---\ntitle: a\n---',
		'---\ntitle: never ends',
	])('is nothing else that stands between rules: %j', (markdown) => {
		const words = markdown.match(/[\p{L}]+/gu)!;
		for (const word of words) expect(answerPlainText(markdown)).toContain(word);
	});
});

describe('formulas', () => {
	it.each([
		'2*3*4 = 24',
		'2 * 3 * 4',
		'x*y*z',
		'5*(1+2)*3',
		'a[1]*b[2]*c',
		'营收=单价*数量*汇率',
		'50%*2*3',
		'$P=2*a*b$',
		'$x_1 + y_1$ 和 $z*w*v$',
		'$$E = mc^2$$',
		'$$\\frac{a}{b} * c * d$$',
		'其中 \\(a\\) 是 \\(b_1*c*d\\)',
		'\\[x = \\{1, 2\\} \\\\ y\\]',
		'$\\text{营收} = 单价$ x'.replace('单价', 'p'),
		'$$\na\n= b\n- c\n+ d\n> e\n# f\n$$',
		'\\[\na*b*c\n\nd*e*f\n\\]',
		'$$\n\na_1*b_2*c\n\n$$',
		'$\\frac{净利润}{营收} \\times 100\\%$ 和 $ROE_{期末}*k*2$',
		'\\( \\frac{净利润}{营收} \\times 100\\% \\)',
		'x**2 + y**2 = z**2',
		'2**10 和 2**20，(1+r)**n*P*2',
		'10**-3*10**-2',
		'\\[\na \\\\\n- b\n\\]',
		'\\begin{aligned}\na &= b \\\\\n&- c\n\\end{aligned}',
		'前\n\n$$\n- a\n$$\n\n后',
	])('stay as they were written: %j', (markdown) => {
		expect(answerPlainText(markdown)).toBe(markdown);
		expect(visibleText(markdown).replace(/\s+/g, ' ')).toBe(markdown.replace(/\s+/g, ' '));
	});

	it('stay as they were written in cells', () => {
		expect(answerTables('| a |\n|---|\n| 2*3*4 |\n| $P=2*a*b$ |\n| \\(x\\) |')[0]!.rows).toEqual([
			['2*3*4'],
			['$P=2*a*b$'],
			['\\(x\\)'],
		]);
	});

	it.each([
		['costs $5 and **6** and $7', 'costs $5 and 6 and $7'],
		['$AAPL 上涨 **5%**，$TSLA 下跌 **3%**', '$AAPL 上涨 5%，$TSLA 下跌 3%'],
		['从$5涨到**$10**以上', '从$5涨到$10以上'],
		['US$ *5* or $*6*', 'US$ 5 or $6'],
		['\\[1\\] 见附注', '[1] 见附注'],
		['\\(见附注\\)', '(见附注)'],
		['\\(see the note\\)', '(see the note)'],
		['- \\[x\\] 完成', '- ☑ 完成'],
		['\\*a\\* \\_b\\_', '*a* _b_'],
		['*斜体* 和 **粗体**', '斜体 和 粗体'],
		['这是*重点*内容', '这是重点内容'],
		['$$', '$$'],
		['$ $', '$ $'],
		['`$a*b*c$`', '$a*b*c$'],
		['**营收2025**10亿，**Q3**2025，**x**2', '营收202510亿，Q32025，x2'],
		['营收**120**亿，120**同比**5', '营收120亿，120同比5'],
		['约 $5，\\textbf{或} **$6**', '约 $5，\\textbf{或} $6'],
		['$$\n第一段。\n\n# 标题\n\n$$', '$$\n第一段。\n\n标题\n\n$$'],
	])('are not seen where there are none: %j', (markdown, text) => {
		expect(answerPlainText(markdown)).toBe(text);
	});

	it('lose no sign, whatever the numbers', () => {
		const factor = fc.oneof(
			fc.integer({ min: 0, max: 999 }).map(String),
			fc.constantFrom('a', 'xy', '(1+2)', '3.5', '10%'),
		);
		fc.assert(
			fc.property(fc.array(factor, { minLength: 2, maxLength: 6 }), (factors) => {
				const product = factors.join('*');
				expect(answerPlainText(`${product} = 1`)).toBe(`${product} = 1`);
				expect(visibleText(`结果：${product}。`)).toBe(`结果：${product}。`);
			}),
			{ numRuns: 300, seed },
		);
	});
});

describe('signs at the beginning of a line', () => {
	it.each([
		['毛利率：\n\n> 60%', '毛利率：\n\n> 60%'],
		['毛利率：\n>= 60%', '毛利率：\n\n>= 60%'],
		['同比：\n\n+ 5.2%', '同比：\n\n+ 5.2%'],
		['> 50 亿元。', '> 50 亿元。'],
		['2024：\n-', '2024：\n-'],
		['合计\n=', '合计\n='],
		['+5%\n-5%', '+5%\n-5%'],
		['#1 品牌', '#1 品牌'],
	])('are kept: %j', (markdown, text) => {
		expect(answerPlainText(markdown)).toBe(text);
		expect(visibleText(markdown).replace(/\n+/g, '\n')).toBe(text.replace(/\n+/g, '\n'));
	});

	it.each([
		['> 引用', '  引用'],
		['> 50 亿元的营收来自云业务，\n> 见附注', '  50 亿元的营收来自云业务，\n  见附注'],
		['+ 10\n+ 20', '- 10\n- 20'],
		['+ a', '- a'],
		['A\n--\n\nb', 'A\n\nb'],
		['A\n===', 'A'],
	])('of lists, quotes and headings are marks: %j', (markdown, text) => {
		expect(answerPlainText(markdown)).toBe(text);
	});
});

describe('numbers at the beginning of a line', () => {
	it.each([
		['2025. 年度总结\n2024. 去年', '2025. 年度总结\n2024. 去年'],
		['3. c\n2. b\n1. a', '3. c\n2. b\n1. a'],
		['1. a\n3. b\n4. c', '1. a\n3. b\n4. c'],
		['- x\n  1. a\n  5. b', '- x\n  1. a\n  5. b'],
		['1. a\n1. b\n1. c', '1. a\n2. b\n3. c'],
		['7) a\n8) b', '7. a\n8. b'],
	])('are those that were written: %j', (markdown, text) => {
		expect(answerPlainText(markdown)).toBe(text);
	});

	it('are the same in HTML', () => {
		const number = fc.integer({ min: 0, max: 3_000 });
		fc.assert(
			fc.property(fc.uniqueArray(number, { minLength: 2, maxLength: 8 }), (numbers) => {
				const markdown = numbers.map((one) => `${one}. 第${one}项`).join('\n');
				expect(answerPlainText(markdown)).toBe(markdown);
				let next = Number(/<ol start="(\d+)"/.exec(bareHtml(markdown))?.[1] ?? 1);
				for (const [, value, words] of bareHtml(markdown).matchAll(/<li(?: value="(\d+)")?>([^<]*)/g)) {
					next = Number(value ?? next);
					expect(words).toBe(`第${next}项`);
					next += 1;
				}
			}),
			{ numRuns: 200, seed },
		);
	});
});

describe('bold', () => {
	it.each(['**Revenue:**12', '**重点：**内容', '说明**（注）**后', '**"a"**b', 'x **50%**y'])(
		'holds beside %j',
		(markdown) => {
			expect(answerPlainText(markdown)).toBe(markdown.replace(/\*\*/g, ''));
			expect(answerHtml(markdown)).toContain('<strong>');
		},
	);
});

describe('harmless tags', () => {
	it.each([
		['m<sup>2</sup>、CO<sub>2</sub>', '<p>m<sup>2</sup>、CO<sub>2</sub></p>', 'm^2、CO2'],
		['10<sup>6</sup> 和 10<sup>-3</sup>', '<p>10<sup>6</sup> 和 10<sup>-3</sup></p>', '10^6 和 10^-3'],
		['品牌<sup>TM</sup>', '<p>品牌<sup>TM</sup></p>', '品牌TM'],
		['营收<sup>[1]</sup>', '<p>营收<sup>[1]</sup></p>', '营收[1]'],
		['<u>a **b**</u>', '<p><u>a <strong>b</strong></u></p>', 'a b'],
		['**<u>a</u>**', '<p><strong><u>a</u></strong></p>', 'a'],
		['**<u>a**</u>', '<p><strong>a</strong></p>', 'a'],
		['<mark>a</mark> <s>b</s> <em>c</em>', '<p><mark>a</mark> <del>b</del> <em>c</em></p>', 'a b c'],
		['<font color="red">a</font> <span style="color:red">b</span>', '<p>a b</p>', 'a b'],
		['<center>标题</center>', '<p>标题</p>', '标题'],
		['<p align=center>a</p><p>b</p>', '<p>a</p>\n<p>b</p>', 'a\n\nb'],
		['<p align=center>a</p>**b**', '<p>a<br><strong>b</strong></p>', 'a\nb'],
		['<div>\n\n# a\n\n</div>', '<h1>a</h1>', 'a'],
		['<h1 align="center">报告 <sub>v1</sub></h1>', '<h1>报告 <sub>v1</sub></h1>', '报告 v1'],
		['<details><summary>更多</summary>\n\n- a\n\n</details>', '<p>更多</p>\n<ul><li>a</li></ul>', '更多\n\n- a'],
		['<details open>\n<summary>更多</summary>\n正文\n</details>', '<p>更多<br>正文</p>', '更多\n正文'],
		['<ul><li>a</li><li>b</li></ul>', '<ul><li>a</li><li>b</li></ul>', '- a\n- b'],
		['<ul><li>a</li><li>**b**</li></ul>', '<p>• a<br>• <strong>b</strong></p>', '• a\n• b'],
		['<a href="https://b.c">a</a>', '<p><a href="https://b.c">a</a></p>', 'a (https://b.c)'],
		['<a href="javascript:alert(1)">a</a>', '<p>a</p>', 'a'],
		[
			'<img src="https://b.c/d.png" alt="图">',
			'<p><img src="https://b.c/d.png" alt="图"></p>',
			'图 (https://b.c/d.png)',
		],
		['<img src=x onerror=alert(1) alt=图>', '<p>图</p>', '图 (x)'],
		['a<BR/>b', '<p>a<br>b</p>', 'a\nb'],
		['`<sup>2</sup>`', '<p><code>&#x3C;sup>2&#x3C;/sup></code></p>', '<sup>2</sup>'],
		['<b>a', '<p>&#x3C;b>a</p>', '<b>a'],
		['<your-key> <公司名> <name>', '<p>&#x3C;your-key> &#x3C;公司名> &#x3C;name></p>', '<your-key> <公司名> <name>'],
		['if a <b and c> d', '<p>if a &#x3C;b and c> d</p>', 'if a <b and c> d'],
		['<script>alert(1)</script>', '<p>&#x3C;script>alert(1)&#x3C;/script></p>', '<script>alert(1)</script>'],
	])('are read for what they say: %j', (markdown, html, text) => {
		expect(bareHtml(markdown)).toBe(html);
		expect(answerPlainText(markdown)).toBe(text);
	});

	it.each(['<host:port>', '<seed:x>', '<key:value>', '<data:,x>'])('are none in %j', (placeholder) => {
		expect(answerPlainText(`a ${placeholder} b`)).toBe(`a ${placeholder} b`);
		expect(visibleText(`a ${placeholder} b`)).toBe(`a ${placeholder} b`);
	});

	it('of lists and tables are read behind words, too', () => {
		expect(answerPlainText('<ol><li>一</li><li>二<ul><li>子</li></ul></li></ol>\n后')).toBe(
			'1. 一\n2. 二\n   - 子\n\n后',
		);
		expect(answerPlainText('<ol start="3"><li>a</li><li value="7">b</li></ol>')).toBe('3. a\n7. b');
		const table = '<table><tr><th>a</th></tr><tr><td>b</td></tr><tr><td><name></td></tr></table>';
		expect(answerTables(`文字${table}后`)[0]).toEqual({ title: null, headers: ['a'], rows: [['b'], ['<name>']] });
		expect(answerPlainText(`文字${table}后`)).toBe('文字\n\na\n------\nb\n<name>\n\n后');
		expect(answerTables('`<table><tr><td>`')).toEqual([]);
	});

	it('are read in cells', () => {
		expect(
			answerTables('| a | b |\n|---|---|\n| <ul><li>x</li><li>y</li></ul> | m<sup>2</sup><br>z |')[0]!.rows,
		).toEqual([['• x\n• y', 'm^2\nz']]);
	});

	it('keep every word, however they are mixed with Markdown', () => {
		const names = [
			'sup',
			'sub',
			'u',
			'b',
			'i',
			's',
			'mark',
			'font',
			'span',
			'div',
			'p',
			'center',
			'details',
			'summary',
			'small',
			'li',
		];
		const word = fc.stringMatching(/^[a-z\u4e00-\u4eff]{3,8}$/);
		const piece = fc.oneof(
			word,
			fc.tuple(word, fc.constantFrom(...names)).map(([text, name]) => `<${name}>${text}</${name}>`),
			fc.tuple(word, fc.constantFrom(...names)).map(([text, name]) => `**<${name} class="x">${text}**</${name}>`),
			fc.tuple(word, fc.constantFrom(...names)).map(([text, name]) => `</${name}>${text}<${name}>`),
		);
		fc.assert(
			fc.property(
				fc.uniqueArray(piece, { minLength: 1, maxLength: 8 }),
				fc.constantFrom(' ', '\n', '\n\n'),
				(pieces, between) => {
					const markdown = pieces.join(between);
					const words = markdown.replace(/<[^>]*>/g, ' ').match(/[a-z\u4e00-\u4eff]{3,}/g) ?? [];
					const unique = [...new Set(words)].filter(
						(one) => !words.some((other) => other !== one && other.includes(one)),
					);
					if (unique.length === words.length) expectEveryWord(markdown, unique);
				},
			),
			{ numRuns: 400, seed },
		);
	});
});

describe('an answer in HTML of which nobody said so', () => {
	const body =
		'<h1>周报</h1><p>正文 a &lt; b</p><ol><li>一</li></ol><table><tr><th>a</th></tr><tr><td>1</td></tr></table>';

	it.each([
		`<!DOCTYPE html>\n<html><head><title>x</title><style>p{color:red}</style></head><body>${body}</body></html>`,
		`<html>\n<body>\n\n${body}\n\n</body>\n</html>`,
		`<?xml version="1.0"?><!-- a --><html>${body}</html>`,
		`<div class="report">${body}</div>`,
		`<think>x</think>\n<section>\n${body}\n</section>\n`,
		body,
	])('is read by the rules of HTML: %j', (answer) => {
		expect(answerPlainText(answer)).toBe('周报\n\n正文 a < b\n\n1. 一\n\na\n-\n1');
		expect(answerHeading(answer)).toBe('周报');
		expect(answerTables(answer)[0]!.rows).toEqual([['1']]);
	});

	it.each([
		['<div>\n\n# a\n\n</div>', 'a'],
		['<html> is a tag', '<html> is a tag'],
		['<p>**a**</p>', 'a'],
		['<p>Dear <name>,</p>\n<p><company-name></p>', 'Dear <name>,\n\n<company-name>'],
		['```html\n<p>a</p>\n```', '<p>a</p>'],
	])('is not seen where words could be lost: %j', (answer, text) => {
		expect(answerPlainText(answer)).toBe(text);
	});
});
