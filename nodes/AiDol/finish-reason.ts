import { isJsonObject, type JsonObject, type JsonValue } from '../shared/json/json';
import { isEmpty, objectIn } from './event-kinds';

/** Words for a normal end. */
const NATURAL = new Set([
	...['stop', 'stopped', 'end_turn', 'stop_sequence', 'eos', 'eos_token', 'end', 'done', 'finish', 'finished'],
	...['complete', 'completed', 'success', 'succeeded', 'normal', 'ok', 'null', 'none', ''],
]);
/** The agent goes on after a tool has run. */
const GOES_ON = new Set(['tool_calls', 'tool_use', 'tool_call', 'function_call', 'pause_turn']);

const MEMBERS = ['finish_reason', 'finishReason', 'stop_reason', 'stopReason', 'done_reason', 'finish_type'];

/** Why a text ends. */
export interface FinishReason {
	word: string;
	isNatural: boolean;
}

/** What an event says about why the text ends (OpenAI, Anthropic, Ollama, DashScope, Gemini …); undefined when it goes on. */
export function finishReasonIn(event: JsonObject): FinishReason | undefined {
	const word = wordIn(event) ?? wordIn(objectIn(event, 'data'));
	if (word === undefined) return undefined;
	const plain = word.toLowerCase().replace(/[\s-]+/g, '_');
	return GOES_ON.has(plain) ? undefined : { word, isNatural: NATURAL.has(plain) };
}

function wordIn(holder: JsonObject): string | undefined {
	if (isEmpty(holder)) return undefined;
	return (
		reasonIn(holder) ??
		reasonIn(firstOf(holder.choices)) ??
		reasonIn(objectIn(holder, 'delta')) ??
		reasonIn(firstOf(holder.candidates)) ??
		reasonIn(objectIn(holder, 'output')) ??
		reasonIn(firstOf(objectIn(holder, 'output').choices)) ??
		reasonIn(objectIn(holder, 'metadata')) ??
		incompleteReason(objectIn(holder, 'response'))
	);
}

const NOTHING: JsonObject = {};

const firstOf = (list: JsonValue | undefined): JsonObject => {
	const first = Array.isArray(list) ? list[0] : undefined;
	return isJsonObject(first) ? first : NOTHING;
};

function reasonIn(holder: JsonObject): string | undefined {
	if (holder === NOTHING || isEmpty(holder)) return undefined;
	for (const name of MEMBERS) {
		const word = holder[name];
		if (typeof word === 'string' && !['', 'null', 'none'].includes(word.toLowerCase())) return word;
	}
	return undefined;
}

/** OpenAI's `response.incomplete`. */
function incompleteReason(response: JsonObject): string | undefined {
	const { reason } = objectIn(response, 'incomplete_details');
	if (typeof reason === 'string' && reason !== '') return reason;
	return response.status === 'incomplete' ? 'incomplete' : undefined;
}
