import type { ProviderComplaint } from '../shared/answer/answer-change';
import { errorWords } from '../shared/following/error-words';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';

/**
 * What Reportify complains about in a body or an `error` member: `detail` as text, as a list of `{loc, msg, type}` or as
 * an object, else `message` (`docs/apis/reportify.md §0`), or as any other server says it. Undefined when there is no complaint.
 */
export function complaintIn(value: JsonValue | undefined): ProviderComplaint | undefined {
	if (typeof value === 'string') return value === '' ? undefined : { text: value };
	if (Array.isArray(value) && !isNothing(value)) return { text: errorWords(value) ?? JSON.stringify(value) };
	if (!isJsonObject(value) || Object.values(value).every(isNothing)) return undefined;
	const text = errorWords(value) ?? textMember(value, 'content');
	const inner = isJsonObject(value.error) ? value.error : undefined;
	const code = codeIn(value) ?? (inner && codeIn(inner));
	return { text: text ?? JSON.stringify(value), code, traceId: textMember(value, 'trace_id', 'request_id') };
}

/** A `type` that is an address is that of a page about the error (RFC 9457). */
function codeIn(error: JsonObject): string | undefined {
	const code = textMember(error, 'code', 'type') ?? (typeof error.code === 'number' ? String(error.code) : undefined);
	return code === undefined || /:/.test(code) ? undefined : code;
}

/** `{}` is no error (`docs/apis/reportify.md §3d`), nor are members that say nothing, like a code of 0. */
const isNothing = (value: JsonValue): boolean =>
	typeof value === 'object' && value !== null ? Object.values(value).every(isNothing) : !value;
