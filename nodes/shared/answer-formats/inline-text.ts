import { isReadableUrl, isTextOfUrl } from './safe-url';
import type { Inline } from './syntax-tree';

/** Numbers of the footnotes by their identifier, as given by {@link parseAnswer}. */
export type FootnoteNumbers = ReadonlyMap<string, number>;

const NO_FOOTNOTES: FootnoteNumbers = new Map();

/** A raised number after one of these would be read as part of it: 10⁶ is not 106. */
const TAKES_A_POWER = /[\p{L}\p{N})\]）]$/u;
const POWER = /^[-+−]?[\d.]+$/;

/**
 * The words of a run of inline Markdown: no markup, line breaks as `\n`, links and images as `text (url)` unless the
 * text is the address, footnotes and citations as `[1]`, powers as `10^6`.
 */
export function inlineText(nodes: readonly Inline[], footnotes: FootnoteNumbers): string {
	return textOfAll(nodes, footnotes, true);
}

/** The same without addresses. */
export function words(nodes: readonly Inline[]): string {
	return textOfAll(nodes, NO_FOOTNOTES, false);
}

/** The words in one line: for a title. */
export function titleText(nodes: readonly Inline[]): string {
	return collapsed(words(nodes));
}

/** A text in one line, without blanks at its ends. */
export function collapsed(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}

function textOfAll(nodes: readonly Inline[], footnotes: FootnoteNumbers, withUrls: boolean): string {
	let text = '';
	for (const node of nodes) {
		const own = textOf(node, footnotes, withUrls);
		text += node.type === 'superscript' && POWER.test(own) && TAKES_A_POWER.test(text) ? `^${own}` : own;
	}
	return text;
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
			return withUrls ? textWithUrl(node.alt, node.url, null) : node.alt;
		case 'link': {
			// Of a picture that is a link, the address that counts is where the link leads.
			const own = textOfAll(node.children, footnotes, false);
			const text = node.bracketed === true ? `[${own}]` : own;
			return withUrls && node.cites !== true ? textWithUrl(text, node.url, node.title) : text;
		}
		default:
			return textOfAll(node.children, footnotes, withUrls);
	}
}

function textWithUrl(text: string, url: string, title: string | null): string {
	const more = title === null || collapsed(title) === '' || text.includes(title) ? '' : `${collapsed(title)}, `;
	if (!isReadableUrl(url) || isTextOfUrl(text, url)) return more === '' ? text : `${text} (${more.slice(0, -2)})`;
	return text.trim() === '' ? `${more}${url}` : `${text} (${more}${url})`;
}
