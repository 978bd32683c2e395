import { answerHtml, answerHtmlDocument, parseAnswer } from '../../nodes/shared/answer-formats';
import { readStrictHtml } from './strict-html';

const ATTRIBUTES: Record<string, readonly string[]> = {
	div: ['style', 'lang'],
	a: ['href', 'title', 'style', 'id'],
	img: ['src', 'alt', 'style'],
	ol: ['start', 'style'],
	li: ['id', 'value', 'style'],
	table: ['cellspacing', 'cellpadding', 'border', 'style'],
	th: ['colspan', 'rowspan', 'style'],
	td: ['colspan', 'rowspan', 'style'],
	...Object.fromEntries(
		['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'ul', 'pre', 'code', 'hr', 'sup'].map((name) => [
			name,
			['style'],
		]),
	),
	...Object.fromEntries(
		['thead', 'tbody', 'tr', 'br', 'strong', 'em', 'del', 'u', 'mark', 'sub'].map((name) => [name, []]),
	),
};

const PAGE_ATTRIBUTES: Record<string, readonly string[]> = {
	...ATTRIBUTES,
	html: ['lang'],
	head: [],
	meta: ['charset', 'name', 'content', 'http-equiv'],
	title: [],
	body: ['style'],
};

/**
 * Throws unless the HTML consists of nothing but what the formats may write.
 *
 * @param allowed the elements and their attributes; those of the answer's HTML when it is left out
 */
export function expectSafe(html: string, allowed: Record<string, readonly string[]> = ATTRIBUTES): void {
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

/** Throws unless the answer is safe as HTML for an e-mail and as a page. */
export function expectSafeInEveryForm(markdown: string): void {
	expectSafe(answerHtml(markdown));
	expectSafe(answerHtml(parseAnswer(markdown, 'html')));
	expectSafe(answerHtml(parseAnswer(markdown, 'json')));
	expectSafe(answerHtmlDocument(markdown, markdown).replace(/^<!doctype html>/, ''), PAGE_ATTRIBUTES);
}
