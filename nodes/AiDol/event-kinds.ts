import { isJsonObject, type JsonObject, type JsonValue } from '../shared/json/json';

/*
 * ASSUMPTION, all of this file: what AI-DOL streams is not published (docs/apis/aidol.md §4). Events are told apart by
 * the words in their names, so that those of Dify, Coze, OpenAI, Anthropic, Langflow and of others like them are
 * understood.
 */

/** Whose or what an event's text is. */
export type EventKind =
	/** What the agent says. */
	| 'text'
	/** What it thinks before it says something. */
	| 'thinking'
	/** The words of a tool or of someone else. */
	| 'foreign'
	/** What happens meanwhile: progress, a title, suggestions, an emotion … */
	| 'other';

const THINKING = new Set(['thinking', 'think', 'reasoning', 'reason', 'thought', 'thoughts', 'reflection', 'cot']);

const FOREIGN = new Set([
	...['tool', 'tools', 'function', 'functions', 'plugin', 'plugins', 'mcp', 'observation', 'action', 'actions'],
	...['user', 'human', 'system', 'developer', 'input', 'query', 'prompt', 'arguments'],
]);

const OTHER = new Set([
	// The course of things
	...['workflow', 'node', 'iteration', 'loop', 'parallel', 'step', 'steps', 'plan', 'planning', 'stage', 'phase'],
	...['status', 'state', 'progress', 'start', 'started', 'begin', 'init', 'open', 'opened', 'created', 'ready', 'ack'],
	...['connected', 'connection', 'connect', 'session', 'queue', 'queued', 'pending', 'processing', 'loading'],
	...['ping', 'pong', 'heartbeat', 'keepalive', 'alive', 'log', 'logs', 'debug', 'trace', 'info', 'notice', 'control'],
	...[
		'usage',
		'cost',
		'billing',
		'meta',
		'metadata',
		'annotation',
		'feedback',
		'vertex',
		'vertices',
		'build',
		'intent',
		'rewrite',
	],
	// What is found on the way
	...['search', 'retrieve', 'retrieval', 'retriever', 'source', 'sources', 'reference', 'references', 'citation'],
	...['citations', 'knowledge', 'document', 'documents', 'memory'],
	// What accompanies the answer
	...['title', 'suggest', 'suggested', 'suggestion', 'suggestions', 'follow', 'followup', 'followups', 'recommend'],
	...['recommended', 'recommendation', 'recommendations', 'related', 'questions', 'verbose'],
	...['emotion', 'emotions', 'mood', 'expression', 'motion', 'gesture', 'animation', 'avatar', 'voice', 'audio'],
	...['tts', 'sound', 'image', 'images', 'picture', 'video', 'file', 'files', 'attachment', 'signature'],
]);

/** Dify's thoughts of an agent repeat what it says. */
const DIFY_THOUGHT = 'agent_thought';

const wordsIn = (name: string): string[] => name.split(/[^a-z]+/);

/** A stream has few names and many events. */
const kindsOfNames = new Map<string, EventKind>();
const MOST_NAMES = 500;

function kindOfName(name: string): EventKind {
	const known = kindsOfNames.get(name);
	if (known) return known;
	const kind = kindOfNewName(name);
	if (kindsOfNames.size >= MOST_NAMES) kindsOfNames.clear();
	kindsOfNames.set(name, kind);
	return kind;
}

function kindOfNewName(name: string): EventKind {
	if (name === DIFY_THOUGHT) return 'other';
	const words = wordsIn(name);
	if (words.some((word) => FOREIGN.has(word))) return 'foreign';
	if (words.some((word) => THINKING.has(word))) return 'thinking';
	return words.some((word) => OTHER.has(word)) ? 'other' : 'text';
}

const NAME_MEMBERS = ['event', 'type', 'event_type', 'eventType', 'message_type', 'messageType', 'msg_type', 'kind'];
const SPEAKER_MEMBERS = ['role', 'sender', 'channel'];
const AGENTS_CHANNELS = ['analysis', 'commentary'];

const NOTHING: JsonObject = {};

/** The object in a member, where there is one. */
export function objectIn(object: JsonObject, name: string): JsonObject {
	const member = object[name];
	return isJsonObject(member) ? member : NOTHING;
}

/** Of what {@link objectIn} gives: there is no such object. */
export const isEmpty = (object: JsonObject): boolean => object === NOTHING;

const PARTS = ['data', 'delta', 'message', 'part', 'content_block', 'item'];

