import type { AnswerTable } from './tables';
import { atOnce, type Work } from './work';

/** Excel's limit, the lowest in use: Google Sheets takes 50,000. */
export const MOST_CELL_CHARACTERS = 32_767;

/** Declarative nodes cannot show hints in the editor, so the cell itself says what to do. */
const CUT_MARK = '… [cut at 32,767 characters, the most that an Excel cell holds; Output: Answer gives all of it]';

/** Column that names the table of a row. */
export const TABLE_COLUMN = 'table';

/** Rows for a spreadsheet or database node: one object per table row, the column names as keys. */
export interface TableRows {
	/** The columns of the table in their order, then the one that names the table. */
	rows: Array<Record<string, string | number>>;
	/** How many cells and column names were cut to what a spreadsheet holds; each ends with a visible mark. */
	cutCells: number;
}

export interface TableRowsOptions {
	/** Names that mean something else in an item: a column of that name is called `error (column)`. */
	taken?: readonly string[];
	/** Puts `'` before cells, names of columns and titles that a spreadsheet would take for a formula. */
	protectFormulas?: boolean;
}

/**
 * The rows of all tables, one after the other. Every column has a name of its own: an empty header becomes `Column 2`,
 * a repeated one `Revenue (2)`. Rows that are shorter than the header get empty cells as {@link answerTables} filled them
 * in; cells beyond the last header get columns of their own. The last column says which table a row is from: its title,
 * else its number.
 */
export function tableRows(tables: readonly AnswerTable[], options: TableRowsOptions = {}): TableRows {
	return atOnce(writeTableRows(tables, options));
}

/** {@link tableRows} as work that can be left between two rows. */
export function* writeTableRows(
	tables: readonly AnswerTable[],
	{ taken = [], protectFormulas = false }: TableRowsOptions = {},
): Work<TableRows> {
	let cutCells = 0;
	const bounded = (cell: string): string => {
		if (cell.length <= MOST_CELL_CHARACTERS) return cell;
		cutCells += 1;
		return cutToLimit(cell);
	};
	const cellOf = (cell: string): string => bounded(protectFormulas ? protectedCell(cell) : cell);
	const names = namesOfTables(tables).map((name) => (typeof name === 'string' ? cellOf(name) : name));
	const rows: TableRows['rows'] = [];
	for (const [index, { headers, rows: cells }] of tables.entries()) {
		const width = cells.reduce((most, row) => Math.max(most, row.length), headers.length);
		const columns = inOrder(columnNames(headers.map(cellOf), width, [...taken, TABLE_COLUMN]));
		for (const row of cells) {
			yield;
			// Object.fromEntries defines own properties, so that a column called `__proto__` is a column and nothing else.
			rows.push(
				Object.fromEntries<string | number>([
					...row.map((cell, column): [string, string] => [columns[column]!, cellOf(cell)]),
					[TABLE_COLUMN, names[index]!],
				]),
			);
		}
	}
	return { rows, cutCells };
}

/**
 * Names for `width` columns, each different, taken from the headers where they say something.
 *
 * @param taken names that no column may have
 */
export function columnNames(headers: readonly string[], width: number, taken: readonly string[] = []): string[] {
	const wanted = Array.from({ length: width }, (_, index) => {
		const name = nameFrom(headers[index]) || `Column ${index + 1}`;
		return taken.includes(name) ? `${name} (column)` : name;
	});
	// A name that the agent wrote is never taken away from its column: `A | A | A (2)` keeps its third name.
	const used = new Set(wanted);
	const timesSeen = new Map<string, number>();
	return wanted.map((name) => {
		let count = (timesSeen.get(name) ?? 0) + 1;
		let unique = name;
		if (count > 1) {
			while (used.has(`${name} (${count})`)) count += 1;
			unique = `${name} (${count})`;
			used.add(unique);
		}
		timesSeen.set(name, count);
		return unique;
	});
}

/** Names that JavaScript sorts to the front of every object, whatever their order: whole numbers, as years are. */
const SORTED_BY_JAVASCRIPT = /^(?:0|[1-9]\d{0,9})$/;

/**
 * The names in a form in which an item keeps their order. JavaScript puts members that are called by a whole number
 * first: `指标, 2025, 2024` would reach a sheet as `2024, 2025, 指标`, also after n8n's own JSON. Where that would
 * happen, and only there, such names get a blank at their end, which a sheet does not show.
 */
function inOrder(names: string[]): string[] {
	const kept = Object.keys(Object.fromEntries(names.map((name) => [name, true])));
	if (kept.every((name, index) => name === names[index])) return names;
	const used = new Set(names);
	return names.map((name) => {
		if (!SORTED_BY_JAVASCRIPT.test(name)) return name;
		let unsorted = `${name} `;
		while (used.has(unsorted)) unsorted += ' ';
		used.add(unsorted);
		return unsorted;
	});
}

/** What each table is called: its title, made different where several have it; its number where it has none. */
function namesOfTables(tables: readonly AnswerTable[]): Array<string | number> {
	const titles = tables.map(({ title }) => title ?? '');
	const unique = columnNames(titles, tables.length);
	return titles.map((title, index) => (title === '' ? index + 1 : unique[index]!));
}

/** What spreadsheets take for a formula when a text is entered, as OWASP lists it; a negative number is none. */
function protectedCell(cell: string): string {
	const isFormula = /^[=@\t\r]|^[+-](?![\d.,\s]*(?:[%％]|[eE][+-]?\d+)?$)/.test(cell);
	return isFormula ? `'${cell}` : cell;
}

function nameFrom(header = ''): string {
	return header.replace(/\s+/g, ' ').trim();
}

function cutToLimit(cell: string): string {
	const kept = cell.slice(0, MOST_CELL_CHARACTERS - CUT_MARK.length);
	return kept.replace(/[\uD800-\uDBFF]$/, '') + CUT_MARK; // no half of a character before the mark
}
