import { endOfThought, THINKING_MARKS, type ThinkingMarks } from './thinking-marks';

/** What a piece of text turned out to be. */
export interface Sorted {
	/** Part of the answer. */
	text: string;
	/** Part of the thinking in front of it. */
	thought: string;
}

/** White space in front and a mark with everything that belongs to it are not longer than this. Characters. */
const LONGEST_MARK = 1000;

/**
 * Sets apart the thinking that models write in front of their answer: `<think>…</think>`, however it is cut into
 * pieces. Such marks further on are text. White space between thinking and answer belongs to neither.
 */
export class LeadingThoughts {
	/** Begun and not decided yet, or the possible beginning of a closing mark. */
	private held = '';
	private state: 'start' | 'thinking' | 'answer' = 'start';
	private marks: ThinkingMarks | null = null;
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
		for (const marks of THINKING_MARKS) {
			const mark = marks.open.exec(this.held);
			if (!mark) continue;
			this.state = 'thinking';
			this.hasThought = true;
			this.marks = marks;
			this.held = this.held.slice(mark[0].length);
			return true;
		}
		const mayBeMark =
			this.held.length < LONGEST_MARK &&
			(/^\s*$/.test(this.held) || THINKING_MARKS.some((marks) => marks.mayOpen(this.held)));
		if (mayBeMark) return false;
		sorted.text += this.hasThought ? this.held.trimStart() : this.held;
		this.held = '';
		this.state = 'answer';
		return false;
	}

	private think(sorted: Sorted): boolean {
		const close = endOfThought(this.held, this.marks!);
		if (close) {
			sorted.thought += this.held.slice(0, close.start);
			this.held = this.held.slice(close.end);
			this.state = 'start';
			return true;
		}
		// The last characters may be the beginning of the mark.
		const longest = Math.max(...this.marks!.closes.map(({ length }) => length));
		const sure = Math.max(0, this.held.length - longest + 1);
		sorted.thought += this.held.slice(0, sure);
		this.held = this.held.slice(sure);
		return false;
	}
}
