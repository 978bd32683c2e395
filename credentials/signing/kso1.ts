import { createHash, createHmac } from 'crypto';
import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { withNormalisedBaseUrl } from '../base-url';
import { CredentialMistake } from '../credential-mistake';
import { headerOf, headerValue } from '../headers';
import { carriesBody, isPlainData, pathBelow, sealed, wireMethod, wireUrl, type OutgoingRequest } from './wire-request';

/**
 * WPS request signature "KSO-1" (docs/apis/wps.md §1.2).
 *
 * Who signs when. `withKso1` is the only place that signs. For `wpsOAuth2Api` the node calls it before every attempt,
 * because n8n never calls `authenticate` of a type that extends `oAuth2Api`. For `wpsAccessTokenApi` the credential's
 * `authenticate` calls it, which also covers the Test button, the HTTP Request node and n8n's resend after a 401.
 * Signing a signed request again is harmless: the bytes stay, only date and signature are renewed.
 */

/** What is signed. All texts are exactly those that are sent. */
export interface Kso1Request {
	/** Any case; it is signed in upper case. */
	method: string;
	/** Path and query as in the request line, percent-encoded, e.g. `/v7/test?key=value`. */
	requestUri: string;
	/** The Content-Type header, `''` when there is none. */
	contentType: string;
	/** The X-Kso-Date header. */
	date: string;
	/** `''` when there is no body. Text is hashed as UTF-8. */
	body: string | Buffer;
}

/** The app's APPID and APPKEY. */
export interface Kso1Keys {
	accessKey: string;
	secretKey: string;
}

/** The text of X-Kso-Date: RFC 1123 in GMT, e.g. `Mon, 02 Jan 2006 15:04:05 GMT`. */
export function ksoDate(now: Date): string {
	return now.toUTCString();
}

/**
 * `KSO-1 {accessKey}:{signature}`, the value of X-Kso-Authorization.
 * The `/openapi` in front of the paths of private deployments is not signed; what else a base URL has in front of them is
 * left out by `withKso1`.
 */
export function signKso1({ accessKey, secretKey }: Kso1Keys, request: Kso1Request): string {
	const { method, requestUri, contentType, date, body } = request;
	// An empty body adds nothing, not the hash of nothing.
	const bodyHash = body.length === 0 ? '' : createHash('sha256').update(body).digest('hex');
	const signedUri = requestUri.replace(/^\/openapi(?=[/?]|$)/, '');
	const signature = createHmac('sha256', secretKey)
		.update(`KSO-1${method.toUpperCase()}${signedUri}${contentType}${date}${bodyHash}`)
		.digest('hex');
	return `KSO-1 ${accessKey}:${signature}`;
}

/**
 * A request with the KSO-1 headers, in its final form: the whole address in `url`, an explicit Content-Type, the body as
 * text. Nothing may change the result afterwards except that a bearer token is added. When the credential has Sign
 * Requests switched off, the request comes back as it was.
 *
 * @param credentials of either WPS type. Empty signing keys stand for the OAuth client id and secret, which are the
 *   same thing at WPS (APPID and APPKEY).
 * @param requestOptions is not changed. Objects become JSON; a JSON text stays as it is but for white space around it,
 *   so that ids keep all their digits.
 * @throws CredentialMistake when keys are missing or the request has a form that cannot be signed
 */
export function withKso1(
	credentials: ICredentialDataDecryptedObject,
	requestOptions: IHttpRequestOptions,
	now = new Date(),
): IHttpRequestOptions {
	if (credentials.signRequests === false) return withNormalisedBaseUrl(requestOptions);
	const method = wireMethod(requestOptions);
	const contentType = headerOf(requestOptions.headers, 'content-type')?.trim() || 'application/json';
	const body = carriesBody(method) ? wireBody(requestOptions, contentType) : undefined;
	const url = wireUrl(requestOptions);
	const date = ksoDate(now);
	const authorization = signKso1(signingKeys(credentials), {
		method,
		requestUri: pathBelow(url, String(credentials.baseUrl ?? '')) + url.search,
		contentType,
		date,
		body: body ?? '',
	});
	return sealed(requestOptions, {
		url,
		headers: { 'Content-Type': contentType, 'X-Kso-Date': date, 'X-Kso-Authorization': authorization },
		body,
	});
}

function signingKeys({ accessKey, secretKey, clientId, clientSecret }: ICredentialDataDecryptedObject): Kso1Keys {
	const key = String(secretKey || clientSecret || '').trim();
	if (key === '' || String(accessKey || clientId || '').trim() === '') {
		throw new CredentialMistake(
			'Access Key and Secret Key are needed to sign requests. Fill in both, or switch off Sign Requests.',
			{
				description:
					'They are the APPID and APPKEY of the WPS app. Signing can be off when the app does not check signatures.',
			},
		);
	}
	return { accessKey: headerValue('Access Key', accessKey || clientId), secretKey: key };
}

/** The body as the HTTP client will send it, or undefined for none. */
function wireBody(request: OutgoingRequest, contentType: string): string | Buffer | undefined {
	const { body, form, formData } = request;
	const asJson = /\bjson\b/i.test(contentType);
	if (form === undefined && formData === undefined) {
		if (body === undefined || body === null || body === '') return undefined;
		if (Buffer.isBuffer(body)) return body;
		if (typeof body === 'string') return asJson ? jsonText(body) : body;
		if (isPlainData(body) && asJson) return Object.keys(body).length === 0 ? undefined : JSON.stringify(body);
	}
	throw new CredentialMistake('This kind of request body cannot be signed for WPS', {
		description:
			'Send the body as JSON. When the app does not check signatures, switch off Sign Requests in the credential.',
	});
}

/** n8n's HTTP client trims JSON texts, and puts quotation marks around a text that is no JSON. */
function jsonText(text: string): string | undefined {
	const trimmed = text.trim();
	if (trimmed === '') return undefined;
	if (!isJson(trimmed)) {
		throw new CredentialMistake('The body of the request is not valid JSON', {
			description: 'Correct the JSON text, or pass an object instead.',
		});
	}
	return trimmed;
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
