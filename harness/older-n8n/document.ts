import { withGeneratedPart } from '../../scripts/generated-part';

const BEGIN =
	'<!-- prettier-ignore-start -->\n<!-- compat:begin — written by `npm run test:compat` with `-- --write`, not by hand -->';
const END = '<!-- compat:end -->\n<!-- prettier-ignore-end -->';

/**
 * Puts the table between the two marks of docs/compatibility.md.
 *
 * @throws when the page has no such marks
 */
export function inDocument(page: string, table: string): string {
	return withGeneratedPart(page, BEGIN, END, table);
}
