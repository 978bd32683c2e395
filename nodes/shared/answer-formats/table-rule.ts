import type { StateBlock, Token } from './libraries';
import type { Alignment } from './syntax-tree';

/** Every sign that is drawn as a line: hyphens, dashes, a minus, box drawings, low lines, a Japanese long vowel. */
const DASHES = /^[:：]?[-\u2010-\u2015\u2212\uFE58\uFE63－─━ー=_＿]+[:：]?$/;
const BLANKS = /[\s\u3000]+/g;

/** A row without words: agents draw such lines above a total and below a table. */
const EMPTY_CELL = /^[:：]?[-\u2010-\u2015\u2212\uFE58\uFE63－─━ー=_＿]{2,}[:：]?$/;

/**
 * Every format fills up the cells that short rows lack: a few hundred kilobytes of small tables would take gigabytes.
 * After this number in one answer, what looks like a table stays text.
 */
const MOST_ADDED_CELLS = 300_000;

/** Blank lines between the rows of one table: agents put one between all of them. */
const MOST_BLANK_LINES = 2;

type Bars = 'ascii' | 'fullWidth';

interface Row {
	line: number;
	text: string;
	cells: string[];
	bars: Bars;
	/** Whether the row begins and ends with a bar. */
	begins: boolean;
	ends: boolean;
}

/** A table as its cells were written, the headers first. */
export interface WrittenTable {
	sides: Alignment[];
	rows: string[][];
}

interface Environment {
	addedCells?: number;
}

/**
 * GFM's tables, as agents really write them. Beyond GFM: a rule of another length than the header, dashes of other
 * kinds (`——`), full-width bars, blank lines between the rows, a table right behind a list or a quote, rows that are
 * longer than the header (every word stays, as a further cell). And one thing less: a line without a bar is no row, so
 * that the source below a table does not get into it.
 */
export function tableAsWritten(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
	const environment = state.env as Environment;
	const table = tableAt(state, startLine, endLine);
	if (table === null || (environment.addedCells ?? 0) > MOST_ADDED_CELLS) return false;
	if (silent) return true;

	const { header, rule } = table;
	const columns = header.cells.length;
	const rows: string[][] = [header.cells];
	let next = rule.line + 1;
	for (let row = rowFrom(state, next, endLine, header); row !== null; row = rowFrom(state, next, endLine, header)) {
		if (isHeaderOfItsOwn(state, row, endLine, columns)) break;
		const cells = row.cells.length > columns ? (markedCells(row, columns) ?? row.cells) : row.cells;
		environment.addedCells = (environment.addedCells ?? 0) + Math.max(0, columns - cells.length);
		if (environment.addedCells > MOST_ADDED_CELLS) break;
		next = row.line + 1;
		if (!cells.every((cell) => EMPTY_CELL.test(cell))) rows.push(cells);
	}
	// One token for all of it: some for each cell would be the most of the work for a large table.
	const content: WrittenTable = { sides: rule.sides, rows };
	state.push('written_table', 'table', 0).meta = { ...content };
	state.line = next;
	return true;
}

/** The table that a `written_table` token stands for. */
export function tableIn(token: Token): WrittenTable {
	return token.meta as unknown as WrittenTable;
}

/** Whether a text has lines that look like rows, though no table could be read: its columns may have no names. */
export function looksLikeTable(markdown: string): boolean {
	let rows = 0;
	for (const line of markdown.split('\n', 100_000)) {
		const text = line.trim();
		const isRow = /^[|｜│┃+]/.test(text) ? /[|｜│┃+]$/.test(text) && text.length > 2 : text.split('\t').length > 2;
		rows = isRow ? rows + 1 : 0;
		if (rows === 2) return true;
	}
	return /<table\b/i.test(markdown);
}

