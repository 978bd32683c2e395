import type { AnswerChange } from '../shared/answer/answer-change';
import { SnapshotOrDelta } from '../shared/answer/snapshot-or-delta';

const KIND = 'thinking';
const NAME = 'Thinking';

/** What the agent thinks, which is a step on its way and never part of the answer. */
export class ThinkingStep {
	private pieces = new SnapshotOrDelta();
	private isOpen = false;
	private count = 0;

	/** There was a thought. */
	get hasBegun(): boolean {
		return this.isOpen || this.count > 0;
	}

	/** Thinks on. */
	take(piece: string, hint?: 'whole'): AnswerChange[] {
		this.pieces.take(piece, hint);
		if (this.isOpen || this.pieces.toString().trim() === '') return [];
		this.isOpen = true;
		return [{ kind: 'stepStarted', key: this.key, step: { kind: KIND, name: NAME, input: null } }];
	}

	/** Thinking is over: the agent speaks, or ends. */
	end(): AnswerChange[] {
		const output = this.pieces.toString().trim();
		if (!this.isOpen) return [];
		const { key } = this;
		this.isOpen = false;
		this.count++;
		this.pieces = new SnapshotOrDelta();
		return [{ kind: 'stepEnded', key, step: { kind: KIND, name: NAME, output, status: 'completed' } }];
	}

	private get key(): string {
		return `${KIND}/${this.count}`;
	}
}
