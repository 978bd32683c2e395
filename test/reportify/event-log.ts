import type { JsonObject, JsonValue } from '../../nodes/shared/json/json';
import { Random } from './random';

/** How the run of a log ends. */
export type LogEnd = 'completed' | 'failed' | 'cancelled';

const FIRST_TIME = 1765851210657;
const TIME_STEP = 17;

/** The place of an event in its log. */
export const placeOf = ({ timestamp }: { timestamp: number }): number => (timestamp - FIRST_TIME) / TIME_STEP;

/** The event log of one answer, as Reportify keeps it (`providers/reportify.md §3d`, `§4`). */
export interface EventLog {
	/** JSON of each event, in order; with `offset`, and with `event_id` unless the log goes without. */
	events: string[];
	offsets: number[];
	/** The text of all `streaming` events. */
	text: string;
	end: LogEnd;
	hasIds: boolean;
}

export interface LogStyle {
	pieces: string[];
	hasIds?: boolean;
	/** Events tell their offset; the server knows it all the same. */
	hasOffsets?: boolean;
	/** First offset, and how far the next one is. */
	firstOffset?: number;
	step?: (event: number) => number;
	end?: LogEnd;
	/** The run of the whole is named by a run id; otherwise beginnings and ends are counted. */
	hasRunIds?: boolean;
	hasUsage?: boolean;
}

/**
 * A report as an agent writes it: a nested workflow, a tool, several text blocks, an event of an unknown type, usage
 * behind the end.
 */
export function eventLog(style: LogStyle): EventLog {
	const { pieces, hasIds = true, firstOffset = 9195, step = () => 5, end = 'completed', hasRunIds = true } = style;
	const events: string[] = [];
	const offsets: number[] = [];
	let offset = firstOffset;
	const add = (type: string, members: JsonObject = {}) => {
		const at = events.length;
		events.push(
			JSON.stringify({
				...(hasIds ? { event_id: `019b24ef23a1f4da18256b40${at.toString(16).padStart(12, '0')}` } : {}),
				event_type: type,
				timestamp: FIRST_TIME + at * TIME_STEP,
				...members,
				...(style.hasOffsets === false ? {} : { offset }),
			}),
		);
		offsets.push(offset);
		offset += step(at);
	};
	const run = (id: string): JsonObject => ({ run_id: hasRunIds ? id : '' });
	const streaming = (some: string[], node: string) => {
		add('stream_start', { ...run(`s-${node}`), node_id: node });
		for (const content of some) add('streaming', { ...run(`s-${node}`), node_id: node, content });
		add('stream_end', { ...run(`s-${node}`), node_id: node });
	};
	const half = Math.ceil(pieces.length / 2);
	add('init');
	add('workflow_start', run('r-root'));
	add('tool_start', { ...run('t-1'), tool_name: 'search', input: { symbols: ['US:NVDA'], num: 15 } });
	add('tool_end', { ...run('t-1'), tool_name: 'search', output: { content: '{"docs": [{"doc_id": "d1"}]}' } });
	streaming(pieces.slice(0, half), 'n-1');
	add('workflow_start', run('r-nested'));
	add('mood_changed', { content: 'not part of the answer' });
	add('workflow_end', { ...run('r-nested'), output: { content: 'not the whole' } });
	streaming(pieces.slice(half), 'n-2');
	if (end === 'completed') add('workflow_end', { ...run('r-root'), output: {} });
	else if (end === 'cancelled') add('cancel', run('r-root'));
	else add('error', { ...run('r-root'), error: { code: 'E42', message: 'boom' } });
	if (style.hasUsage !== false) add('usage', { usage: { total_tokens: 1234 } as unknown as JsonValue });
	return { events, offsets, text: pieces.join(''), end, hasIds };
}

const WORDS = [
	'# 报告\n',
	'营收增长',
	'12.5%',
	' 👩‍🔬',
	'é',
	'\n',
	' ',
	'-',
	'--',
	'1',
	'10',
	'ha',
	'haha',
	'| a | b |\n',
	'"q\\"',
	'𠮷',
];
const REPETITIVE = ['-', ' ', 'ha', '=', '|---', '哈', '1', '0'];

/** Text of words that repeat each other, cut into pieces anywhere, also within a word. */
export function randomPieces(random: Random): string[] {
	const words = random.chance(0.3) ? [random.one(REPETITIVE)] : random.chance(0.3) ? REPETITIVE : WORDS;
	const text = Array.from({ length: random.int(1, 40) }, () => random.one(words)).join('');
	const characters = [...text];
	const pieces: string[] = [];
	for (let at = 0; at < characters.length;) {
		const length = random.int(1, 6);
		pieces.push(characters.slice(at, at + length).join(''));
		at += length;
	}
	return pieces;
}

export function randomLog(random: Random): EventLog {
	// Without ids and without offsets, nobody could tell a repeated event from a new one.
	const knownBy = random.one(['both', 'both', 'both', 'ids', 'offsets', 'offsets']);
	return eventLog({
		pieces: randomPieces(random),
		hasIds: knownBy !== 'offsets',
		hasOffsets: knownBy !== 'ids',
		firstOffset: random.one([0, 1, 9195, 10 ** 9]),
		step: () => random.one([1, 1, 5, 1000]),
		end: random.one<LogEnd>(['completed', 'completed', 'completed', 'completed', 'completed', 'failed', 'cancelled']),
		hasRunIds: random.chance(0.7),
		hasUsage: random.chance(0.7),
	});
}
