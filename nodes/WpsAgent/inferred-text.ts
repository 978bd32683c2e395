/** Pieces that each go on where the one before ended, before it is certain that they are the whole text so far. */
const CUMULATIVE_EVIDENCE = 3;
/** Longer texts are decided by then. Characters. */
const LONGEST_DOUBT = 4096;

/**
 * A text that arrives in pieces, without a word on whether each is the whole text so far or only what is new. They
 * are the whole text as long as each begins with the one before (`docs/apis/wps.md §5.3`, rule 2).
 */
export class InferredText {
	private text = '';
	private isDelta = false;
	private evidence = 0;
	/** The pieces put together, as long as they may turn out to be parts: "1", "10" may have been "110" all along. */
	private sum: string | undefined = '';

	take(piece: string): void {
		if (this.isDelta) {
			this.text += piece;
			return;
		}
		const goesOn = piece.startsWith(this.text);
		if (goesOn && this.text !== '' && piece.length > this.text.length) this.evidence++;
		const isCertain = this.evidence >= CUMULATIVE_EVIDENCE || this.text.length > LONGEST_DOUBT;
		this.sum = isCertain || this.sum === undefined ? undefined : this.sum + piece;
		if (goesOn) this.text = piece;
		else if (!this.text.startsWith(piece)) {
			this.isDelta = true;
			this.text = this.sum ?? this.text + piece;
		}
	}

	/** The text is this, for certain. */
	set(text: string): void {
		this.text = text;
		this.sum = undefined;
	}

	get length(): number {
		return this.text.length;
	}

	toString(): string {
		return this.text;
	}
}
