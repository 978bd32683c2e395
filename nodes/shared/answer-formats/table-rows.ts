import type { AnswerTable } from './tables';

/** Google Sheets refuses a cell with more characters than this. */
export const MOST_CELL_CHARACTERS = 50_000;

/** Declarative nodes cannot show hints in the editor, so the cell itself says what to do. */
const CUT_MARK = '… [cut at 50,000 characters, the most that a spreadsheet cell holds; Output: Answer gives all of it]';

/** Rows for a spreadsheet or database node: one object per table row, the column names as keys. */
export interface TableRows {
	rows: Array<Record<string, string>>;
	/** How many cells and column names were cut to 50,000 characters; each ends with a visible mark. */
	cutCells: number;
}

/**
 * The rows of all tables, one after the other. Every column has a name of its own: an empty header becomes `Column 2`,
 * a repeated one `Revenue (2)`. Rows that are shorter than the header get empty cells as {@link answerTables} filled them in;
 * cells beyond the last header get columns of their own.
 */
export function tableRows(tables: readonly AnswerTable[]): TableRows {
	let cutCells = 0;
	const bounded = (cell: string): string => {
		if (cell.length <= MOST_CELL_CHARACTERS) return cell;
		cutCells += 1;
		return cutToLimit(cell);
	};
	const rows = tables.flatMap(({ headers, rows: cells }) => {
		const width = cells.reduce((most, row) => Math.max(most, row.length), headers.length);
		const names = columnNames(headers.map(bounded), width);
		// Object.fromEntries defines own properties, so that a column called `__proto__` is a column and nothing else.
		return cells.map((row) => Object.fromEntries(row.map((cell, index) => [names[index]!, bounded(cell)])));
	});
	return { rows, cutCells };
}

/** Names for `width` columns, each different, taken from the headers where they say something. */
export function columnNames(headers: readonly string[], width: number): string[] {
	const wanted = Array.from({ length: width }, (_, index) => nameFrom(headers[index]) || `Column ${index + 1}`);
	// A name that the agent wrote is never taken away from its column: `A | A | A (2)` keeps its third name.
	const taken = new Set(wanted);
	const timesSeen = new Map<string, number>();
	return wanted.map((name) => {
		let count = (timesSeen.get(name) ?? 0) + 1;
		let unique = name;
		if (count > 1) {
			while (taken.has(`${name} (${count})`)) count += 1;
			unique = `${name} (${count})`;
			taken.add(unique);
		}
		timesSeen.set(name, count);
		return unique;
	});
}

function nameFrom(header = ''): string {
	return header.replace(/\s+/g, ' ').trim();
}

function cutToLimit(cell: string): string {
	const kept = cell.slice(0, MOST_CELL_CHARACTERS - CUT_MARK.length);
	return kept.replace(/[\uD800-\uDBFF]$/, '') + CUT_MARK; // no half of a character before the mark
}
