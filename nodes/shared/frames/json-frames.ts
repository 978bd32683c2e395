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

/** In good JSON, a bracket can only be opened behind one of these: `:`, `,` and `[`. */
const MAY_PRECEDE_BRACKET = [0x3a, 0x2c, OPEN_BRACKET];

/** A `data:` prefix is allowed in front of a value; lines of these kinds carry none (`providers/wps.md §5.5`). */
const PREFIX = /^(?:data:)?[ \t]*/;
const NO_VALUE = /^(?:event|id|retry)?:/;

type Place =
	/** Before a value, or on a line of which it is not known yet what it is. */
	| 'between'
	/** On a line of other text: the brackets in it are no values. */
	| 'otherText'
	| 'value'
	| 'string'
	/** Behind a backslash in a string. */
	| 'escape';

/**
 * Bare JSON values one after the other: NDJSON, objects between blank lines, several on a line, one over many lines,
 * with or without a `data:` prefix (`providers/wps.md §5.5`).
 *
 * Only brackets and strings are followed; whether a value is good JSON is the decoder's question. What shows that a
 * value was cut off, a line break inside a string or a bracket where none can be, ends it: it is given out as a frame of
 * its own and reading starts afresh, so that one broken line does not swallow those behind it.
 */
export function jsonFrames(largest = LARGEST_FRAME): FrameReader {
	/** Pieces of the value (or the line in front of one) that is being read. */
	let pending: string[] = [];
	let pendingLength = 0;
	let place: Place = 'between';
	let depth = 0;
	/** The character before, white space and the inside of strings left out; of the value that is being read. */
	let before = 0;

	function take(last: string): string {
		pending.push(last);
		const text = pending.join('');
		pending = [];
		pendingLength = 0;
		return text;
	}

	function keep(rest: string): void {
		if (rest === '') return;
		pending.push(rest);
		pendingLength += rest.length;
	}

	/** Text between two values, up to the end of its line: white space, a comment, or something that is not JSON. */
	function lineFrames(line: string): Frame[] {
		const text = line.trim();
		if (text === '' || NO_VALUE.test(text)) return [];
		return [{ data: text.replace(PREFIX, '') }].filter(({ data }) => data !== '');
	}

	function push(text: string): Frame[] {
		const frames: Frame[] = [];
		let start = 0;

		/** Ends the current value in front of `end`. */
		function cut(end: number): void {
			frames.push({ data: take(text.slice(start, end)) });
			start = end;
			place = 'between';
			depth = 0;
		}

		function open(at: number, char: number): void {
			if (place === 'between') {
				const prefix = take(text.slice(start, at));
				start = at;
				place = prefix.trim().replace(PREFIX, '') === '' ? 'value' : 'otherText';
				if (place === 'otherText') return keep(prefix);
			} else if (place === 'value' && !MAY_PRECEDE_BRACKET.includes(before)) {
				cut(at);
				place = 'value';
			}
			if (place !== 'value') return;
			depth++;
			before = char;
		}

		for (let at = 0; at < text.length; at++) {
			const char = text.charCodeAt(at);
			const isLineEnd = char === LINE_FEED || char === CARRIAGE_RETURN;
			switch (place) {
				case 'escape':
					place = 'string';
					break;
				case 'string':
					if (char === QUOTE) place = 'value';
					else if (char === BACKSLASH) place = 'escape';
					else if (isLineEnd) {
						cut(at);
						start = at + 1;
					}
					break;
				case 'value':
					if (char <= SPACE) break;
					if (char === OPEN_BRACE || char === OPEN_BRACKET) open(at, char);
					else {
						before = char;
						if (char === QUOTE) place = 'string';
						else if ((char === CLOSE_BRACE || char === CLOSE_BRACKET) && --depth === 0) cut(at + 1);
					}
					break;
				default:
					if (isLineEnd) {
						frames.push(...lineFrames(take(text.slice(start, at))));
						start = at + 1;
						place = 'between';
					} else if (char === OPEN_BRACE || char === OPEN_BRACKET) open(at, char);
			}
		}
		keep(text.slice(start));
		// Frames that were whole before are handed out first; the next piece then meets the limit again.
		if (pendingLength > largest && frames.length === 0) throw new FrameTooLarge(largest);
		return frames;
	}

	return {
		push,
		end() {
			if (pendingLength > largest) throw new FrameTooLarge(largest);
			if (depth > 0) return { frames: [], cutInside: true };
			return { frames: lineFrames(take('')), cutInside: false };
		},
	};
}
