import type { ProviderComplaint } from '../shared/answer/answer-change';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import { codeOf } from './wps-complaint';
import { runComplaint } from './wps-failure-event';

/** Reasons that say no more than that the agent, or a turn of it, is done. */
const NATURAL =
	/^(?:stop(?:_sequence)?|end(?:_turn)?|eos|complete[d]?|finish(?:ed)?|done|normal|success|tool_calls?|tool_use|function_call|null)$/i;
const FAILED = /^(?:failed|failure|error|requires_action)$/i;
const CANCELLED = /^cancell?ed$/i;

/**
 * Why a model stopped, where it was not because it had said everything: `length`, `content_filter` … Null for a natural
 * end, undefined where the event says nothing. WPS documents none; what its models and Langflow hand on is taken.
 */
export function finishReasonIn(data: JsonObject): string | null | undefined {
	const holders = [data, data.properties, data.response_metadata, data.metadata, data.meta_data].filter(isJsonObject);
	for (const holder of holders) {
		const reason = textMember(holder, 'finish_reason', 'finishReason', 'stop_reason');
		if (reason !== undefined) return NATURAL.test(reason) ? null : reason;
	}
	return undefined;
}

/** What the data of a last event says about how the run went; undefined where it says nothing. */
export function endIn(data: JsonObject): 'cancelled' | ProviderComplaint | undefined {
	const status = textMember(data, 'status') ?? '';
	if (CANCELLED.test(status)) return 'cancelled';
	const error = [data.error, data.last_error].find(isError);
	if (error !== undefined) return runComplaint({ ...(isJsonObject(error) ? error : {}), error });
	const code = codeOf(data);
	return FAILED.test(status) || (code !== undefined && code !== '0') ? runComplaint(data) : undefined;
}

/** An error member may be there, empty, when there was none. */
function isError(error: JsonValue | undefined): boolean {
	if (typeof error === 'string') return error.trim() !== '';
	if (!isJsonObject(error)) return error === true;
	const code = codeOf(error);
	return code === undefined ? Object.keys(error).length > 0 : code !== '0';
}
