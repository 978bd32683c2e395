import { GrowingText } from '../shared/answer/answer-text';
import type { FinishReason } from '../shared/answer/finish-reason';
import type { RunPart } from './run-frame';

/**
 * Pieces that each repeat all text of their block so far, before they are read as cumulative. Honest text that begins
 * like that, `a`, `ab`, `abc`, `abcd`, `abcde`, `abcdef` in just these pieces, is not to be expected.
 */
const CUMULATIVE_EVIDENCE = 5;

/** Dashes, blanks, `haha`: one repeats the other in honest text as well. */
const isRepetition = (text: string) => `${text}${text}`.indexOf(text, 1) < text.length;

/** What happened to the text of a block. */
export type BlockChange = { appended: string } | 'rewritten' | undefined;

/** Who says a block, and in which part of the run. */
export interface Speaking {
	part: RunPart;
	nodeId: string | undefined;
	agentId: string | undefined;
}

/** A stretch of text that one agent streams, from `stream_start` to `stream_end` (`docs/apis/reportify.md §3d-2`). */
export class TextBlock {
	/** Its `stream_end` is still to come; false if no `stream_start` announced the block. */
	isOpen = false;
	/** Why it ended, where that was told. */
	finish: FinishReason | undefined;
	private text = new GrowingText();
	/** The piece before. */
	private latest = '';
	/** Every piece so far began with the one before it. */
	private grows = true;
	private evidence = 0;
	private isCumulative = false;

	/** @param name unique among the blocks of the run */
	constructor(
		readonly name: string,
		readonly speaking: Speaking,
	) {}

	toString(): string {
		return this.text.toString();
	}

	/**
	 * Pieces are additions (`§3d-2`). Should a server send the whole text each time, its pieces betray that by each
	 * beginning with the one before, from the first one on.
	 */
	add(piece: string): BlockChange {
		const { latest, isCumulative } = this;
		const grows = this.grows && piece.startsWith(latest);
		if (!isCumulative && grows && latest !== '' && piece !== latest && !isRepetition(latest)) this.evidence++;
		this.isCumulative ||= this.evidence >= CUMULATIVE_EVIDENCE;
		if (this.isCumulative && !grows) {
			if (latest.startsWith(piece)) return undefined; // an old one again
			this.latest += piece;
			return this.append(piece);
		}
		this.grows = grows;
		this.latest = grows ? piece : '';
		if (!this.isCumulative) return this.append(piece);
		return isCumulative ? this.append(piece.slice(latest.length)) : this.rewrite(piece);
	}

	/** The block ends. The text in `stream_end` is the whole of it, whatever the pieces added up to (`§3e`). */
	close(whole: string | undefined): BlockChange {
		this.isOpen = false;
		if (whole === undefined || whole.trim() === '') return undefined;
		const text = this.toString();
		return whole.startsWith(text) ? this.append(whole.slice(text.length)) : this.rewrite(whole);
	}

	private append(piece: string): BlockChange {
		if (piece === '') return undefined;
		this.text.append(piece);
		return { appended: piece };
	}

	private rewrite(text: string): BlockChange {
		this.text = new GrowingText();
		this.text.append(text);
		return 'rewritten';
	}
}
