import { isJsonObject, type JsonObject, type JsonValue } from '../json/json';

/** Words for an end as it should be. */
const NATURAL = new Set([
	...['stop', 'stopped', 'stop_sequence', 'end_turn', 'end', 'eos', 'eos_token', 'done', 'finish', 'finished'],
	...['complete', 'completed', 'success', 'succeeded', 'normal', 'ok'],
]);
/** The agent goes on after a tool has run. */
const GOES_ON = new Set(['tool_calls', 'tool_call', 'tool_use', 'function_call', 'pause_turn']);
const FAILED = new Set(['error', 'failed', 'failure', 'exception', 'timeout', 'malformed_function_call']);
const CANCELLED = new Set(['cancelled', 'canceled', 'abort', 'aborted', 'interrupted']);
const NO_WORD = new Set(['', 'null', 'none', 'finish_reason_unspecified']);

const MEMBERS = ['finish_reason', 'finishReason', 'stop_reason', 'stopReason', 'done_reason', 'finish_type'];
/** Lists of which the first is the answer. */
const CHOICES = new Set(['choices', 'candidates', 'generations']);
/** What tools were given and gave is none of the agent's own. */
const FOREIGN = /^(?:content_blocks|input|outputs|steps|arguments|tool.*|function.*)$/i;
const DEEPEST = 4;

/** Why a text ends. */
export interface FinishReason {
	/** The provider's word. */
	word: string;
	/** `goesOn`: the agent waits for a tool. `cut`: by a limit, a filter, or for a reason that is not known. */
	kind: 'natural' | 'goesOn' | 'failed' | 'cancelled' | 'cut';
}

/**
 * What an event says about why the text ends, wherever it says so (OpenAI, Anthropic, Ollama, DashScope, Gemini, Langflow
 * …); undefined when it says nothing.
 */
export function finishReasonIn(event: JsonValue | undefined): FinishReason | undefined {
	const word = isJsonObject(event) ? wordIn(event, DEEPEST) : undefined;
	return word === undefined ? undefined : { word, kind: kindOf(word.toLowerCase().replace(/[\s-]+/g, '_')) };
}

function kindOf(word: string): FinishReason['kind'] {
	if (NATURAL.has(word)) return 'natural';
	if (GOES_ON.has(word)) return 'goesOn';
	if (FAILED.has(word)) return 'failed';
	return CANCELLED.has(word) ? 'cancelled' : 'cut';
}

/** Nearly every event is asked, hence the loops. */
function wordIn(holder: JsonObject, depth: number): string | undefined {
	for (const name of MEMBERS) {
		const word = holder[name];
		if (typeof word === 'string' && !NO_WORD.has(word.toLowerCase())) return word;
	}
	if (depth === 0) return undefined;
	for (const name in holder) {
		const member = holder[name];
		if (typeof member !== 'object' || member === null || FOREIGN.test(name)) continue;
		if (name === 'incomplete_details') {
			const { reason } = member as JsonObject;
			if (typeof reason === 'string' && reason !== '') return reason;
		}
		const inside = Array.isArray(member) ? (CHOICES.has(name) ? firstOf(member) : undefined) : member;
		const word = inside && wordIn(inside, depth - 1);
		if (word !== undefined) return word;
	}
	return undefined;
}

/** Further ones are other answers to the same question. */
const firstOf = (list: JsonValue[]): JsonObject | undefined =>
	list.find((each): each is JsonObject => isJsonObject(each) && (each.index === undefined || each.index === 0));
