import { errorToldIn, wordsOfError } from '../shared/answer/error-member';
import type { ProviderComplaint } from '../shared/failures/provider-error';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import { codeOf, wpsComplaint } from './wps-error';

const complaintOfChat = wpsComplaint('kso.devhub_chat.readwrite');

/** What an envelope in place of a stream, or inside one, complains about; undefined for success and for other objects. */
export function envelopeComplaint(value: JsonObject, httpStatus = 200): ProviderComplaint | undefined {
	return codeOf(value) === undefined ? undefined : complaintOfChat(httpStatus, value, '');
}

/**
 * What a failed run says: a message that is marked as an error, `{"error": "…"}` (`docs/apis/wps.md §5.4`), or an
 * envelope.
 */
export function runComplaint(data: JsonObject): ProviderComplaint {
	const envelope = envelopeComplaint(data);
	if (envelope) return envelope;
	const nested = errorToldIn(data);
	const finding = findings(data.content_blocks)[0];
	const text = textMember(data, 'text', 'error', 'msg', 'message', 'content', 'data') ?? wordsOfError(nested);
	return {
		text: text ?? (finding && textMember(finding, 'reason')) ?? JSON.stringify(data),
		hint: finding && textMember(finding, 'solution'),
	};
}

/** The `error` items of a message. */
const findings = (blocks: JsonValue | undefined): JsonObject[] =>
	(Array.isArray(blocks) ? blocks : [])
		.filter(isJsonObject)
		.flatMap(({ contents }) => (Array.isArray(contents) ? contents : []))
		.filter(isJsonObject)
		.filter(({ type }) => type === 'error');
