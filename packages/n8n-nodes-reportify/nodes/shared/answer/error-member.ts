import { isJsonObject, type JsonObject, type JsonValue } from '../json/json';
import { errorWords } from './error-words';

/** Where an event tells of an error. */
const ERROR_MEMBERS = [
	...['error', 'errors', 'last_error', 'lastError', 'error_info', 'error_information', 'exception'],
	...['error_message', 'errorMessage', 'error_msg', 'err_msg', 'errorText'],
];
/** What is written for "none", also by programs that make a text of everything. */
const NONE = /^(?:none|null|nil|undefined|false|0|ok|success|{}|\[\])?$/i;
const SUCCESS_CODE = /^(?:0+|200|10200|ok|success)$/i;
const FAILED =
	/^(?:fail(?:ed|ure)?|error(?:ed)?|exception|time(?:d[_ -]?)?out|expired|rejected|crashed|requires_action)$/i;
const CANCELLED = /^(?:cancell?ed|aborted|interrupted|stopped|terminated)$/i;
/** Not at its natural end, whatever the reason. */
const INCOMPLETE = /^(?:incomplete|truncated|partial(?:ly[_ -]?(?:completed|finished))?)$/i;

/**
 * True when the member in which errors are told tells of one. It may be of any type: a text, a number, `true`, a list, an
 * object. It may also be there and say nothing, like `{}`, `{"code": 0, "message": "success"}` or `"None"`.
 */
export function saysError(value: JsonValue | undefined): boolean {
	if (typeof value === 'string') return !NONE.test(value.trim());
	if (Array.isArray(value)) return value.some(saysError);
	if (!isJsonObject(value)) return Boolean(value);
	const code = value.code ?? value.err_code;
	if ((typeof code === 'string' || typeof code === 'number') && SUCCESS_CODE.test(String(code))) return false;
	return Object.values(value).some(saysError);
}

/** What an event says of an error, in whichever member; undefined when it says nothing of one. */
export const errorToldIn = (event: JsonObject): JsonValue | undefined =>
	ERROR_MEMBERS.map((name) => event[name]).find(saysError);

/** What such a member says, in words; undefined where it has none. */
export function wordsOfError(value: JsonValue | undefined): string | undefined {
	if (!saysError(value)) return undefined;
	if (typeof value === 'number') return `error ${value}`;
	if (Array.isArray(value)) return value.map(wordsOfError).filter(Boolean).join('; ') || undefined;
	return errorWords(value) ?? (isJsonObject(value) ? JSON.stringify(value) : undefined);
}

/** How a run ended, other than well. `error`: what was said about it, if anything. */
export type BadEnd =
	{ kind: 'failed'; error?: JsonValue } | { kind: 'cancelled' } | { kind: 'incomplete'; word: string };

/** What the event that ends a run says about how it went; undefined for an end as it should be. */
export function badEndIn(event: JsonObject): BadEnd | undefined {
	const error = errorToldIn(event);
	if (error !== undefined) return { kind: 'failed', error };
	const { status } = event;
	const word = typeof status === 'string' ? status.trim() : '';
	if (CANCELLED.test(word)) return { kind: 'cancelled' };
	const isFlagged = event.success === false || event.is_error === true || event.isError === true;
	if (FAILED.test(word) || isFlagged) return { kind: 'failed' };
	return INCOMPLETE.test(word) ? { kind: 'incomplete', word } : undefined;
}
