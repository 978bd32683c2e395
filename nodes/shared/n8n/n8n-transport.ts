import type { IDataObject, IExecuteSingleFunctions, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import { type Attempt, attempt } from '../attempt';
import { type HttpReply, type HttpRequest, type Transport, TransportFailure } from '../http/transport';
import { causesOf, type ErrorCause, nothingSent, tokenNotRenewed } from './error-causes';

/** Longer than any run is followed: our own idle timeout and maximum duration decide, not the HTTP client's. */
const NO_TIMEOUT_MS = 24 * 60 * 60 * 1000;

/** Errors that prove that no byte of the request was sent: no connection was established. */
const NOTHING_SENT =
	/^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ERR_INVALID_URL|ERR_INVALID_CHAR|EPROTO|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/;

export interface N8nTransportOptions {
	context: IExecuteSingleFunctions;
	/** Name of the credential type. */
	credential: string;
	/** Its fields, for after Stop: n8n cannot resolve expressions in them any more then. */
	credentials: IDataObject;
	/** n8n's Stop, and the end of the execution. */
	stop: AbortSignal;
	/** These were handed out again; n8n puts a renewed token into them later. */
	onCredentials?: (credentials: IDataObject) => void;
	/** What n8n has resolved for the item: base URL, proxy, TLS, allowed domains. */
	defaults: IHttpRequestOptions;
	/** The credential refreshes its token when n8n's HTTP client reports a 401. */
	refreshesToken?: boolean;
	/** The last change to each request before it is sent: signatures. */
	finish?: (options: IHttpRequestOptions) => Promise<IHttpRequestOptions>;
}

/**
 * HTTP through n8n's helpers: with the user's proxy, TLS and domain settings, and the credential's own authentication.
 * Sends once; retries are in requests.ts.
 */
export function n8nTransport(settings: N8nTransportOptions): Transport {
	const { context, credential, defaults, finish } = settings;
	// As n8n handed them out last: when it renews a token, it puts the new one into them.
	let { credentials } = settings;

	const send = async (
		request: HttpRequest,
		signal: AbortSignal | undefined,
		ignoreHttpStatusErrors: IHttpRequestOptions['ignoreHttpStatusErrors'],
	) =>
		await attempt(async () => {
			const options = { ...optionsOf(defaults, request), ignoreHttpStatusErrors };
			const finished = finish ? await finish(options) : options;
			// n8n puts the execution's own signal over ours, so the way to choose the signal is to choose `this`.
			const self = Object.create(context, {
				getExecutionCancelSignal: { value: () => signal },
				getCredentials: {
					value: async (...which: Parameters<typeof context.getCredentials>) => {
						if (!settings.stop.aborted) credentials = sameHost(credentials, await context.getCredentials(...which));
						settings.onCredentials?.(credentials);
						return credentials;
					},
				},
			}) as IExecuteSingleFunctions;
			return (await self.helpers.httpRequestWithAuthentication.call(self, credential, finished, {
				oauth2: { tokenType: 'Bearer' },
			})) as IN8nHttpFullResponse;
		});

	// Anything but success is reported in our own words. With a 401 n8n would repeat the request, which only a renewed token
	// makes sense of.
	if (!settings.refreshesToken) return async (request, signal) => replyTo(await send(request, signal, true), signal);
	return async (request, signal) => {
		const first = new AbortController();
		const signals = [first.signal, ...(signal ? [signal] : [])];
		const sent = await send(request, AbortSignal.any(signals), { ignore: true, except: [401] });
		if (!sent.worked) {
			const status = refusedReply(sent.error)?.status ?? 401;
			// Of its own statuses n8n throws this one only, so another one is the token server's.
			if (status !== 401 && signal?.aborted !== true) throw tokenNotRenewed(status);
			return replyTo(sent, signal);
		}
		if (sent.value.statusCode !== 401) return replyTo(sent, signal);
		// n8n before 2.10 does not know the exception. So once more, in a way that it sees an error and renews the token; what
		// was refused for its token was not taken up.
		first.abort();
		return replyTo(await send(request, signal, false), signal);
	};
}

/** A credential that was edited in mid-run for another host: its new key must not go to the old one. */
const sameHost = (known: IDataObject, latest: IDataObject): IDataObject =>
	latest.baseUrl === known.baseUrl ? latest : known;

/** @throws TransportFailure, or the reason of the signal */
function replyTo(sent: Attempt<IN8nHttpFullResponse>, signal: AbortSignal | undefined): HttpReply {
	if (sent.worked) return replyOf(sent.value);
	if (signal?.aborted) throw signal.reason;
	const refused = refusedReply(sent.error);
	if (refused) return refused;
	throw nothingSent(sent.error) ?? transportFailure(sent.error);
}

function optionsOf(
	defaults: IHttpRequestOptions,
	{ method, path, json, form, accept, headers }: HttpRequest,
): IHttpRequestOptions {
	const contentType = json === undefined ? {} : { 'Content-Type': 'application/json' };
	return {
		...defaults,
		method,
		url: path,
		qs: undefined,
		body: json ?? form,
		headers: { ...defaults.headers, ...headers, Accept: accept ?? 'application/json', ...contentType },
		encoding: 'stream',
		returnFullResponse: true,
		disableFollowRedirect: true,
		timeout: NO_TIMEOUT_MS,
	};
}

function replyOf({ statusCode, headers, body }: IN8nHttpFullResponse): HttpReply {
	return {
		status: statusCode,
		headers: Object.fromEntries(
			Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
		),
		body: body as unknown as AsyncIterable<Uint8Array>,
	};
}

/** A 401 arrives as an error, but it is an HTTP response. */
function refusedReply(error: unknown): HttpReply | undefined {
	for (const { httpCode, response, context } of causesOf(error)) {
		const status =
			response?.status ?? (typeof httpCode === 'string' && /^[1-5]\d\d$/.test(httpCode) ? Number(httpCode) : 0);
		if (status > 0) return { status, headers: {}, body: bytesOf(response?.data ?? context?.data) };
	}
	return undefined;
}

async function* bytesOf(data: unknown): AsyncGenerator<Uint8Array> {
	if (typeof data === 'string') yield new TextEncoder().encode(data);
	else if (typeof data === 'object' && data !== null && Symbol.asyncIterator in data)
		yield* data as AsyncIterable<Uint8Array>;
	else if (typeof data === 'object' && data !== null) yield new TextEncoder().encode(JSON.stringify(data));
}

function transportFailure(error: unknown): TransportFailure {
	const causes = [...causesOf(error)];
	const codes = causes.flatMap(({ code, httpCode }) => [code, httpCode]).filter((code) => typeof code === 'string');
	const isUnsent = codes.some((code) => NOTHING_SENT.test(code)) || causes.some(wasNeverConnected);
	const reached = isUnsent && !causes.some(wasConnected) ? 'no' : 'maybe';
	const innermost = causes.at(-1)?.message;
	return new TransportFailure(reached, [codes[0], innermost ?? String(error)].filter(Boolean).join(': '));
}

/** A connection that was still being made, by the client itself or by the user's proxy. */
const wasNeverConnected = ({ code, message, syscall }: ErrorCause & { syscall?: unknown }) =>
	(code === 'ETIMEDOUT' && syscall === 'connect') ||
	(typeof message === 'string' && message.startsWith('tunneling socket could not be established'));

/** The network can also fail under an open connection; during a TLS handshake (EPROTO) it is not open yet. */
const wasConnected = ({ code, syscall }: { code?: unknown; syscall?: unknown }) =>
	syscall === 'read' || (syscall === 'write' && code !== 'EPROTO');