function tableAt(
	state: StateBlock,
	startLine: number,
	endLine: number,
): { header: Row; rule: { line: number; sides: Alignment[] } } | null {
	let header = rowAt(state, startLine, endLine, true);
	if (header === null) return null;
	const indent = leastIndentFrom(state, startLine);
	// A line above the header, too: `|---|---|`, the header, `|---|---|`.
	if (ruleOf(header) !== null) {
		const below = rowAt(state, startLine + 1, endLine, true, indent);
		if (below === null || ruleOf(below) !== null) return null;
		header = below;
	}
	const line = lineFrom(state, header.line + 1, endLine, header.begins && header.ends ? MOST_BLANK_LINES : 0);
	if (line === null) return null;
	const rule = rowAt(state, line, endLine, false, indent);
	const sides = rule === null ? null : ruleOf(rule);
	if (rule === null || sides === null) return null;
	if (line > header.line + 1 && !rule.begins) return null;
	const hasBars = rule.begins || rule.cells.length > 1;
	if (sides.length === header.cells.length) return { header, rule: { line, sides } };
	const marked = hasBars ? markedCells(header, sides.length) : null;
	if (marked !== null) return { header: { ...header, cells: marked }, rule: { line, sides } };
	// A rule of another length is one where it is written like the header…
	if (header.cells.length < 2) return null;
	if (hasBars) return header.begins === rule.begins ? { header, rule: { line, sides } } : null;
	// …and without bars, which underlines a heading, where a row follows.
	const row = rowAt(state, line + 1, endLine, true, indent);
	return header.begins && header.ends && row?.begins === true ? { header, rule: { line, sides } } : null;
}

/** The next row of a table from a line on; null where the table ends. */
function rowFrom(state: StateBlock, from: number, endLine: number, header: Row): Row | null {
	const line = lineFrom(state, from, endLine, header.begins && header.ends ? MOST_BLANK_LINES : 0);
	if (line === null) return null;
	const row = rowAt(state, line, endLine, true, leastIndentFrom(state, header.line));
	if (row === null) return null;
	if (line > from) {
		// Behind a blank line only what is a row beyond doubt, and not the header of another table.
		const isWhole = row.begins && row.ends && row.bars === header.bars && row.cells.length === header.cells.length;
		return isWhole && ruleOf(row) === null && tableAt(state, line, endLine) === null ? row : null;
	}
	if (row.begins) return row;
	if (header.begins && !row.ends) return null; // a sentence with a bar in it: `来源：Wind | 公司年报`
	return endsTable(state, line, endLine) ? null : row;
}

/** The first line with words from a line on, at most `blanks` empty ones later; null at the end of what holds the table. */
function lineFrom(state: StateBlock, from: number, endLine: number, blanks: number): number | null {
	let line = from;
	while (line < endLine && line - from < blanks && state.isEmpty(line)) line += 1;
	return line >= endLine || state.isEmpty(line) ? null : line;
}

/** A table may stand further left than the list that it follows; its other lines then may, too. */
function leastIndentFrom(state: StateBlock, header: number): number {
	return Math.max(0, Math.min(state.blkIndent, state.sCount[header]!));
}

function rowAt(state: StateBlock, line: number, endLine: number, needsBar: boolean, leastIndent = 0): Row | null {
	if (line >= endLine) return null;
	const indent = state.sCount[line]!;
	if (indent < leastIndent || indent - state.blkIndent >= 4) return null;
	const start = state.bMarks[line]! + state.tShift[line]!;
	const text = state.src.slice(start, state.eMarks[line]).trim();
	const first = text[0];
	const isFullWidth = first === '｜' || (first !== '|' && !text.includes('|') && text.includes('｜'));
	const bar = isFullWidth ? '｜' : '|';
	if (text === bar || (needsBar && !text.includes(bar))) return null;
	const cells = cellsOf(text, bar);
	const begins = cells.length > 1 && cells[0] === '';
	const ends = cells.length > (begins ? 2 : 1) && cells.at(-1) === '';
	if (begins) cells.shift();
	if (ends) cells.pop();
	return {
		line,
		text,
		cells: cells.map((cell) => cell.trim()),
		bars: isFullWidth ? 'fullWidth' : 'ascii',
		begins,
		ends,
	};
}

