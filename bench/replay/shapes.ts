import { ReportifyDialect } from '../../sandbox/reportify/dialect';
import { FileShelf } from '../../sandbox/reportify/files';
import { ReportifySettings } from '../../sandbox/reportify/settings';
import { report } from '../../sandbox/scripts/report';
import { tokens, type Script } from '../../sandbox/scripts/script';
import { Random } from '../random';
import { MESSAGE_ID } from './message-id';
import { reportPieces, reportText, tableText, type Vocabulary } from './report-text';

/** How a body is cut into the pieces that arrive one by one; each is a chunk of its own in HTTP's chunked encoding. */
type Cutting = 'one event each' | { bytes: number } | { random: [least: number, most: number] };

interface Shape {
	/** For the table of shapes. */
	readonly meaning: string;
	readonly cutting: Cutting;
	readonly lineEnd?: '\r\n';
	/** Leaves out the space behind `data:`, which is optional. */
	readonly tight?: boolean;
	/** Events per second; as fast as the reader takes them when left out. */
	readonly pace?: number;
	make(random: Random): Iterable<ShapedEvent>;
}

/** The JSON of an event, and the answer text that it carries. */
interface ShapedEvent {
	json: string;
	text?: string;
}

/** A body that is ready to be sent. */
export interface ReplayBody {
	readonly bytes: Buffer;
	/** Where each piece ends, in bytes. */
	readonly ends: Uint32Array;
	/** The piece that holds the beginning of the answer's text. */
	readonly firstTextPiece: number;
	readonly events: number;
	readonly text: string;
	readonly pace: number | undefined;
}

/**
 * Events in their shortest form: only the fields that the provider's shortest examples have
 * (`docs/apis/reportify.md §3d`). That is what 600,000 events in 54 MB are.
 */
function* shortEvents(texts: Iterable<string>): Generator<ShapedEvent> {
	let offset = 1;
	const event = (event_type: string, fields: object = {}) =>
		JSON.stringify({ event_type, ...fields, offset: offset++ });
	yield { json: event('workflow_start') };
	for (const text of texts) yield { json: event('streaming', { content: text }), text };
	yield { json: event('workflow_end', { output: {} }) };
	yield { json: event('usage', { output: { total_tokens: offset } }) };
}

/** Events with the fields that the documented run has, as the sandbox sends them: 300 bytes and more each. */
function* fullEvents(script: Script, settings: Partial<ReportifySettings> = {}): Generator<ShapedEvent> {
	const dialect = new ReportifyDialect({
		...ReportifySettings.parse(settings),
		script,
		workflowId: '11887655289749511',
		responseId: MESSAGE_ID,
		files: new FileShelf(),
	});
	for (const { events = [], text } of dialect.beats) for (const { json } of events) yield { json, text };
}

/** Plan, agents at work, the writing agent streams what it writes, summary; the answer is the document in the last event. */
const documentedRun = (script: Script) => fullEvents(script, { writerStreams: true });
/** One agent that speaks, so that there is text to be shown while it does. */
const singleAgent = (script: Script) => fullEvents(script, { runForm: 'single agent' });

const short = (count: number, bytes: number, vocabulary: Vocabulary = 'mixed') => ({
	make: (random: Random) => shortEvents(reportPieces(random, count, bytes, vocabulary)),
});
const script = (texts: Iterable<string>): Script => ({ steps: [...texts].map((text) => ({ text })) });
const tokenScript = (random: Random, count: number): Script =>
	script(tokens(reportText(random, count * 9, 'mixed')).slice(0, count));
const spokenTokens = (count: number) => ({ make: (random: Random) => singleAgent(tokenScript(random, count)) });

