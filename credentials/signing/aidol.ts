import { createHash, createHmac } from 'crypto';
import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { normaliseBaseUrl } from '../base-url';
import { CredentialMistake } from '../credential-mistake';
import { bearer, headerOf, headerValue } from '../headers';
import {
	carriesBody,
	isPlainData,
	pathBelow,
	queryString,
	sealed,
	wireMethod,
	wireUrl,
	type OutgoingRequest,
} from './wire-request';

/**
 * AI-DOL request signature (docs/apis/aidol.md §1.2 for version 2, §1.3 for version 1).
 *
 * The rules speak of values ("trimmed", "without empty ones"), the wire carries bytes. So the body is rewritten to
 * exactly what is signed: strings trimmed, empty fields left out. Then client and server cannot disagree about it.
 */

export type AiDolSignatureVersion = 'v1' | 'v2';

/** What is signed. */
export interface AiDolRequest {
	/** Any case; it is signed in upper case. */
	method: string;
	/** Path only, e.g. `/v1/chat/stream`. */
	path: string;
	/** The X-Timestamp header: Unix time in seconds. */
	timestamp: string;
	/** The X-User-ID header. */
	userId: string;
	/** Canonical query, see `canonicalPairs`; `''` when there is none. */
	query: string;
	/** Canonical body, see `canonicalBody`; `''` when there is none or it is multipart. */
	body: string;
}

/** `k=v` of each pair, sorted by the code units of the key, joined by `&`. Nothing is escaped. */
export function canonicalPairs(pairs: ReadonlyArray<readonly [string, string]>): string {
	return [...pairs]
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.map(([name, value]) => `${name}=${value}`)
		.join('&');
}

/** A JSON body and its canonical form. */
export interface CanonicalBody {
	/** The JSON text to send. */
	json: string;
	/** The canonical text to sign. */
	canonical: string;
}

/**
 * Brings a JSON body into the form that is sent and into the form that is signed.
 * Top-level fields that are null or blank are left out, top-level strings are trimmed; empty objects and arrays stay.
 * Halves of characters become replacement characters. Inside nested values nothing else changes; integers keep their digits, other numbers are written as `JSON.stringify` does.
 *
 * @param body an object, or the text of one
 * @throws CredentialMistake when the text is not a JSON object
 */
export function canonicalBody(body: object | string): CanonicalBody {
	const fields = Object.entries(jsonObject(typeof body === 'string' ? body : (stringify(body) ?? '')))
		.map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value] as const)
		.filter(([, value]) => value !== null && value !== '')
		.map(([name, value]) => {
			const json = stringify(value) ?? '';
			return { name, json, signed: typeof value === 'string' ? value : json };
		});
	return {
		json: `{${fields.map(({ name, json }) => `${JSON.stringify(name)}:${json}`).join(',')}}`,
		canonical: canonicalPairs(fields.map(({ name, signed }) => [name, signed])),
	};
}

/** As `JSON.stringify` writes it, which a server that rebuilds the text will do, too; digits beyond 2^53 are kept. */
const exactNumber = (digits: string) =>
	/^-?\d+$/.test(digits) && !Number.isSafeInteger(Number(digits)) ? new LosslessNumber(digits) : Number(digits);

/**
 * Half an emoji, as a text that was cut leaves it, has no form in UTF-8: what is signed for it differs from server to server.
 * So it is sent as the replacement character, which everybody signs alike.
 */
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, '\ufffd');

function jsonObject(text: string): Record<string, unknown> {
	let value: unknown;
	try {
		value = parse(text, (_name, member) => (typeof member === 'string' ? wellFormed(member) : member), exactNumber);
	} catch {
		value = undefined;
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value) || isLosslessNumber(value)) {
		throw new CredentialMistake('The body of the request is not a JSON object', {
			description:
				'AI-DOL takes JSON objects like {"agentId": "…"}, with every field named once. Correct the JSON text.',
		});
	}
	return value as Record<string, unknown>;
}

/** The six parts that version 2 signs, joined by five line feeds. */
export function signatureBase({ method, path, timestamp, userId, query, body }: AiDolRequest): string {
	return [method.toUpperCase(), path, timestamp, userId, query, body].join('\n');
}