/** The names of an event, in lower case: by itself, by what it carries and by the line in front of it. */
export function namesOf(event: JsonObject, eventLine: string | undefined): string[] {
	const names: string[] = [];
	for (const each of [event, objectIn(event, 'data')]) {
		if (each !== NOTHING) for (const member of NAME_MEMBERS) addName(names, each[member]);
	}
	addName(names, eventLine);
	return names;
}

function addName(names: string[], name: JsonValue | undefined): void {
	if (typeof name !== 'string' || name === '' || name.length > 100) return;
	names.push(name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase());
}

/** What is known of an event by its names and by who speaks in it. */
export function kindOf(event: JsonObject, names: string[]): EventKind {
	const kinds = names.map(kindOfName);
	const parts = [event, ...PARTS.map((part) => objectIn(event, part)), ...choicesOf(event)];
	for (const part of parts) {
		if (part === NOTHING) continue;
		const speakers: string[] = [];
		for (const member of SPEAKER_MEMBERS) addName(speakers, part[member]);
		if (part !== event) addName(speakers, part.type);
		for (const speaker of speakers) kinds.push(AGENTS_CHANNELS.includes(speaker) ? 'thinking' : kindOfName(speaker));
	}
	return (['foreign', 'thinking', 'other'] as const).find((kind) => kinds.includes(kind)) ?? 'text';
}

/** Deltas and messages of OpenAI's form. */
function choicesOf(event: JsonObject): JsonObject[] {
	const choice = firstChoice(event.choices);
	return choice ? [objectIn(choice, 'delta'), objectIn(choice, 'message')] : [];
}

/** Of several answers to the same question, the first. */
export function firstChoice(choices: JsonValue | undefined): JsonObject | undefined {
	if (!Array.isArray(choices)) return undefined;
	const first = choices.find((each): each is JsonObject => isJsonObject(each));
	return first && (typeof first.index !== 'number' || first.index === 0) ? first : undefined;
}

/** What a name alone says, of a line of text. */
export const kindOfLine = (names: string[]): EventKind =>
	names.map(kindOfName).find((kind) => kind !== 'text') ?? 'text';

// --- ends -------------------------------------------------------------------------------------------------------------

const ENDS = new Set([
	...['message_end', 'message_stop', 'end', 'ended', 'done', 'finish', 'finished', 'complete', 'completed'],
	...['stream_end', 'end_of_stream', 'eos', 'response.completed', 'response.done', 'response.incomplete'],
	...['chat.completed', 'conversation.chat.completed'],
]);
const FAILURE = new Set([
	...['error', 'errors', 'failed', 'failure', 'fail', 'exception', 'rejected', 'expired', 'timeout', 'crashed'],
]);
const CANCELLED = new Set([
	'cancelled',
	'canceled',
	'cancel',
	'aborted',
	'abort',
	'interrupted',
	'stopped',
	'terminated',
]);
const REPETITION = new Set(['completed', 'complete', 'done', 'finished', 'end']);
const WHOLE = new Set(['final', 'whole', 'full']);
/** Kinds of things whose failing is not that of the answer: a tool may fail and the agent go on. */
const isPart = (name: string): boolean => {
	const words = wordsIn(name);
	return words.some((word) => (FOREIGN.has(word) && word !== 'system') || (OTHER.has(word) && word !== 'workflow'));
};
const lastWordIn = (names: string[], words: ReadonlySet<string>): boolean =>
	names.some((name) => !isPart(name) && words.has(wordsIn(name).at(-1) as string));

export const isEndName = (names: string[]): boolean => names.some((name) => ENDS.has(name));
export const isFailureName = (names: string[]): boolean => lastWordIn(names, FAILURE);
export const isCancelName = (names: string[]): boolean => lastWordIn(names, CANCELLED);
/** Coze waits for the caller to run a tool. */
export const isWaitingName = (names: string[]): boolean => names.some((name) => name.endsWith('requires_action'));
/** The event repeats text that has already arrived: `*.completed`, `*.done`. */
export const isRepetitionName = (names: string[]): boolean =>
	names.map(wordsIn).some((words) => {
		const isDone = words.length > 1 && REPETITION.has(words.at(-1) as string);
		return isDone || words.some((word) => WHOLE.has(word));
	});

/** Streams that announce their beginning like this also announce their end. */
const BEGINNINGS: Readonly<Record<string, string>> = {
	'response.created': 'response.completed',
	'conversation.chat.created': 'conversation.chat.completed',
	message_start: 'message_stop',
};
export const announcesEnd = (names: string[]): boolean => names.some((name) => Object.hasOwn(BEGINNINGS, name));

/** Names that say something about the run, whatever form the text has. */
export const isSignal = (names: string[]): boolean =>
	isEndName(names) || isFailureName(names) || kindOfLine(names) !== 'text';
