import { markdownIt, type StateBlock, type Token } from './libraries';

const tableParser = markdownIt();
tableParser.block.ruler.enableOnly('table');
const [readTable] = tableParser.block.ruler.getRules('');

/** A cell is three tokens: its beginning, its text, its end. */
const TOKENS_OF_A_CELL = 3;

/**
 * The parser adds the cells that short rows lack, up to 65,536 in each table: a few hundred kilobytes of small tables
 * would take gigabytes, here and in every format. After this number in one answer, what looks like a table stays text.
 */
const MOST_ADDED_CELLS = 300_000;

/**
 * The parser's rule for tables, but with rows as they were written. GFM drops the cells beyond the last header, which
 * an agent that forgets to escape a `|` soon writes: here every word stays, as a further cell of its row. The cells
 * that a short row lacks are not made up.
 */
export function tableOfRowsAsWritten(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
	const seen = state.env as { addedCells?: number };
	if (readTable === undefined || (seen.addedCells ?? 0) > MOST_ADDED_CELLS) return false;
	const before = state.tokens.length;
	if (!readTable(state, startLine, endLine, silent)) return false;
	if (silent) return true;

	const tokens = state.tokens.splice(before);
	const columns = tokens.filter((token) => token.type === 'th_open').length;
	let row: Token | null = null;
	for (const token of tokens) {
		if (token.type === 'tr_open') row = token;
		if (token.type === 'tr_close' && row !== null) {
			const text = textOfRow(row, state);
			const width = cellCount(text);
			if (width > columns) {
				for (const cell of cellsBeyond(columns, text, width)) state.tokens.push(cell);
			} else if (width < columns) {
				seen.addedCells = (seen.addedCells ?? 0) + columns - width;
				state.tokens.length -= (columns - width) * TOKENS_OF_A_CELL;
			}
		}
		state.tokens.push(token);
	}
	return true;
}

function textOfRow(row: Token, state: StateBlock): string {
	const line = row.map?.[0] ?? 0;
	return state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]).trim();
}

/** How many cells the parser finds in a row: what is between unescaped bars, the outer ones being optional. */
function cellCount(row: string): number {
	const bars = row.match(/(?<!\\)\|/g)?.length ?? 0;
	return bars + 1 - (row.startsWith('|') ? 1 : 0) - (/(?<!\\)\|$/.test(row) ? 1 : 0);
}

/** The tokens of a row's cells from `columns` on: the row read once more, as the header of a table that is wide enough. */
function cellsBeyond(columns: number, row: string, width: number): Token[] {
	const table: Token[] = [];
	tableParser.block.parse(`${row}\n${'|-'.repeat(width)}|`, tableParser, {}, table);
	const cells = table.slice(table.findIndex(({ type }) => type === 'th_open'));
	const extra = cells.slice(columns * TOKENS_OF_A_CELL, width * TOKENS_OF_A_CELL);
	for (const token of extra) token.type = token.type.replace(/^th_/, 'td_');
	return extra;
}