export const SHAPES = {
	S: { meaning: '200 short events, 20 KB', cutting: 'one event each', ...short(200, 35) },
	M: { meaning: '2,000 short events, 200 KB', cutting: 'one event each', ...short(2_000, 35) },
	L: { meaning: '600,000 short events, 54 MB', cutting: { bytes: 16_384 }, ...short(600_000, 25) },
	report: {
		meaning:
			'the run that Reportify documents, with the sandbox’s report: 679 events of plan, parallel agents, tools, notes, summary, 0.24 MB; the report stands in the last event',
		cutting: 'one event each',
		make: () => documentedRun(report()),
	},
	'L full': {
		meaning: 'the same run with a longer report: 150,000 events, 53 MB',
		cutting: { bytes: 16_384 },
		make: (random) => documentedRun(tokenScript(random, 150_000)),
	},
	'one 5 MB event': {
		meaning: 'one event of 5 MB, in pieces of 16 KiB',
		cutting: { bytes: 16_384 },
		make: (random) => shortEvents([reportText(random, 5 * 1024 * 1024, 'mixed')]),
	},
	'4-byte drip': {
		meaning: 'one event of 256 KB, in pieces of 4 bytes',
		cutting: { bytes: 4 },
		make: (random) => shortEvents([reportText(random, 256 * 1024, 'mixed')]),
	},
	'short answer': {
		meaning:
			'a few words of a single agent in 12 events, 4 KB: hardly anything to read, so that setting up is what it costs',
		cutting: 'one event each',
		...spokenTokens(4),
	},
	tables: {
		meaning: '1 MB of Markdown tables, in events of 4 KB',
		cutting: { bytes: 16_384 },
		make: (random) => shortEvents(tableText(random, 1_000_000).match(/[\s\S]{1,4096}/g) ?? []),
	},
	'CJK + emoji': {
		meaning: '2,000 short events in Chinese with emoji, cut anywhere, inside characters too',
		cutting: { random: [1, 200] },
		...short(2_000, 35, 'chinese'),
	},
	'CJK + «·É»': {
		meaning: 'Chinese with emoji, and one French name in quotation marks: three accented characters in a row',
		cutting: { random: [1, 200] },
		make: (random) =>
			shortEvents([...reportPieces(random, 1_999, 35, 'chinese'), '引自 «·École normale supérieure»。']),
	},
	CRLF: {
		meaning: '2,000 short events, lines end in CRLF, cut anywhere, between CR and LF too',
		cutting: { random: [1, 200] },
		lineEnd: '\r\n',
		...short(2_000, 35),
	},
	'no space': {
		meaning: '2,000 short events, no space behind `data:`, as the standard allows',
		cutting: 'one event each',
		tight: true,
		...short(2_000, 35),
	},
	paced: {
		meaning: '250 events of a single agent, 50 in a second, as a model writes',
		cutting: 'one event each',
		pace: 50,
		...spokenTokens(242),
	},
	'paced, short': {
		meaning: '100 events of a single agent, 50 in a second, as a model writes',
		cutting: 'one event each',
		pace: 50,
		...spokenTokens(92),
	},
	'scale, calm': {
		meaning: '200 events of a single agent, 10 in a second',
		cutting: 'one event each',
		pace: 10,
		...spokenTokens(192),
	},
	'scale, slow': {
		meaning: '80 events of a single agent, 4 in a second',
		cutting: 'one event each',
		pace: 4,
		...spokenTokens(72),
	},
	'scale, fast': {
		meaning: '500 events of a single agent, 50 in a second',
		cutting: 'one event each',
		pace: 50,
		...spokenTokens(492),
	},
} satisfies Record<string, Shape>;

export type ShapeName = keyof typeof SHAPES;
export const SHAPE_NAMES = Object.keys(SHAPES) as ShapeName[];

/** The body of a shape; the same seed gives the same text and the same cuts. */
export function bodyOf(name: ShapeName, seed: number): ReplayBody {
	const shape: Shape = SHAPES[name];
	const random = new Random(seed + SHAPE_NAMES.indexOf(name));
	const lineEnd = shape.lineEnd ?? '\n';
	const field = shape.tight ? 'data:' : 'data: ';
	const blocks: Buffer[] = [];
	const eventEnds: number[] = [];
	const texts: string[] = [];
	let length = 0;
	let firstTextAt = 0;
	for (const { json, text } of shape.make(random)) {
		const block = Buffer.from(`${field}${json}${lineEnd}${lineEnd}`);
		if (text !== undefined && texts.length === 0) firstTextAt = length;
		if (text !== undefined) texts.push(text);
		blocks.push(block);
		length += block.length;
		eventEnds.push(length);
	}
	const ends = Uint32Array.from(shape.cutting === 'one event each' ? eventEnds : cuts(length, shape.cutting, random));
	return {
		bytes: Buffer.concat(blocks, length),
		ends,
		firstTextPiece: ends.findIndex((end) => end > firstTextAt),
		events: eventEnds.length,
		text: texts.join(''),
		pace: shape.pace,
	};
}

function* cuts(length: number, cutting: Exclude<Cutting, string>, random: Random): Generator<number> {
	for (let end = 0; end < length;) {
		end += 'bytes' in cutting ? cutting.bytes : random.integer(...cutting.random);
		yield Math.min(end, length);
	}
}
