/**
 * What makes the parser make something: ends of lines, the marks that open a block, and addresses (up to 1.3 kB of
 * memory each, measured over all formats), then the marks inside a text (half of that). Words do not count beside them.
 */
const COSTLY_MARKS = /[\r\n]+|>|[-+] |\d[.)] |:\/\/|www\.|@/g;
const CHEAP_MARKS = /[|*_~`[<&\\]/g;

/** Some 700 MB at the worst; five megabytes of ordinary prose with tables cost half of it. */
const HIGHEST_COST = 1_000_000;

/** Whether a text would need so much memory to be read as Markdown that it could stop n8n. */
export function isTooCostlyToRead(markdown: string): boolean {
	const left = costLeft(HIGHEST_COST, COSTLY_MARKS, 2, markdown);
	return costLeft(left, CHEAP_MARKS, 1, markdown) < 0;
}

function costLeft(budget: number, marks: RegExp, cost: number, markdown: string): number {
	let left = budget;
	marks.lastIndex = 0;
	while (left >= 0 && marks.test(markdown)) left -= cost;
	return left;
}
