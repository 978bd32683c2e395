import { markdownIt, type StateBlock, type Token } from './libraries';

const tableParser = markdownIt();
tableParser.block.ruler.enableOnly('table');
const [readTable] = tableParser.block.ruler.getRules('');

/**
 * The parser's rule for tables, for a parser that shall keep every word. GFM drops the cells of a row beyond the last
 * header, which an agent that forgets to escape a `|` soon writes; here they stay, as further cells of their row.
 */
export function tableWithWideRows(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
	const before = state.tokens.length;
	if (readTable === undefined || !readTable(state, startLine, endLine, silent)) return false;
	if (silent) return true;

	const tokens = state.tokens.splice(before);
	const columns = tokens.filter((token) => token.type === 'th_open').length;
	let row: Token | null = null;
	for (const token of tokens) {
		if (token.type === 'tr_open') row = token;
		if (token.type === 'tr_close' && row !== null) {
			for (const cell of cellsBeyond(columns, row, state)) state.tokens.push(cell);
		}
		state.tokens.push(token);
	}
	return true;
}

/** The tokens of a row's cells from `columns` on: the row read once more, as the header of a table that is wide enough. */
function cellsBeyond(columns: number, row: Token, state: StateBlock): Token[] {
	const line = row.map?.[0] ?? 0;
	const text = state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]).trim();
	const width = cellCount(text);
	if (width <= columns) return [];
	const cells: Token[] = [];
	tableParser.block.parse(`${text}\n${'|-'.repeat(width)}|`, tableParser, {}, cells);
	const firstExtra = cells.findIndex((token, index) => token.type === 'th_open' && index === 3 + columns * 3);
	const end = cells.findIndex((token) => token.type === 'tr_close');
	const extra = firstExtra < 0 ? [] : cells.slice(firstExtra, end);
	for (const token of extra) {
		token.type = token.type.replace(/^th_/, 'td_');
		token.level += row.level - cells[2]!.level;
	}
	return extra;
}

/** How many cells the parser will find: what is between unescaped bars, the outer ones being optional. */
function cellCount(row: string): number {
	const bars = row.match(/(?<!\\)\|/g)?.length ?? 0;
	return bars + 1 - (row.startsWith('|') ? 1 : 0) - (/(?<!\\)\|$/.test(row) ? 1 : 0);
}
