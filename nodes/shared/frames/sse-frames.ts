import { createParser } from 'eventsource-parser';
import { type Frame, type FrameReader, FrameTooLarge, LARGEST_FRAME } from './frame';

/**
 * Server-sent events, as the WHATWG standard cuts them. An event that the end of the body left unfinished is not
 * delivered, only reported.
 */
export function sseFrames(largest = LARGEST_FRAME): FrameReader {
	let frames: Frame[] = [];
	let tooLarge = false;
	/** The last two characters: an event is over behind an empty line, and none has begun in front of the first line. */
	let tail = '\n\n';
	/** The last piece ended in CR, which was handed on as a line end already: a LF that follows belongs to it. */
	let afterCarriageReturn = false;

	const parser = createParser({
		maxBufferSize: largest,
		onEvent: ({ data, event }) => frames.push({ data, event }),
		onError: ({ type, line }) => {
			tooLarge ||= type === 'max-buffer-size-exceeded';
			// Unknown fields are ignored, as the standard says; but JSON that lost its `data:` may be part of an answer.
			if (type === 'unknown-field' && line !== undefined && /^\s*[{[]/.test(line)) frames.push({ data: line });
		},
	});

	function feed(text: string): Frame[] {
		if (!tooLarge) parser.feed(text);
		const ready = frames;
		frames = [];
		// Events that were whole before are handed out first; the next piece then meets the limit again.
		if (tooLarge && ready.length === 0) throw new FrameTooLarge(largest);
		return ready;
	}

	return {
		push(piece) {
			if (piece === '') return [];
			const text = afterCarriageReturn && piece.startsWith('\n') ? piece.slice(1) : piece;
			afterCarriageReturn = piece.endsWith('\r');
			if (text === '') return [];
			// The parser holds a final CR back until the next piece, and with it the last event of a CR-only stream.
			const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
			tail = (tail + lines.slice(-2)).slice(-2);
			return feed(lines);
		},
		end() {
			const [unfinished] = feed('\n\n');
			return { frames: [], cutInside: tail !== '\n\n', unfinished };
		},
	};
}
