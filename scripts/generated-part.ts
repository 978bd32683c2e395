/**
 * Replaces the generated part of a page; the rest of the page is written by hand.
 *
 * @param page the whole page
 * @param begin the mark in front of the part
 * @param end the mark behind it
 * @param text its new text
 * @throws Error when the page has no such part
 */
export function withGeneratedPart(page: string, begin: string, end: string, text: string): string {
	const from = page.indexOf(begin);
	const to = page.indexOf(end, from);
	if (from < 0 || to < 0) throw new Error(`The page has no part that begins with:\n${begin}\nand ends with:\n${end}`);
	return `${page.slice(0, from)}${begin}\n\n${text.trim()}\n\n${page.slice(to)}`;
}
