/**
 * Pieces that each repeat all text of their block so far, before they are read as cumulative. Honest text that begins
 * like that, `a`, `ab`, `abc`, `abcd`, `abcde`, `abcdef` in just these pieces, is not to be expected.
 */
const CUMULATIVE_EVIDENCE = 5;

/** Dashes, blanks, `haha`: one repeats the other in honest text as well. */
const isRepetition = (text: string) => `${text}${text}`.indexOf(text, 1) < text.length;

/** What a piece did to the text of its block. */
export type BlockChange = { appended: string } | { replaced: string };

/**
 * The text of one block. Pieces are appended (`reportify.md §3d-2`: deltas). Should a server send the whole text each
 * time, its pieces betray that by each beginning with the one before, from the first one on.
 */
export class TextBlock {
	private pieces: string[] = [];
	private latest = '';
	private grows = true;
	private evidence = 0;
	private isCumulative = false;

	/** @param name tells it from the other blocks of the run */
	constructor(readonly name: string) {}

	add(piece: string): BlockChange {
		const { latest } = this;
		const grows = this.grows && piece.startsWith(latest);
		if (!this.isCumulative && grows && latest !== '' && piece !== latest && !isRepetition(latest)) this.evidence++;
		this.isCumulative ||= this.evidence >= CUMULATIVE_EVIDENCE;
		if (this.isCumulative && !grows) {
			const news = latest.startsWith(piece) ? '' : piece;
			this.latest += news;
			this.pieces.push(news);
			return { appended: news };
		}
		this.grows = grows;
		this.latest = grows ? piece : '';
		if (!this.isCumulative) {
			this.pieces.push(piece);
			return { appended: piece };
		}
		return this.correct(piece);
	}

	/** The whole text, as the end of the block states it; what the pieces gave makes way for it. */
	correct(whole: string): BlockChange {
		this.pieces = [whole];
		return { replaced: whole };
	}

	/** True when all pieces so far grew, and this is the last of them: then each piece was the whole text. */
	isWhole(text: string): boolean {
		return this.grows && this.latest === text;
	}

	toString(): string {
		if (this.pieces.length > 1) this.pieces = [this.pieces.join('')];
		return this.pieces[0] ?? '';
	}
}
