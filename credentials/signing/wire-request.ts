import type { IHttpRequestOptions } from 'n8n-workflow';

import { isAbsolute, normaliseBaseUrl } from '../base-url';
import { CredentialMistake } from '../credential-mistake';
import { headersWith } from '../headers';

/**
 * A request in the form in which `authenticate` gets it. The HTTP Request node still uses n8n's older options, which
 * name the address `uri` and may carry a form in `form` or `formData`.
 */
export type OutgoingRequest = IHttpRequestOptions & { uri?: string; form?: unknown; formData?: unknown };

/** `a=1&b=2` of pairs that are not yet encoded. */
export function queryString(pairs: ReadonlyArray<readonly [string, string]>): string {
	return pairs.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&');
}

/** By way of UTF-8, where half a surrogate pair becomes U+FFFD as in every text that is sent; encodeURIComponent alone would throw. */
function percentEncode(text: string): string {
	return encodeURIComponent(Buffer.from(text).toString());
}

/**
 * The address of a request as it is sent: base URL, path and query parameters in one URL.
 * `url.pathname + url.search` is, to the byte, the request target that the server receives. (n8n encodes parameters
 * given as `qs` differently from those written in the URL, so a signature needs them in one place.)
 *
 * @throws CredentialMistake when the address is incomplete or a query parameter is not a single value
 */
export function wireUrl(request: OutgoingRequest): URL {
	const address = request.url || request.uri || '';
	// As the HTTP client joins them; `new URL(path, base)` would lose the path of the base URL.
	const joined =
		isAbsolute(address) || request.baseURL === undefined
			? address
			: `${normaliseBaseUrl(request.baseURL)}/${address.replace(/^\/+/, '')}`;
	if (!isAbsolute(joined) || !URL.canParse(joined)) {
		throw new CredentialMistake(
			'The address of the request is not complete. It has to start with https:// or http://.',
		);
	}
	const url = new URL(joined);
	const parameters = queryString(Object.entries(request.qs ?? {}).flatMap(([name, value]) => queryPair(name, value)));
	if (parameters !== '') url.search += `${url.search === '' ? '?' : '&'}${parameters}`;
	return url;
}

function queryPair(name: string, value: unknown): Array<[string, string]> {
	if (value === undefined) return [];
	if (value === null) return [[name, '']];
	if (typeof value === 'object') {
		throw new CredentialMistake(`The query parameter "${name}" is a list or an object`, {
			description: 'Signed requests can carry only single values as query parameters.',
		});
	}
	return [[name, String(value)]];
}

/**
 * The path as the API behind a base URL sees it: what the base URL puts in front of it (a gateway's prefix) never
 * reaches the API, and so is not signed.
 */
export function pathBelow(url: URL, baseUrl: string): string {
	const base = baseUrl.trim();
	const prefix = URL.canParse(base) ? new URL(base).pathname.replace(/\/+$/, '') : '';
	return url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : url.pathname;
}

/** A request that nothing on the way out will change any more. */
export interface WireRequest {
	url: URL;
	headers: Record<string, string>;
	/** Undefined for a request without a body. */
	body: IHttpRequestOptions['body'];
}

/**
 * The same request with its final address, headers and body.
 * `baseURL` and `qs` are gone because the address contains them; a body left out is really absent.
 */
export function sealed(request: OutgoingRequest, { url, headers, body }: WireRequest): IHttpRequestOptions {
	const result: OutgoingRequest = { ...request, url: url.href, headers: headersWith(request.headers, headers), body };
	delete result.baseURL;
	delete result.qs;
	delete result.uri;
	if (body === undefined) delete result.body;
	return result;
}

/** GET and HEAD requests go out without a body, whatever they were given. */
export function carriesBody(method: string): boolean {
	return method !== 'GET' && method !== 'HEAD';
}

/** The method as it is sent; n8n sends GET when none is given. */
export function wireMethod(request: OutgoingRequest): string {
	return (request.method ?? 'GET').toUpperCase();
}

/** Arrays and `{}` objects of any realm: n8n loads nodes into a context of their own, where `instanceof` misleads. */
export function isPlainData(body: unknown): body is object {
	if (typeof body !== 'object' || body === null) return false;
	const prototype: unknown = Object.getPrototypeOf(body);
	return Array.isArray(body) || prototype === null || Object.getPrototypeOf(prototype) === null;
}
