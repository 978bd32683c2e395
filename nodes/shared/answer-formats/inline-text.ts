import type { Inline } from './syntax-tree';
import { isReadableUrl, isTextOfUrl } from './safe-url';

/** Numbers of the footnotes by their identifier, as given by {@link parseAnswer}. */
export type FootnoteNumbers = ReadonlyMap<string, number>;

/**
 * The words of a run of inline Markdown: no markup, line breaks as `\n`, links and images as `text (url)` unless the
 * text is the address, footnotes as `[1]`.
 */
export function inlineText(nodes: readonly Inline[], footnotes: FootnoteNumbers): string {
	return nodes.map((node) => textOf(node, footnotes, true)).join('');
}

/** The same without addresses, in one line: for a title. */
export function titleText(nodes: readonly Inline[]): string {
	const text = nodes.map((node) => textOf(node, new Map(), false)).join('');
	return text.replace(/\s+/g, ' ').trim();
}

function textOf(node: Inline, footnotes: FootnoteNumbers, withUrls: boolean): string {
	switch (node.type) {
		case 'text':
		case 'inlineCode':
			return node.value;
		case 'break':
			return '\n';
		case 'footnoteReference': {
			const number = footnotes.get(node.identifier);
			return number === undefined ? '' : `[${number}]`;
		}
		case 'image':
			return withUrls ? textWithUrl(node.alt, node.url) : node.alt;
		case 'link': {
			// Of a picture that is a link, the address that counts is where the link leads.
			const text = node.children.map((child) => textOf(child, footnotes, false)).join('');
			return withUrls ? textWithUrl(text, node.url) : text;
		}
		case 'emphasis':
		case 'strong':
		case 'delete':
			return node.children.map((child) => textOf(child, footnotes, withUrls)).join('');
	}
}

function textWithUrl(text: string, url: string): string {
	if (!isReadableUrl(url) || isTextOfUrl(text, url)) return text;
	return text.trim() === '' ? url : `${text} (${url})`;
}
