/** Shorter sections are read together. */
const LEAST_LENGTH = 32_768;

/**
 * A heading in the first column after a blank line, which ends every list, quote and table before it; and the marks
 * of what goes on over headings: fences and tables of HTML.
 */
const MARKS = /\n[ \t]*\n(?=#{1,6}[ \t])|^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}|~{3,})([^\n]*)|<(\/?)table\b/gim;

/** A long Markdown text in parts of which each can be read by itself, so that others have a turn between them. */
export function sectionsOf(markdown: string): string[] {
	const sections: string[] = [];
	let start = 0;
	let fence: string | null = null;
	let openTables = 0;
	MARKS.lastIndex = 0;
	for (let found = MARKS.exec(markdown); found !== null; found = MARKS.exec(markdown)) {
		const [written, mark, info = '', slash] = found;
		if (mark !== undefined) {
			// In a Markdown fence others are counted in pairs (fence-rule.ts): from there on the text stays whole.
			if (fence === null && /^\s*(?:md|markdown|mdx|gfm)\b/i.test(info)) break;
			if (fence === null) fence = mark;
			else if (mark.startsWith(fence) && info.trim() === '') fence = null;
		} else if (slash !== undefined) {
			openTables = Math.max(0, openTables + (slash === '/' ? -1 : 1));
		} else if (fence === null && openTables === 0 && found.index + written.length - start >= LEAST_LENGTH) {
			sections.push(markdown.slice(start, found.index + written.length));
			start = found.index + written.length;
		}
		if (written === '') MARKS.lastIndex += 1;
	}
	sections.push(markdown.slice(start));
	return sections;
}
