import type { ProviderComplaint } from '../shared/answer/answer-change';
import { saysError, wordsOfError } from '../shared/answer/error-member';
import { isJsonObject, type JsonValue, textMember } from '../shared/json/json';

/**
 * What Reportify complains about in a body or an `error` member: `detail` as text, as a list of `{loc, msg, type}` or as
 * an object, else `message` (`reportify.md §0`). Undefined when there is no complaint: `{}` is no error (`§3d`).
 */
export function complaintIn(value: JsonValue | undefined): ProviderComplaint | undefined {
	if (!saysError(value)) return undefined;
	if (!isJsonObject(value)) return { text: textOfDetail(value) ?? wordsOfError(value) ?? '' };
	const text =
		textOfDetail(value.detail) ?? wordsOfError(value.message) ?? textMember(value, 'msg', 'error', 'content');
	const code = textMember(value, 'code', 'type') ?? (typeof value.code === 'number' ? String(value.code) : undefined);
	return { text: text ?? wordsOfError(value) ?? '', code, traceId: textMember(value, 'trace_id', 'request_id') };
}

function textOfDetail(detail: JsonValue | undefined): string | undefined {
	if (typeof detail === 'string') return detail;
	if (Array.isArray(detail)) return detail.map(textOfFinding).join('; ');
	return isJsonObject(detail) ? (textMember(detail, 'message', 'msg') ?? JSON.stringify(detail)) : undefined;
}

function textOfFinding(finding: JsonValue): string {
	if (!isJsonObject(finding)) return String(finding);
	const place = Array.isArray(finding.loc) ? `${finding.loc.filter((part) => part !== 'body').join('.')}: ` : '';
	return `${place}${wordsOfError(finding) ?? JSON.stringify(finding)}`;
}
