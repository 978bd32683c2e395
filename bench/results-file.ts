import { readFile, writeFile } from 'node:fs/promises';
import { withGeneratedPart } from '../scripts/generated-part';

const BEGIN =
	'<!-- prettier-ignore-start -->\n<!-- bench:begin — written by `npm run bench` with `--write`, not by hand -->';
const END = '<!-- bench:end -->\n<!-- prettier-ignore-end -->';

/**
 * Puts results between the two marks of a document.
 *
 * @throws when the document has no such marks
 */
export async function writeResults(file: string, results: string): Promise<void> {
	await writeFile(file, withGeneratedPart(await readFile(file, 'utf8'), BEGIN, END, results));
}
