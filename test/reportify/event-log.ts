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
	/** The answer. */
	text: string;
	/** What is said live. */
	shown: string;
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
	/** A run of several nodes as it is documented, or that of a single agent that speaks; see `eventLog`. */
	run?: 'workflow' | 'agent';
}

/**
 * A report as Reportify's agents write it (`reportify.md §3d-2`): a plan, two nodes at the same time with notes and a
 * tool, a summary, the report in `workflow_end` alone. As `agent`: one agent that speaks, a tool, a nested workflow.
 * Both have an event of an unknown type, and usage behind the end.
 */
export function eventLog(style: LogStyle): EventLog {
	const { pieces, hasIds = true, firstOffset = 9195, step = () => 1, end = 'completed', hasRunIds = true } = style;
	const kind = style.run ?? 'workflow';
	const events: string[] = [];
	const offsets: number[] = [];
	let offset = firstOffset;
	const add = (type: string, members: JsonObject = {}, hasOffset = true) => {
		const at = events.length;
		events.push(
			JSON.stringify({
				...(hasIds ? { event_id: `019b24ef23a1f4da18256b40${at.toString(16).padStart(12, '0')}` } : {}),
				event_type: type,
				timestamp: FIRST_TIME + at * TIME_STEP,
				...members,
				// The documented `tool_end` has none; without an ID nobody could tell it from another.
				...(style.hasOffsets === false || (!hasOffset && hasIds) ? {} : { offset }),
			}),
		);
		offsets.push(offset);
		offset += step(at);
	};
	const run = (id: string): JsonObject => ({ run_id: hasRunIds ? id : '' });
	const block = (some: string[], members: JsonObject) => {
		add('stream_start', members);
		for (const content of some) add('streaming', { ...members, content });
		add('stream_end', { ...members, content: some.join('') });
	};
	const tool = () => {
		add('tool_start', { ...run('t-1_5hyy41'), tool_name: 'search', input: { symbols: ['US:NVDA'], num: 15 } });
		add('tool_end', { ...run('t-1_5hyy41'), tool_name: 'search', output: { content: '{"docs": []}' } }, false);
	};
	const text = pieces.join('');
	const endOf = (output: JsonObject) => {
		if (end === 'completed') add('workflow_end', { ...run('r-root'), output });
		else if (end === 'cancelled') add('cancel', run('r-root'));
		else add('error', { ...run('r-root'), error: { code: 'E42', message: 'boom' } });
		if (style.hasUsage !== false) add('usage', { usage: { total_tokens: 1234 } as unknown as JsonValue });
	};
	add('init');
	add('workflow_start', run('r-root'));
	if (kind === 'agent') {
		tool();
		add('workflow_start', run('r-nested'));
		add('mood_changed', { content: 'not part of the answer' });
		add('workflow_end', { ...run('r-nested'), output: { content: 'not the whole' } });
		block(pieces, { ...run('s-1'), node_id: 'n-1' });
		endOf({});
		return { events, offsets, text, shown: text, end, hasIds };
	}
	const summary = ['The report ', 'is ready: ', pieces[0] ?? ''];
	add('node_start', { ...run('n-0'), node_id: 'start', node_type: 'start', node_name: 'Start' });
	block(['First I look ', 'for figures.'], { ...run('s-0'), node_id: 'start', agent_id: 'workflow_planner' });
	add('node_end', { ...run('n-0'), node_id: 'start', node_type: 'start', node_name: 'Start' });
	const first = { ...run('s-1'), node_id: 'search', agent_id: 'searcher' };
	const second = { ...run('s-2'), node_id: 'write', agent_id: 'writer' };
	add('node_start', { ...run('n-1'), node_id: 'search', node_type: 'agent', node_name: 'Search' });
	add('node_start', { ...run('n-2'), node_id: 'write', node_type: 'agent', node_name: 'Write' });
	add('stream_start', first);
	add('streaming', { ...first, content: 'Apple rose ' });
	add('stream_start', second);
	add('streaming', { ...second, content: 'Banks fell ' });
	tool();
	add('streaming', { ...first, content: '3%.' });
	add('streaming', { ...second, content: '5%.' });
	add('mood_changed', { content: 'not part of the answer' });
	add('stream_end', { ...second, content: 'Banks fell 5%.' });
	add('stream_end', { ...first, content: 'Apple rose 3%.' });
	add('node_end', { ...run('n-1'), node_id: 'search', node_type: 'agent', node_name: 'Search' });
	add('node_end', {
		...run('n-2'),
		node_id: 'write',
		node_type: 'agent',
		node_name: 'Write',
		output: { content: text },
	});
	add('node_start', { ...run('n-9'), node_id: 'end', node_type: 'end', node_name: 'End' });
	block(summary, { ...run('s-9'), node_id: 'end', agent_id: 'workflow_summarizer' });
	const said = summary.join('');
	add('node_end', { ...run('n-9'), node_id: 'end', node_type: 'end', node_name: 'End', output: { content: said } });
	endOf({ write: { title: 'The report', filetype: 'markdown', content: text, filename: 'report.md' } });
	return { events, offsets, text: end === 'completed' ? text : said, shown: said, end, hasIds };
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
	const joined = Array.from({ length: random.int(1, 40) }, () => random.one(words)).join('');
	const text = joined.trim() === '' ? `${joined}1` : joined; // blanks alone are no answer
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
		run: random.one(['workflow', 'agent']),
	});
}
