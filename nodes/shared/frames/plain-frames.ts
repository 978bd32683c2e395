import { type FrameReader, FrameTooLarge, LARGEST_FRAME } from './frame';

/**
 * A body that is the text itself. Each line is a frame as soon as it is whole, its line end included, so that the frames
 * do not depend on how the body was cut.
 */
export function plainFrames(largest = LARGEST_FRAME): FrameReader {
	let pending: string[] = [];
	let pendingLength = 0;
	return {
		push(text) {
			const end = text.lastIndexOf('\n') + 1;
			const rest = text.slice(end);
			const lines = end === 0 ? [] : [...pending, text.slice(0, end)].join('').match(/[^\n]*\n/g)!;
			if (end > 0) pending = [];
			pendingLength = (end > 0 ? 0 : pendingLength) + rest.length;
			if (rest !== '') pending.push(rest);
			// Lines that were whole before are handed out first; the next piece then meets the limit again.
			if (pendingLength > largest && lines.length === 0) throw new FrameTooLarge(largest);
			return lines.map((data) => ({ data, isPlain: true }));
		},
		end() {
			if (pendingLength > largest) throw new FrameTooLarge(largest);
			const data = pending.join('');
			return { frames: data === '' ? [] : [{ data, isPlain: true }], cutInside: false };
		},
	};
}
