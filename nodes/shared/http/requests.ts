import { attempt } from '../attempt';
import type { Clock } from '../clock';
import { ConversationFailure } from '../failures/conversation-failure';
import type { ProviderComplaint } from '../failures/provider-error';
import { NOT_THE_PROVIDER, webPage } from '../failures/web-page';
import { type JsonValue, tryParseJson } from '../json/json';
import { isRateLimit, isServerFault, RequestRefused } from './http-error';
import { Silence } from './idle-timeout';
import { backOff, retryAfter } from './retry-delay';
import {
	type HttpReply,
	type HttpRequest,
	readBeginning,
	readText,
	ReplyTooLarge,
	type Transport,
	TransportFailure,
} from './transport';

const MAX_TRIES = 3;
const SHOWN_TEXT = 200;

/** Bytes of a refusal's body to read. */
const LARGEST_COMPLAINT = 64 * 1024;

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
 * Sends a request for a JSON answer. Retries only when that is safe: reads after a network or server error, anything
 * that was certainly not accepted.
 *
 * @throws RequestRefused, TransportFailure, ConversationFailure when the answer is not JSON
 */
export async function requestJson(
	connection: ProviderConnection,
	request: HttpRequest,
	signal: AbortSignal | undefined,
): Promise<JsonValue> {
	return await repeated(connection, request, signal, async () => {
		const reply = await openStream(connection, request, signal);
		const reading = await attempt(() => readText(reply));
		if (!reading.worked && reading.error instanceof ConversationFailure) throw reading.error;
		if (!reading.worked) throw signal?.aborted ? signal.reason : brokenBody(reading.error);
		const text = reading.value;
		const body = tryParseJson(text);
		const complaint = connection.complaintOf(reply.status, body, text, reply.headers);
		if (complaint)
			throw new RequestRefused({ status: reply.status, complaint, retryAfterMs: waitAskedFor(connection, reply) });
		if (body === undefined && text.trim() !== '') throw notJson(connection.providerName, reply.status, text);
		return body ?? null;
	});
}

/** Like {@link requestJson}, for an answer of any kind; its body has not been read yet. */
export async function requestReply(
	connection: ProviderConnection,
	request: HttpRequest,
	signal: AbortSignal | undefined,
): Promise<HttpReply> {
	return await repeated(connection, request, signal, async () => await openStream(connection, request, signal));
}

async function repeated<T>(
	{ clock }: ProviderConnection,
	request: HttpRequest,
	signal: AbortSignal | undefined,
	work: () => Promise<T>,
): Promise<T> {
	for (let tries = 1; ; tries++) {
		const result = await attempt(work);
		if (result.worked) return result.value;
		if (signal?.aborted || tries >= MAX_TRIES || !mayRepeat(request, result.error)) throw result.error;
		const askedFor = result.error instanceof RequestRefused ? result.error.refusal.retryAfterMs : undefined;
		await clock.sleep(askedFor ?? backOff(tries, clock), signal);
		signal?.throwIfAborted();
	}
}

/** A reply has begun, and this kept it from being read. */
const brokenBody = (error: unknown) =>
	error instanceof Silence || error instanceof ReplyTooLarge ? error : new TransportFailure('maybe', String(error));

const waitAskedFor = ({ clock }: ProviderConnection, { headers }: HttpReply) =>
	retryAfter(headers['retry-after'], clock);

function mayRepeat({ method }: HttpRequest, error: unknown): boolean {
	const isRead = method === 'GET';
	if (error instanceof TransportFailure) return isRead || error.reached === 'no';
	return error instanceof RequestRefused && (isRateLimit(error.refusal) || (isRead && isServerFault(error.refusal)));
}

async function refused(connection: ProviderConnection, reply: HttpReply): Promise<RequestRefused> {
	const { status, headers } = reply;
	const beginning = await attempt(() => readBeginning(reply, LARGEST_COMPLAINT));
	const shown = beginning.worked ? beginning.value.text : '';
	const complaint = connection.complaintOf(status, tryParseJson(shown), shown, headers) ?? {
		text: shown.slice(0, SHOWN_TEXT),
	};
	return new RequestRefused({
		status,
		complaint,
		retryAfterMs: waitAskedFor(connection, reply),
		location: headers.location,
	});
}

function notJson(providerName: string, httpStatus: number, text: string): ConversationFailure {
	const providerText = text.trim().slice(0, SHOWN_TEXT);
	if (text.trimStart().startsWith('<')) return webPage(providerName, { httpStatus, providerText });
	return new ConversationFailure(`${providerName} sent something instead of an answer`, {
		code: 'not_json',
		hint: NOT_THE_PROVIDER,
		httpStatus,
		providerText,
	});
}
