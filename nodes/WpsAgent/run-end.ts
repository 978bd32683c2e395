import { type BadEnd, badEndIn, wordsOfError } from '../shared/answer/error-member';
import type { ProviderComplaint } from '../shared/failures/provider-error';
import { isJsonObject, type JsonObject, type JsonValue } from '../shared/json/json';
import { codeOf } from './wps-error';
import { runComplaint } from './wps-failure-event';

/** How a run ended, other than well; `incomplete` as the reason of its end. */
export type WpsEnd = { kind: 'failed'; complaint: ProviderComplaint } | Exclude<BadEnd, { kind: 'failed' }>;

/** What the data of a last event says about how the run went; undefined where it says nothing. */
export function endIn(data: JsonObject): WpsEnd | undefined {
	const bad = badEndIn(data);
	if (bad?.kind === 'failed') return { kind: 'failed', complaint: runComplaint(told(data, bad)) };
	if (bad) return bad;
	const code = codeOf(data);
	return code === undefined || code === '0' ? undefined : { kind: 'failed', complaint: runComplaint(data) };
}

/** Where nothing was said about the error, the event is all there is to show. */
function told(data: JsonObject, { error }: { error?: JsonValue }): JsonObject {
	if (isJsonObject(error)) return { ...error, error };
	const words = wordsOfError(error);
	return words === undefined ? data : { error: words };
}
