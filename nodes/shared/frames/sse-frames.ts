import { createParser } from 'eventsource-parser';
import { type Frame, type FrameReader, FrameTooLarge, LARGEST_FRAME } from './frame';

/**
 * Server-sent events, as the WHATWG standard cuts them. An event that the end of the body left unfinished is not
 * delivered, only reported.
 */
export function sseFrames(largest = LARGEST_FRAME): FrameReader {
	let frames: Frame[] = [];
	let tooLarge = false;
	let insideLine = false;
	/** The last piece ended in CR, which was handed on as a line end already: a LF that follows belongs to it. */
	let afterCarriageReturn = false;

	const parser = createParser({
		maxBufferSize: largest,
		onEvent: ({ data, event }) => frames.push({ data, event }),
		onError: ({ type }) => {
			tooLarge ||= type === 'max-buffer-size-exceeded'; // all else are unknown fields, which the standard ignores
		},
	});

	function feed(text: string): Frame[] {
		parser.feed(text);
		if (tooLarge) throw new FrameTooLarge(largest);
		const ready = frames;
		frames = [];
		return ready;
	}

	return {
		push(piece) {
			let text = afterCarriageReturn && piece.startsWith('\n') ? piece.slice(1) : piece;
			if (piece !== '') afterCarriageReturn = false;
			if (text === '') return [];
			// The parser would hold a final CR back until the next piece, and with it the last event of a CR-only stream.
			if (text.endsWith('\r')) {
				afterCarriageReturn = true;
				text = `${text.slice(0, -1)}\n`;
			}
			insideLine = !text.endsWith('\n');
			return feed(text);
		},
		end() {
			const [unfinished] = feed('\n\n');
			return { frames: [], cutInside: insideLine || unfinished !== undefined, unfinished };
		},
	};
}