/** The parts between bars; `\|` is a bar in a cell. */
function cellsOf(row: string, bar: string): string[] {
	const parts = row.split(bar);
	if (!row.includes(`\\${bar}`)) return parts;
	const cells: string[] = [];
	let isEscaped = false;
	for (const part of parts) {
		if (isEscaped) cells.push(`${cells.pop()!.slice(0, -1)}${bar}${part}`);
		else cells.push(part);
		isEscaped = part.endsWith('\\');
	}
	return cells;
}

/** Code, the address of a link, or a formula that has begun and not ended: a bar in it is a part of it. */
const OPEN_CODE = /^(?:[^`]*(`+)[^`]+\1(?!`))*[^`]*(`+)[^`]*$/;
const OPEN_ADDRESS = /\]\([^()\s]*$/;
const OPEN_FORMULA = /^[^$]*(?:\$[^$]*\$[^$]*)*\$(?![\d\s])[^$]*$/;

/** Longer rows are taken as they are. */
const LONGEST_MARKED_ROW = 10_000;

/**
 * The cells of a row in which bars stand between marks, as in `` `a|b` ``. GFM splits there too, so that the row has too
 * many cells; null where bars between marks do not explain exactly how many.
 */
function markedCells(row: Row, columns: number): string[] | null {
	if (row.text.length > LONGEST_MARKED_ROW || !/[`$]|\]\(/.test(row.text)) return null;
	const bar = row.bars === 'fullWidth' ? '｜' : '|';
	const parts = cellsOf(row.text, bar);
	if (row.begins) parts.shift();
	if (row.ends) parts.pop();
	const cells: string[] = [];
	let isOpen = false;
	for (const part of parts) {
		const cell: string = isOpen ? `${cells.pop()!}${bar}${part}` : part;
		cells.push(cell);
		isOpen = OPEN_CODE.test(cell) || OPEN_ADDRESS.test(cell) || OPEN_FORMULA.test(cell);
	}
	return cells.length === columns ? cells.map((cell) => cell.trim()) : null;
}

/** Whether a row begins another table, of another width, right below: a rule of its own follows it. */
function isHeaderOfItsOwn(state: StateBlock, row: Row, endLine: number, columns: number): boolean {
	if (row.cells.length === columns || !row.begins || row.cells.length < 2) return false;
	const below = rowAt(state, row.line + 1, endLine, true, leastIndentFrom(state, row.line));
	return below !== null && below.begins && ruleOf(below)?.length === row.cells.length;
}

/** The sides to which the columns are aligned, when a row is the line between header and rows. */
function ruleOf(row: Row): Alignment[] | null {
	let cells = row.cells.map((cell) => cell.replace(BLANKS, ''));
	// `|---+---|` of other table formats, `｜` beside `|`.
	if (cells.length === 1 || cells.some((cell) => /[+｜|]/.test(cell)))
		cells = cells.flatMap((cell) => cell.split(/[+｜|]/));
	const isRule = cells.every((cell) => cell === '' || DASHES.test(cell)) && cells.some((cell) => cell !== '');
	// `- |` is the item of a list.
	if (!isRule || (!row.begins && /^-(?:\s|$)/.test(row.cells[0]!) && row.cells.length > 1)) return null;
	if (!row.begins && row.cells.some((cell) => cell.includes('='))) return null; // `===` underlines a heading
	return cells.map((cell) => {
		const [left, right] = [/^[:：]/.test(cell), /[:：]$/.test(cell)];
		if (left && right) return 'center';
		return right ? 'right' : left ? 'left' : null;
	});
}

function endsTable(state: StateBlock, line: number, endLine: number): boolean {
	return state.md.block.ruler
		.getRules('blockquote')
		.some((rule) => rule !== tableAsWritten && rule(state, line, endLine, true));
}
