import type { StateBlock, StateInline } from './libraries';

/** Formulas in a line are short; a limit keeps the search for their ends from going over the whole answer each time. */
const LONGEST_FORMULA = 2_000;
const MOST_LINES = 100;

const BACKSLASH = 92;
const DOLLAR = 36;

/**
 * LaTeX stays as it was written: `\(a\)`, `\[a\]`, `$a$` and `$$a$$`. Read as Markdown it would lose backslashes and
 * asterisks. Amounts (`$5 and $6`) and escaped brackets (`\[1\]`) are no formulas.
 */
export function formula(state: StateInline, silent: boolean): boolean {
	const first = state.src.charCodeAt(state.pos);
	if (first !== BACKSLASH && first !== DOLLAR) return false;
	const source = state.src.slice(state.pos, Math.min(state.posMax, state.pos + LONGEST_FORMULA));
	const written = first === BACKSLASH ? bracketed(source) : dollars(source);
	if (written === null) return false;
	if (!silent) {
		written.split('\n').forEach((line, index) => {
			if (index > 0) state.push('softbreak', 'br', 0);
			state.push('text_special', '', 0).content = index > 0 ? line.trimStart() : line;
		});
	}
	state.pos += written.length;
	return true;
}

/** A formula of several lines, of which some may look like a list (`- b`), a heading (`= b`) or a quote (`> b`). */
export function formulaBlock(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
	if (state.sCount[startLine]! - state.blkIndent >= 4) return false;
	const start = state.bMarks[startLine]! + state.tShift[startLine]!;
	const first = state.src.charCodeAt(start);
	if (first !== BACKSLASH && first !== DOLLAR) return false;
	const closing = closingOf(state.src.slice(start, state.eMarks[startLine]).trimEnd());
	if (closing === null) return false;
	const last = lastLineOf(state, startLine, endLine, closing);
	if (last === null) return false;
	if (silent) return true;
	const token = state.push('verbatim', '', 0);
	token.content = state.getLines(startLine, last + 1, state.blkIndent, false);
	token.map = [startLine, last + 1];
	state.line = last + 1;
	return true;
}

/** What ends the formula that a line begins and does not end itself. */
function closingOf(line: string): string | null {
	if (line.startsWith('$$')) return line.indexOf('$$', 2) === -1 ? '$$' : null;
	if (line.startsWith('\\[')) return line.includes('\\]') ? null : '\\]';
	const environment = /^\\begin\{([a-z]{1,20}\*?)\}/i.exec(line)?.[1];
	if (environment === undefined || line.includes(`\\end{${environment}}`)) return null;
	return `\\end{${environment}}`;
}

/** A heading, a row, a fence, or a sentence. */
const NO_FORMULA = /^(?:#{1,6}\s|\||`{3}|~{3})|[。；]$/;

const lineAt = (state: StateBlock, line: number): string =>
	state.src.slice(state.bMarks[line], state.eMarks[line]).trim();

function lastLineOf(state: StateBlock, startLine: number, endLine: number, closing: string): number | null {
	// Where both marks have lines of their own there may be blank lines between them.
	let mustStandAlone = false;
	const isAlone = lineAt(state, startLine).length === 2;
	for (let line = startLine + 1; line < Math.min(endLine, startLine + MOST_LINES); line++) {
		if (state.isEmpty(line)) {
			if (!isAlone) return null;
			mustStandAlone = true;
			continue;
		}
		if (state.sCount[line]! < state.blkIndent) return null;
		const text = lineAt(state, line);
		if (mustStandAlone ? text === closing : text.endsWith(closing)) return line;
		if (mustStandAlone && NO_FORMULA.test(text)) return null;
	}
	return null;
}

function bracketed(source: string): string | null {
	const opening = source.slice(0, 2);
	if (opening !== '\\(' && opening !== '\\[') return null;
	const end = source.indexOf(opening === '\\(' ? '\\)' : '\\]', 2);
	if (end === -1) return null;
	const content = source.slice(2, end).trim();
	const isFormula = opening === '\\(' ? hasNoProse(content) : hasNoProse(content) && /[\\^_=+*/<>{}-]/.test(content);
	return isFormula && content !== '' ? source.slice(0, end + 2) : null;
}

function dollars(source: string): string | null {
	if (source.startsWith('$$')) {
		const end = source.indexOf('$$', 2);
		return end > 2 && source.slice(2, end).trim() !== '' ? source.slice(0, end + 2) : null;
	}
	const end = source.indexOf('$', 1);
	if (end < 2) return null;
	const content = source.slice(1, end);
	// As Pandoc has it: no blank inside the marks, no digit after them; and what is in them is not a sentence.
	if (/^\s|\s$|\n|\\$/.test(content) || /[\p{L}\p{N}]/u.test(source[end + 1] ?? '') || !hasNoProse(content))
		return null;
	return /^[\d.,\s%]*[-~–+]?$/.test(content) ? null : source.slice(0, end + 1);
}

/** Whether a text has neither CJK words nor two English words in a row, unless they are marked as text or stand in a command. */
function hasNoProse(content: string): boolean {
	const symbols = content.replace(
		/\\(?:text|textbf|textit|mathrm|mathbf|operatorname|mbox)\s*\{[^{}]*\}|\\[a-z]+/gi,
		' ',
	);
	if (/[a-z]{3,} +[a-z]{3,}|\*\*/i.test(symbols)) return false;
	// `$\frac{净利润}{营收}$`: with a command, words are names of quantities, as long as they are no sentence.
	const isCommand = /\\[a-z]{2,}|[_^]\{/i.test(content);
	return !(isCommand ? /[，。；：！？]/ : /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}，。；：]/u).test(
		symbols,
	);
}
