import { type JsonValue, tryParseJson } from '../json/json';

/** One complete unit of a streamed body: a server-sent event, a line of NDJSON, a bare JSON object, a line of plain text. */
export interface Frame {
	/** The payload, undecoded. */
	data: string;
	/** The `event:` line of a server-sent event, if there was one. */
	event?: string;
	/** A line of a body that is neither events nor JSON, with its line end. */
	isPlain?: true;
	/** The payload as JSON, where its reader had to read it; see {@link jsonOf}. */
	json?: JsonValue;
}

/** The payload as JSON, which is read only once; undefined for what is none. */
export const jsonOf = ({ data, json }: Frame): JsonValue | undefined => json ?? tryParseJson(data);

/** How a body ended. */
export interface FrameEnd {
	/** Frames that only the end of the body completed. */
	frames: Frame[];
	/** The body stopped inside a frame: something was cut off. */
	cutInside: boolean;
	/** What the last frame would be if the body had been whole; only good for recognising an end marker. */
	unfinished?: Frame;
}

/** Turns the text of one body into frames, piece by piece, however the pieces were cut. */
export interface FrameReader {
	push(text: string): Frame[];
	end(): FrameEnd;
}

/** Larger frames are refused, so that a broken server cannot fill the memory of the machine. Characters. */
export const LARGEST_FRAME = 64 * 1024 * 1024;

/** A single event is larger than {@link LARGEST_FRAME}. */
export class FrameTooLarge extends Error {
	constructor(readonly limit: number) {
		super(`a single event is larger than ${Math.round(limit / 1024 / 1024)} MB`);
	}
}

/** The body is a web page, not a stream: a login form, a gateway's notice. */
export class WebPageInstead extends Error {
	/** @param beginning the first characters of the page, to show */
	constructor(readonly beginning: string) {
		super(`a web page came instead: ${beginning}`);
	}
}
