import type { Frame } from '../../nodes/shared/frames/frame';

/** How the line ends of a vector's input are written. */
export const LINE_ENDS = ['LF', 'CRLF', 'CR', 'mixed'] as const;
export type LineEnds = (typeof LINE_ENDS)[number];

/** A body, and what has to come out of it. */
export interface Vector {
	group: string;
	title: string;
	/** Text with `\n` for line ends, or the exact bytes. */
	input: string | Uint8Array;
	/** The line ends are part of what is tested: the input is taken as it is. */
	verbatim?: boolean;
	/** Too large for pieces of single bytes. */
	large?: boolean;
	expected: Frame[];
	/** Whether the body stops inside a frame; not judged when left out. */
	cutInside?: boolean;
}

/** An event of the default type. */
export const event = (data: string, name?: string): Frame => (name === undefined ? { data } : { data, event: name });

/**
 * The bytes of an input with the given line ends. In `mixed`, all three kinds take turns; CR is always followed by a
 * CRLF, because a CR and a LF side by side are one line end.
 */
export function bytesOf(vector: Vector, lineEnds: LineEnds): Uint8Array {
	if (typeof vector.input !== 'string') return vector.input;
	if (vector.verbatim) return new TextEncoder().encode(vector.input);
	const mixture = ['\n', '\r\n', '\r', '\r\n'];
	let line = 0;
	const text = vector.input.replace(/\n/g, () => {
		const ends = { LF: '\n', CRLF: '\r\n', CR: '\r', mixed: mixture[line++ % mixture.length] as string };
		return ends[lineEnds];
	});
	return new TextEncoder().encode(text);
}

/** The bytes in pieces of a size; all in one for 0. */
export function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
	const step = size === 0 ? Math.max(bytes.length, 1) : size;
	for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}
