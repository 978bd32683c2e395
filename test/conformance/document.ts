const START = '<!-- results: made by `npm run conformance -- --write` -->\n';
const END = '<!-- end of results -->';

/** The document with the table in its place. */
export function inDocument(document: string, table: string): string {
	const start = document.indexOf(START);
	const end = document.indexOf(END);
	if (start < 0 || end < start) throw new Error('docs/conformance.md has lost the place of its table');
	return `${document.slice(0, start)}${START}\n${table}\n${document.slice(end)}`;
}
