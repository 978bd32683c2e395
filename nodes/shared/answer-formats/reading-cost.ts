/**
 * What makes the parser make something: ends of lines and the marks that open a block (some 1.2 kB of memory each,
 * measured), then the marks inside a text (some 0.5 kB). What a word costs does not count beside them.
 */
const BLOCK_MARKS = /[\r\n]+|>|[-+] |\d[.)] /g;
const TEXT_MARKS = /[|*_~`[<&\\@]|:\/\/|www\./g;
const COST_OF_A_BLOCK_MARK = 2;

/** Some 600 MB at the worst. Five megabytes of ordinary prose with tables cost half of it. */
const HIGHEST_COST = 1_000_000;

/** Whether a text would need so much memory to be read as Markdown that it could stop n8n. */
export function isTooCostlyToRead(markdown: string): boolean {
	const afterBlocks = costLeft(HIGHEST_COST, BLOCK_MARKS, COST_OF_A_BLOCK_MARK, markdown);
	return costLeft(afterBlocks, TEXT_MARKS, 1, markdown) < 0;
}

function costLeft(budget: number, marks: RegExp, cost: number, markdown: string): number {
	let left = budget;
	marks.lastIndex = 0;
	while (left >= 0 && marks.test(markdown)) left -= cost;
	return left;
}
