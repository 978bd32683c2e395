import { type Frame, type FrameReader, FrameTooLarge, LARGEST_FRAME } from './frame';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** A `data:` prefix is allowed in front of a value; lines of these kinds carry none (`providers/wps.md §5.5`). */
const PREFIX = /^(?:data:)?[ \t]*/;
const NO_VALUE = /^(?:event|id|retry)?:/;

/**
 * Bare JSON values one after the other: NDJSON, objects between blank lines, several on a line, one over many lines,
 * with or without a `data:` prefix (`providers/wps.md §5.5`).
 *
 * Only brackets and strings are followed; whether a value is good JSON is the decoder's question. A line break inside a
 * string cannot be JSON: the broken value is given out as a frame of its own and the next line starts afresh.
 */
export function jsonFrames(largest = LARGEST_FRAME): FrameReader {
	/** Pieces of the value (or the line in front of one) that is being read. */
	let pending: string[] = [];
	let pendingLength = 0;
	let depth = 0;
	let insideString = false;
	let escaped = false;

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
		if (pendingLength > largest) throw new FrameTooLarge(largest);
	}

	/** Text between two values, up to the end of its line: white space, a comment, or something that is not JSON. */
	function strayFrame(line: string): Frame[] {
		const text = line.trim();
		if (text === '' || NO_VALUE.test(text)) return [];
		return [{ data: text.replace(PREFIX, '') }].filter(({ data }) => data !== '');
	}

	function push(text: string): Frame[] {
		const frames: Frame[] = [];
		let start = 0;
		for (let at = 0; at < text.length; at++) {
			const char = text.charCodeAt(at);
			if (depth === 0) {
				if (char === LINE_FEED) {
					frames.push(...strayFrame(take(text.slice(start, at))));
					start = at + 1;
				} else if (char === OPEN_BRACE || char === OPEN_BRACKET) {
					const before = take(text.slice(start, at));
					if (before.replace(PREFIX, '').trim() === '') {
						depth = 1;
						start = at;
					} else {
						pending.push(before); // the bracket belongs to a line of other text
						pendingLength = before.length;
						start = at;
					}
				}
			} else if (insideString) {
				if (escaped) escaped = false;
				else if (char === BACKSLASH) escaped = true;
				else if (char === QUOTE) insideString = false;
				else if (char === LINE_FEED) {
					frames.push({ data: take(text.slice(start, at)) });
					start = at + 1;
					depth = 0;
					insideString = false;
				}
			} else if (char === QUOTE) insideString = true;
			else if (char === OPEN_BRACE || char === OPEN_BRACKET) depth++;
			else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) {
				depth--;
				if (depth === 0) {
					frames.push({ data: take(text.slice(start, at + 1)) });
					start = at + 1;
				}
			}
		}
		keep(text.slice(start));
		return frames;
	}

	return {
		push,
		end() {
			if (depth > 0) return { frames: [], cutInside: true };
			return { frames: strayFrame(take('')), cutInside: false };
		},
	};
}
