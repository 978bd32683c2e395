import { errorText, errorWords } from '../shared/answer/error-words';
import type { ProviderComplaint } from '../shared/failures/provider-error';
import { isJsonObject, type JsonObject, type JsonValue, textMember, toJsonText } from '../shared/json/json';

/** Permission that a call needs of the user (`docs/apis/wps.md §1.1`). */
export type WpsScope = 'kso.devhub_chat.readwrite' | 'kso.devhub_session.readwrite';

const SHOWN_TEXT = 200;

/**
 * HTTP statuses that say the same as a code, where its first three digits do not (`docs/apis/wps.md §2`). Codes that
 * leave open whether the request took effect are server faults: a question is not asked again after one.
 */
const STATUS_OF_CODE: Record<string, number> = {
	'400000001': 429, // RateLimitExceeded
	'400000103': 404, // ResourceNotFound
	'400000201': 502, // RemoteFail
	'400413001': 404, // ChatNotExist
	'499000001': 500, // ContextCanceled
	'500410001': 404, // SessionNotExists
	'999999999': 500, // UnknownError
};

/** Codes that begin like a parameter that is wrong, and that other clients take for a token that is (weak evidence). */
const TOKEN_CODES = ['400001001', '400001005', '400001006'];

const TOKEN_HINT =
	'Access tokens of WPS last two hours. In an Access Token credential paste a new one; with OAuth2 open the credential and connect the account again.';
const NO_USER_HINT =
	'WPS agents want the access token of a user, not that of an app. Connect the account of a user in the OAuth2 credential, or paste a user access token.';
const SIGNATURE_HINT =
	'WPS refused the access token or the signature. If signature checking is on for your app in the WPS developer console (security settings), switch on Sign Requests in the credential and check Access Key (the APPID) and Secret Key (the APPKEY).';
const FIREWALL_HINT = 'A firewall in front of WPS can also answer like this.';
const NOT_FOUND_HINT =
	'Check App ID, Conversation ID and Message ID in this node, and Base URL and API Generation in its credential.';

/** WPS has no API keys. Its general code leaves open which of the two was refused. */
const AUTH_ERROR = '401000001';
const refusedBy = (code: string | undefined) =>
	code === undefined || code === AUTH_ERROR ? 'access token or signature' : 'access token';

const HINT_OF_CODE: Record<string, string> = {
	[AUTH_ERROR]: `${SIGNATURE_HINT} ${TOKEN_HINT}`,
	'401001003': TOKEN_HINT, // SessionInvalid
	'401001005': NO_USER_HINT, // UserNotLogin
	'401030001': `The access token has expired. ${TOKEN_HINT}`, // TokenExpired
};

/**
 * Makes the function that reads what WPS complains about out of a body. A code of 0 is success whatever the HTTP
 * status, any other is not (`docs/apis/wps.md §2`).
 *
 * @param scopes the permissions that the call needs, for the case that they are missing
 */
export const wpsComplaint =
	(...scopes: WpsScope[]) =>
	(status: number, body: JsonValue | undefined, text: string): ProviderComplaint | undefined => {
		const code = isJsonObject(body) ? codeOf(body) : undefined;
		if (isJsonObject(body) && code !== undefined) return code === '0' ? undefined : ofCode(code, body, status, scopes);
		if (status >= 200 && status < 300) return undefined;
		const said = isJsonObject(body) ? saidIn(body) : '';
		return {
			text: said || errorText(body, text),
			hint: status === 403 ? `${hintOf(status, scopes)} ${FIREWALL_HINT}` : hintOf(status, scopes),
			refused: refusedBy(undefined),
		};
	};

/** The `code` of an envelope as text; undefined for what is no envelope. */
export function codeOf(body: JsonObject): string | undefined {
	const { code } = body;
	if (typeof code === 'number') return String(code);
	return typeof code === 'string' && /^\d+$/.test(code) ? code : undefined;
}

/**
 * True when the answer to a request means that WPS does not know the path (or the app) at all. 405 as well: the method
 * of one path is not certain (`docs/apis/wps.md §4`, B1s), and what was sent to a wrong one was not accepted either.
 */
export const isUnknownPath = (status: number, { code }: ProviderComplaint): boolean =>
	code === undefined ? status === 404 || status === 405 : /^40[45]/.test(code);

function ofCode(code: string, body: JsonObject, httpStatus: number, scopes: WpsScope[]): ProviderComplaint {
	const like = STATUS_OF_CODE[code] ?? statusIn(code, httpStatus);
	return {
		code,
		text: saidIn(body),
		like,
		hint: HINT_OF_CODE[code] ?? hintOf(like, scopes),
		refused: refusedBy(code),
		traceId: textMember(body, 'trace_id', 'request_id'),
	};
}

/**
 * What a refusal says: its `msg`, and what stands in `more` and `debug` where there is more (`docs/apis/wps.md §2`,
 * `§4`). The form of `more` is not published.
 */
function saidIn(body: JsonObject): string {
	const { more, debug } = body;
	const texts = [
		errorWords(body),
		isJsonObject(debug) ? textMember(debug, 'desc', 'description', 'message') : undefined,
		shownOf(more),
	];
	return [...new Set(texts.filter((text) => text !== undefined))].join('; ');
}

function shownOf(more: JsonValue | undefined): string | undefined {
	if (!isJsonObject(more)) return typeof more === 'string' && more !== '' ? more : undefined;
	if (Object.keys(more).length === 0) return undefined;
	return textMember(more, 'desc', 'description', 'message', 'msg', 'detail') ?? toJsonText(more).slice(0, SHOWN_TEXT);
}

/** The first digits of a code are an HTTP status; where they are not, it is unknown whether the request took effect. */
function statusIn(code: string, httpStatus: number): number {
	if (TOKEN_CODES.includes(code)) return 401;
	const digits = /^[45]\d\d(?=\d{5,6}$)/.exec(code)?.[0];
	if (digits !== undefined) return Number(digits);
	return httpStatus >= 400 ? httpStatus : 500;
}

function hintOf(status: number, scopes: WpsScope[]): string | undefined {
	if (status === 401) return TOKEN_HINT;
	if (status === 404) return NOT_FOUND_HINT;
	if (status !== 403) return undefined;
	const missing = scopes.join(' and ');
	return `This needs the permission ${missing}. If the access token lacks it, add it to your app in the WPS developer console, release a new version of the app and have the administrator of your organisation approve it; then connect the account again or get a new token. ${NO_USER_HINT}`;
}
