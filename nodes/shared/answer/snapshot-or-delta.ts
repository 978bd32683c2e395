/** What a piece does to the text that came before it. */
export type TextUpdate = { append: string } | { replace: string } | undefined;

/**
 * What the provider's event says about a piece. `whole`: it repeats a text that is complete. `last`: nothing follows, and
 * what comes last is often everything once more.
 */
export type PieceHint = 'whole' | 'last';

/** Letters in repeated beginnings, before pieces are read as snapshots for the time being; and for good. */
const LIKELY = 2;
const CERTAIN = 16;
/** Letters of a whole text that comes again by itself, before it is taken for a repetition. */
const REPETITION = 4;
/** Characters at its beginning by which a rewritten snapshot is distinguished from another text. */
const SAME_BEGINNING = 8;
/** Blanks and line ends that a repeated text may lack. */
const BLANK_ENDS = 8;
/** Pieces after which a text that does not show what they are is read as deltas. */
const LONGEST_DOUBT = 50;

/** Chinese, Japanese and Korean signs say as much as two letters. */
function letters(text: string): number {
	const some = text.slice(0, 2 * CERTAIN);
	return (some.match(/\p{L}/gu)?.length ?? 0) + (some.match(/[\p{Script=Han}\p{scx=Kana}\p{scx=Hang}]/gu)?.length ?? 0);
}

/** A text that goes on by repeating itself, like "haha" or a row of dashes, proves nothing. */
function goesRound(beginning: string, whole: string): boolean {
	const rest = whole.slice(beginning.length);
	return rest.startsWith(beginning) || beginning.startsWith(rest);
}

/** A snapshot that begins like the one before and goes on in another way. */
function isRewriting(before: string, piece: string): boolean {
	const beginning = before.slice(0, SAME_BEGINNING);
	return before.length >= SAME_BEGINNING && piece.startsWith(beginning) && 2 * piece.length >= before.length;
}

/** Enough of a text, and one that does not repeat itself anyway, for its coming again to be no chance. */
function isRepetition(text: string, needed: number): boolean {
	const isRound = text.length < 200 && `${text}${text}`.indexOf(text, 1) < text.length;
	return !isRound && letters(text) >= needed;
}

/**
 * A text that arrives in pieces, without a word on whether each is only what is new (a delta) or the whole text so far
 * (a snapshot), nor whether the last one repeats everything. Evidence decides: pieces that each begin with all of the
 * one before are snapshots, as long as none contradicts; a piece that equals the whole text is a repetition, unless the
 * text goes on after it.
 *
 * What a piece costs depends on its own length.
 */
export class SnapshotOrDelta {
	private kind: 'open' | 'delta' | 'snapshot' = 'open';
	/** The text so far, in parts. */
	private parts: string[] = [];
	private length = 0;
	/** While the kind is open: all pieces, each of which begins with the one before. */
	private chain: string[] = [];
	private evidence = 0;
	/** A piece that may be a repetition of everything; it counts once the text goes on. */
	private held = '';
	/** Of snapshots: text in front of the one that grows now. */
	private base = '';

	take(piece: string, hint?: PieceHint): TextUpdate {
		if (piece === '') return undefined;
		if (hint === 'whole' && this.length > 0) return this.whole(piece);
		switch (this.kind) {
			case 'open':
				return this.first(piece, hint);
			case 'delta':
				return this.delta(piece, hint);
			case 'snapshot':
				return this.snapshot(piece);
		}
	}

	/** The text is this, for certain. */
	set(text: string): TextUpdate {
		this.held = '';
		this.chain = [];
		this.kind = 'delta';
		return this.since(this.toString(), text);
	}

	toString(): string {
		if (this.parts.length > 1) this.parts = [this.parts.join('')];
		return this.parts[0] ?? '';
	}

	private add(text: string): TextUpdate {
		this.parts.push(text);
		this.length += text.length;
		return { append: text };
	}

	private become(text: string): TextUpdate {
		this.parts = [text];
		this.length = text.length;
		return { replace: text };
	}

	/** What has become of a text, once it is made this one. */
	private since(before: string, text = this.toString()): TextUpdate {
		this.become(text);
		if (text === before) return undefined;
		return text.startsWith(before) ? { append: text.slice(before.length) } : { replace: text };
	}

	/** A piece that is said to be a whole text: of everything, or of a part that has come already. */
	private whole(piece: string): TextUpdate {
		const text = this.toString();
		this.held = '';
		if (piece.startsWith(text)) return this.set(piece);
		const said = piece.trim();
		if (text.trimEnd().endsWith(said) || text.trimStart().startsWith(said)) return undefined;
		this.set(text);
		return this.add(piece);
	}

	private first(piece: string, hint: PieceHint | undefined): TextUpdate {
		const text = this.toString();
		const before = this.chain.at(-1);
		this.chain.push(piece);
		if (before === undefined) return this.add(piece);
		if (!piece.startsWith(before)) {
			if (this.evidence >= LIKELY && isRewriting(before, piece)) {
				this.kind = 'snapshot';
				this.chain = [];
				return this.since(text, piece);
			}
			// Deltas all along.
			this.kind = 'delta';
			this.become(this.chain.slice(0, -1).join(''));
			this.chain = [];
			this.delta(piece, hint);
			return this.since(text);
		}
		if (!goesRound(before, piece)) this.evidence += letters(before);
		const isAgain =
			piece === before && this.chain.length === 2 && isRepetition(before, hint === 'last' ? LIKELY : REPETITION);
		const shown = this.evidence >= LIKELY ? piece : this.chain.join('');
		const isCertain = this.evidence >= CERTAIN || this.chain.length === LONGEST_DOUBT;
		if (isCertain) {
			this.kind = this.evidence >= LIKELY ? 'snapshot' : 'delta';
			this.chain = [];
		}
		return isAgain && this.evidence < LIKELY ? undefined : this.since(text, shown);
	}

	private delta(piece: string, hint: PieceHint | undefined): TextUpdate {
		const { held } = this;
		this.held = '';
		// A delta is seldom as long as everything before it, so this costs nothing in the long run.
		if (piece.length >= this.length) {
			const text = this.toString();
			const isEnough = isRepetition(text, hint === 'last' || held !== '' ? LIKELY : REPETITION);
			if (isEnough && piece === text) {
				if (hint !== 'last') this.held = piece;
				return undefined;
			}
			if (isEnough && piece.startsWith(text) && !goesRound(text, piece)) return this.since(text, piece);
		}
		// The whole text once more is often without the blanks at its ends.
		if (hint === 'last' && piece.length + BLANK_ENDS >= this.length && isRepetition(piece.trim(), 2 * REPETITION)) {
			const text = this.toString();
			if (piece.trim() === text.trim()) return held === '' ? undefined : this.since(text, text);
		}
		return this.add(held + piece);
	}

	private snapshot(piece: string): TextUpdate {
		const { base } = this;
		const text = this.toString();
		const current = text.slice(base.length);
		if (piece.startsWith(current)) return this.since(text, base + piece);
		if (current.startsWith(piece)) return undefined;
		// Rewritten on the way, by citations for example; or another text begins.
		if (isRewriting(current, piece)) return this.become(base + piece);
		this.base = text;
		return this.add(piece);
	}
}
