import type { ProviderComplaint } from '../answer/answer-change';
import { type JsonValue, tryParseJson } from '../json/json';
import { attempt } from './attempt';
import type { Clock } from './clock';
import { ConversationFailure } from './conversation-failure';
import { isRateLimit, isServerFault, RequestRefused } from './refusal';
import { backOff, retryAfter } from './retry-delay';
import { type HttpReply, type HttpRequest, readText, type Transport, TransportFailure } from './transport';

const MAX_TRIES = 3;
const SHOWN_TEXT = 200;

/**
 * Reads what a provider complains about out of a reply; undefined when it does not complain.
 *
 * @param headers lower-case names
 */
export type ComplaintReader = (
	status: number,
	body: JsonValue | undefined,
	text: string,
	headers: Readonly<Record<string, string>>,
) => ProviderComplaint | undefined;

/** What a provider's requests have in common. */
export interface ProviderConnection {
	/** For messages, like `Reportify`. */
	providerName: string;
	transport: Transport;
	clock: Clock;
	complaintOf: ComplaintReader;
}

/**
 * Sends a request, once, for its streamed answer.
 *
 * @throws RequestRefused when the status is no success, TransportFailure
 */
export async function openStream(
	connection: ProviderConnection,
	request: HttpRequest,
	signal: AbortSignal | undefined,
): Promise<HttpReply> {
	const reply = await connection.transport(request, signal);
	if (reply.status >= 200 && reply.status < 300) return reply;
	throw await refused(connection, reply);
}

/**
 * Sends a request for a JSON answer. Repeats it only where nothing can be done twice by that: reads when the connection
 * or the provider has a hiccup, anything when it was not taken in.
 *
 * @throws RequestRefused, TransportFailure, ConversationFailure when the answer is not JSON
 */
export async function requestJson(
	connection: ProviderConnection,
	request: HttpRequest,
	signal: AbortSignal | undefined,
): Promise<JsonValue> {
	const reply = await requestReply(connection, request, signal);
	const reading = await attempt(() => readText(reply));
	if (!reading.worked) throw signal?.aborted ? signal.reason : new TransportFailure('maybe', String(reading.error));
	const text = reading.value;
	const body = tryParseJson(text);
	const complaint = connection.complaintOf(reply.status, body, text, reply.headers);
	if (complaint) throw new RequestRefused({ status: reply.status, complaint });
	if (body === undefined && text.trim() !== '') throw notJson(connection.providerName, reply.status, text);
	return body ?? null;
}

/** Like {@link requestJson}, for an answer of any kind; its body has not been read yet. */
export async function requestReply(
	connection: ProviderConnection,
	request: HttpRequest,
	signal: AbortSignal | undefined,
): Promise<HttpReply> {
	for (let tries = 1; ; tries++) {
		const sent = await attempt(() => openStream(connection, request, signal));
		if (sent.worked) return sent.value;
		if (signal?.aborted || tries >= MAX_TRIES || !mayRepeat(request, sent.error)) throw sent.error;
		const asked = sent.error instanceof RequestRefused ? sent.error.refusal.retryAfterMs : undefined;
		await connection.clock.sleep(asked ?? backOff(tries, connection.clock), signal);
		signal?.throwIfAborted();
	}
}

function mayRepeat({ method }: HttpRequest, error: unknown): boolean {
	const isRead = method === 'GET';
	if (error instanceof TransportFailure) return isRead || error.reached === 'no';
	return error instanceof RequestRefused && (isRateLimit(error.refusal) || (isRead && isServerFault(error.refusal)));
}

async function refused(connection: ProviderConnection, { status, headers, body }: HttpReply): Promise<RequestRefused> {
	const text = await attempt(() => readText({ status, headers, body }, 64 * 1024));
	const shown = text.worked ? text.value : '';
	const complaint = connection.complaintOf(status, tryParseJson(shown), shown, headers) ?? {
		text: shown.slice(0, SHOWN_TEXT),
	};
	return new RequestRefused({ status, complaint, retryAfterMs: retryAfter(headers['retry-after'], connection.clock) });
}

function notJson(providerName: string, httpStatus: number, text: string): ConversationFailure {
	const isPage = text.trimStart().startsWith('<');
	return new ConversationFailure(`${providerName} sent ${isPage ? 'a web page' : 'something'} instead of an answer`, {
		code: isPage ? 'web_page' : 'not_json',
		hint: 'Check the Base URL in the credential. A login page or a notice of a proxy looks like this, too.',
		httpStatus,
		providerText: text.trim().slice(0, SHOWN_TEXT),
	});
}
