import type { JsonObject, JsonValue } from '../../nodes/shared/json/json';
import { DOCUMENTED, DOCUMENTED_LINES, DOCUMENTED_RUN } from './decoder';
import { Random } from './random';

/** How the run of a log ends. */
export type LogEnd = 'completed' | 'failed' | 'cancelled';

const FIRST_TIME = 1765851210657;
const TIME_STEP = 17;

const placesOf = new WeakMap<EventLog, Map<unknown, number>>();

/** The place of an event in its log; no two of them came at the same time. */
export function placeOf(log: EventLog, event: unknown): number | undefined {
	const times = () => log.events.map((each, at): [unknown, number] => [timeOf(JSON.parse(each)), at]);
	const places = placesOf.get(log) ?? new Map(times());
	placesOf.set(log, places);
	return places.get(timeOf(event));
}

const timeOf = (event: unknown) => (event as { timestamp?: unknown }).timestamp;

/** The event log of one answer, as Reportify keeps it (`docs/apis/reportify.md §3d`, `§3d-2`, `§4`). */
export interface EventLog {
	/** JSON of each event, in order; with `offset` and `event_id` as the style says. */
	events: string[];
	/** The position of each event, whether it tells it or not. */
	offsets: number[];
	/** The answer that the run comes to. */
	text: string;
	title?: string;
	summary?: string;
	/** What can be seen of the answer before the end. */
	streamed: string;
	end: LogEnd;
	hasIds: boolean;
}

