import type { ProviderComplaint } from '../shared/answer/answer-change';
import { isJsonObject, type JsonValue, textMember } from '../shared/json/json';

/**
 * What Reportify complains about in a body or an `error` member: `detail` as text, as a list of `{loc, msg, type}` or
 * as an object, else `message` (`docs/apis/reportify.md §0`). Undefined when there is no error.
 */
export function complaintIn(value: JsonValue | undefined): ProviderComplaint | undefined {
	if (typeof value === 'string') return value === '' ? undefined : { text: value };
	if (Array.isArray(value) && !isNothing(value)) return { text: textOfDetail(value) as string };
	if (!isJsonObject(value) || Object.values(value).every(isNothing)) return undefined;
	const text = textOfDetail(value.detail) ?? textMember(value, 'message', 'msg', 'error', 'content');
	const code = textMember(value, 'code', 'type') ?? (typeof value.code === 'number' ? String(value.code) : undefined);
	return { text: text ?? JSON.stringify(value), code, traceId: textMember(value, 'trace_id', 'request_id') };
}

/** `{}` is no error (`docs/apis/reportify.md §3d`), nor are members that say nothing, like a code of 0. */
const isNothing = (value: JsonValue): boolean =>
	typeof value === 'object' && value !== null ? Object.values(value).every(isNothing) : !value;

function textOfDetail(detail: JsonValue | undefined): string | undefined {
	if (typeof detail === 'string') return detail;
	if (Array.isArray(detail)) return detail.map(textOfFinding).join('; ');
	return isJsonObject(detail) ? (textMember(detail, 'message', 'msg') ?? JSON.stringify(detail)) : undefined;
}

function textOfFinding(finding: JsonValue): string {
	if (!isJsonObject(finding)) return String(finding);
	const place = Array.isArray(finding.loc) ? `${finding.loc.filter((part) => part !== 'body').join('.')}: ` : '';
	return `${place}${textMember(finding, 'msg') ?? JSON.stringify(finding)}`;
}
