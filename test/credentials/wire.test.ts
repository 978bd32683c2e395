import { createHash, createHmac } from 'node:crypto';
import type { ICredentialDataDecryptedObject, IHttpRequestMethods, IHttpRequestOptions } from 'n8n-workflow';

import { withKso1 } from '../../credentials/signing/kso1';
import { send, sendLikeHttpRequestNode } from './n8n-engine';
import { RecordingServer, json, type ReceivedRequest } from './recording-server';
import { fc } from './seed';

/**
 * Signatures under n8n's real HTTP client: a server recomputes each from the raw bytes that arrived, by the rules of
 * docs/apis (KSO-1: wps.md, AI-DOL: aidol.md) and with none of the package's code.
 */

const server = new RecordingServer();
beforeAll(() => server.start());
beforeEach(() => server.reset());
afterAll(() => server.stop());

describe('KSO-1', () => {
	const keys = { accessKey: 'AK123456', secretKey: 'sk098765' };
	const token = () => ({ ...keys, baseUrl: server.url, accessToken: 'user-token' });

	function expectSigned(request: ReceivedRequest = server.last): void {
		const { method, target, headers, body } = request;
		const hash = body.length === 0 ? '' : createHash('sha256').update(body).digest('hex');
		const uri = target.startsWith('/openapi/') ? target.slice('/openapi'.length) : target;
		const text = `KSO-1${method}${uri}${headers['content-type'] ?? ''}${headers['x-kso-date']}${hash}`;
		const signature = createHmac('sha256', keys.secretKey).update(text).digest('hex');
		expect(headers['x-kso-authorization']).toBe(`KSO-1 AK123456:${signature}`);
		expect(headers.authorization).toBe('Bearer user-token');
	}

	it.each<[string, IHttpRequestOptions]>([
		['an object', { method: 'POST', url: '/v7/x', body: { text: 'Grüße 你好 😀', n: 1.5 } }],
		['a JSON text with long ids', { method: 'POST', url: '/v7/x', body: ' {"id": 11887655289749511}\n' }],
		[
			'a JSON text of another content type',
			{ method: 'POST', url: '/v7/x', body: '{"a":1}', headers: { 'content-type': 'application/json; charset=utf-8' } },
		],
		['plain text', { method: 'POST', url: '/v7/x', body: '  not json ', headers: { 'Content-Type': 'text/plain' } }],
		['bytes', { method: 'PUT', url: '/v7/x', body: Buffer.from([0, 255, 10, 13]) }],
		['a broken surrogate pair', { method: 'POST', url: '/v7/x', body: { text: 'a\ud800b' } }],
		['no body', { method: 'POST', url: '/v7/x' }],
		['an empty object', { method: 'POST', url: '/v7/x', body: {} }],
		['an empty text', { method: 'POST', url: '/v7/x', body: '' }],
		['a GET', { url: '/v7/x' }],
		['a GET with a body, which n8n drops', { method: 'GET', url: '/v7/x', body: { a: 1 } }],
		['a DELETE', { method: 'DELETE', url: '/v7/x' }],
		[
			'query parameters that clients encode differently',
			{
				url: '/v7/x',
				qs: {
					q: 'it\'s (a) *star*! ~tilde [x] a+b&c=d #?/\\|^`{}<>"%',
					中: '文 😀',
					n: 7,
					b: false,
					e: null,
					u: undefined,
				},
			},
		],
		['a query written into the address', { url: '/v7/x?q=it\'s (a)*!~[x]|^`{}<>"&e=%2f%2F&中=文' }],
		['both', { url: '/v7/x?a=1#fragment', qs: { b: "2'" } }],
		['a path with characters to encode', { url: '/v7/a b/中/%41/../c' }],
	])('%s: what is signed is what arrives', async (_what, options) => {
		await send('wpsAccessTokenApi', token(), { baseURL: server.url, ...options });
		expectSigned();
	});

	it('a body-less POST goes out with its content type and an empty body', async () => {
		await send('wpsAccessTokenApi', token(), { method: 'POST', baseURL: server.url, url: '/v7/x', body: {} });
		expect(server.last.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '0' });
	});

	it('sends the digits of a JSON text as they are', async () => {
		const body = '{"id": 11887655289749511, "n": 1.0, "t": "你好"}';
		await send('wpsAccessTokenApi', token(), { method: 'POST', baseURL: server.url, url: '/v7/x', body });
		expect(server.last.body.toString()).toBe(body);
	});

	it('the /openapi of a private deployment is sent and not signed', async () => {
		await send('wpsAccessTokenApi', token(), { baseURL: `${server.url}/openapi/`, url: '/v7/x', qs: { a: 'b c' } });
		expect(server.last.target).toBe('/openapi/v7/x?a=b%20c');
		expectSigned();
	});

	it('any query and body', async () => {
		const name = fc.string({ unit: 'binary', minLength: 1 });
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom<IHttpRequestMethods>('GET', 'POST', 'PUT', 'DELETE'),
				fc.dictionary(name, fc.string({ unit: 'binary' })),
				fc.dictionary(name, fc.jsonValue({ stringUnit: 'binary' })),
				async (method, qs, body) => {
					await send('wpsAccessTokenApi', token(), {
						method,
						baseURL: server.url,
						url: '/v7/x',
						qs,
						body: body as never,
					});
					expectSigned();
				},
			),
			{ numRuns: 60 },
		);
	});

	it('signs again, in the same words, when n8n repeats a request after a 401', async () => {
		server.answer = json({ code: 401000001 }, 401);
		const request = send('wpsAccessTokenApi', token(), {
			method: 'POST',
			baseURL: server.url,
			url: '/v7/x',
			qs: { a: "'" },
			body: { a: 1 },
		});
		await expect(request).rejects.toMatchObject({ httpCode: '401' });
		expect(server.received).toHaveLength(2);
		server.received.forEach((received) => expectSigned(received));
		expect(server.received[1]!.target).toBe(server.received[0]!.target);
		expect(server.received[1]!.body.equals(server.received[0]!.body)).toBe(true);
	});

	it('signs what the node has signed already', async () => {
		const signed = withKso1(
			token(),
			{ method: 'POST', baseURL: server.url, url: '/v7/x', qs: { a: '中' }, body: { a: 1 } },
			new Date(0),
		);
		await send('wpsAccessTokenApi', token(), signed);
		expectSigned();
		expect(server.last.headers['x-kso-date']).not.toBe(new Date(0).toUTCString());
	});

	it('signs for the HTTP Request node, which uses older options', async () => {
		const options = { method: 'POST', uri: `${server.url}/v7/x`, qs: { a: 'b c' }, body: { text: '你好' }, json: true };
		await sendLikeHttpRequestNode('wpsAccessTokenApi', token(), options);
		expect(server.last.target).toBe('/v7/x?a=b%20c');
		expectSigned();
	});

	it('sends no signature when signing is off', async () => {
		await send('wpsAccessTokenApi', { ...token(), signRequests: false }, { baseURL: server.url, url: '/v7/x' });
		expect(Object.keys(server.last.headers).filter((header) => header.startsWith('x-kso'))).toEqual([]);
		expect(server.last.headers.authorization).toBe('Bearer user-token');
	});

	describe('with the OAuth2 credential, signed by the node', () => {
		const oauth = (): ICredentialDataDecryptedObject => ({
			baseUrl: server.url,
			clientId: 'AK123456',
			clientSecret: 'sk098765',
			oauthTokenData: {
				access_token: 'user-token',
				refresh_token: 'refresh-token',
				token_type: 'bearer',
				expires_in: 7200,
			},
		});
		const options = (): IHttpRequestOptions =>
			withKso1(oauth(), {
				method: 'POST',
				baseURL: server.url,
				url: '/v7/x',
				qs: { a: "it's" },
				body: { text: '你好' },
			});

		it('n8n adds the token and changes nothing that is signed', async () => {
			await send('wpsOAuth2Api', oauth(), options());
			expectSigned();
		});

		it('the signature outlives the renewal of an expired token', async () => {
			server.answer = (response, request) => {
				if (request.target === '/oauth2/token') {
					json({ access_token: 'user-token', refresh_token: 'next', token_type: 'bearer', expires_in: 7200 })(
						response,
						request,
					);
				} else {
					json({ code: 0 }, request.headers.authorization === 'Bearer user-token' ? 200 : 401)(response, request);
				}
			};
			const expired = {
				...oauth(),
				oauthTokenData: { ...(oauth().oauthTokenData as object), access_token: 'expired' },
			};
			const { statusCode } = await send('wpsOAuth2Api', expired, options());
			expect(statusCode).toBe(200);
			expectSigned();
			const [, renewal] = server.received;
			expect(renewal!.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
			expect(renewal!.headers).not.toHaveProperty('authorization');
			expect(Object.fromEntries(new URLSearchParams(renewal!.body.toString()))).toEqual({
				grant_type: 'refresh_token',
				refresh_token: 'refresh-token',
				client_id: 'AK123456',
				client_secret: 'sk098765',
			});
		});
	});
});

