import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, checks, libraryAlone, ours, results, table } from './check';
import { inDocument } from './document';
import { JSON_VECTORS } from './json-vectors';
import { SSE_VECTORS } from './sse-vectors';
import type { Vector } from './vector';

const titled = (vectors: Vector[]) =>
	vectors.map((vector): [string, Vector] => [`${vector.group}: ${vector.title}`, vector]);

/** What is shown of checks that failed. */
const failures = (all: Check[]) =>
	all
		.filter(({ passed }) => !passed)
		.map(({ lineEnds, chunk, parsed, vector }) => ({ lineEnds, chunk, parsed, expected: vector.expected }));

describe('server-sent events, in every chunking and with all line ends', () => {
	test.each(titled(SSE_VECTORS))('%s', (_title, vector) => {
		expect(failures(checks([vector], ours))).toEqual([]);
	});
});

describe('NDJSON and bare JSON objects, in every chunking and with all line ends', () => {
	test.each(titled(JSON_VECTORS))('%s', (_title, vector) => {
		expect(failures(checks([vector], ours))).toEqual([]);
	});
});

test('the checks can fail: the library alone loses the last event of a body with CR line ends', () => {
	const lost = checks(SSE_VECTORS, libraryAlone).filter(({ passed }) => !passed);
	expect(lost.length).toBeGreaterThan(100);
	expect(new Set(lost.map(({ lineEnds }) => lineEnds))).toEqual(new Set(['CR', 'mixed', 'as given']));
});

test('docs/conformance.md shows these results', () => {
	const document = readFileSync(join(__dirname, '../../docs/conformance.md'), 'utf8');
	expect(inDocument(document, table(results()))).toBe(document);
});
