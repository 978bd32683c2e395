import {
	answerHeading,
	answerHtml,
	answerHtmlDocument,
	answerPlainText,
	answerTables,
	answerTitle,
	kindOf,
	parseAnswer,
} from '../../nodes/shared/answer-formats';
import { expectSafe } from './safe-html';

it.each([
	[null, 'markdown'],
	[undefined, 'markdown'],
	['', 'markdown'],
	['markdown', 'markdown'],
	['MD', 'markdown'],
	['.md', 'markdown'],
	['text/markdown; charset=utf-8', 'markdown'],
	['html', 'html'],
	['HTM', 'html'],
	['text/html', 'html'],
	['application/xhtml+xml', 'html'],
	['text', 'text'],
	['txt', 'text'],
	['text/plain', 'text'],
	['json', 'text'],
	['csv', 'text'],
	['pdf', 'text'],
])('an answer of the type %j is read as %s', (fileType, kind) => {
	expect(kindOf(fileType)).toBe(kind);
});

const bare = (html: string, fileType: string): string =>
	answerHtml(parseAnswer(html, fileType))
		.replace(/ (?:style|lang)="[^"]*"/g, '')
		.replace(/^<div>|<\/div>$/g, '')
		.trim();

describe('an answer in HTML', () => {
	const page = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>日报 2026-01-05</title>
		<style>body { color: red } h1 { display: none }</style><script>alert(1)</script></head>
		<body onload="alert(1)"><div class="wrap"><h1>营收 <em>增长</em></h1>
		<p>第一段，见 <a href="https://a.example/1" onclick="x()">年报</a>
		  和 <b>重点</b>。</p><p>10<sup>6</sup><br>下一行</p>
		<ul><li>a</li><li>b<ol start="3"><li>c</li></ol></li></ul>
		<table border=1><caption>表 1 营收</caption><thead><tr><th>指标</th><th>2025</th></tr></thead>
		<tbody><tr><td>营收</td><td>120<br>亿</td></tr></tbody></table>
		<blockquote>引用</blockquote><pre>  code
  two</pre><hr><img src="https://a.example/i.png" alt="图"><img src="x" onerror="alert(1)">
		<p hidden>隐藏</p><iframe src="https://evil.example">x</iframe><a href="javascript:alert(1)">坏</a>
		</div></body></html>`;

	it('is rebuilt of what is harmless', () => {
		expectSafe(answerHtml(parseAnswer(page, 'html')));
		expect(bare(page, 'html')).toBe(
			'<h1>营收 <em>增长</em></h1>\n<p>第一段，见 <a href="https://a.example/1">年报</a> 和 <strong>重点</strong>。</p>\n' +
				'<p>10<sup>6</sup><br>下一行</p>\n<ul><li>a</li><li>b<ol start="3"><li>c</li></ol></li></ul>\n' +
				'<p><strong>表 1 营收</strong></p>\n' +
				'<div><table cellspacing="0" cellpadding="6" border="0"><thead><tr><th>指标</th><th>2025</th></tr></thead>' +
				'<tbody><tr><td>营收</td><td>120<br>亿</td></tr></tbody></table></div>\n' +
				'<blockquote><p>引用</p></blockquote>\n<pre><code>  code\n  two</code></pre>\n<hr>\n' +
				'<p><img src="https://a.example/i.png" alt="图"></p>\n<p>坏</p>',
		);
	});

	it('gives its words, tables and title', () => {
		const document = parseAnswer(page, 'text/html');
		expect(answerPlainText(document)).toBe(
			'营收 增长\n\n第一段，见 年报 (https://a.example/1) 和 重点。\n\n10^6\n下一行\n\n- a\n- b\n  3. c\n\n表 1 营收\n\n' +
				'指标  2025\n----  ----\n营收  120\n      亿\n\n  引用\n\n  code\n  two\n\n----------\n\n图 (https://a.example/i.png)x\n\n坏',
		);
		expect(answerTables(document)).toEqual([
			{ title: '表 1 营收', headers: ['指标', '2025'], rows: [['营收', '120\n亿']] },
		]);
		expect(answerHeading(document)).toBe('营收 增长');
		expect(answerHeading(parseAnswer('<title>日报</title><p>a</p>', 'html'))).toBe('日报');
		expect(answerHtmlDocument(document)).toContain('<title>营收 增长</title>');
	});

	it('looks through tables that are there for the layout', () => {
		const layout =
			'<table><tr><td><h2>标题</h2><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></td></tr></table>';
		expect(answerTables(parseAnswer(layout, 'html'))).toEqual([
			{ title: '标题', headers: ['a', 'b'], rows: [['1', '2']] },
		]);
	});

	it('shows merged cells as they are, and gives every row its values', () => {
		const table =
			'<table><tr><th>地区</th><th>季度</th><th>值</th></tr><tr><td rowspan="2">华东</td><td>Q1</td><td>1</td></tr><tr><td>Q2</td><td>2</td></tr><tr><td colspan="2">合计</td><td>3</td></tr></table>';
		expect(bare(table, 'html')).toContain(
			'<tr><td rowspan="2">华东</td><td>Q1</td><td>1</td></tr><tr><td>Q2</td><td>2</td></tr><tr><td colspan="2">合计</td><td>3</td></tr>',
		);
		expect(answerTables(parseAnswer(table, 'html'))[0]!.rows).toEqual([
			['华东', 'Q1', '1'],
			['华东', 'Q2', '2'],
			['合计', '合计', '3'],
		]);
		expect(answerPlainText(parseAnswer(table, 'html')).match(/华东/g)).toHaveLength(1);
	});

	it.each([
		'<div>'.repeat(20_000) + 'a',
		'<b>'.repeat(5_000) + 'a',
		'<table><tr><td>'.repeat(2_000) + 'a',
		'<ul><li>'.repeat(5_000) + 'a',
		`<table><tr>${'<td colspan=1000 rowspan=1000>a'.repeat(100)}</tr>${'<tr><td>a</td></tr>'.repeat(1_000)}</table>`,
	])('does not overflow, however it is nested (%#)', (html) => {
		const document = parseAnswer(html, 'html');
		expect(answerPlainText(document)).toContain('a');
		expectSafe(answerHtml(document));
		answerTables(document);
	});
});

describe('an answer of another type', () => {
	const text = '# no *heading*\r\n\r\n| a |\r\n|---|\n\n\n  <b>x</b>\n{"a": 1}\n';

	it('is never read as Markdown', () => {
		const document = parseAnswer(text, 'json');
		expect(answerPlainText(document)).toBe('# no *heading*\n\n| a |\n|---|\n\n\n  <b>x</b>\n{"a": 1}');
		expect(bare(text, 'json')).toBe(
			'<p># no *heading*</p>\n<p>| a |<br>|---|</p>\n<p>  &#x3C;b>x&#x3C;/b><br>{"a": 1}</p>',
		);
		expect(answerTables(document)).toEqual([]);
		expect(answerHeading(document)).toBeNull();
		expect(answerTitle(document)).toBe('# no *heading*');
	});
});
