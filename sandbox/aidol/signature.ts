import { createHash, createHmac } from 'node:crypto';

import { exactJson, isObject } from '../exact-json';
import type { Call } from '../provider';
import type { AiDolSettings } from './settings';

/** Fields as they are signed: no null, no blank; strings trimmed, all else as JSON text; sorted by code unit. */
function canonical(fields: Iterable<[string, unknown]>): string {
	return [...fields]
		.filter(([, value]) => value !== null && value !== undefined && !(typeof value === 'string' && value.trim() === ''))
		.map(([name, value]): [string, string] => [name, typeof value === 'string' ? value.trim() : exactJson(value)])
		.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
		.map(([name, value]) => `${name}=${value}`)
		.join('&');
}

/** Top-level fields of the JSON body; nothing for other bodies (docs/apis/aidol.md §1.2). */
function canonicalBody({ request }: Call): string {
	if (request.body.length === 0 || /^multipart\//i.test(request.headers['content-type'] ?? '')) return '';
	try {
		const body = request.json();
		return isObject(body) ? canonical(Object.entries(body)) : '';
	} catch {
		return '';
	}
}

/** Why the signature is refused, or undefined when it is right in one of the accepted versions. */
export function signatureProblem(call: Call, settings: AiDolSettings): string | undefined {
	const { request, path, query } = call;
	const { headers } = request;
	const body = canonicalBody(call);
	const given = headers['x-signature'];
	const base = [request.method, path, headers['x-timestamp'], headers['x-user-id'], canonical(query), body].join('\n');
	for (const version of settings.signatureVersions) {
		const expected =
			version === 'v2'
				? createHmac('sha256', settings.apiSecret).update(base, 'utf8').digest('hex')
				: createHash('sha256')
						.update(body + settings.apiSecret, 'utf8')
						.digest('hex');
		if (given === expected) return undefined;
	}
	return `signature differs; version 2 signs this text: ${JSON.stringify(base)}`;
}
