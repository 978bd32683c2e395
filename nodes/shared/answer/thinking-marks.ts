/** Marks around the thinking that models write in front of their answer. */
export interface ThinkingMarks {
	/** The mark behind which the thinking begins, with white space in front of it. */
	open: RegExp;
	/** Whether a text may still become that mark. */
	mayOpen(text: string): boolean;
	/** The marks that end it, in small letters: any of them. */
	closes: readonly string[];
}

/** The tags of several makers; the first two are mixed up by models and their templates. */
const TAGS = 'think thinking thought thoughts reasoning scratchpad seed:think antml:thinking'.split(' ');
const MIXED_UP = ['think', 'thinking'];

/** Kimi, Magistral, OpenThinker, Command; and tags that were escaped on their way. */
const PAIRS: ReadonlyArray<readonly [open: string, close: string]> = [
	['◁think▷', '◁/think▷'],
	['[think]', '[/think]'],
	['<|begin_of_thought|>', '<|end_of_thought|>'],
	['<|start_thinking|>', '<|end_thinking|>'],
	['&lt;think&gt;', '&lt;/think&gt;'],
	['＜think＞', '＜/think＞'],
];

/** Dify and Open WebUI fold the thinking up. */
const FOLDED: ThinkingMarks = {
	open: /^\s*<details\b[^<>]{0,300}>\s*<summary>\s*(?:thinking|thought for|reasoning|(?:已?深度)?思考|推理过程)[^<>]{0,30}<\/summary>/i,
	mayOpen: (text) =>
		/^\s*<(?:d|de|det|deta|detai|detail)$|^\s*<details\b[^<>]{0,300}(?:>\s*(?:<(?:summary(?:>[^<>]{0,60}(?:<\/?\w{0,8})?)?|\w{0,7}))?)?$/i.test(
			text,
		),
	closes: ['</details>'],
};

export const THINKING_MARKS: readonly ThinkingMarks[] = [
	...TAGS.map(tag),
	...PAIRS.map(([open, close]) => pair(open, close)),
	FOLDED,
];

/** The first place at which a thought ends, and what follows it; null where no end is in the text. */
export function endOfThought(text: string, { closes }: ThinkingMarks): { start: number; end: number } | null {
	const lowered = text.toLowerCase();
	let first: { start: number; end: number } | null = null;
	for (const close of closes) {
		const start = lowered.indexOf(close);
		if (start !== -1 && (first === null || start < first.start)) first = { start, end: start + close.length };
	}
	return first;
}

function tag(name: string): ThinkingMarks {
	const attributes = new RegExp(`^<${name}\\s[^<>]{0,300}$`);
	return {
		open: new RegExp(`^\\s*<${name}(?:\\s[^<>]{0,300})?>`, 'i'),
		mayOpen: (text) => {
			const begun = text.trimStart().toLowerCase();
			return `<${name}>`.startsWith(begun) || attributes.test(begun);
		},
		closes: MIXED_UP.includes(name) ? MIXED_UP.map((other) => `</${other}>`) : [`</${name}>`],
	};
}

function pair(open: string, close: string): ThinkingMarks {
	return {
		open: new RegExp(`^\\s*${open.replace(/[[\]|]/g, '\\$&')}`, 'i'),
		mayOpen: (text) => open.startsWith(text.trimStart().toLowerCase()),
		closes: [close],
	};
}
