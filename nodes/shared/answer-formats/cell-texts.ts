import { inlineText, type FootnoteNumbers } from './inline-text';
import type { Table } from './syntax-tree';
import type { Work } from './work';

/** Cells that merged ones go over, in one table; what is beyond stays empty. */
const MOST_COVERED_CELLS = 100_000;

/**
 * The texts of a table's cells, row by row, a cell that goes over several columns or rows in all of its places.
 *
 * @param repeated whether such a cell's text is in every place (rows for a sheet) or in the first one only
 */
export function* cellTexts(table: Table, footnotes: FootnoteNumbers, repeated: boolean): Work<string[][]> {
	/** What cells of earlier rows put into later ones: by row, then by column. */
	const covered = new Map<number, Map<number, string>>();
	let left = MOST_COVERED_CELLS;
	const rows: string[][] = [];
	for (const [rowIndex, row] of table.children.entries()) {
		yield;
		const texts: string[] = [];
		const taken = covered.get(rowIndex);
		covered.delete(rowIndex);
		const fillCovered = (): void => {
			while (taken?.has(texts.length) === true) texts.push(taken.get(texts.length)!);
		};
		for (const cell of row.children) {
			fillCovered();
			const text = inlineText(cell.children, footnotes).trim();
			const start = texts.length;
			const columns = cell.columns ?? 1;
			for (let column = 0; column < columns && (column === 0 || left-- > 0); column++)
				texts.push(column === 0 || repeated ? text : '');
			for (let below = 1; below < Math.min(cell.rows ?? 1, table.children.length - rowIndex); below++) {
				for (let column = start; column < texts.length && left-- > 0; column++) {
					const later = covered.get(rowIndex + below) ?? new Map<number, string>();
					later.set(column, repeated ? text : '');
					covered.set(rowIndex + below, later);
				}
			}
		}
		fillCovered();
		rows.push(texts);
	}
	return rows;
}
