import { type Frame, type FrameReader, FrameTooLarge, LARGEST_FRAME } from './frame';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** In valid JSON, a bracket can only be opened after one of these: `:`, `,` and `[`. */
const MAY_PRECEDE_BRACKET = [0x3a, 0x2c, OPEN_BRACKET];

/**
 * A `data:` prefix, or several, is allowed in front of a value (`docs/apis/wps.md §5.5`), and so is what separates the
 * values of a list that is written piece by piece: a comma. Lines of the other kinds carry no value.
 */
const PREFIX = /^(?:,|data:|[ \t])*/;
const NO_VALUE = /^(?:event|id|retry)?:/;

type Place =
	/** Before a value, or on a line of which it is not known yet what it is. */
	| 'between'
	/** On a line of other text: brackets in it are not values. */
	| 'otherText'
	| 'value'
	| 'string'
	/** Behind a backslash in a string. */
	| 'escape';

/**
 * Bare JSON values one after the other: NDJSON, objects between blank lines, several on a line, one over many lines,
 * with or without a `data:` prefix (`docs/apis/wps.md §5.5`).
 *
 * Only brackets and strings are followed; whether a value is good JSON is the decoder's question. What shows that a
 * value was cut off, a line break inside a string or a bracket where none can be, ends it: it is given out as a frame
 * of its own and reading starts afresh, so that one broken line does not swallow the next ones.
 */
export function jsonFrames(largest = LARGEST_FRAME): FrameReader {
	return new JsonFrames(largest);
}

class JsonFrames implements FrameReader {
	private place: Place = 'between';
	private depth = 0;
	/** The character before, white space and the inside of strings left out; of the value that is being read. */
	private before = 0;
	/** Pieces of the value (or the line in front of one) that is being read, from texts before this one. */
	private pending: string[] = [];
	private pendingLength = 0;
	private text = '';
	/** Where in the text the value or line begins that is being read. */
	private start = 0;
	private ready: Frame[] = [];

	constructor(private readonly largest: number) {}

	push(text: string): Frame[] {
		this.text = text;
		this.start = 0;
		this.ready = [];
		for (let at = 0; at < text.length; at++) this.step(text.charCodeAt(at), at);
		this.keepRest();
		// Frames that were whole before are handed out first; the next piece then meets the limit again.
		if (this.pendingLength > this.largest && this.ready.length === 0) throw new FrameTooLarge(this.largest);
		return this.ready;
	}

	end() {
		if (this.pendingLength > this.largest) throw new FrameTooLarge(this.largest);
		if (this.depth > 0) return { frames: [], cutInside: true };
		this.text = '';
		this.start = 0;
		return { frames: lineFrames(this.take(0)), cutInside: false };
	}

	private step(char: number, at: number): void {
		switch (this.place) {
			case 'escape':
				this.place = 'string';
				return;
			case 'string':
				return this.inString(char, at);
			case 'value':
				return this.inValue(char, at);
			default:
				return this.between(char, at);
		}
	}

	private inString(char: number, at: number): void {
		if (char === QUOTE) this.place = 'value';
		else if (char === BACKSLASH) this.place = 'escape';
		else if (isLineEnd(char)) {
			this.cut(at);
			this.start = at + 1;
		}
	}

	private inValue(char: number, at: number): void {
		if (char <= SPACE) return;
		if (isOpening(char)) {
			if (!MAY_PRECEDE_BRACKET.includes(this.before)) this.cut(at);
			return this.open(char);
		}
		this.before = char;
		if (char === QUOTE) this.place = 'string';
		else if ((char === CLOSE_BRACE || char === CLOSE_BRACKET) && --this.depth === 0) this.cut(at + 1);
	}

	/** Before a value, or on a line of other text. */
	private between(char: number, at: number): void {
		if (isLineEnd(char)) {
			this.ready.push(...lineFrames(this.take(at)));
			this.start = at + 1;
			this.place = 'between';
			return;
		}
		if (this.place === 'otherText' || !isOpening(char)) return;
		const prefix = this.take(at);
		this.start = at;
		if (prefix.trim().replace(PREFIX, '') === '') return this.open(char);
		this.place = 'otherText';
		this.keep(prefix);
	}

	private open(char: number): void {
		this.place = 'value';
		this.depth++;
		this.before = char;
	}

	/** Ends the current value in front of `end`. */
	private cut(end: number): void {
		this.ready.push({ data: this.take(end) });
		this.start = end;
		this.place = 'between';
		this.depth = 0;
	}

	/** What has been kept, and the text up to `end`. */
	private take(end: number): string {
		this.pending.push(this.text.slice(this.start, end));
		const taken = this.pending.join('');
		this.pending = [];
		this.pendingLength = 0;
		return taken;
	}

	private keepRest(): void {
		this.keep(this.text.slice(this.start));
	}

	private keep(rest: string): void {
		if (rest === '') return;
		this.pending.push(rest);
		this.pendingLength += rest.length;
	}
}

const isLineEnd = (char: number): boolean => char === LINE_FEED || char === CARRIAGE_RETURN;
const isOpening = (char: number): boolean => char === OPEN_BRACE || char === OPEN_BRACKET;

/** Text between two values, up to the end of its line: white space, a comment, or something that is not JSON. */
function lineFrames(line: string): Frame[] {
	const text = line.trim();
	if (text === '' || NO_VALUE.test(text)) return [];
	return [{ data: text.replace(PREFIX, '') }].filter(({ data }) => data !== '');
}
