import { readFile, writeFile } from 'node:fs/promises';

const BEGIN =
	'<!-- prettier-ignore-start -->\n<!-- bench:begin — written by `npm run bench` with `--write`, not by hand -->';
const END = '<!-- bench:end -->\n<!-- prettier-ignore-end -->';

/**
 * Puts results between the two marks of a document.
 *
 * @throws when the document has no such marks
 */
export async function writeResults(file: string, results: string): Promise<void> {
	const text = await readFile(file, 'utf8');
	const begin = text.indexOf(BEGIN);
	const end = text.indexOf(END);
	if (begin < 0 || end < begin) throw new Error(`${file} has no place for results (${BEGIN} … ${END})`);
	await writeFile(file, `${text.slice(0, begin + BEGIN.length)}\n\n${results}\n\n${text.slice(end)}`);
}
