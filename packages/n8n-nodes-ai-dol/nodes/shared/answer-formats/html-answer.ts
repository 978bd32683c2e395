import { withPlaceholders } from './html-tags';

/** A whole page, whatever is written in front of its first tag that a browser does not show. */
const PAGE = /^\s*(?:<\?xml[^<>]*>\s*|<!--[^]{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]/i;

const BLOCKS = 'div|section|article|main|header|h[1-6]|p|table|[uod]l|blockquote|center';
const BEGINS_WITH_BLOCK = new RegExp(`^\\s*<(?:${BLOCKS})(?:\\s[^<>]*)?>`, 'i');
const ENDS_WITH_BLOCK = new RegExp(`</(?:${BLOCKS})\\s*>\\s*$`, 'i');

/** Tags that say what a text is made of. */
const STRUCTURE = /<\/(?:h[1-6]|li|tr|p)\s*>/i;

/** Signs that only Markdown gives a meaning. */
const MARKDOWN = /^[ \t]*(?:#{1,6}[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t]|[|>]|`{3}|~{3})|\*\*|`|\]\(/m;

/**
 * The HTML of an answer that is HTML from its first to its last tag, though nobody said so; else null. As Markdown its headings, lists and
 * tables would be lines, and the tags of a page (`<html>`, `<style>` …) would be its text.
 */
export function htmlIn(answer: string): string | null {
	if (PAGE.test(answer)) return /<\/[a-z]/i.test(answer) ? answer : null;
	const isFragment =
		BEGINS_WITH_BLOCK.test(answer) && ENDS_WITH_BLOCK.test(answer) && STRUCTURE.test(answer) && !MARKDOWN.test(answer);
	return isFragment ? withPlaceholders(answer) : null;
}