/**
 * The value of X-Signature, in lower-case hex.
 * Version 2 is an HMAC-SHA256 of the base string; version 1 (older documentation) a plain SHA-256 of canonical body
 * and secret.
 */
export function signAiDol(version: AiDolSignatureVersion, apiSecret: string, request: AiDolRequest): string {
	return version === 'v1'
		? createHash('sha256').update(`${request.body}${apiSecret}`).digest('hex')
		: createHmac('sha256', apiSecret).update(signatureBase(request)).digest('hex');
}

/** What is new in every attempt. */
export interface Attempt {
	now: Date;
	/** X-Request-ID: 32 random characters, never used twice. */
	requestId: string;
}

/**
 * A request with all headers that AI-DOL wants, in its final form: the whole address in `url`, the body as JSON text.
 * It accepts its own result, because n8n calls `authenticate` again on it when it sends a request for a second time.
 *
 * @param requestOptions is not changed
 * @throws CredentialMistake when a credential field is missing or cannot be sent, or the body has no JSON form
 */
export function withAiDolSignature(
	credentials: ICredentialDataDecryptedObject,
	requestOptions: IHttpRequestOptions,
	{ now, requestId }: Attempt,
): IHttpRequestOptions {
	const method = wireMethod(requestOptions);
	// One bot serves many users: a request may name its own (docs/apis/aidol.md §5).
	const userId = headerValue('User ID', headerOf(requestOptions.headers, 'X-User-ID') ?? credentials.userId);
	const timestamp = String(Math.floor(now.getTime() / 1000));
	const url = wireUrl(requestOptions);
	const query = canonicalQuery(url);
	url.search = queryString(query);
	const { canonical, body, contentType } = wireBody(requestOptions, method);
	const signature = signAiDol(credentials.signatureVersion === 'v1' ? 'v1' : 'v2', apiSecret(credentials), {
		method,
		path: pathBelow(url, normaliseBaseUrl(String(credentials.baseUrl ?? ''))),
		timestamp,
		userId,
		query: canonicalPairs(query),
		body: canonical,
	});
	return sealed(requestOptions, {
		url,
		headers: {
			...contentType,
			Authorization: bearer('API Key', credentials.apiKey),
			'X-Timestamp': timestamp,
			'X-Request-ID': requestId,
			'X-User-ID': userId,
			'X-Signature': signature,
		},
		body,
	});
}

function apiSecret(credentials: ICredentialDataDecryptedObject): string {
	const secret = String(credentials.apiSecret ?? '').trim();
	if (secret === '') throw new CredentialMistake('API Secret is empty. Enter it in the credential.');
	return secret;
}

function wireBody(request: OutgoingRequest, method: string) {
	const nothing = { canonical: '', contentType: {} };
	if (!carriesBody(method)) return { ...nothing, body: undefined };
	if (isMultipart(request)) return { ...nothing, body: request.body };
	const { json, canonical } = canonicalBody(jsonSource(request));
	return { canonical, contentType: { 'Content-Type': 'application/json' }, body: json };
}

/** An upload: n8n writes its body, and the signature leaves it out. */
function isMultipart(request: OutgoingRequest): boolean {
	return (
		request.formData !== undefined ||
		Object.prototype.toString.call(request.body) === '[object FormData]' ||
		/^multipart\/form-data/i.test(headerOf(request.headers, 'content-type') ?? '')
	);
}

/** The given body as something that has JSON. No body counts as `{}`: the API demands a JSON content type, which an empty text would contradict. */
function jsonSource({ body, form }: OutgoingRequest): object | string {
	if (form === undefined) {
		if (body === undefined || body === null) return {};
		if (Buffer.isBuffer(body)) return body.toString('utf8');
		if (typeof body === 'string') return body.trim() === '' ? {} : body;
		if (isPlainData(body)) return body;
	}
	throw new CredentialMistake('This kind of request body cannot be sent to AI-DOL', {
		description: 'Send the body as JSON, or as multipart form data for an upload.',
	});
}

/** Query fields as they are signed: decoded, trimmed, without empty ones. */
function canonicalQuery(url: URL): Array<[string, string]> {
	return [...url.searchParams]
		.map(([name, value]): [string, string] => [name, value.trim()])
		.filter(([, value]) => value !== '');
}
