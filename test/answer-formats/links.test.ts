import * as fc from 'fast-check';
import { answerPlainText, answerTables } from '../../nodes/shared/answer-formats';
import { bareHtml, expectEveryWord, visibleText } from './every-word';
import { seed } from './seed';

describe('link definitions', () => {
	it.each([
		['[任务]: 完成报表', ['[任务]: 完成报表']],
		['[任务]: 完成报表\n\n[负责人]: 张三', ['[任务]: 完成报表', '[负责人]: 张三']],
		['[任务]: 完成报表\n[负责人]: 张三\n\n正文', ['[任务]: 完成报表', '[负责人]: 张三', '正文']],
		['[1]: 数据来自公司年报。', ['[1]: 数据来自公司年报。']],
		['营收120[1]\n\n[1]: 数据来自公司年报。', ['营收120[1]', '[1]: 数据来自公司年报。']],
		['- [注1]: 按可比口径计算', ['[注1]: 按可比口径计算']],
		['> [注]: 未经审计', ['[注]: 未经审计']],
		['1. [MS-1]: text', ['[MS-1]: text']],
		['[状态]:\n已完成', ['[状态]:', '已完成']],
		['[a]: <完成 报表>', ['完成 报表']],
		['[note]: see-below "a title"', ['[note]: see-below', 'a title']],
		['[x]: javascript:alert(1)', ['[x]: javascript:alert(1)']],
		['[时间]: 10:30', ['[时间]: 10:30']],
		['[文件]: report.pdf', ['[文件]: report.pdf']],
	])('that are really text keep their words: %j', (markdown, words) => {
		expectEveryWord(markdown, words);
	});

	it('of sources are shown once, where they were written, whether the text cites them or not', () => {
		const markdown =
			'营收120[1]，利润30【2】。\n\n## 来源\n[1]: https://a.example/1\n[2]: https://a.example/2 "2025 年报"\n\n完';
		expect(answerPlainText(markdown)).toBe(
			'营收120[1]，利润30【2】。\n\n来源\n\n[1] https://a.example/1\n[2] 2025 年报 (https://a.example/2)\n\n完',
		);
		expect(bareHtml(markdown)).toBe(
			'<p>营收120<a href="https://a.example/1">[1]</a>，利润30【2】。</p>\n<h2>来源</h2>\n' +
				'<p>[1] <a href="https://a.example/1">https://a.example/1</a><br>[2] <a href="https://a.example/2">2025 年报</a></p>\n<p>完</p>',
		);
	});

	it.each([
		['[a][b] [b]\n\n[b]: https://c.d', 'a (https://c.d) b (https://c.d)'],
		['[报告][1]\n\n[1]: https://c.d', '报告 (https://c.d)'],
		['![图][1]\n\n[1]: https://c.d/e.png', '图 (https://c.d/e.png)'],
	])('that a link has taken its address from are not shown again: %j', (markdown, text) => {
		expect(answerPlainText(markdown)).toBe(text);
	});

	it('of the same name are all shown', () => {
		expectEveryWord('a [1]\n\n[1]: https://a.example/1\n[1]: https://a.example/2', [
			'https://a.example/1',
			'https://a.example/2',
		]);
	});

	it('are never lost, whatever they say', () => {
		const word = fc.stringMatching(/^[a-z\u4e00-\u4eff]{2,8}$/);
		const label = fc.oneof(word, fc.integer({ min: 1, max: 99 }).map(String));
		const line = fc.tuple(
			label,
			fc.oneof(
				word,
				word.map((host) => `https://${encodeURIComponent(host).replace(/%/g, '')}.example/`),
			),
			fc.constantFrom('', '- ', '> '),
		);
		fc.assert(
			fc.property(
				fc.uniqueArray(line, { minLength: 1, maxLength: 5, selector: ([name]) => name.toUpperCase() }),
				fc.boolean(),
				(lines, isCited) => {
					const markdown =
						lines.map(([name, target, mark]) => `${mark}[${name}]: ${target}`).join('\n\n') +
						(isCited ? `\n\n文[${lines[0]![0]}]` : '');
					const [text, html] = [answerPlainText(markdown), visibleText(markdown)];
					for (const [name, target] of lines) {
						expect(text).toContain(name);
						expect(text).toContain(target);
						expect(html).toContain(name);
						if (!isCited || name !== lines[0]![0]) expect(html).toContain(target);
					}
				},
			),
			{ numRuns: 300, seed },
		);
	});
});

