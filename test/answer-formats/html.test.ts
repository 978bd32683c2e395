import { answerHtml, answerHtmlDocument } from '../../nodes/shared/answer-formats';
import { readStrictHtml } from './strict-html';

/** The HTML without its styles and its wrapping element: what a test is about. */
function bare(markdown: string): string {
	return answerHtml(markdown)
		.replace(/ (?:style|lang)="[^"]*"/g, '')
		.replace(/^<div>|<\/div>$/g, '')
		.trim();
}

describe('answerHtml', () => {
	it.each([
		['headings', '# A\n\n### B', '<h1>A</h1>\n<h3>B</h3>'],
		['emphasis', 'a **b** *c* ~~d~~ `e`', '<p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code></p>'],
		['line breaks as the agent wrote them', 'a\nb\\\nc', '<p>a<br>b<br>c</p>'],
		['a tight list', '- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
		['a loose list', '- a\n\n- b', '<ul><li><p>a</p></li><li><p>b</p></li></ul>'],
		['a list that begins elsewhere', '3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
		['nested lists', '- a\n  1. b', '<ul><li>a<ol><li>b</li></ol></li></ul>'],
		['tasks', '- [ ] a\n- [x] b', '<ul><li>☐ a</li><li>☑ b</li></ul>'],
		['loose tasks', '- [x] a\n\n- [ ] **b**', '<ul><li><p>☑ a</p></li><li><p>☐ <strong>b</strong></p></li></ul>'],
		['what only looks like a task', '- [x]\n- [y] a\n\n[x] b', '<ul><li>[x]</li><li>[y] a</li></ul>\n<p>[x] b</p>'],
		['quotes', '> a\n>\n> > b', '<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>'],
		['code', '```js\na < b\n\n  c\n```', '<pre><code>a &#x3C; b\n\n  c</code></pre>'],
		['a rule', 'a\n\n---', '<p>a</p>\n<hr>'],
		['links', '[a](https://b.c/d?e=f&g)', '<p><a href="https://b.c/d?e=f&#x26;g">a</a></p>'],
		[
			'reference links',
			'[a][b] [b]\n\n[b]: https://c.d',
			'<p><a href="https://c.d">a</a> <a href="https://c.d">b</a></p>',
		],
		['an empty link', '[](https://b.c)', '<p><a href="https://b.c">https://b.c</a></p>'],
		['autolinks', '<https://b.c>', '<p><a href="https://b.c">https://b.c</a></p>'],
		[
			'bare addresses',
			'https://b.c/d. www.b.c',
			'<p><a href="https://b.c/d">https://b.c/d</a>. <a href="http://www.b.c">www.b.c</a></p>',
		],
		['e-mail addresses', 'a@b.com', '<p><a href="mailto:a@b.com">a@b.com</a></p>'],
		['file names, which are no links', 'README.md main.rs', '<p>README.md main.rs</p>'],
		['images', '![a](https://b.c/d.png)', '<p><img src="https://b.c/d.png" alt="a"></p>'],
		['images of other schemes', '![a](data:image/png;base64,AA) ![b](cid:1)', '<p>a b</p>'],
		['unsafe links', '[a **b**](javascript:alert) [c](data:x)', '<p>a <strong>b</strong> c</p>'],
		['relative links', '[a](/b) [c](#d)', '<p>a c</p>'],
		['harmless HTML', '<b>a</b>', '<p><strong>a</strong></p>'],
		['harmless HTML around Markdown', '<div>\n\n**a**\n\n</div>', '<p><strong>a</strong></p>'],
		['other HTML', '<x>a</x> <b>', '<p>&#x3C;x>a&#x3C;/x> &#x3C;b></p>'],
		['line break tags', 'a<br>b<BR />c `<br>`', '<p>a<br>b<br>c <code>&#x3C;br></code></p>'],
		['entities', '&copy; &lt;b&gt; &#x4F60;', '<p>© &#x3C;b> 你</p>'],
		[
			'Chinese next to emphasis',
			'**重点：**内容，**“引用”**之后',
			'<p><strong>重点：</strong>内容，<strong>“引用”</strong>之后</p>',
		],
		['ranges with a tilde', '3~5 天，6~8 天', '<p>3~5 天，6~8 天</p>'],
		['nothing', '', ''],
	])('writes %s', (_, markdown, html) => {
		expect(bare(markdown)).toBe(html);
	});

	it('ends an address where Chinese punctuation begins', () => {
		expect(bare('见 https://b.c/报告，（https://b.c/d）。')).toBe(
			'<p>见 <a href="https://b.c/%E6%8A%A5%E5%91%8A">https://b.c/报告</a>，（<a href="https://b.c/d">https://b.c/d</a>）。</p>',
		);
	});

	it('writes tables with their alignment, and short and long rows whole', () => {
		expect(answerHtml('| a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |\n')).toMatch(
			/text-align:right">2<.*text-align:center">3</,
		);
		expect(bare('| a | b | c |\n|---|---|---|\n| 1 |\n| 1 | 2 | 3 | 4 |')).toBe(
			'<div><table cellspacing="0" cellpadding="6" border="0"><thead><tr><th>a</th><th>b</th><th>c</th><th></th></tr></thead>' +
				'<tbody><tr><td>1</td><td colspan="3"></td></tr><tr><td>1</td><td>2</td><td>3</td><td>4</td></tr></tbody></table></div>',
		);
	});

	it('gives columns of sentences room, and leaves the others narrow', () => {
		const html = answerHtml(`| a | b |\n|---|---|\n| 1 | ${'数据口径见附注。'.repeat(3)} |`);
		expect(html).toMatch(/min-width:56px[^>]*>a<.*min-width:160px[^>]*>b</);
	});

	it('numbers footnotes in the order of their mention and keeps those that nobody mentions', () => {
		expect(bare('a[^x] b[^y] c[^x]\n\n[^z]: never\n[^y]: second\n[^x]: first')).toBe(
			'<p>a<sup>[1]</sup> b<sup>[2]</sup> c<sup>[1]</sup></p>\n' +
				'<div><ol><li><p>first</p></li><li><p>second</p></li><li><p>never</p></li></ol></div>',
		);
	});

	it('numbers a footnote of a footnote after those of the text', () => {
		expect(bare('a[^x] b[^z]\n\n[^w]: inner\n[^y]: other\n[^x]: outer[^y][^w]\n[^z]: last')).toBe(
			'<p>a<sup>[1]</sup> b<sup>[2]</sup></p>\n' +
				'<div><ol><li><p>outer<sup>[3]</sup><sup>[4]</sup></p></li><li><p>last</p></li>' +
				'<li><p>other</p></li><li><p>inner</p></li></ol></div>',
		);
		expect(bare('[^w]: never[^v]\n[^u]: nor this\n[^v]: deep[^u]')).toContain('<li><p>nor this</p></li>');
	});

	it('links footnotes in a document, where the links lead somewhere', () => {
		const { elements } = readStrictHtml(
			answerHtmlDocument('a[^x] b[^x]\n\n[^x]: first').replace('<!doctype html>', ''),
		);
		const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? []);
		const targets = elements.flatMap(({ attributes }) => attributes.get('href') ?? []);
		expect(ids.sort()).toEqual(['footnote-1', 'reference-1']);
		expect(targets).toEqual(['#footnote-1', '#footnote-1', '#reference-1']);
	});

	it('writes no control characters', () => {
		const html = answerHtml(
			'a\u0001b\u0085c `d\u0007` ![e\u0002\nf](https://b.c/d.png) [g](https://b.c/\u0003)\r\n\r\n~~~\n\u0008\n',
		);
		expect(html).not.toMatch(/(?!\n)\p{Cc}/u);
		expect(html).toContain('alt="e f"');
	});

	it('styles every element that would look raw, inline', () => {
		const html = answerHtml('# a\n\nb `c`\n\n```\nd\n```\n\n| e |\n|---|\n| f |\n\n> g\n\n- h');
		const unstyled = readStrictHtml(html).elements.filter(({ attributes }) => !attributes.has('style'));
		// The frame of a table's rows has nothing to show; a block's code has the look of its <pre>.
		expect(new Set(unstyled.map(({ name }) => name))).toEqual(new Set(['code', 'thead', 'tbody', 'tr']));
		expect(html).toContain(',PingFang SC,Hiragino Sans GB,Microsoft YaHei,Noto Sans CJK SC,');
		expect(html).not.toMatch(/<(?:style|link|script)/);
	});

	it('says which language draws the Chinese characters', () => {
		expect(answerHtml('报告')).toContain('<div lang="zh"');
		expect(answerHtml('これは報告です')).not.toContain('lang=');
		expect(answerHtml('report')).not.toContain('lang=');
	});

	it('says why an answer is shown as it was written', () => {
		const html = answerHtml('>'.repeat(10_000) + ' a');
		expect(readStrictHtml(html).text).toContain('Shown as it was written: it nests quotes or lists more than');
		expect(readStrictHtml(html).text).toContain('>'.repeat(10_000) + ' a');
	});
});

describe('answerHtmlDocument', () => {
	it('is a whole file with charset, title and a policy that lets nothing run', () => {
		const html = answerHtmlDocument('# 第三季度\n\ntext');
		expect(html).toMatch(/^<!doctype html><html lang="zh"><head><meta charset="utf-8">/);
		expect(html).toContain('<title>第三季度</title>');
		expect(html).toContain('Content-Security-Policy');
		expect(html).toMatch(/<\/body><\/html>\n$/);
	});

	it('takes another title, as text', () => {
		expect(answerHtmlDocument('a', '</title><script>')).toContain('<title>&#x3C;/title>&#x3C;script></title>');
	});
});
