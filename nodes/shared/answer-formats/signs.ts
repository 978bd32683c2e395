import type { BlockRule, StateBlock, StateInline } from './libraries';

const ASTERISK = 42;

/** Letters and digits, and the brackets of a calculation. */
const BEFORE_A_FACTOR = /[A-Za-z0-9)\]}%]/;
const FACTOR = /[A-Za-z0-9([{]/;
const CJK_WORD = /[\p{L}\p{N}）)]/u;

/** A line that is an amount and nothing else: `+ 5.2%`, `> 50 亿元`, `>= 3 x`. */
const SIGNED_AMOUNT = /^(?:\+|>=?) ?[¥￥$€£]?\d[\d.,]*\s?(?:%|％|‰|[\p{L}]{0,4})?[。.;；,，)）]?$/u;

/** `2*3*4` multiplies: Markdown alone would write 234, the 3 in italics. */
export function multiplication(state: StateInline, silent: boolean): boolean {
	const { src, pos } = state;
	if (src.charCodeAt(pos) !== ASTERISK || src.charCodeAt(pos - 1) === ASTERISK || src.charCodeAt(pos + 1) === ASTERISK)
		return false;
	const before = src[pos - 1] ?? '';
	const behind = src[pos + 1] ?? '';
	const isFactor = BEFORE_A_FACTOR.test(before) && FACTOR.test(behind);
	if (!isFactor && !(CJK_WORD.test(before) && CJK_WORD.test(behind) && hasEquation(src, pos))) return false;
	if (!silent) state.pending += '*';
	state.pos += 1;
	return true;
}

/** `2**10`, `x**2`, `(1+r)**n`: a power, as Python and Excel's users write it. */
const BASE = /(?:[\d)\]]|(?<![A-Za-z])[A-Za-z])$/;
const EXPONENT = /^(?:-?[\d(]|[A-Za-z](?![A-Za-z]))/;

/** How far the mark that opens something bold is looked for. */
const MOST_DELIMITERS = 100;

/** `x**2 + y**2` has two powers: Markdown alone would take what is between them for bold. */
export function power(state: StateInline, silent: boolean): boolean {
	const { src, pos } = state;
	if (src.charCodeAt(pos) !== ASTERISK || src.charCodeAt(pos + 1) !== ASTERISK || src.charCodeAt(pos + 2) === ASTERISK)
		return false;
	if (!BASE.test(src.slice(Math.max(0, pos - 2), pos)) || !EXPONENT.test(src.slice(pos + 2, pos + 5))) return false;
	// The end of something bold: `**2025**10`.
	let open = 0;
	for (const { marker, open: opens, close } of state.delimiters.slice(-MOST_DELIMITERS))
		if (marker === ASTERISK) open += opens ? 1 : close ? -1 : 0;
	if (open > 0) return false;
	if (!silent) state.pending += '**';
	state.pos += 2;
	return true;
}

/** Whether the line has an equals sign: `营收=单价*数量*汇率`. */
function hasEquation(text: string, position: number): boolean {
	const start = text.lastIndexOf('\n', position) + 1;
	const newline = text.indexOf('\n', position);
	return /[=＝≈]/.test(
		text.slice(Math.max(start, position - 200), newline === -1 ? position + 200 : Math.min(newline, position + 200)),
	);
}

/** `+ 5.2%` and `> 50 亿元` are amounts with their signs, no list and no quote. */
export function signedAmount(paragraph: BlockRule): BlockRule {
	return (state, startLine, endLine, silent) => {
		if (state.sCount[startLine]! - state.blkIndent >= 4 || silent) return false;
		const start = state.bMarks[startLine]! + state.tShift[startLine]!;
		const sign = state.src[start];
		if ((sign !== '+' && sign !== '>') || state.eMarks[startLine]! - start > 40) return false;
		if (!SIGNED_AMOUNT.test(state.src.slice(start, state.eMarks[startLine]).trim())) return false;
		if (hasNeighbour(state, startLine, endLine, sign)) return false;
		return paragraph(state, startLine, endLine, false);
	};
}

/** Several lines in a row that begin like it are a list or a quote. */
function hasNeighbour(state: StateBlock, line: number, endLine: number, sign: string): boolean {
	const beginsWithSign = (other: number): boolean =>
		other < endLine && state.src[state.bMarks[other]! + state.tShift[other]!] === sign && !state.isEmpty(other);
	return beginsWithSign(line + 1) || (line > 0 && beginsWithSign(line - 1));
}

/** A heading is underlined by more than one sign: a `-` alone in its line stands for "nothing". */
export function longUnderline(lheading: BlockRule): BlockRule {
	return (state, startLine, endLine, silent) => {
		const tokens = state.tokens.length;
		const { line } = state;
		if (!lheading(state, startLine, endLine, silent)) return false;
		const underline = state.line - 1;
		const start = state.bMarks[underline]! + state.tShift[underline]!;
		if (state.src.slice(start, state.eMarks[underline]).trim().length > 1) return true;
		state.tokens.length = tokens;
		state.line = line;
		return false;
	};
}
