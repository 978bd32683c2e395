const BEGIN =
	'<!-- prettier-ignore-start -->\n<!-- compat:begin — written by `npm run test:compat` with `-- --write`, not by hand -->';
const END = '<!-- compat:end -->\n<!-- prettier-ignore-end -->';

/**
 * Puts the table between the two marks of docs/compatibility.md.
 *
 * @throws when the page has no such marks
 */
export function inDocument(page: string, table: string): string {
	const begin = page.indexOf(BEGIN);
	const end = page.indexOf(END, begin);
	if (begin < 0 || end < 0) throw new Error(`docs/compatibility.md has no place for the table (${BEGIN} … ${END})`);
	return `${page.slice(0, begin + BEGIN.length)}\n\n${table.trim()}\n\n${page.slice(end)}`;
}
