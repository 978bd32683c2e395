import { errorToldIn } from '../shared/answer/error-member';
import { errorText, errorWords } from '../shared/answer/error-words';
import type { ProviderComplaint } from '../shared/failures/provider-error';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';

/** `10200` is AI-DOL's own; the others are those of the usual backends. */
const SUCCESS_CODE = /^(?:10200|200|0+|ok|success)$/i;

/** An envelope's code is this much above the HTTP status that says the same: `10404` (`docs/apis/aidol.md §2`). */
const CODE_OFFSET = 10_000;

/** A 401 without a known text leaves open which of the two was refused (`docs/apis/aidol.md §2`). */
const KEY_OR_SIGNATURE = 'API key or signature';

/** How far the two clocks may be apart (`docs/apis/aidol.md §1.1`). */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

const SHOWN_TEXT = 200;
/** Longer lines of text are no complaint, whatever they begin with. */
const LONGEST_COMPLAINT = 100;

const SIGNATURE_HINT =
	'AI-DOL answers like this to a wrong API Key, a wrong API Secret and the wrong Signature Version. Open the credential of this node, paste both again and press Test.';
const GATEWAY_HINT = 'Run the node again in a while. AI-DOL offers no way to collect an answer later.';
const QUOTA_HINT =
	'All calls that this API key may make are used up. Ask AI-DOL for a larger quota, or use another key.';
const NOT_AI_DOL_HINT =
	'Check the Base URL in the credential: something other than the AI-DOL API may be answering there.';

/** Business errors come with HTTP 200, and only their text distinguishes them (`docs/apis/aidol.md §2`). */
const KNOWN_TEXTS: ReadonlyArray<{ text: string } & Pick<ProviderComplaint, 'like' | 'hint' | 'refused'>> = [
	{ text: 'too many requests', like: 429 },
	{
		text: 'invalid api key',
		like: 401,
		refused: 'API key',
		hint: 'AI-DOL does not know this API key, or it was switched off. Open the credential of this node, paste the key again and press Test.',
	},
	{
		text: 'timestamp',
		like: 401,
		refused: 'time of the request',
		hint: 'AI-DOL refuses requests whose time is more than five minutes off. Check the clock of the computer that runs n8n.',
	},
	{
		text: 'usage limit reached',
		like: 403,
		hint: QUOTA_HINT,
	},
	...['invalid_prompt', 'invalid prompt'].map((text) => ({
		text,
		like: 422,
		hint: 'The service that makes the pictures refuses this description. Word the prompt differently.',
	})),
	{
		text: 'agent missing image generation config',
		like: 400,
		hint: "This agent cannot make pictures: its own data at AI-DOL is not complete. Choose another agent, or tell the agent's maker.",
	},
	{
		text: 'agent not found',
		like: 404,
		hint: 'Check the Agent ID. The operation Get Many of the resource Agent lists the agents of this API key.',
	},
];

/** True for a code that reports an error (`docs/apis/aidol.md §4`); false also when there is none. */
export function isErrorCode(code: JsonValue | undefined): boolean {
	return (typeof code === 'number' || typeof code === 'string') && code !== '' && !SUCCESS_CODE.test(String(code));
}

/** Where an object reports an error, beside its own members: OpenAI, Coze, Vercel … */
const ERROR_MEMBERS = ['error', 'last_error', 'error_information', 'error_info', 'errorText', 'errors', 'exception'];

/** The objects that may report an error: these members, also inside the payload of the event. */
const errorsIn = (body: JsonObject): JsonObject[] =>
	[body, body.data, body.response].filter(isJsonObject).flatMap((each) => {
		return ERROR_MEMBERS.map((name) => each[name]).filter(isJsonObject);
	});

/** True when an event reports an error: not for members that are present but empty, as Coze's `last_error`. */
export const hasErrorIn = (event: JsonObject): boolean =>
	[event, event.data, event.response].filter(isJsonObject).some((each) => errorToldIn(each) !== undefined);

/**
 * What AI-DOL complains about in an object: an envelope, an `error` event. `like` says what an envelope of this content
 * means; for an event of a run it means nothing.
 */
export function complaintIn(body: JsonObject): ProviderComplaint {
	const inner = [...errorsIn(body), body.data].filter(isJsonObject);
	const told = errorWords(body) ?? inner.map(errorWords).find((words) => words !== undefined);
	const text =
		told ?? textMember(body, 'data', 'answer', 'content', 'text') ?? JSON.stringify(body).slice(0, SHOWN_TEXT);
	const code = [body.code, ...inner.map(({ code, err_code: other }) => code ?? other)].map(codeText).find(isErrorCode);
	const known = knownText(text) ?? knownText(code ?? '');
	return {
		text,
		code,
		traceId: textMember(body, 'traceId', 'trace_id'),
		like: known?.like ?? likeOfCode(code),
		hint: known?.hint,
		refused: known?.refused ?? KEY_OR_SIGNATURE,
	};
}

