import { createHash, createHmac } from 'node:crypto';
import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { ksoDate, signKso1, withKso1 } from '../../credentials/signing/kso1';
import { fc } from './seed';

const keys = { accessKey: 'AK123456', secretKey: 'sk098765' };
const moment = new Date(Date.UTC(2006, 0, 2, 15, 4, 5));
const date = 'Mon, 02 Jan 2006 15:04:05 GMT';

/** docs/apis/wps.md §1.2: the first two rows are published by WPS, the others computed from its rules. */
const vectors: Array<[method: string, uri: string, contentType: string, body: string, signature: string]> = [
	[
		'GET',
		'/v7/test?key=value',
		'application/json',
		'',
		'ce8df66877175e5198c8ea1362ffddf82e4941c6f25a4ca205a1ad09d0faaf03',
	],
	[
		'POST',
		'/v7/test/body',
		'application/json',
		'{"key": "value"}',
		'c46e6c988130818ecba2484d51ac685948fbbef6814602c7874d6bfc41dc17b3',
	],
	[
		'POST',
		'/v7/test/body',
		'application/json',
		'{"key":"value"}',
		'ef1ebfebb7aa295ef94a24342b776cceb534500f81de5f849f44672becde72ce',
	],
	['GET', '/v7/test?key=value', '', '', '9d3a5d53ab5b6ddec21e90d88e19a33928185be7a0df2c2aedb214eebaf33669'],
	[
		'POST',
		'/v7/devhub/app/app1/chat/create',
		'application/json',
		'{"text":"你好","stream":true}',
		'a980c7401b41378fb83fb6327885c76bb08c53a6f810f56c161558ccb8a75f5c',
	],
	[
		'POST',
		'/v7/devhub/app/app1/chat/c1/cancel',
		'application/json',
		'',
		'6a96a2890cf4b0937bf01babb2e4513795a63f7dcb69cb7d85c585588a1902c8',
	],
	[
		'POST',
		'/v7/devhub/app/app1/session/create',
		'application/json',
		'',
		'ef617aa6b4b20bfbec438a0fde5820db3657168cde7014892d748ff0816aac10',
	],
	[
		'POST',
		'/v7/devhub/apps/app1/chats/cancel',
		'application/json',
		'{"chat_id":"c1"}',
		'972a6bfa930a16b6c5364f9dba48665a6458fefcb700e9b70c2fcefe90a42ab2',
	],
	[
		'GET',
		'/v7/devhub/apps/app1/sessions/messages?session_id=s1',
		'application/json',
		'',
		'85034c53c46488b7e775b10f05d728a655ae4770a9ba4e356251e1342016f6a1',
	],
];

/** The body hashes that stand beside the vectors. */
const bodyHashes: Array<[body: string, hash: string]> = [
	['{"key": "value"}', '9724c1e20e6e3e4d7f57ed25f9d4efb006e508590d528c90da597f6a775c13e5'],
	['{"key":"value"}', 'e43abcf3375244839c012f9633f95862d232a95b00d5bc7348b3098b9fed7f32'],
	['{"text":"你好","stream":true}', '62be633b68a84269fa1253aec92e8638c4ff5d8333a321cb64c6b1a12eb6b8ec'],
	['{"chat_id":"c1"}', '94d63649f9639d7ce0f669de760a9646d5b3edfa70d6df24bcae0c8edeea0bae'],
];

describe('signKso1', () => {
	it.each(vectors)('%s %s (%s) %s', (method, requestUri, contentType, body, signature) => {
		expect(signKso1(keys, { method, requestUri, contentType, date, body })).toBe(`KSO-1 AK123456:${signature}`);
	});

	it.each(bodyHashes)('the published hash of %s is the one that is signed', (body, hash) => {
		const request = { method: 'POST', requestUri: '/v7/x', contentType: 'application/json', date, body };
		const signature = createHmac('sha256', 'sk098765')
			.update(`KSO-1POST/v7/xapplication/json${date}${hash}`)
			.digest('hex');
		expect(signKso1(keys, request)).toBe(`KSO-1 AK123456:${signature}`);
	});

	it.each([
		['/openapi/v7/test?key=value', '/v7/test?key=value'],
		['/openapi?a=b', '?a=b'],
		['/openapix/v7/test', '/openapix/v7/test'],
		['/v7/openapi/test', '/v7/openapi/test'],
	])('a leading /openapi is not signed, and only that: %s', (requestUri, signedUri) => {
		const signature = createHmac('sha256', 'sk098765').update(`KSO-1GET${signedUri}${date}`).digest('hex');
		expect(signKso1(keys, { method: 'GET', requestUri, contentType: '', date, body: '' })).toBe(
			`KSO-1 AK123456:${signature}`,
		);
	});

	it('signs the method in upper case, and bytes like the text they encode', () => {
		const request = { method: 'POST', requestUri: '/v7/x', contentType: 'application/json', date, body: '{"a":"中"}' };
		expect(signKso1(keys, { ...request, method: 'post' })).toBe(signKso1(keys, request));
		expect(signKso1(keys, { ...request, body: Buffer.from(request.body) })).toBe(signKso1(keys, request));
	});

	it('depends on every part', () => {
		const request = { method: 'POST', requestUri: '/v7/x', contentType: 'application/json', date, body: '{}' };
		const all = [
			signKso1(keys, request),
			signKso1({ ...keys, secretKey: 'other' }, request),
			signKso1(keys, { ...request, method: 'PUT' }),
			signKso1(keys, { ...request, requestUri: '/v7/y' }),
			signKso1(keys, { ...request, contentType: 'application/json; charset=utf-8' }),
			signKso1(keys, { ...request, date: 'Mon, 02 Jan 2006 15:04:06 GMT' }),
			signKso1(keys, { ...request, body: '{ }' }),
		];
		expect(new Set(all).size).toBe(all.length);
	});
});

