import { saysError, wordsOfError } from '../shared/answer/error-member';
import { errorWords } from '../shared/answer/error-words';
import type { ProviderComplaint } from '../shared/failures/provider-error';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';

/**
 * What Reportify complains about in a body or an `error` member: `detail` as text, as a list of `{loc, msg, type}` or as
 * an object, else `message` (`docs/apis/reportify.md §0`), or as any other server says it. Undefined when there is no
 * complaint: `{}` is no error (`docs/apis/reportify.md §3d`).
 */
export function complaintIn(value: JsonValue | undefined): ProviderComplaint | undefined {
	if (!saysError(value)) return undefined;
	if (!isJsonObject(value)) return { text: wordsOfError(value) ?? '' };
	const text = errorWords(value) ?? textMember(value, 'content') ?? wordsOfError(value) ?? '';
	const inner = isJsonObject(value.error) ? value.error : undefined;
	const code = codeIn(value) ?? (inner && codeIn(inner));
	return { text, code, traceId: textMember(value, 'trace_id', 'request_id') };
}

/** A `type` that is an address is that of a page about the error (RFC 9457). */
function codeIn(error: JsonObject): string | undefined {
	const code = textMember(error, 'code', 'type') ?? (typeof error.code === 'number' ? String(error.code) : undefined);
	return code === undefined || /:/.test(code) ? undefined : code;
}
