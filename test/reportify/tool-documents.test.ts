import { toolDocuments } from '../../nodes/Reportify/tool-documents';
import type { AnswerStep } from '../../nodes/shared/answer/answer-change';
import type { JsonValue } from '../../nodes/shared/json/json';

/** `docs` in what a tool of Reportify puts out (`docs/apis/reportify.md §3d-2`). */

const step = (output: JsonValue, kind = 'tool'): AnswerStep => ({
	...{ kind, name: 'search', input: null, output, status: 'completed', startedAt: null, durationMs: null },
});
const found = (...outputs: JsonValue[]) => toolDocuments(outputs.map((output) => step(output)));

const source = (more: object) => ({ url: null, id: null, publishedAt: null, from: 'tool', ...more });

test.each<[string, JsonValue, object[]]>([
	[
		'as documented: JSON text, the digits of its IDs exact',
		{
			content:
				'{"docs": [{"doc_id": "1197862772277383169", "title": "A", "category": "news", "published_at": 1765757942000}]}',
		},
		[source({ title: 'A', id: '1197862772277383169', category: 'news', publishedAt: '2025-12-15T00:19:02.000Z' })],
	],
	[
		'an ID that is a number',
		{ content: '{"docs": [{"doc_id": 1197862772277383169, "title": "A"}]}' },
		[source({ title: 'A', id: '1197862772277383169' })],
	],
	[
		'an object instead of text',
		{ content: { docs: [{ doc_id: '5', title: 'A' }] } },
		[source({ title: 'A', id: '5' })],
	],
	['without content', { docs: [{ id: '5', title: 'A' }] }, [source({ title: 'A', id: '5' })]],
	['the text alone', '{"docs": [{"doc_id": "5"}]}', [source({ title: '5', id: '5' })]],
	[
		'with an address',
		{ docs: [{ title: 'A', url: 'https://a.example/1' }] },
		[source({ title: 'A', url: 'https://a.example/1' })],
	],
	[
		'an address that is none',
		{ docs: [{ doc_id: '5', title: 'A', url: 'javascript:alert(1)' }] },
		[source({ title: 'A', id: '5' })],
	],
	[
		'a date as text',
		{ docs: [{ doc_id: '5', title: 'A', published_at: '2025-12-15' }] },
		[source({ title: 'A', id: '5', publishedAt: '2025-12-15' })],
	],
	[
		'milliseconds as text',
		{ docs: [{ doc_id: '5', title: 'A', published_at: '1765757942000' }] },
		[source({ title: 'A', id: '5', publishedAt: '2025-12-15T00:19:02.000Z' })],
	],
	[
		'a time that is none',
		{ docs: [{ doc_id: '5', title: 'A', published_at: 1e300 }] },
		[source({ title: 'A', id: '5' })],
	],
	[
		'the same twice',
		{
			docs: [
				{ doc_id: '5', title: 'A' },
				{ doc_id: '5', title: 'B' },
			],
		},
		[source({ title: 'A', id: '5' })],
	],
	['what names nothing', { docs: [{}, null, 5, 'x', [], { summary: 'x' }] }, []],
	['no list', { docs: { doc_id: '5' } }, []],
	['no JSON', { content: 'Found 5 documents: {"docs"' }, []],
	['nothing', null, []],
	['another output', { content: '{"rows": [{"doc_id": "5"}]}' }, []],
])('%s', (_, output, expected) => {
	expect(found(output)).toEqual(expected);
});

test('of several calls in their order, each document once; of tools alone', () => {
	const doc = (doc_id: string) => ({ doc_id, title: doc_id });
	const ids = toolDocuments([
		step({ docs: [doc('1'), doc('2')] }),
		step({ docs: [doc('9')] }, 'node'),
		step({ docs: [doc('2'), doc('3')] }),
	]).map(({ id }) => id);
	expect(ids).toEqual(['1', '2', '3']);
});

test('more than anybody reads are left', () => {
	expect(found({ docs: Array.from({ length: 2000 }, (_, index) => ({ doc_id: String(index) })) })).toHaveLength(500);
});
