/** How the answer's text comes out of its blocks. */
export type Composition =
	/** All blocks, in the order in which their pieces arrived. */
	| 'everything'
	/** The last block of the highest rank: earlier ones are drafts or notes. */
	| 'lastBlock';

/** Pieces are joined in batches, so that an answer of a million tokens is not a million strings. */
const BATCH = 512;

/** A string that grows by many small pieces. */
class GrowingText {
	private readonly batches: string[] = [];
	private pieces: string[] = [];

	append(piece: string): void {
		this.pieces.push(piece);
		if (this.pieces.length < BATCH) return;
		this.batches.push(this.pieces.join(''));
		this.pieces = [];
	}

	toString(): string {
		return this.batches.join('') + this.pieces.join('');
	}
}

interface Segment {
	block: string;
	text: GrowingText;
}

/** What one change did to the answer's text, for showing it live. */
export type TextChange = { appended: string } | { rewritten: true } | undefined;

/** The text of an answer that is being written: blocks that grow, are replaced or removed. */
export class AnswerText {
	private segments: Segment[] = [];
	private readonly ranks = new Map<string, number>();

	constructor(private readonly composition: Composition) {}

	append(block: string, piece: string, rank = 0): TextChange {
		if (piece === '') return undefined;
		const before = this.shownBlock();
		this.ranks.set(block, Math.max(rank, this.ranks.get(block) ?? rank));
		const last = this.segments.at(-1);
		if (last?.block === block) last.text.append(piece);
		else this.segments.push(segmentOf(block, piece));
		return this.changeOf(block, before, piece);
	}

	replace(block: string, text: string, rank = 0): TextChange {
		const before = this.shownBlock();
		const old = this.textOf(block);
		if (old === text) return undefined;
		if (text.startsWith(old) && this.segments.at(-1)?.block === block)
			return this.append(block, text.slice(old.length), rank);
		this.ranks.set(block, Math.max(rank, this.ranks.get(block) ?? rank));
		const first = this.segments.findIndex((segment) => segment.block === block);
		this.segments = this.segments.filter((segment, index) => segment.block !== block || index === first);
		if (first < 0) this.segments.push(segmentOf(block, text));
		else this.segments[first] = segmentOf(block, text);
		return old === '' ? this.changeOf(block, before, text) : { rewritten: true };
	}

	remove(block: string): TextChange {
		const had = this.textOf(block) !== '';
		this.segments = this.segments.filter((segment) => segment.block !== block);
		this.ranks.delete(block);
		return had ? { rewritten: true } : undefined;
	}

	/** The answer as it stands. */
	toString(): string {
		if (this.composition === 'everything') return this.segments.map(({ text }) => text.toString()).join('');
		const block = this.shownBlock();
		return block === undefined ? '' : this.textOf(block);
	}

	private textOf(block: string): string {
		return this.segments
			.filter((segment) => segment.block === block)
			.map(({ text }) => text.toString())
			.join('');
	}

	/** With `lastBlock`: the block that is the answer at present. */
	private shownBlock(): string | undefined {
		if (this.composition === 'everything') return undefined;
		let shown: string | undefined;
		for (const [block, rank] of this.ranks) {
			if (shown === undefined || rank >= (this.ranks.get(shown) ?? 0)) shown = block;
		}
		return shown;
	}

	private changeOf(block: string, shownBefore: string | undefined, piece: string): TextChange {
		if (this.composition === 'everything') return { appended: piece };
		const shown = this.shownBlock();
		if (shown !== block) return undefined;
		return shownBefore === undefined || shownBefore === block ? { appended: piece } : { rewritten: true };
	}
}

function segmentOf(block: string, piece: string): Segment {
	const text = new GrowingText();
	text.append(piece);
	return { block, text };
}
