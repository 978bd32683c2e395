import { tryParseJson } from '../shared/json/json';

const PREFIX = /^data:[ \t]?/;
/** The beginning of a JSON object. */
const OBJECT_BEGINNING = /^\s*\{\s*["']/;

/**
 * An answer that comes as plain text, whose pieces themselves show how they are to be read: as they are, as JSON
 * strings in quotes, or after a doubled prefix. What fits all pieces so far counts.
 */
export class PlainAnswer {
	/** Pieces so far. */
	count = 0;
	/** The pieces, as long as it may matter what they were. */
	private readonly raw: string[] = [];
	private reading: 'quoted' | 'prefixed' | 'asIs' | undefined;

	/** @returns the piece as text, or all pieces, where this one changes how they are to be read */
	take(piece: string): { piece: string } | { all: string } {
		const isSettled = this.reading === 'asIs' && this.count > 2 && !OBJECT_BEGINNING.test(this.raw[0] as string);
		this.count++;
		if (isSettled) return { piece };
		this.raw.push(piece);
		const before = this.reading;
		this.reading = this.readingOf(piece);
		const read = (each: string) => readAs(this.reading, each);
		if (this.reading === before) return { piece: read(piece) };
		return { all: this.raw.map(read).join('') };
	}

	/** The text is the beginning of a JSON object, which is not whole: an event that was cut off, or such an answer. */
	get isCutObject(): boolean {
		if (this.reading === 'quoted' || !OBJECT_BEGINNING.test(this.raw[0] ?? '')) return false;
		return !hasWholeObject(this.raw.join(''));
	}

	private readingOf(piece: string): 'quoted' | 'prefixed' | 'asIs' {
		const isOpen = this.raw.length === 1;
		if ((isOpen || this.reading === 'quoted') && typeof tryParseJson(piece) === 'string') return 'quoted';
		// One piece may begin like this by chance; two do not.
		if (this.raw.length === 2 && this.raw.every((each) => PREFIX.test(each))) return 'prefixed';
		return this.reading === 'prefixed' && PREFIX.test(piece) ? 'prefixed' : 'asIs';
	}
}

function readAs(reading: string | undefined, piece: string): string {
	if (reading === 'quoted') return tryParseJson(piece) as string;
	return reading === 'prefixed' ? piece.replace(PREFIX, '') : piece;
}

/** The first object of a text is closed. */
function hasWholeObject(text: string): boolean {
	let depth = 0;
	for (const [token] of text.matchAll(/"(?:[^"\\]|\\[\s\S]?)*(?:"|$)|[{}]/g)) {
		if (token === '{') depth++;
		else if (token === '}' && --depth === 0) return true;
	}
	return false;
}
