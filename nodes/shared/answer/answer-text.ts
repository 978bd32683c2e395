/** How the answer's text is put together from its blocks. */
export type Composition =
	/** All blocks, each of them in one piece, in the order in which they began. */
	| 'everything'
	/** The last block of the highest rank: earlier ones are drafts or notes. */
	| 'lastBlock';

/** Characters that an answer may have: a text that repeats itself for half an hour is none any more. */
export const LARGEST_ANSWER = 64 * 1024 * 1024;

/** An answer grew beyond {@link LARGEST_ANSWER}. */
export class AnswerTooLarge extends Error {
	constructor() {
		super(`an answer of more than ${LARGEST_ANSWER / 1024 / 1024} million characters`);
	}
}

/** Pieces are joined in batches, so that an answer of a million tokens is not a million strings. */
const BATCH = 512;

/** A string that grows by many small pieces. */
export class GrowingText {
	private batches: string[] = [];
	private pieces: string[] = [];
	length = 0;

	append(piece: string): void {
		this.pieces.push(piece);
		this.length += piece.length;
		if (this.pieces.length < BATCH) return;
		this.batches.push(this.pieces.join(''));
		this.pieces = [];
	}

	/** Joined once, however often it is asked for: at the end of a run it is, and answers are long. */
	toString(): string {
		if (this.pieces.length === 0 && this.batches.length === 1) return this.batches[0] as string;
		const joined = this.batches.concat(this.pieces).join('');
		this.batches = [joined];
		this.pieces = [];
		return joined;
	}
}

/** The text of one block. */
interface Segment {
	text: GrowingText;
	/** Taken out of the text. */
	isGone: boolean;
}

/**
 * What one change did to the answer's text, for showing it live. `begun`: another block is the answer now, from here on.
 * `removed`: all of it turned out not to be the answer. `superseded`: it stands, but the result of the run is another text.
 */
export type TextChange =
	{ appended: string } | { begun: string } | { rewritten: true } | { removed: true } | { superseded: true } | undefined;

/**
 * The text of an answer that is being written: blocks that grow, are replaced or removed. What a change costs does not
 * depend on how many blocks there are.
 */
export class AnswerText {
	/** In the order in which they began. */
	private readonly segments: Segment[] = [];
	private readonly byBlock = new Map<string, Segment>();
	private readonly ranks = new Map<string, number>();
	/** With `lastBlock`: the block that is currently the answer. */
	private shown: string | undefined;
	/** Of all blocks together. */
	private length = 0;

	constructor(private readonly composition: Composition) {}

	/** @throws AnswerTooLarge; the text is as it was before then */
	append(block: string, piece: string, rank = 0): TextChange {
		if (piece === '') return undefined;
		this.grow(piece.length);
		const shownBefore = this.shown;
		const segment = this.byBlock.get(block);
		this.raise(block, rank);
		if (segment) segment.text.append(piece);
		else this.addSegment(block, piece);
		return this.changeOf(block, shownBefore, piece, segment === undefined);
	}

	replace(block: string, text: string, rank = 0): TextChange {
		const old = this.textOf(block);
		if (old === text) return undefined;
		const segment = this.byBlock.get(block);
		if (old === '' || !segment) return this.append(block, text, rank);
		if (text.startsWith(old)) return this.append(block, text.slice(old.length), rank);
		this.raise(block, rank);
		this.grow(text.length - old.length);
		segment.text = new GrowingText();
		segment.text.append(text);
		return this.isShown(block) ? { rewritten: true } : undefined;
	}

	remove(block: string): TextChange {
		const wasSeen = this.isShown(block) && this.textOf(block) !== '';
		const segment = this.byBlock.get(block);
		if (segment) {
			this.length -= segment.text.length;
			takeOut(segment);
		}
		this.byBlock.delete(block);
		this.ranks.delete(block);
		if (this.shown === block) this.shown = this.lastOfHighestRank();
		if (!wasSeen) return undefined;
		const isNothingLeft = this.composition === 'lastBlock' && this.shown === undefined;
		return isNothingLeft ? { removed: true } : { rewritten: true };
	}

	/** The answer so far. */
	toString(): string {
		if (this.composition === 'everything') return this.segments.map(({ text }) => text.toString()).join('');
		return this.shown === undefined ? '' : this.textOf(this.shown);
	}

	private grow(by: number): void {
		if (this.length + by > LARGEST_ANSWER) throw new AnswerTooLarge();
		this.length += by;
	}

	private textOf(block: string): string {
		return this.byBlock.get(block)?.text.toString() ?? '';
	}

	/** True when the text ends with this block. */
	private isLast(block: string): boolean {
		while (this.segments.at(-1)?.isGone) this.segments.pop();
		return this.segments.at(-1) === this.byBlock.get(block);
	}

	private addSegment(block: string, piece: string): void {
		const segment = { text: new GrowingText(), isGone: false };
		segment.text.append(piece);
		this.segments.push(segment);
		this.byBlock.set(block, segment);
	}

	/** Takes note of a block's rank, which never falls. */
	private raise(block: string, rank: number): void {
		const known = this.ranks.get(block);
		if (known !== undefined && known >= rank) return;
		this.ranks.set(block, rank);
		if (this.composition === 'everything') return;
		const highest = this.shown === undefined ? rank : (this.ranks.get(this.shown) as number);
		if (rank > highest || (rank === highest && known === undefined)) this.shown = block;
		else if (rank === highest) this.shown = this.lastOfHighestRank();
	}

	private lastOfHighestRank(): string | undefined {
		let found: string | undefined;
		for (const [block, rank] of this.ranks) {
			if (found === undefined || rank >= (this.ranks.get(found) as number)) found = block;
		}
		return found;
	}

	private isShown(block: string): boolean {
		return this.composition === 'everything' || this.shown === block;
	}

	private changeOf(block: string, shownBefore: string | undefined, piece: string, isNew: boolean): TextChange {
		if (!this.isShown(block)) return undefined;
		if (this.composition === 'everything') return this.isLast(block) ? { appended: piece } : { rewritten: true };
		if (shownBefore === undefined || shownBefore === block) return { appended: piece };
		return isNew ? { begun: piece } : { rewritten: true };
	}
}

/** Cheaper than moving all segments after it. */
function takeOut(segment: Segment): void {
	segment.text = new GrowingText();
	segment.isGone = true;
}