/** The complaint of a run that failed, as opposed to a request that was turned away. */
export function ofTheRun(complaint: ProviderComplaint): ProviderComplaint {
	const ofRun = { ...complaint };
	delete ofRun.like;
	return ofRun;
}

/** An error of AI-DOL's in plain text; undefined for any other text. */
export function knownComplaint(text: string): ProviderComplaint | undefined {
	const said = text.trim().toLowerCase();
	const known = KNOWN_TEXTS.find((each) => said.startsWith(each.text) && each.text.includes(' '));
	return known && said.length < LONGEST_COMPLAINT ? { ...known, text: text.trim() } : undefined;
}

/**
 * Reads what AI-DOL complains about out of a reply; undefined when it does not complain (`docs/apis/aidol.md §2`).
 *
 * @param headers lower-case names; their `date` shows whether our clock is off, which breaks every signature
 * @param now our time, milliseconds since 1970
 */
export function aiDolComplaint(
	status: number,
	body: JsonValue | undefined,
	text: string,
	headers: Readonly<Record<string, string>> = {},
	now = Date.now(),
): ProviderComplaint | undefined {
	const complaint =
		status >= 200 && status < 300
			? refusalUnderSuccess(body, text)
			: refusalByStatus(status, body, text, headers.location);
	const isUnauthorized = (complaint?.like ?? status) === 401;
	const clock = isUnauthorized ? clockHint(headers.date, now) : undefined;
	return complaint && clock !== undefined ? { ...complaint, hint: clock } : complaint;
}

function refusalUnderSuccess(body: JsonValue | undefined, text: string): ProviderComplaint | undefined {
	if (body === undefined && text.trim() !== '') return undefined; // not JSON at all: reported where JSON was expected
	if (!isJsonObject(body) || (typeof body.success !== 'boolean' && body.code === undefined)) {
		return { text: text.trim().slice(0, SHOWN_TEXT), like: 404, hint: NOT_AI_DOL_HINT };
	}
	const isSuccess = body.success === true || (body.success === undefined && !isErrorCode(body.code));
	return isSuccess ? undefined : complaintIn(body);
}

function refusalByStatus(
	status: number,
	body: JsonValue | undefined,
	text: string,
	location: string | undefined,
): ProviderComplaint {
	const complaint = isJsonObject(body) ? complaintIn(body) : { text: errorText(body, text), refused: KEY_OR_SIGNATURE };
	const known = knownText(complaint.text);
	if (status >= 300 && status < 400) return { ...complaint, like: undefined, hint: redirectHint(location) };
	if (status === 402) return { ...complaint, like: undefined, hint: known?.hint ?? QUOTA_HINT };
	if (status === 401) return { ...complaint, like: undefined, hint: known?.like === 401 ? known.hint : SIGNATURE_HINT };
	// A server that broke may have taken the request in, whatever it says.
	if (status >= 500) {
		return { ...complaint, like: undefined, hint: [504, 522, 524].includes(status) ? GATEWAY_HINT : undefined };
	}
	return { ...complaint, like: known?.like, hint: known?.hint };
}

/** Only the host is shown: the path is the request's own, and a query could hold secrets. */
function redirectHint(location: string | undefined): string | undefined {
	const address = URL.canParse(location ?? '') ? new URL(location as string).origin : undefined;
	if (address === undefined) return undefined;
	return `AI-DOL now answers at ${address}. Enter that as the Base URL in the credential, if you trust it: redirects are not followed, because keys must not reach another host.`;
}

function knownText(text: string) {
	const said = text.toLowerCase();
	return KNOWN_TEXTS.find((known) => said.includes(known.text));
}

const codeText = (code: JsonValue | undefined): string | undefined =>
	(typeof code === 'string' && code !== '') || typeof code === 'number' ? String(code) : undefined;

/** The HTTP status that an envelope's code stands for; 400, the one of a failed parameter check, for any other. */
function likeOfCode(code: string | undefined): number {
	const number = Number(code);
	const status = number >= CODE_OFFSET ? number - CODE_OFFSET : number;
	return Number.isInteger(status) && status >= 400 && status <= 599 ? status : 400;
}

function clockHint(date: string | undefined, now: number): string | undefined {
	const aheadMs = now - Date.parse(date ?? '');
	if (!(Math.abs(aheadMs) > CLOCK_TOLERANCE_MS)) return undefined;
	const minutes = Math.round(Math.abs(aheadMs) / 60_000);
	const direction = aheadMs > 0 ? 'ahead of' : 'behind';
	return `The clock of the computer that runs n8n is ${minutes} minutes ${direction} the one of AI-DOL, which refuses everything beyond five minutes. Set the clock right, for example by switching automatic time on.`;
}