describe('AI-DOL', () => {
	const credential = (more = {}) => ({
		baseUrl: server.url,
		apiKey: 'test-key',
		apiSecret: 'test-secret',
		userId: 'user-123',
		...more,
	});

	/** As a server in JavaScript would check: from the parsed body and the decoded query. */
	function expectSigned(path: string, request: ReceivedRequest = server.last): void {
		const { method, target, headers, body } = request;
		const text = body.toString('utf8');
		const canonical = (pairs: Array<[string, unknown]>) =>
			pairs
				.map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value] as const)
				.filter(([, value]) => value !== null && value !== '')
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
				.join('&');
		const query = canonical([...new URL(target, server.url).searchParams]);
		const fields = canonical(text === '' ? [] : Object.entries(JSON.parse(text) as object));
		const base = `${method}\n${path}\n${headers['x-timestamp']}\n${headers['x-user-id']}\n${query}\n${fields}`;
		expect(headers['x-signature']).toBe(createHmac('sha256', 'test-secret').update(base).digest('hex'));
		expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
		expect(Math.abs(Number(headers['x-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
		expect(headers.authorization).toBe('Bearer test-key');
	}

	it.each<[string, Partial<IHttpRequestOptions>]>([
		[
			'an object',
			{ body: { text: '  Grüße 你好 😀\n', agentId: 'a', language: '', metadata: { b: ' 1 ', a: [null] } } },
		],
		['a JSON text', { body: '{ "text" : "\\u4f60" , "n": 1.5, "none": null }' }],
		['bytes of a JSON text', { body: Buffer.from('{"text":"你"}') }],
		['no body', {}],
		['an empty object', { body: {} }],
		['a query', { qs: { b: " it's (x) ", a: '中', c: '' }, body: { text: 'x' } }],
		['a GET', { method: 'GET', qs: { a: '1' } }],
	])('%s: what is signed is what arrives', async (_what, options) => {
		await send('aiDolApi', credential(), { method: 'POST', baseURL: server.url, url: '/v1/chat/stream', ...options });
		expectSigned('/v1/chat/stream');
		if (server.last.method === 'POST') expect(server.last.headers['content-type']).toBe('application/json');
	});

	it('any query and body', async () => {
		const name = fc.string({ unit: 'binary', minLength: 1 });
		await fc.assert(
			fc.asyncProperty(
				fc.dictionary(name, fc.string({ unit: 'binary' })),
				fc.dictionary(name, fc.jsonValue({ stringUnit: 'binary' })),
				async (qs, body) => {
					await send('aiDolApi', credential(), {
						method: 'POST',
						baseURL: server.url,
						url: '/v1/x',
						qs,
						body: body as never,
					});
					expectSigned('/v1/x');
				},
			),
			{ numRuns: 60 },
		);
	});

	it('sends long ids digit by digit', async () => {
		const body = '{"id":11887655289749511,"metadata":{"ids":[9007199254740993]}}';
		await send('aiDolApi', credential(), { method: 'POST', baseURL: server.url, url: '/v1/x', body });
		expect(server.last.body.toString()).toBe(body);
		const base = `POST\n/v1/x\n${server.last.headers['x-timestamp']}\nuser-123\n\nid=11887655289749511&metadata={"ids":[9007199254740993]}`;
		expect(server.last.headers['x-signature']).toBe(createHmac('sha256', 'test-secret').update(base).digest('hex'));
	});

	it('a gateway path in the base URL is sent and not signed', async () => {
		const baseUrl = `${server.url}/aidol`;
		await send('aiDolApi', credential({ baseUrl }), { method: 'POST', baseURL: baseUrl, url: '/v1/agent/list' });
		expect(server.last.target).toBe('/aidol/v1/agent/list');
		expectSigned('/v1/agent/list');
	});

	it('a repeated request after a 401 has a new request id and a signature of its own', async () => {
		server.answer = json({ success: false }, 401);
		const request = send('aiDolApi', credential(), {
			method: 'POST',
			baseURL: server.url,
			url: '/v1/x',
			body: { text: ' 中 ' },
		});
		await expect(request).rejects.toMatchObject({ httpCode: '401' });
		expect(server.received).toHaveLength(2);
		server.received.forEach((received) => expectSigned('/v1/x', received));
		expect(server.received[0]!.headers['x-request-id']).not.toBe(server.received[1]!.headers['x-request-id']);
	});

	it('signs for the HTTP Request node, which uses older options', async () => {
		const options = { method: 'POST', uri: `${server.url}/v1/chat/stream`, body: { text: ' 你好 ' }, json: true };
		await sendLikeHttpRequestNode('aiDolApi', credential(), options);
		expect(server.last.body.toString()).toBe('{"text":"你好"}');
		expectSigned('/v1/chat/stream');
	});

	it.each(['张三', 'Zoë', 'u\r\nX-Admin: 1'])(
		'a user ID that no header can carry (%j) is refused before anything is sent',
		async (userId) => {
			const request = send('aiDolApi', credential({ userId }), { method: 'POST', baseURL: server.url, url: '/v1/x' });
			await expect(request).rejects.toThrow(/^User ID (may contain only English letters|contains a line break)/);
			expect(server.received).toEqual([]);
		},
	);
});

describe('Reportify', () => {
	it('sends the key as a bearer token, in place of any other', async () => {
		const credential = { apiKey: ' Bearer key-1 \n', baseUrl: server.url };
		await send('reportifyApi', credential, {
			baseURL: ` ${server.url}/ `,
			url: '/v1/x',
			headers: { authorization: 'other', A: 'b' },
		});
		expect(server.last.headers).toMatchObject({ authorization: 'Bearer key-1', a: 'b' });
		expect(server.last.target).toBe('/v1/x');
	});

	it('leaves body, query and address to n8n', async () => {
		const body = '{"agent_id":11887655289749511}';
		const options: IHttpRequestOptions = {
			method: 'POST',
			baseURL: server.url,
			url: '/v1/x',
			qs: { a: 'b' },
			body,
			headers: { 'Content-Type': 'application/json' },
		};
		await send('reportifyApi', { apiKey: 'k', baseUrl: server.url }, options);
		expect(server.last).toMatchObject({ target: '/v1/x?a=b', body: Buffer.from(body) });
	});
});

it('the reason for refusing such headers: n8n sends them with characters missing, without a word', async () => {
	const headers = { 'X-User-ID': '张a三\r\nX-Admin: 1' };
	await send('reportifyApi', { apiKey: 'k', baseUrl: server.url }, { baseURL: server.url, url: '/', headers });
	expect(server.last.headers['x-user-id']).toBe('aX-Admin: 1');
});