it('X-Kso-Date is RFC 1123 in GMT, with two-digit days', () => {
	expect(ksoDate(moment)).toBe(date);
	expect(ksoDate(new Date(Date.UTC(2026, 10, 9, 0, 0, 7)))).toBe('Mon, 09 Nov 2026 00:00:07 GMT');
});

describe('withKso1', () => {
	const credentials: ICredentialDataDecryptedObject = { ...keys, signRequests: true };
	const sign = (options: IHttpRequestOptions, data = credentials) => withKso1(data, options, moment);

	it('reproduces a vector from request options', () => {
		const signed = sign({
			method: 'POST',
			baseURL: 'https://openapi.wps.cn/',
			url: '/v7/devhub/app/app1/chat/create',
			body: { text: '你好', stream: true },
			headers: { Accept: 'text/event-stream' },
			encoding: 'stream',
		});
		expect(signed).toEqual({
			method: 'POST',
			url: 'https://openapi.wps.cn/v7/devhub/app/app1/chat/create',
			body: '{"text":"你好","stream":true}',
			headers: {
				Accept: 'text/event-stream',
				'Content-Type': 'application/json',
				'X-Kso-Date': date,
				'X-Kso-Authorization': 'KSO-1 AK123456:a980c7401b41378fb83fb6327885c76bb08c53a6f810f56c161558ccb8a75f5c',
			},
			encoding: 'stream',
		});
	});

	it('moves query parameters into the address and signs them as sent', () => {
		const signed = sign({ url: '/v7/test', baseURL: 'https://openapi.wps.cn', qs: { key: 'value' } });
		expect(signed.url).toBe('https://openapi.wps.cn/v7/test?key=value');
		expect(signed).not.toHaveProperty('qs');
		expect(signed).not.toHaveProperty('baseURL');
		expect(signed.headers).toMatchObject({
			'X-Kso-Authorization': 'KSO-1 AK123456:ce8df66877175e5198c8ea1362ffddf82e4941c6f25a4ca205a1ad09d0faaf03',
		});
	});

	it('keeps the /openapi of a private deployment in the address and out of the signature', () => {
		const signed = sign({ url: '/v7/test?key=value', baseURL: 'https://wps.example/openapi' });
		expect(signed.url).toBe('https://wps.example/openapi/v7/test?key=value');
		expect(signed.headers).toMatchObject({
			'X-Kso-Authorization': 'KSO-1 AK123456:ce8df66877175e5198c8ea1362ffddf82e4941c6f25a4ca205a1ad09d0faaf03',
		});
	});

	it.each(['https://gateway.example/wps', 'https://gateway.example/wps/openapi/', ' https://gateway.example/a%20b// '])(
		'keeps the prefix of a gateway in the address and out of the signature: %s',
		(baseUrl) => {
			const data = { ...credentials, baseUrl };
			const signed = sign({ url: '/v7/test?key=value', baseURL: baseUrl }, data);
			expect(signed.url).toBe(`${baseUrl.trim().replace(/\/+$/, '')}/v7/test?key=value`);
			const vector = 'KSO-1 AK123456:ce8df66877175e5198c8ea1362ffddf82e4941c6f25a4ca205a1ad09d0faaf03';
			expect(signed.headers?.['X-Kso-Authorization']).toBe(vector);
			expect(sign(signed, data).headers?.['X-Kso-Authorization']).toBe(vector);
		},
	);

	it.each([
		['no body', undefined],
		['an empty object, which n8n would drop', {}],
		['an empty text', ''],
		['white space, which n8n would trim away', ' \n'],
	])('signs an empty text for %s, and sends none', (_what, body) => {
		const signed = sign({ method: 'POST', url: 'https://openapi.wps.cn/v7/devhub/app/app1/session/create', body });
		expect(signed).not.toHaveProperty('body');
		expect(signed.headers).toMatchObject({
			'Content-Type': 'application/json',
			'X-Kso-Authorization': 'KSO-1 AK123456:ef617aa6b4b20bfbec438a0fde5820db3657168cde7014892d748ff0816aac10',
		});
	});

	it('keeps the digits of ids and the spacing inside a JSON text', () => {
		const text = '{"id": 11887655289749511, "n": 1.0}';
		const { body } = sign({ method: 'POST', url: 'https://x.example/v7/y', body: `${text}\n` });
		expect(body).toBe(text);
	});

	it('signs an already signed request again: same bytes, new date', () => {
		const options: IHttpRequestOptions = {
			method: 'POST',
			baseURL: 'https://openapi.wps.cn',
			url: '/v7/x y',
			qs: { a: "it's 中", b: null, c: undefined },
			body: { n: 1 },
		};
		const once = sign(options);
		const later = withKso1(credentials, once, new Date(moment.getTime() + 60_000));
		expect(withKso1(credentials, once, moment)).toEqual(once);
		expect({ ...later, headers: {} }).toEqual({ ...once, headers: {} });
		expect(later.headers?.['X-Kso-Date']).toBe('Mon, 02 Jan 2006 15:05:05 GMT');
		expect(later.headers?.['X-Kso-Authorization']).not.toBe(once.headers?.['X-Kso-Authorization']);
	});

	it('sends half a surrogate pair in a query as the replacement character, as in a body', () => {
		expect(sign({ url: 'https://x.example/v7/y', qs: { a: '\ud800' } }).url).toBe('https://x.example/v7/y?a=%EF%BF%BD');
	});

	it('does not change the options it was given', () => {
		const options: IHttpRequestOptions = {
			method: 'POST',
			url: 'https://x.example/',
			body: { a: 1 },
			headers: { A: 'b' },
		};
		const before = structuredClone(options);
		sign(options);
		expect(options).toEqual(before);
	});

	it('signs with client id and secret when the signing keys are left empty', () => {
		const data = { accessKey: '', secretKey: '', clientId: 'AK123456', clientSecret: 'sk098765' };
		const options = { url: 'https://openapi.wps.cn/v7/test?key=value' };
		expect(sign(options, data)).toEqual(sign(options));
		expect(sign(options, { ...data, ...keys, clientId: 'x', clientSecret: 'y' })).toEqual(sign(options));
	});

	it('leaves the request as it was when signing is off', () => {
		const options: IHttpRequestOptions = { baseURL: 'https://x.example', url: '/v7/y', qs: { a: 1 }, body: { b: 2 } };
		expect(sign(options, { signRequests: false })).toEqual(options);
	});

	it.each<[string, ICredentialDataDecryptedObject, IHttpRequestOptions, string]>([
		['missing keys', { signRequests: true }, { url: 'https://x.example/' }, 'Access Key and Secret Key are needed'],
		['a missing secret key', { accessKey: 'a' }, { url: 'https://x.example/' }, 'Access Key and Secret Key are needed'],
		[
			'an access key with a line break',
			{ ...keys, accessKey: 'a\nb' },
			{ url: 'https://x.example/' },
			'Access Key contains a line break',
		],
		['a relative address', keys, { url: '/v7/x' }, 'not complete'],
		['a base URL without scheme', keys, { url: '/v7/x', baseURL: 'openapi.wps.cn' }, 'has to start with https://'],
		['a list as query parameter', keys, { url: 'https://x.example/', qs: { a: [1] } }, '"a" is a list or an object'],
		['a broken JSON text', keys, { method: 'POST', url: 'https://x.example/', body: '{"a":' }, 'not valid JSON'],
		[
			'a form',
			keys,
			{ method: 'POST', url: 'https://x.example/', body: new URLSearchParams('a=1') },
			'cannot be signed',
		],
		['an older form', keys, { method: 'POST', url: 'https://x.example/', formData: {} } as never, 'cannot be signed'],
		[
			'an object as text/plain',
			keys,
			{ method: 'POST', url: 'https://x.example/', headers: { 'content-type': 'text/plain' }, body: { a: 1 } },
			'cannot be signed',
		],
	])('refuses %s', (_what, data, options, reason) => {
		expect(() => withKso1(data, options, moment)).toThrow(reason);
	});

	it('signs any query and body so that the signed address parses to itself and holds the values', () => {
		const value = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean());
		fc.assert(
			fc.property(fc.dictionary(fc.string({ unit: 'binary', minLength: 1 }), value), fc.jsonValue(), (qs, json) => {
				const body = { json } as IHttpRequestOptions['body'];
				const {
					url,
					body: sent,
					headers,
				} = sign({ method: 'POST', url: 'https://x.example/openapi/v7/y?z=%20', qs, body });
				const parsed = new URL(url);
				expect(parsed.href).toBe(url);
				expect([...parsed.searchParams].slice(1)).toEqual(
					Object.entries(qs).map(([name, text]) => [name, String(text)]),
				);
				expect(JSON.parse(sent as string)).toEqual(JSON.parse(JSON.stringify(body)));
				const hash = createHash('sha256')
					.update(sent as string)
					.digest('hex');
				const target = (parsed.pathname + parsed.search).replace('/openapi', '');
				const signature = createHmac('sha256', keys.secretKey).update(
					`KSO-1POST${target}application/json${date}${hash}`,
				);
				expect(headers?.['X-Kso-Authorization']).toBe(`KSO-1 AK123456:${signature.digest('hex')}`);
			}),
		);
	});
});
