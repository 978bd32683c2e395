import type { JsonValue } from '../../nodes/shared/json/json';
import { toolLinks } from '../../nodes/WpsAgent/tool-links';

const A = { title: 'A', url: 'https://a.example/1' };

test.each<[string, JsonValue, JsonValue]>([
	['a list of hits', [A, { title: 'B', link: 'https://b.example' }], [A, { title: 'B', url: 'https://b.example' }]],
	['inside a result', { query: 'x', results: [{ data: { ...A, content: 'text' } }] }, [A]],
	['as JSON text', { content: JSON.stringify({ items: [A] }) }, [A]],
	['by other names', { href: 'http://a.example', name: 'N' }, [{ title: 'N', url: 'http://a.example' }]],
	['without a title', { url: 'https://a.example' }, [{ title: null, url: 'https://a.example' }]],
	['the same twice', [A, { ...A, title: 'again' }], [A]],
	['no address of a page', [{ url: '/relative' }, { url: 'javascript:alert(1)' }, { url: 5 }], []],
	['text', 'see https://a.example', []],
	['nothing', null, []],
	['broken JSON text', '{"url":"https://a.example"', []],
])('%s', (_what, output, links) => {
	expect(toolLinks(output)).toEqual(links);
});

test('what is nested without an end is left', () => {
	let value: JsonValue = A;
	for (let depth = 0; depth < 50; depth++) value = { value };
	expect(toolLinks(value)).toEqual([]);
});
