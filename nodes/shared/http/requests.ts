import { attempt } from '../attempt';
import type { Clock } from '../clock';
import { ConversationFailure } from '../failures/conversation-failure';
import type { ProviderError } from '../failures/provider-error';
import { NOT_THE_PROVIDER, webPage } from '../failures/web-page';
import { type JsonValue, tryParseJson } from '../json/json';
import { HttpError, isRateLimit, isServerFault } from './http-error';
import { IdleTimeout } from './idle-timeout';
import { backOff, retryAfter } from './retry-delay';
import {
	ConnectionError,
	type HttpReply,
	type HttpRequest,
	readBeginning,
	readText,
	ReplyTooLarge,
	type Transport,
} from './transport';

const MAX_TRIES = 3;
const SHOWN_TEXT = 200;

/** Bytes of an error's body to read. */
const LARGEST_ERROR_BODY = 64 * 1024;

/**
 * Reads the error in a reply of a provider; undefined when there is none.
 *
 * @param headers lower-case names
 */
export type ErrorReader = (
	status: number,
	body: JsonValue | undefined,
	text: string,
	headers: Readonly<Record<string, string>>,
) => ProviderError | undefined;

/** What a provider's requests have in common. */
export interface ProviderConnection {
	/** For messages, like `Reportify`. */
	providerName: string;
	transport: Transport;
	clock: Clock;
	errorOf: ErrorReader;
}

/**
 * Sends a request, once, for its streamed answer.
 *
 * @throws HttpError when the status is no success, ConnectionError
 */
export async function openStream(
	connection: ProviderConnection,
	request: HttpRequest,
	signal: AbortSignal | undefined,
): Promise<HttpReply> {
	const reply = await connection.transport(request, signal);
	if (reply.status >= 200 && reply.status < 300) return reply;
	throw await httpErrorOf(connection, reply);
}

/**
 * Sends a request for a JSON answer. Retries only when that is safe: reads after a network or server error, anything
 * that was certainly not accepted.
 *
 * @throws HttpError, ConnectionError, ConversationFailure when the answer is not JSON
 */
export async function requestJson(
	connection: ProviderConnection,
	request: HttpRequest,
	signal: AbortSignal | undefined,
): Promise<JsonValue> {
	return await repeated(connection, request, signal, async () => {
		const reply = await openStream(connection, request, signal);
		const reading = await attempt(() => readText(reply));
		if (!reading.ok && reading.error instanceof ConversationFailure) throw reading.error;
		if (!reading.ok) throw signal?.aborted ? signal.reason : brokenBody(reading.error);
		const text = reading.value;
		const body = tryParseJson(text);
		const providerError = connection.errorOf(reply.status, body, text, reply.headers);
		if (providerError)
			throw new HttpError({
				status: reply.status,
				error: providerError,
				retryAfterMs: waitAskedFor(connection, reply),
			});
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
		if (result.ok) return result.value;
		if (signal?.aborted || tries >= MAX_TRIES || !mayRepeat(request, result.error)) throw result.error;
		const askedFor = result.error instanceof HttpError ? result.error.response.retryAfterMs : undefined;
		await clock.sleep(askedFor ?? backOff(tries, clock), signal);
		signal?.throwIfAborted();
	}
}

/** A reply has begun, and this kept it from being read. */
const brokenBody = (error: unknown) =>
	error instanceof IdleTimeout || error instanceof ReplyTooLarge ? error : new ConnectionError('maybe', String(error));

const waitAskedFor = ({ clock }: ProviderConnection, { headers }: HttpReply) =>
	retryAfter(headers['retry-after'], clock);

function mayRepeat({ method }: HttpRequest, error: unknown): boolean {
	const isRead = method === 'GET';
	if (error instanceof ConnectionError) return isRead || error.requestSent === 'no';
	return error instanceof HttpError && (isRateLimit(error.response) || (isRead && isServerFault(error.response)));
}

async function httpErrorOf(connection: ProviderConnection, reply: HttpReply): Promise<HttpError> {
	const { status, headers } = reply;
	const beginning = await attempt(() => readBeginning(reply, LARGEST_ERROR_BODY));
	const shown = beginning.ok ? beginning.value.text : '';
	const error = connection.errorOf(status, tryParseJson(shown), shown, headers) ?? {
		text: shown.slice(0, SHOWN_TEXT),
	};
	return new HttpError({
		status,
		error,
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
