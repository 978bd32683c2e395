import { withGeneratedPart } from '../generated-part';

const END = '<!-- docs:end -->\n<!-- prettier-ignore-end -->';

/** The line that begins a generated part of a page; the rest of the page is written by hand. */
const beginning = (name: string) =>
	`<!-- prettier-ignore-start -->\n<!-- docs:begin ${name} — made by \`npm run docs\`; change the node, not this text -->`;

/**
 * Replaces a generated part of a page.
 *
 * @param page the whole page
 * @param name which part
 * @param text its new text
 * @throws Error when the page has no such part
 */
export function withRegion(page: string, name: string, text: string): string {
	return withGeneratedPart(page, beginning(name), END, text);
}
