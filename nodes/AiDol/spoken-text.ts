import type { AnswerChange } from '../shared/answer/answer-change';
import { LeadingThoughts } from '../shared/answer/leading-thoughts';
import { type PieceHint, SnapshotOrDelta, type TextUpdate } from '../shared/answer/snapshot-or-delta';
import type { ThinkingStep } from './thinking-step';

/** One block of what the agent says, without its thinking and without what it repeats. */
export class SpokenText {
	private readonly pieces = new SnapshotOrDelta();
	private thoughts = new LeadingThoughts();
	private hasShown = false;

	/** @param separator goes between the text and the block before it */
	constructor(
		private readonly block: string,
		private readonly thinking: ThinkingStep,
		private readonly separator = '',
	) {}

	/** The agent thinks still. */
	get isThinking(): boolean {
		return this.thoughts.isThinking;
	}

	get isEmpty(): boolean {
		return !this.hasShown;
	}

	take(piece: string, hint?: PieceHint): AnswerChange[] {
		return this.changesOf(this.pieces.take(piece, hint));
	}

	/** The whole text, whatever came before. */
	set(text: string): AnswerChange[] {
		this.pieces.set(text);
		return this.changesOf({ replace: text });
	}

	/** Goes on, where this is the whole text with something more. */
	extend(whole: string): AnswerChange[] {
		const text = this.pieces.toString();
		const isMore = text !== '' && whole.length > text.length && whole.startsWith(text);
		return isMore ? this.changesOf(this.pieces.set(whole)) : [];
	}

	/** Text that cannot be anything but what is new. */
	add(text: string): AnswerChange[] {
		return this.changesOf({ append: text });
	}

	/** Nothing more follows. */
	end(): AnswerChange[] {
		const { text, thought } = this.thoughts.end();
		return [...this.thinking.take(thought), ...this.textChanges(text, false)];
	}

	private changesOf(update: TextUpdate): AnswerChange[] {
		if (update === undefined) return [];
		if ('append' in update) {
			const { text, thought } = this.thoughts.take(update.append);
			return [...this.thinking.take(thought), ...this.textChanges(text, false)];
		}
		this.thoughts = new LeadingThoughts();
		const { text, thought } = this.thoughts.take(update.replace);
		return [...this.thinking.take(thought), ...this.textChanges(text, this.hasShown)];
	}

	private textChanges(text: string, replace: boolean): AnswerChange[] {
		if (text === '' && !replace) return [];
		const isFirst = !this.hasShown;
		this.hasShown = true;
		const shown = isFirst || replace ? `${this.separator}${text}` : text;
		return [...this.thinking.end(), { kind: 'text', block: this.block, text: shown, replace }];
	}
}
