import { isJsonObject, type JsonObject, type JsonValue } from '../shared/json/json';
import { objectIn } from './event-kinds';

/** Words for an end as it should be. */
const NATURAL = new Set([
	...['stop', 'stopped', 'end_turn', 'stop_sequence', 'eos', 'eos_token', 'end', 'done', 'finish', 'finished'],
	...['complete', 'completed', 'success', 'succeeded', 'normal', 'ok', 'null', 'none', ''],
]);
/** The agent goes on after a tool has run. */
const GOES_ON = new Set(['tool_calls', 'tool_use', 'tool_call', 'function_call', 'pause_turn']);

const MEMBERS = ['finish_reason', 'finishReason', 'stop_reason', 'stopReason', 'done_reason', 'finish_type'];

/** What an event says about why the text ends (OpenAI, Anthropic, Ollama, DashScope, Gemini …); undefined when it goes on. */
export function finishReasonIn(event: JsonObject): { word: string; isNatural: boolean } | undefined {
	const data = objectIn(event, 'data');
	for (const holder of [event, data]) {
		const reason = reasonIn(holder) ?? reasonIn(firstOf(holder.choices)) ?? reasonIn(firstOf(holder.candidates));
		const word =
			reason ??
			reasonIn(objectIn(holder, 'delta')) ??
			reasonIn(objectIn(holder, 'output')) ??
			reasonIn(firstOf(objectIn(holder, 'output').choices)) ??
			reasonIn(objectIn(holder, 'metadata')) ??
			incompleteReason(objectIn(holder, 'response'));
		if (word === undefined) continue;
		const plain = word.toLowerCase().replace(/[\s-]+/g, '_');
		return GOES_ON.has(plain) ? undefined : { word, isNatural: NATURAL.has(plain) };
	}
	return undefined;
}

const firstOf = (list: JsonValue | undefined): JsonObject => {
	const [first] = Array.isArray(list) ? list : [];
	return isJsonObject(first) ? first : {};
};

function reasonIn(holder: JsonObject): string | undefined {
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
