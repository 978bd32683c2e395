import { isDeepStrictEqual } from 'node:util';
import { createParser } from 'eventsource-parser';
import { BodyFrames } from '../../nodes/shared/frames/body-frames';
import type { Frame } from '../../nodes/shared/frames/frame';
import { JSON_VECTORS } from './json-vectors';
import { SSE_VECTORS } from './sse-vectors';
import { bytesOf, LINE_ENDS, type LineEnds, pieces, type Vector } from './vector';

/** Bytes per piece; 0 for all in one. */
const CHUNKINGS = [1, 2, 3, 7, 0];
const LARGE_CHUNKINGS = [3, 7, 4096, 0];

/** What a parser makes of a body. */
export interface Parsed {
	frames: Frame[];
	cutInside?: boolean;
}
export type Parser = (body: Iterable<Uint8Array>) => Parsed;

/** The parser of this package. */
export function ours(body: Iterable<Uint8Array>): Parsed {
	const reader = new BodyFrames();
	const frames: Frame[] = [];
	for (const piece of body) frames.push(...reader.push(piece));
	const end = reader.end();
	return { frames: [...frames, ...end.frames], cutInside: end.cutInside };
}

/** The library alone, behind the text decoder that its own stream class uses. */
export function libraryAlone(body: Iterable<Uint8Array>): Parsed {
	const frames: Frame[] = [];
	const decoder = new TextDecoder();
	const parser = createParser({ onEvent: ({ data, event }) => frames.push({ data, event }) });
	for (const piece of body) parser.feed(decoder.decode(piece, { stream: true }));
	parser.feed(decoder.decode());
	return { frames };
}

/** One input in one chunking. */
export interface Check {
	vector: Vector;
	lineEnds: LineEnds | 'as given';
	/** Bytes per piece; 0 for all in one. */
	chunk: number;
	parsed: Parsed;
	passed: boolean;
}

/** Line ends inside a JSON value come out as they went in; they are compared as LF. */
function comparable({ data, event }: Frame): Frame {
	const text = data.replace(/\r\n?/g, '\n');
	return event === undefined ? { data: text } : { data: text, event };
}

function check(vector: Vector, lineEnds: LineEnds, chunk: number, parser: Parser): Check {
	const parsed = parser(pieces(bytesOf(vector, lineEnds), chunk));
	const judgesEnd = vector.cutInside !== undefined && parsed.cutInside !== undefined;
	const passed =
		isDeepStrictEqual(parsed.frames.map(comparable), vector.expected.map(comparable)) &&
		(!judgesEnd || parsed.cutInside === vector.cutInside);
	return { vector, lineEnds: isAsGiven(vector) ? 'as given' : lineEnds, chunk, parsed, passed };
}

const isAsGiven = ({ input, verbatim }: Vector) => verbatim === true || typeof input !== 'string';

const lineEndsOf = (vector: Vector): readonly LineEnds[] => (isAsGiven(vector) ? ['LF'] : LINE_ENDS);

/** All checks of these vectors: every kind of line end in every chunking. */
export function checks(vectors: Vector[], parser: Parser): Check[] {
	return vectors.flatMap((vector) =>
		lineEndsOf(vector).flatMap((lineEnds) =>
			(vector.large ? LARGE_CHUNKINGS : CHUNKINGS).map((chunk) => check(vector, lineEnds, chunk, parser)),
		),
	);
}

export interface Row {
	group: string;
	lineEnds: Check['lineEnds'];
	/** Inputs times chunkings. */
	checks: number;
	ours: number;
	/** Undefined where the library does not claim to read such bodies. */
	libraryAlone?: number;
}

/** The results by group and line ends. */
export function results(): Row[] {
	const alone = checks(SSE_VECTORS, libraryAlone);
	const all = [...checks(SSE_VECTORS, ours), ...checks(JSON_VECTORS, ours)];
	const rows = new Map<string, Row>();
	for (const { vector, lineEnds, passed } of all) {
		const key = `${vector.group}/${lineEnds}`;
		const row = rows.get(key) ?? { group: vector.group, lineEnds, checks: 0, ours: 0 };
		row.checks++;
		if (passed) row.ours++;
		rows.set(key, row);
	}
	for (const { vector, lineEnds, passed } of alone) {
		const row = rows.get(`${vector.group}/${lineEnds}`)!;
		row.libraryAlone = (row.libraryAlone ?? 0) + (passed ? 1 : 0);
	}
	return [...rows.values()];
}

/** The results as a Markdown table. */
export function table(rows: Row[]): string {
	const sum = (of: (row: Row) => number | undefined) => rows.reduce((total, row) => total + (of(row) ?? 0), 0);
	const sse = rows.filter(({ libraryAlone: alone }) => alone !== undefined);
	const lines = rows.map(
		(row) => `| ${row.group} | ${row.lineEnds} | ${row.checks} | ${row.ours} | ${row.libraryAlone ?? '–'} |`,
	);
	const ofLibrary = `${sum((row) => row.libraryAlone)} of ${sse.reduce((total, row) => total + row.checks, 0)}`;
	return [
		'| group | line ends | checks | this package | eventsource-parser 3.1.1 alone |',
		'| --- | --- | ---: | ---: | ---: |',
		...lines,
		`| **all** | | **${sum((row) => row.checks)}** | **${sum((row) => row.ours)}** | **${ofLibrary}** |`,
		'',
	].join('\n');
}
