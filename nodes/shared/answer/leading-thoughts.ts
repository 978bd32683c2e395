/** What a piece of text turned out to be. */
export interface Sorted {
	/** Part of the answer. */
	text: string;
	/** Part of the thinking in front of it. */
	thought: string;
}

interface Marks {
	/** The mark that opens the thinking, with white space in front of it. */
	open: RegExp;
	/** Text that may still become that mark. */
	unfinished: RegExp;
	close: string;
}

const tag = (name: string): Marks => ({
	open: new RegExp(`^\\s*<${name}>`, 'i'),
	unfinished: new RegExp(
		`^\\s*(?:${Array.from(`<${name}>`, (_, length) => `<${name}>`.slice(0, length)).join('|')})$`,
		'i',
	),
	close: `</${name}>`,
});

/** Models of several makers, and Dify, which folds the thinking up. */
const MARKS: Marks[] = [
	...['think', 'thinking', 'thought', 'reasoning'].map(tag),
	{
		open: /^\s*<details\b[^<>]{0,300}>\s*<summary>\s*(?:thinking|思考)[^<>]{0,30}<\/summary>/i,
		unfinished:
			/^\s*<(?:d|de|det|deta|detai|detail)$|^\s*<details\b[^<>]{0,300}(?:>\s*(?:<(?:summary(?:>[^<>]{0,60}(?:<\/?\w{0,8})?)?|\w{0,7}))?)?$/i,
		close: '</details>',
	},
];

/** White space in front and a mark with everything that belongs to it are not longer than this. Characters. */
const LONGEST_MARK = 1000;

const isBegun =
	(text: string) =>
	({ unfinished }: Marks): boolean =>
		unfinished.test(text);

/**
 * Sets apart the thinking that models write in front of their answer: `<think>…</think>`, however it is cut into
 * pieces. Such marks further on are text. White space between thinking and answer belongs to neither.
 */
export class LeadingThoughts {
	/** Begun and not decided yet, or the possible beginning of a closing mark. */
	private held = '';
	private state: 'start' | 'thinking' | 'answer' = 'start';
	private close = '';
	private hasThought = false;

	/** Inside the thinking. */
	get isThinking(): boolean {
		return this.state === 'thinking';
	}

	take(piece: string): Sorted {
		if (this.state === 'answer') return { text: piece, thought: '' };
		const sorted = { text: '', thought: '' };
		this.held += piece;
		while (this.step(sorted));
		return sorted;
	}

	/** Nothing more follows: what was held back is text, unless a thought was left open. */
	end(): Sorted {
		const { held } = this;
		this.held = '';
		return this.isThinking ? { text: '', thought: held } : { text: held, thought: '' };
	}

	/** @returns false when more has to arrive first */
	private step(sorted: Sorted): boolean {
		if (this.state === 'thinking') return this.think(sorted);
		for (const { open, close } of MARKS) {
			const mark = open.exec(this.held);
			if (!mark) continue;
			this.state = 'thinking';
			this.hasThought = true;
			this.close = close;
			this.held = this.held.slice(mark[0].length);
			return true;
		}
		const mayBeMark = this.held.length < LONGEST_MARK && (/^\s*$/.test(this.held) || MARKS.some(isBegun(this.held)));
		if (mayBeMark) return false;
		sorted.text += this.hasThought ? this.held.trimStart() : this.held;
		this.held = '';
		this.state = 'answer';
		return false;
	}

	private think(sorted: Sorted): boolean {
		const at = this.held.toLowerCase().indexOf(this.close);
		if (at >= 0) {
			sorted.thought += this.held.slice(0, at);
			this.held = this.held.slice(at + this.close.length);
			this.state = 'start';
			return true;
		}
		// The last characters may be the beginning of the mark.
		const sure = Math.max(0, this.held.length - this.close.length + 1);
		sorted.thought += this.held.slice(0, sure);
		this.held = this.held.slice(sure);
		return false;
	}
}