describe('citations', () => {
	const source = '\n\n[1]: https://a.example/1\n[2]: https://a.example/2';

	it.each([
		[`营收120[1]${source}`, '营收120[1]'],
		[`营收120[1][2]。${source}`, '营收120[1][2]。'],
		[`120 [1], 30 [2]${source}`, '120 [1], 30 [2]'],
		[`**120**[1]${source}`, '120[1]'],
		['利润30[注1]\n\n[注1]: https://a.example/1', '利润30[注1]'],
		['营收120[1](https://a.example/1)亿元', '营收120[1] (https://a.example/1)亿元'],
		[
			'增长[1](https://a.example/1)[2](https://a.example/2)。',
			'增长[1] (https://a.example/1)[2] (https://a.example/2)。',
		],
		['见 [1](https://a.example/1)[2](https://a.example/2)', '见 [1] (https://a.example/1)[2] (https://a.example/2)'],
		['(**12%**[3](https://a.example/3))', '(12%[3] (https://a.example/3))'],
		['[[1]](https://a.example/1)', '[1] (https://a.example/1)'],
		['见第[3](https://a.example/3)章', '见第3 (https://a.example/3)章'],
		['共 [12](https://a.example/1) 家', '共 12 (https://a.example/1) 家'],
		['revenue of 120[a]\n\n[a]: https://a.example/1', 'revenue of 120[a] (https://a.example/1)'],
		['120[^1]\n\n[^1]: 年报', '120[1]'],
		['120[1]', '120[1]'],
	])('do not join the number before them: %j', (markdown, start) => {
		expect(answerPlainText(markdown).startsWith(start)).toBe(true);
		expect(visibleText(markdown)).not.toMatch(/120[12a]|30注|增长1|12%3/);
	});

	it('stay readable in cells', () => {
		const [table] = answerTables(`| 指标 | 值 |\n|---|---|\n| 营收 | 120[1] |\n| 利润 | 30[^1] |${source}\n\n[^1]: 注`);
		expect(table!.rows).toEqual([
			['营收', '120[1]'],
			['利润', '30[1]'],
		]);
	});
});

