import { answerSources, parseAnswer, type Source, withToolSources } from '../../nodes/shared/answer-formats';

const found = (answer: string): Array<[string, string | null]> =>
	answerSources(answer).map(({ title, url }) => [title, url]);

it('are the links of an answer in their order, each once, with their words', () => {
	expect(
		answerSources('见 [年报](https://a.example/1) 和 **[季报](https://a.example/2)**，[再次](https://a.example/1)。'),
	).toEqual([
		{ title: '年报', url: 'https://a.example/1', id: null, publishedAt: null, from: 'answer' },
		{ title: '季报', url: 'https://a.example/2', id: null, publishedAt: null, from: 'answer' },
	]);
});

it.each<[string, string, Array<[string, string | null]>]>([
	[
		'bare addresses',
		'https://a.example/1 www.b.example',
		[
			['https://a.example/1', 'https://a.example/1'],
			['http://www.b.example', 'http://www.b.example'],
		],
	],
	[
		'citations with a list of sources',
		'120[1]，30[2]\n\n[1]: https://a.example/1 "年报"\n[2]: https://a.example/2',
		[
			['年报', 'https://a.example/1'],
			['https://a.example/2', 'https://a.example/2'],
		],
	],
	[
		'a list of sources that nothing cites',
		'120【1】\n\n[1]: https://a.example/1',
		[['https://a.example/1', 'https://a.example/1']],
	],
	['titles of links', '120[1](https://a.example/1 "年报")', [['年报', 'https://a.example/1']]],
	[
		'a number first, words later',
		'120[1](https://a.example/1)\n\n- [年报](https://a.example/1)',
		[['年报', 'https://a.example/1']],
	],
	[
		'footnotes where they are mentioned',
		'a[^2] [b](https://b.example) c[^1]\n\n[^1]: 第一\n[^2]: [第二](https://a.example/2)',
		[
			['第二', 'https://a.example/2'],
			['b', 'https://b.example'],
			['第一', null],
		],
	],
	['footnotes with an address', 'a[^1]\n\n[^1]: 公司年报：https://a.example/1', [['公司年报', 'https://a.example/1']]],
	['footnotes that nobody mentions', '[^9]: 口径说明', [['口径说明', null]]],
	[
		'links in tables, lists and headings',
		'# [a](https://a.example)\n\n- [b](https://b.example)\n\n| c |\n|---|\n| [d](https://d.example) |',
		[
			['a', 'https://a.example'],
			['b', 'https://b.example'],
			['d', 'https://d.example'],
		],
	],
	[
		'no pictures, e-mail addresses, sections and scripts',
		'![a](https://a.example/b.png) a@b.com [c](#d) [e](javascript:f) [g](/h)',
		[],
	],
	['nothing in code', '`[a](https://a.example)`', []],
	[
		'nothing of the thinking',
		'<think>[a](https://a.example)</think>[b](https://b.example)',
		[['b', 'https://b.example']],
	],
	['nothing', '', []],
])('are %s', (_, markdown, sources) => {
	expect(found(markdown)).toEqual(sources);
});

it('are found in HTML, and not in a text', () => {
	expect(answerSources(parseAnswer('<a href="https://a.example">a</a>', 'html'))).toHaveLength(1);
	expect(answerSources(parseAnswer('https://a.example', 'text'))).toEqual([]);
});

it('end with notes that mention each other', () => {
	expect(
		found('a[^1]\n\n[^1]: b[^2]\n\n[^2]: c[^1]')
			.map(([title]) => title)
			.sort(),
	).toEqual(['b', 'c']);
});

describe('what tools returned', () => {
	const page = (url: string | null, more: Partial<Source> = {}): Source => ({
		...{ title: url ?? 'no address', url, id: null, publishedAt: null, from: 'tool' },
		...more,
	});

	it('stands behind what the answer names, each once', () => {
		const named = answerSources('[年报](https://a.example/1)');
		const returned = [
			page('https://b.example'),
			page('https://b.example'),
			page(null, { id: '5' }),
			page(null, { id: '5' }),
		];
		expect(withToolSources(named, returned)).toEqual([...named, page('https://b.example'), page(null, { id: '5' })]);
	});

	it('tells ID and date of a page that the answer names, and changes none of its words', () => {
		const named = answerSources('[年报](https://a.example/1)');
		const more = { title: 'Annual report', id: '5', publishedAt: '2025-12-15', category: 'filings' };
		expect(withToolSources(named, [page('https://a.example/1', more)])).toEqual([
			{ ...named[0], ...more, title: '年报' },
		]);
		expect(named[0]?.id).toBeNull();
	});

	it('is all there is where the answer names nothing, footnotes without an address apart', () => {
		expect(withToolSources([], [page('https://b.example')])).toEqual([page('https://b.example')]);
		const note = page(null, { title: '内部资料', from: 'answer' });
		expect(withToolSources([note], [page(null, { id: '5' })])).toEqual([note, page(null, { id: '5' })]);
	});
});
