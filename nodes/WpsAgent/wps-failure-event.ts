import { errorToldIn, wordsOfError } from '../shared/answer/error-member';
import type { ProviderError } from '../shared/failures/provider-error';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import { codeOf, wpsError } from './wps-error';

const errorOfChat = wpsError('kso.devhub_chat.readwrite');

/** The error in an envelope that comes in place of a stream, or inside one; undefined for success and for other objects. */
export function envelopeError(value: JsonObject, httpStatus = 200): ProviderError | undefined {
	return codeOf(value) === undefined ? undefined : errorOfChat(httpStatus, value, '');
}

/**
 * What a failed run says: a message that is marked as an error, `{"error": "…"}` (`docs/apis/wps.md §5.4`), or an
 * envelope.
 */
export function runError(data: JsonObject): ProviderError {
	const envelope = envelopeError(data);
	if (envelope) return envelope;
	const nested = errorToldIn(data);
	const finding = findings(data.content_blocks)[0];
	const text = textMember(data, 'text', 'error', 'msg', 'message', 'content', 'data', 'detail') ?? wordsOfError(nested);
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