describe('addresses', () => {
	it.each([
		['官网https://www.example.com获取更多', 'https://www.example.com'],
		['官网https://www.example.com:8080获取', 'https://www.example.com:8080'],
		['见https://example.com/report获取更多', 'https://example.com/report'],
		['见https://example.com/report.html获取', 'https://example.com/report.html'],
		['见https://example.com/?q=1获取', 'https://example.com/?q=1'],
		['见https://example.com/a#b2和', 'https://example.com/a#b2'],
		['访问www.example.com获取更多', 'http://www.example.com'],
		['访问www.example.com.cn或联系我们', 'http://www.example.com.cn'],
		['http://192.168.1.1查看', 'http://192.168.1.1'],
		['詳細はhttps://www.example.co.jpをご覧', 'https://www.example.co.jp'],
		['詳細はhttps://example.com/aカタログ', 'https://example.com/a'],
		['자세한 내용은 https://example.com을 참고', 'https://example.com'],
		['https://example.com/path에서', 'https://example.com/path'],
		['邮箱research@example.com获取', 'mailto:research@example.com'],
		['邮箱：research@example.com，谢谢', 'mailto:research@example.com'],
		['https://example.com，更多', 'https://example.com'],
		['（https://example.com）', 'https://example.com'],
		['**https://example.com**获取', 'https://example.com'],
		['https://b.c/报告，', 'https://b.c/%E6%8A%A5%E5%91%8A'],
		['https://b.c/a-报告/第3章 x', 'https://b.c/a-%E6%8A%A5%E5%91%8A/%E7%AC%AC3%E7%AB%A0'],
		['https://b.c/?q=报告&p=2 x', 'https://b.c/?q=%E6%8A%A5%E5%91%8A&p=2'],
		['https://zh.wikipedia.org/wiki/C语言 x', 'https://zh.wikipedia.org/wiki/C%E8%AF%AD%E8%A8%80'],
		['https://例子.中国/ x', 'https://xn--fsqu00a.xn--fiqs8s/'],
		['https://3m中国.com/ x', new URL('https://3m中国.com/').href],
		['a@b.com', 'mailto:a@b.com'],
		['https://例子.中国获取', 'https://xn--fsqu00a.xn--fiqs8s/'],
		['https://例子.公司查看详情', 'https://xn--fsqu00a.xn--55qx5d/'],
		['https://例子.中国银行.中国', new URL('https://例子.中国银行.中国').href],
		['https://例子.cn获取', new URL('https://例子.cn').href],
		['**https://b.c/x**查看', 'https://b.c/x'],
		['https://b.c/x**重点**后', 'https://b.c/x'],
		['https://b.c/x"引用"', 'https://b.c/x'],
		['https://b.c/x\u200b后', 'https://b.c/x'],
		['\u200fhttps://b.c/x\u200f', 'https://b.c/x'],
		['https://b.c/x,https://d.e/y', 'https://b.c/x'],
		['https://b.c/x;www.d.e', 'https://b.c/x'],
		['https://web.archive.org/web/2020/https://b.c/x', 'https://web.archive.org/web/2020/https://b.c/x'],
	])('in %j end before the text that is glued to them', (markdown, address) => {
		const [, href] = /href="([^"]*)"/.exec(bareHtml(markdown)) ?? [];
		expect(href?.replace(/&#x26;/g, '&')).toBe(address);
		expect(visibleText(markdown)).toBe(markdown.replace(/\*\*/g, ''));
	});

	it('are all found in a text without blanks', () => {
		const links = [...bareHtml('见https://a.com或https://b.com/x和www.c.com以及d@e.com等').matchAll(/href="([^"]*)"/g)];
		expect(links.map(([, href]) => href)).toEqual([
			'https://a.com',
			'https://b.com/x',
			'http://www.c.com',
			'mailto:d@e.com',
		]);
	});

	it.each(['https://user:word@b.example/x', 'https://bank.example@evil.example'])(
		'with a user in them are no link to the user: %j',
		(markdown) => {
			expect(bareHtml(markdown)).not.toMatch(/href="https?:/);
			expect(visibleText(markdown)).toBe(markdown);
		},
	);

	it('lead to no other host than the one that was written, whatever is glued to them', () => {
		const glue = fc.stringMatching(/^[\u4e00-\u9fa5\u3041-\u3096\uac00-\ud7a3]{1,8}$/);
		const host = fc.constantFrom(
			'example.com',
			'www.example.cn',
			'a.b.org',
			'example.ai',
			'data.example.tech',
			'例子.cn',
		);
		fc.assert(
			fc.property(glue, host, fc.constantFrom('', '/path', '/a/b.html', '?q=1'), glue, (before, name, path, after) => {
				const [, href] = /href="([^"]*)"/.exec(bareHtml(`${before}https://${name}${path}${after}`)) ?? [];
				expect(href).toBe(/^[!-~]+$/.test(name) ? `https://${name}${path}` : new URL(`https://${name}${path}`).href);
			}),
			{ numRuns: 500, seed },
		);
	});

	it('may have blanks where it is clear where they end', () => {
		expect(bareHtml('[a](https://x.example/a b/c.pdf) d')).toBe(
			'<p><a href="https://x.example/a%20b/c.pdf">a</a> d</p>',
		);
		expect(answerPlainText('[a](https://x.example/a b "c")')).toContain('"c"');
	});

	it('show what their title says', () => {
		expect(answerPlainText('[1](https://a.example "Annual report")')).toBe('1 (Annual report, https://a.example)');
		expect(bareHtml('[1](https://a.example "Annual <report>")')).toBe(
			'<p><a href="https://a.example" title="Annual  report ">1</a></p>',
		);
	});
});