export interface LogStyle {
	/** Of the answer. */
	pieces: string[];
	/** The documented run of several nodes, whose report stands in its end only, or a single agent that streams its text. */
	shape?: 'workflow' | 'agent';
	/** The end of the workflow states the result, and that of a text its words. */
	states?: boolean;
	hasIds?: boolean;
	/** Every event says which message it belongs to. */
	namesMessage?: boolean;
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

const TITLE = '第三季度';
const SUMMARY = ['报告已', '完成：', '**增长** ', '4.2%。'];

/**
 * A report as it is written: a plan, two nodes that work in parallel with a tool each, a node that writes, the summary of
 * the end node; or one agent with a tool between its texts. In both a nested workflow, an event of an unknown type, and
 * usage behind the end.
 */
export function eventLog(style: LogStyle): EventLog {
	const { pieces, shape = 'workflow', states = true, hasIds = true, hasOffsets = true, end = 'completed' } = style;
	const { firstOffset = 9195, step = () => 1, hasRunIds = true, namesMessage = true } = style;
	const events: string[] = [];
	const offsets: number[] = [];
	let offset = firstOffset;
	const add = (type: string, members: JsonObject = {}) => {
		const at = events.length;
		// As documented, the end of a tool tells no position; without an id nobody could know it when it comes again.
		const tellsOffset = hasOffsets && (type !== 'tool_end' || !hasIds);
		events.push(
			JSON.stringify({
				...(hasIds ? { event_id: `019b24ef23a1f4da18256b40${at.toString(16).padStart(12, '0')}` } : {}),
				event_type: type,
				timestamp: FIRST_TIME + at * TIME_STEP,
				...(namesMessage ? { response_id: DOCUMENTED.messageId } : {}),
				...members,
				...(tellsOffset ? { offset } : {}),
			}),
		);
		offsets.push(offset);
		offset += step(at);
	};
	const workflow = (id: string): JsonObject => ({ run_id: hasRunIds ? id : '' });
	const tool = (id: string, node: string) => {
		const members = { run_id: `t-${id}`, node_id: node, tool_name: 'search' };
		add('tool_start', { ...members, input: { symbols: ['US:NVDA'], num: 15 } });
		return () => add('tool_end', { ...members, output: { content: '{"docs": [{"doc_id": "d1"}]}' } });
	};
	const block = (node: string, agent: string, some: string[], id = node) => {
		const members = { run_id: `s-${id}`, node_id: node, agent_id: agent };
		add('stream_start', members);
		return [
			...some.map((content) => () => add('streaming', { ...members, content })),
			() => add('stream_end', { ...members, content: states ? some.join('') : '' }),
		];
	};
	const nodeStart = (node: string, type: string) =>
		add('node_start', { run_id: `n-${node}`, node_id: node, node_type: type });
	const nodeEnd = (node: string, type: string, output?: JsonObject) =>
		add('node_end', { run_id: `n-${node}`, node_id: node, node_type: type, ...(output ? { output } : {}) });
	const each = (parts: Array<() => void>) => parts.forEach((part) => part());
	const nested = () => {
		add('workflow_start', workflow('r-nested'));
		add('mood_changed', { content: 'not part of the answer' });
		add('workflow_end', { ...workflow('r-nested'), output: { x: { content: 'not the whole' } } });
	};

	const text = pieces.join('');
	const summary = SUMMARY.join('');
	add('init');
	add('workflow_start', workflow('r-root'));
	if (shape === 'agent') {
		const half = Math.ceil(pieces.length / 2);
		const agent = { run_id: 'a-1', node_id: 'chat', agent_id: 'agent_chat' };
		add('agent_start', agent);
		each(block('chat', 'agent_chat', pieces, 'chat').slice(0, half));
		tool('1', 'chat')();
		nested();
		for (const content of pieces.slice(half)) {
			add('streaming', { run_id: 's-chat', node_id: 'chat', agent_id: 'agent_chat', content });
		}
		add('stream_end', { run_id: 's-chat', node_id: 'chat', agent_id: 'agent_chat', content: states ? text : '' });
		add('agent_end', { ...agent, output: states ? { content: text } : {} });
	} else {
		nodeStart('start', 'start');
		each(block('start', 'workflow_planner', ['先定范围，', '再写。']));
		nodeEnd('start', 'start', { content: 'planned' });
		nodeStart('a', 'agent');
		nodeStart('b', 'agent');
		const [endOfA, endOfB] = [tool('1', 'a'), tool('2', 'b')];
		const [notesA, notesB] = [block('a', 'agent_x', ['Note ', 'A.']), block('b', 'agent_x', ['Note ', 'B.'])];
		endOfA();
		notesA.forEach((part, at) => [part, notesB[at]!].forEach((each) => each()));
		endOfB();
		nodeEnd('b', 'agent', { content: 'B', filename: 'b.md' });
		nested();
		nodeEnd('a', 'agent');
		nodeStart('write', 'agent');
		add('agent_end', { run_id: 'a-w', node_id: 'write', output: { content: text } });
		nodeEnd('write', 'agent', { content: text, filetype: 'markdown', filename: '报告.md' });
		nodeStart('end', 'end');
		each(block('end', 'workflow_summarizer', SUMMARY));
		nodeEnd('end', 'end', { content: summary });
	}
	const report = { write: { title: TITLE, filetype: 'markdown', content: text, filename: '报告.md' } };
	if (end === 'completed') add('workflow_end', { ...workflow('r-root'), output: shape === 'workflow' ? report : {} });
	else if (end === 'cancelled') add('cancel', workflow('r-root'));
	else add('error', { ...workflow('r-root'), error: { code: 'E42', message: 'boom' } });
	if (style.hasUsage !== false) add('usage', { usage: { total_tokens: 1234 } as unknown as JsonValue });
	const streamed = shape === 'workflow' ? summary : text;
	const hasReport = shape === 'workflow' && end === 'completed';
	return {
		events,
		offsets,
		text: end === 'completed' ? text : streamed,
		...(hasReport ? { title: TITLE, summary } : {}),
		streamed,
		end,
		hasIds,
	};
}

/** The run that Reportify documents, as data. */
export function documentedLog(): EventLog {
	const { answer: text, title, summary } = DOCUMENTED;
	const offsets = DOCUMENTED_RUN.map((_event, at) => 9195 + at);
	return { events: DOCUMENTED_LINES, offsets, text, title, summary, streamed: summary, end: 'completed', hasIds: true };
}

/** Where the terminal event is. */
export const placeOfEnd = ({ events }: EventLog): number =>
	events.findIndex(
		(event) => /"event_type": ?"(workflow_end|cancel|error)"/.test(event) && !event.includes('r-nested'),
	);

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
	// An answer has something to read in it.
	const text = `·${Array.from({ length: random.int(1, 40) }, () => random.one(words)).join('')}`;
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
		shape: random.one(['workflow', 'workflow', 'agent']),
		states: random.chance(0.7),
		hasIds: knownBy !== 'offsets',
		hasOffsets: knownBy !== 'ids',
		firstOffset: random.one([0, 1, 9195, 10 ** 9]),
		step: () => random.one([1, 1, 5, 1000]),
		end: random.one<LogEnd>(['completed', 'completed', 'completed', 'completed', 'completed', 'failed', 'cancelled']),
		hasRunIds: random.chance(0.7),
		namesMessage: random.chance(0.7),
		hasUsage: random.chance(0.7),
	});
}
