import * as fc from 'fast-check';
import { answerHtml, answerHtmlDocument } from '../../nodes/shared/answer-formats';
import { HOSTILE_MARKDOWN, HOSTILE_PIECES } from './hostile-markdown';
import { readStrictHtml } from './strict-html';
import { seed } from './seed';

const ATTRIBUTES: Record<string, readonly string[]> = {
	div: ['style', 'lang'],
	a: ['href', 'style', 'id'],
	img: ['src', 'alt', 'style'],
	ol: ['start', 'style'],
	li: ['id', 'style'],
	table: ['cellspacing', 'cellpadding', 'border', 'style'],
	th: ['colspan', 'style'],
	td: ['colspan', 'style'],
	...Object.fromEntries(
		['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'ul', 'pre', 'code', 'hr', 'sup'].map((name) => [
			name,
			['style'],
		]),
	),
	...Object.fromEntries(['thead', 'tbody', 'tr', 'br', 'strong', 'em', 'del'].map((name) => [name, []])),
};

const PAGE_ATTRIBUTES: Record<string, readonly string[]> = {
	...ATTRIBUTES,
	html: ['lang'],
	head: [],
	meta: ['charset', 'name', 'content', 'http-equiv'],
	title: [],
	body: ['style'],
};

/** Throws unless the HTML consists of nothing but what the formats may write. */
function expectSafe(html: string, allowed: Record<string, readonly string[]>): void {
	for (const { name, attributes } of readStrictHtml(html).elements) {
		const names = allowed[name];
		if (names === undefined) throw new Error(`<${name}>`);
		for (const [attribute, value] of attributes) {
			if (!names.includes(attribute)) throw new Error(`<${name} ${attribute}>`);
			if (attribute === 'href' && !/^(?:https?:|mailto:|tel:|#(?:footnote|reference)-\d+$)[!-~]*$/i.test(value))
				throw new Error(`href ${value}`);
			if (attribute === 'src' && !/^https?:[!-~]*$/i.test(value)) throw new Error(`src ${value}`);
			if (attribute === 'style' && !/^[\w\s:;,.#%-]+$/.test(value)) throw new Error(`style ${value}`);
		}
	}
}

function expectSafeInEveryForm(markdown: string): void {
	expectSafe(answerHtml(markdown), ATTRIBUTES);
	expectSafe(answerHtmlDocument(markdown, markdown).replace(/^<!doctype html>/, ''), PAGE_ATTRIBUTES);
}

it(`writes nothing active for any of ${HOSTILE_MARKDOWN.length} hostile answers`, () => {
	for (const markdown of HOSTILE_MARKDOWN) {
		try {
			expectSafeInEveryForm(markdown);
		} catch (error) {
			throw new Error(`${JSON.stringify(markdown)}: ${String(error)}`);
		}
	}
});

it('writes nothing active for random mixtures of hostile pieces', () => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...HOSTILE_PIECES), { maxLength: 30 }), (pieces) =>
			expectSafeInEveryForm(pieces.join('')),
		),
		{ numRuns: 2_000, seed },
	);
});

it('writes nothing active for random text', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => expectSafeInEveryForm(text)),
		{ numRuns: 1_000, seed },
	);
});

it.each([
	'<script>a</script>',
	'<p onclick="a">b</p >',
	'<a href="https://b.c" onclick="x">a</a>',
	'<a href="javascript:x">a</a>',
	'<img src="data:x">',
	"<p style='a'>b</p>",
	'<p>a',
	'<!-- a -->',
])('would notice %s', (html) => {
	expect(() => expectSafe(html, ATTRIBUTES)).toThrow();
});
