import * as fc from 'fast-check';
import { parse, parseFragment, type DefaultTreeAdapterTypes } from 'parse5';
import { answerHtml, answerHtmlDocument } from '../../nodes/shared/answer-formats';
import { HOSTILE_MARKDOWN, HOSTILE_PIECES } from './hostile-markdown';
import { seed } from './seed';
import { readStrictHtml } from './strict-html';

/** What a browser sees, in the order of the text. */
function elementsSeenByABrowser(node: DefaultTreeAdapterTypes.Node): Array<[string, Array<[string, string]>]> {
	const own: Array<[string, Array<[string, string]>]> =
		'tagName' in node ? [[node.tagName, node.attrs.map(({ name, value }) => [name, value])]] : [];
	return 'childNodes' in node ? [...own, ...node.childNodes.flatMap(elementsSeenByABrowser)] : own;
}

/** The browser must see exactly what was written: no element more, no attribute more, no other address. */
function expectAsWritten(markdown: string): void {
	const fragment = answerHtml(markdown);
	const written = readStrictHtml(fragment).elements.map(({ name, attributes }) => [name, [...attributes]]);
	expect(elementsSeenByABrowser(parseFragment(fragment))).toEqual(written);

	const page = answerHtmlDocument(markdown, markdown);
	const writtenPage = readStrictHtml(page.replace('<!doctype html>', '')).elements.map(({ name, attributes }) => [
		name,
		[...attributes],
	]);
	expect(elementsSeenByABrowser(parse(page))).toEqual(writtenPage);
}

it('is read by an HTML parser as it was written, for hostile answers', () => {
	for (const markdown of HOSTILE_MARKDOWN) expectAsWritten(markdown);
});

it('is read by an HTML parser as it was written, for random mixtures of hostile pieces', () => {
	fc.assert(
		fc.property(fc.array(fc.constantFrom(...HOSTILE_PIECES), { maxLength: 25 }), (pieces) =>
			expectAsWritten(pieces.join('')),
		),
		{ numRuns: 1_000, seed },
	);
});
