import { createParser } from 'eventsource-parser';
import { tryParseJson } from '../json/json';
import { type Frame, type FrameEnd, type FrameReader, FrameTooLarge, LARGEST_FRAME } from './frame';
import { jsonFrames } from './json-frames';

/**
 * Server-sent events, as the WHATWG standard cuts them. An event that the end of the body left unfinished is not
 * delivered, only reported. Beside the standard, JSON is read where no text could be meant: events with one line end
 * between them instead of two, events inside the data of events (`data: data: {…}`).
 */
export function sseFrames(largest = LARGEST_FRAME): FrameReader {
	return new SseFrames(largest);
}

const END_MARKER = /^(["']?)\[DONE\]\1$/;
const FIELD = /^(data|event|id|retry)(?::|$) ?/;

/** A value that is whole by itself: an object, a list, an end marker. */
function isWholeValue(text: string): boolean {
	const value = text.trim();
	return END_MARKER.test(value) || (/^[{[]/.test(value) && tryParseJson(value) !== undefined);
}

/** Several objects and lists in the data of one event, one after the other; none where there is anything else. */
function valuesIn(data: string): string[] {
	if (!/[}\]]\s*(?:,\s*)?[{["'\n]/.test(data) || !/^\s*[{["']/.test(data) || isJson(data)) return [];
	const lines = data.split('\n').filter((line) => line.trim() !== '');
	if (lines.length > 1 && lines.every(isWholeValue)) return lines;
	const reader = jsonFrames();
	const values = [...reader.push(data), ...reader.end().frames].map((frame) => frame.data);
	return values.every(isWholeValue) ? values : [];
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

/** Where the empty line between two events is. */
type Separation =
	/** No event is over yet. */
	| 'unknown'
	/** Where the standard says. */
	| 'emptyLine'
	/** Nowhere: each line of data is an event. */
	| 'none';

class SseFrames implements FrameReader {
	private ready: Frame[] = [];
	private tooLarge = false;
	/** The last two characters: an event ends with an empty line, and none has begun before the first line. */
	private tail = '\n\n';
	/** The last piece ended in CR, which was handed on as a line end already: a LF that follows belongs to it. */
	private afterCarriageReturn = false;
	private separation: Separation = 'unknown';
	/** The line that is being read, as long as lines are looked at one by one. */
	private line = '';
	/** The only line of data of the first event so far. */
	private firstData: string | undefined;
	/** Lines after it that may belong to the next event. */
	private held = '';
	/** Data other than JSON has arrived: the stream may be plain text, all of which is text. */
	private hasText = false;
	/** Lines that belong to no event came after the last one: the words of a gateway that broke off, its page. */
	private isAfterStrayText = false;

	private readonly parser;

	constructor(private readonly largest: number) {
		this.parser = createParser({
			maxBufferSize: largest,
			onEvent: ({ data, event }) => this.take({ data, event }),
			onError: ({ type, line }) => {
				this.tooLarge ||= type === 'max-buffer-size-exceeded';
				if (type !== 'unknown-field' || line === undefined) return;
				// Unknown fields are ignored, as the standard says; but JSON that lost its `data:` may be part of an answer.
				if (/^\s*[{[]/.test(line)) this.ready.push({ data: line });
				else this.isAfterStrayText ||= line.trim() !== '';
			},
		});
	}

	push(piece: string): Frame[] {
		if (piece === '') return [];
		const text = this.afterCarriageReturn && piece.startsWith('\n') ? piece.slice(1) : piece;
		this.afterCarriageReturn = piece.endsWith('\r');
		if (text === '') return [];
		// The parser holds a final CR back until the next piece, and with it the last event of a CR-only stream.
		const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
		return this.feed(() => this.read(lines));
	}

	end(): FrameEnd {
		const isUnfinished = this.line !== '' || this.held !== '' || this.tail !== '\n\n';
		const found = this.feed(() => {
			const last = this.line;
			this.line = '';
			if (last !== '') this.readLine(last);
			this.hand(`${this.held}\n\n`);
		});
		const last = found.at(-1);
		const cutInside = isUnfinished || this.isAfterStrayText;
		// Several are such as stand in one line each; of these only the last one may have been cut.
		const isSeparate = found.length > 1 || this.separation === 'none';
		if (last && isSeparate && isWholeValue(last.data)) return { frames: found, cutInside: false };
		return { frames: found.slice(0, -1), cutInside, unfinished: last };
	}

	private feed(work: () => void): Frame[] {
		work();
		const ready = this.ready;
		this.ready = [];
		// Events that were whole before are handed out first; the next piece then meets the limit again.
		if (this.tooLarge && ready.length === 0) throw new FrameTooLarge(this.largest);
		return ready;
	}

	/** To the parser, which makes events of it. */
	private hand(lines: string): void {
		if (lines === '' || this.tooLarge) return;
		this.tail = (this.tail + lines.slice(-2)).slice(-2);
		this.parser.feed(lines);
	}

	private read(text: string): void {
		let rest = text;
		while (rest !== '' && this.separation !== 'emptyLine') {
			const end = rest.indexOf('\n');
			this.line += end < 0 ? rest : rest.slice(0, end);
			if (end < 0) {
				this.tooLarge ||= this.line.length > this.largest;
				return;
			}
			const line = this.line;
			rest = rest.slice(end + 1);
			this.line = '';
			this.readLine(line);
		}
		this.hand(rest);
	}

	/** A line of the first event, or of a stream whose events have no empty lines between them. */
	private readLine(line: string): void {
		const [prefix, field] = FIELD.exec(line) ?? [];
		if (field === 'data') this.readData(line, line.slice((prefix as string).length));
		else if (this.firstData === undefined || this.separation === 'none') {
			this.hand(`${line}\n`);
		} else if (line === '') this.standard('\n');
		else this.held += `${line}\n`;
	}

	private readData(line: string, value: string): void {
		if (this.separation === 'unknown' && this.firstData === undefined) {
			this.firstData = value;
			return this.hand(`${line}\n`);
		}
		if (this.separation === 'unknown') {
			if (!/^\s*[{["']/.test(value) || !isWholeValue(this.firstData as string)) return this.standard(`${line}\n`);
			this.separation = 'none';
			this.hand('\n');
		}
		this.hand(`${this.held}${line}\n`);
		this.held = '';
		if (isWholeValue(value)) this.hand('\n');
	}

	/** The first event is one as in the standard; so will be the others. */
	private standard(more: string): void {
		this.separation = 'emptyLine';
		this.hand(this.held + more);
		this.held = '';
	}

	private take(frame: Frame): void {
		this.isAfterStrayText = false;
		// Nearly every event is one object: nothing else has to be looked for.
		const json = frame.data.startsWith('{') ? tryParseJson(frame.data) : undefined;
		if (json !== undefined) {
			this.ready.push({ data: frame.data, event: frame.event, json });
			return;
		}
		const { data, event } = this.unwrapped(frame);
		const values = this.hasText ? [] : valuesIn(data);
		if (values.length > 1) {
			for (const value of values) this.ready.push({ data: value, event });
			return;
		}
		this.hasText ||= !/^\s*(?:[{["']|$)/.test(data);
		this.ready.push({ data, event });
	}

	/** What is inside, where an event was put into the data of another one. */
	private unwrapped(frame: Frame): Frame {
		if (this.hasText || !FIELD.test(frame.data)) return frame;
		const lines = frame.data.split('\n').filter((line) => line !== '');
		if (!lines.every((line) => FIELD.test(line))) return frame;
		const valuesOf = (name: string) =>
			lines.filter((line) => FIELD.exec(line)?.[1] === name).map((line) => line.replace(FIELD, ''));
		const inside = { data: valuesOf('data').join('\n'), event: valuesOf('event').at(-1) ?? frame.event };
		const unwrapped = this.unwrapped(inside);
		return /^\s*[{[]/.test(unwrapped.data) || END_MARKER.test(unwrapped.data.trim()) ? unwrapped : frame;
	}
}
