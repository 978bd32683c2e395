import type { BlockRule, StateBlock } from './libraries';

const MARKDOWN = /^(?:markdown|md|mdx|gfm)$/i;

/** How many Markdown fences are read inside each other. */
const DEEPEST = 3;

/**
 * Models often put a whole report into ```` ```markdown ````: it is read as what it is. Blocks of code in it end with
 * marks that look like the end of the report, so that the marks are counted in pairs.
 */
export function markdownFence(fence: BlockRule): BlockRule {
	let depth = 0;
	return (state, startLine, endLine, silent) => {
		if (silent || depth >= DEEPEST) return fence(state, startLine, endLine, silent);
		const opening = fenceAt(state, startLine);
		if (opening === null || !MARKDOWN.test(opening.info)) return fence(state, startLine, endLine, silent);
		const end = endOf(state, startLine, endLine, opening);
		depth += 1;
		const { lineMax, parentType } = state;
		try {
			state.lineMax = end.line;
			state.parentType = 'root';
			state.md.block.tokenize(state, startLine + 1, end.line);
		} finally {
			depth -= 1;
			state.lineMax = lineMax;
			state.parentType = parentType;
		}
		state.line = Math.min(end.line + (end.isWritten ? 1 : 0), endLine);
		return true;
	};
}

interface Fence {
	mark: string;
	info: string;
}

function fenceAt(state: StateBlock, line: number): Fence | null {
	if (state.sCount[line]! - state.blkIndent >= 4) return null;
	const text = state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]);
	const [, mark, info] = /^(`{3,}|~{3,})[ \t]*([^`\s]*)[^`]*$/.exec(text) ?? [];
	return mark === undefined ? null : { mark, info: info ?? '' };
}

/** The line that ends a fence: that of its own length, where the fences in it are counted. */
function endOf(
	state: StateBlock,
	start: number,
	endLine: number,
	opening: Fence,
): { line: number; isWritten: boolean } {
	const open: Fence[] = [opening];
	let firstEnd: number | null = null;
	for (let line = start + 1; line < endLine; line++) {
		if (!state.isEmpty(line) && state.sCount[line]! < state.blkIndent)
			return { line: firstEnd ?? line, isWritten: firstEnd !== null };
		const mark = fenceAt(state, line);
		if (mark === null) continue;
		const innermost = open.at(-1)!;
		const ends = mark.info === '' && mark.mark[0] === innermost.mark[0] && mark.mark.length >= innermost.mark.length;
		if (!ends) {
			if (mark.info !== '') open.push(mark);
			continue;
		}
		open.pop();
		firstEnd ??= line;
		if (open.length === 0) return { line, isWritten: true };
	}
	// Without its end: an answer that was cut, or a report whose last mark was meant for a block inside.
	return open.length === 1
		? { line: endLine, isWritten: false }
		: { line: firstEnd ?? endLine, isWritten: firstEnd !== null };
}

const WHOLE_FENCE = /^\s*(`{3,}|~{3,})[ \t]*(?:text|txt|plaintext)?[ \t]*\r?\n([\s\S]*?)\r?\n\1[`~]*\s*$/i;

/** The Markdown of an answer that is nothing but one fence without a language, in which a report stands; else null. */
export function reportInBareFence(answer: string): string | null {
	const content = WHOLE_FENCE.exec(answer)?.[2];
	if (content === undefined || /^(?:`{3,}|~{3,})/m.test(content)) return null;
	const hasTable = /^\|.*\|[ \t]*\r?\n\|(?:[ \t]*:?-+:?[ \t]*\|)+/m.test(content);
	const hasHeadings = /^#{2,6} \S/m.test(content) && /^(?:[-*] |\d+\. |\*\*|> )/m.test(content);
	return hasTable || hasHeadings ? content : null;
}
