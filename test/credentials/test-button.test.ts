import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { testCredential } from './n8n-engine';
import { RecordingServer, json } from './recording-server';

/** What the user reads after pressing Test. */

const server = new RecordingServer();
beforeAll(() => server.start());
beforeEach(() => server.reset());
afterAll(() => server.stop());

const success = { status: 'OK', message: 'Connection successful!' };
const html =
	(status: number): RecordingServer['answer'] =>
	(response) => {
		response.writeHead(status, { 'content-type': 'text/html', location: 'https://elsewhere.invalid/' });
		response.end('<html><body>Hello</body></html>');
	};

const saved: Record<string, () => ICredentialDataDecryptedObject> = {
	reportifyApi: () => ({ apiKey: 'SECRET-1', baseUrl: ` ${server.url}/ ` }),
	wpsAccessTokenApi: () => ({ accessToken: 'SECRET-1', accessKey: 'AK', secretKey: 'SECRET-2', baseUrl: server.url }),
	aiDolApi: () => ({ apiKey: 'SECRET-1', apiSecret: 'SECRET-2', userId: 'user-123', baseUrl: server.url }),
};

type Row = [type: string, what: string, answer: RecordingServer['answer'], message: string];

it.each<Row>([
	['reportifyApi', 'an unknown conversation', json({ detail: 'Invalid conversation_id' }, 400), success.message],
	['reportifyApi', 'no such conversation', json({ detail: 'Conversation not found' }, 404), success.message],
	['reportifyApi', 'no such thing', json({ detail: 'Resource not found' }, 404), success.message],
	['reportifyApi', 'an unknown path', json({ detail: 'Not Found' }, 404), "Nothing like Reportify's API"],
	[
		'reportifyApi',
		'an unknown path of another kind',
		json({ detail: 'Not found.' }, 404),
		"Nothing like Reportify's API",
	],
	['reportifyApi', 'an unknown method', json({ detail: 'Method Not Allowed' }, 405), "Nothing like Reportify's API"],
	['reportifyApi', 'a fault of its own', json({ detail: 'Internal Server Error' }, 500), 'could not be checked'],
	['reportifyApi', 'a gateway with JSON', json({ detail: 'Bad gateway' }, 502), 'could not be checked'],
	['reportifyApi', 'too many requests', json({ detail: 'Slow down' }, 429), 'Try again in a minute'],
	[
		'reportifyApi',
		'a list of details',
		json({ detail: [{ loc: ['path'], msg: 'x', type: 'y' }] }, 422),
		success.message,
	],
	['reportifyApi', 'a wrong key', json({ detail: 'Unauthorized' }, 401), 'Reportify refused the API key'],
	['reportifyApi', 'a key without rights', json({ detail: 'Forbidden' }, 403), 'does not let it use agents'],
	['reportifyApi', 'another web site', html(404), 'not the way Reportify does'],
	['reportifyApi', 'a redirect', html(302), 'not the way Reportify does'],
	['reportifyApi', 'a gateway that lost its server', html(502), 'could not be checked'],
	['wpsAccessTokenApi', 'no such app', json({ code: 404000001, msg: 'x' }, 404), success.message],
	['wpsAccessTokenApi', 'no such app, with HTTP 200', json({ code: 400000103, msg: 'x' }), success.message],
	['wpsAccessTokenApi', 'no such app, in these words', json({ code: 404000001, msg: 'Not Found' }), success.message],
	['wpsAccessTokenApi', 'no right to app 0', json({ code: 403000001, msg: 'x' }, 403), success.message],
	['wpsAccessTokenApi', 'an empty list', json({ code: 0, msg: 'success', data: { items: [] } }), success.message],
	[
		'wpsAccessTokenApi',
		'a refused token',
		json({ code: 401000001, msg: 'x' }, 401),
		'refused the access token or the signature',
	],
	[
		'wpsAccessTokenApi',
		'a refused token, with HTTP 200',
		json({ code: 401000001, msg: 'x' }),
		'refused the access token or the signature',
	],
	['wpsAccessTokenApi', 'an expired token, with HTTP 200', json({ code: 401030001, msg: 'x' }), 'has expired'],
	[
		'wpsAccessTokenApi',
		'an unknown token, with HTTP 200',
		json({ code: 401030003, msg: 'x' }),
		'does not accept the access token',
	],
	[
		'wpsAccessTokenApi',
		'an unknown token, OAuth code',
		json({ code: 40100011, msg: 'x' }),
		'does not accept the access token',
	],
	['wpsAccessTokenApi', 'an ended login', json({ code: 401001003, msg: 'x' }), 'no longer valid'],
	['wpsAccessTokenApi', 'an app token', json({ code: 401001005, msg: 'x' }), 'Use a user access token'],
	['wpsAccessTokenApi', 'missing scopes', json({ code: 40300010, msg: 'x' }, 403), 'kso.devhub_chat.readwrite'],
	['wpsAccessTokenApi', 'another web site', html(404), 'not the way WPS does'],
	['wpsAccessTokenApi', 'an unknown path', json({ code: 404, msg: 'Not Found' }, 404), 'was not found at this address'],
	['wpsAccessTokenApi', 'too many requests', json({ code: 429000001, msg: 'x' }, 429), 'Try again in a minute'],
	['wpsAccessTokenApi', 'a fault of its own', json({ code: 500000004, msg: 'x' }, 500), 'could not be checked'],
	['wpsAccessTokenApi', 'a gateway that lost its server', html(503), 'could not be checked'],
	['aiDolApi', 'a list', json({ code: 10200, success: true, message: 'OK', data: [] }), success.message],
	[
		'aiDolApi',
		'a wrong signature',
		json({ code: 10401, success: false, message: 'x' }, 401),
		'refused the key, the signature or the time',
	],
	[
		'aiDolApi',
		'an unknown key, with HTTP 200',
		json({ code: 10400, success: false, message: 'Invalid API key' }),
		'does not know this API key',
	],
	[
		'aiDolApi',
		'an empty quota',
		json({ code: 10400, success: false, message: 'API key usage limit reached' }),
		'quota is used up',
	],
	[
		'aiDolApi',
		'too many requests',
		json({ code: 10400, success: false, message: 'Too many requests, please try again later' }),
		'Try again in a minute',
	],
	['aiDolApi', 'another refusal', json({ code: 10500, success: false, message: 'x' }), 'refused the request'],
	['aiDolApi', 'an address without the API', html(404), 'was not found at this address'],
	['aiDolApi', 'another web site', html(200), 'not the way AI-DOL does'],
	['aiDolApi', 'a key without rights', json({ code: 10403, success: false, message: 'x' }, 403), 'does not let it'],
	['aiDolApi', 'an unknown method', json({}, 405), 'was not found at this address'],
	['aiDolApi', 'too many requests, with HTTP 429', json({}, 429), 'Try again in a minute'],
	['aiDolApi', 'a gateway that lost its server', html(502), 'could not be checked'],
	['aiDolApi', 'a redirect', html(302), 'leads to another one'],
	['aiDolApi', 'an API that only says success', json({ success: true, result: [] }), 'not the way AI-DOL does'],
])('%s: %s', async (type, _what, answer, message) => {
	server.answer = answer;
	const result = await testCredential(type, saved[type]!());
	expect(result).toEqual({
		status: message === success.message ? 'OK' : 'Error',
		message: expect.stringContaining(message),
	});
	expect(result.message).not.toContain('SECRET');
	expect(server.received.length).toBeGreaterThan(0);
});

/** What other services say, with any key, of a path that they do not have. */
const OTHERS: Array<[what: string, answer: RecordingServer['answer']]> = [
	['Reportify', json({ detail: 'Not Found' }, 404)],
	['FastAPI with another handler', json({ detail: '404: Not Found' }, 404)],
	['Flask', json({ detail: 'The requested URL was not found on the server.' }, 404)],
	['a router', json({ detail: 'route not found', code: '404', msg: 'route not found' }, 404)],
	[
		'problem details',
		json({ type: 'about:blank', title: 'Not Found', status: 404, detail: 'No static resource v1/x.' }, 404),
	],
	['another method', json({ detail: '405 METHOD NOT ALLOWED', code: 405, msg: 'x' }, 405)],
	['WPS', json({ code: 404, msg: 'Not Found' }, 404)],
	['an envelope with msg', json({ code: 10404, msg: 'x', success: false })],
	['AI-DOL', json({ code: 10404, success: false, message: 'Not Found', data: null, traceId: 'x' }, 404)],
	['AI-DOL with HTTP 200', json({ code: 10404, success: false, message: 'Not Found', data: null, traceId: 'x' })],
	['Spring', json({ timestamp: 1, status: 404, error: 'Not Found', path: '/v1/x' }, 404)],
	['Kong', json({ message: 'no Route matched with those values' }, 404)],
	['Express', html(404)],
	['NestJS', json({ message: 'Cannot GET /v1/x', error: 'Not Found', statusCode: 404 }, 404)],
	['a health check', json({ status: 'ok' })],
	['an empty object', json({})],
	['a list', json([])],
	['a text', json('hello')],
	['no content', (response) => void response.writeHead(204).end()],
	['nothing', (response) => void response.writeHead(200).end()],
];

const OWN = { reportifyApi: 'Reportify', wpsAccessTokenApi: 'WPS', aiDolApi: 'AI-DOL' } as Record<string, string>;

it.each(Object.keys(saved).flatMap((type) => OTHERS.map(([what, answer]) => ({ type, what, answer }))))(
	'$type: $what at the address is not a success',
	async ({ type, answer }) => {
		server.answer = answer;
		const { status, message } = await testCredential(type, saved[type]!());
		expect(status).toBe('Error');
		expect(message).toMatch(
			/not the way|was not found at this address|Nothing like Reportify's API|refused the request/,
		);
		expect(message).toContain(OWN[type]);
	},
);

it.each(Object.keys(saved).flatMap((type) => ['/v1', '/v1/ ', '/api'].map((path) => ({ type, path }))))(
	'$type: a base URL with the path $path is not a success',
	async ({ type, path }) => {
		server.answer = (response, request) => {
			const isKnown = /^\/(?:v1\/agent|v7)\//.test(request.target);
			const known =
				type === 'reportifyApi' ? { detail: 'Invalid conversation_id' } : { code: 10200, success: true, msg: '' };
			json(
				isKnown ? known : type === 'reportifyApi' ? { detail: 'Not Found' } : { error: 'Not Found' },
				isKnown ? 200 : 404,
			)(response, request);
		};
		await expect(testCredential(type, saved[type]!())).resolves.toMatchObject({ status: 'OK' });
		const { status, message } = await testCredential(type, { ...saved[type]!(), baseUrl: `${server.url}${path}` });
		expect([status, message]).toEqual(['Error', expect.stringMatching(/base URL|Base URL/)]);
	},
);

it.each(Object.keys(saved))('%s: nobody there is told apart from a refused key', async (type) => {
	const gone = new RecordingServer();
	await gone.start();
	const baseUrl = gone.url;
	await gone.stop();
	await expect(testCredential(type, { ...saved[type]!(), baseUrl })).resolves.toEqual({
		status: 'Error',
		message: 'ECONNREFUSED',
	});
});

it.each<[type: string, change: ICredentialDataDecryptedObject, message: string]>([
	['reportifyApi', { baseUrl: 'api.reportify.cn' }, 'The base URL is not a web address'],
	['reportifyApi', { baseUrl: '' }, 'The base URL is empty'],
	['reportifyApi', { baseUrl: 'https://api.reportify.cn/v1/' }, 'The base URL ends with /v1'],
	['aiDolApi', { baseUrl: ' https://host/api/V1' }, 'The base URL ends with /v1'],
	['reportifyApi', { apiKey: '' }, 'API Key is empty'],
	['reportifyApi', { apiKey: 'SECRET\n3' }, 'API Key contains a line break'],
	['wpsAccessTokenApi', { baseUrl: 'openapi.wps.cn' }, 'The base URL is not a web address'],
	['wpsAccessTokenApi', { baseUrl: 'openapi.wps.cn', signRequests: false }, 'The base URL is not a web address'],
	['wpsAccessTokenApi', { baseUrl: 'https://user:SECRET@host' }, 'must not contain a user name or a password'],
	['wpsAccessTokenApi', { secretKey: '' }, 'Access Key and Secret Key are needed'],
	['wpsAccessTokenApi', { accessToken: '' }, 'Access Token is empty'],
	['aiDolApi', { baseUrl: '' }, 'The base URL is empty'],
	['aiDolApi', { userId: '张三' }, 'User ID may contain only English letters'],
	['aiDolApi', { apiSecret: '' }, 'API Secret is empty'],
])('%s with %j says what to mend, and sends nothing', async (type, change, message) => {
	const result = await testCredential(type, { ...saved[type]!(), ...change });
	expect(result).toEqual({ status: 'Error', message: expect.stringContaining(message) });
	expect(result.message).not.toContain('SECRET');
	expect(server.received).toEqual([]);
});

it('Reportify is asked for a conversation that cannot exist', async () => {
	await testCredential('reportifyApi', saved.reportifyApi!());
	expect(server.last).toMatchObject({
		method: 'GET',
		target: '/v1/agent/conversations/0',
		headers: { authorization: 'Bearer SECRET-1' },
	});
});

it.each([
	['auto', true, 'GET', '/v7/devhub/apps/0/sessions/list?page_size=1'],
	['apps', false, 'GET', '/v7/devhub/apps/0/sessions/list?page_size=1'],
	['app', true, 'POST', '/v7/devhub/app/0/chat/0/cancel'],
])('WPS with API generation %s, signing %s, is asked %s %s', async (apiGeneration, signRequests, method, target) => {
	await testCredential('wpsAccessTokenApi', { ...saved.wpsAccessTokenApi!(), apiGeneration, signRequests });
	expect(server.last).toMatchObject({ method, target, headers: { authorization: 'Bearer SECRET-1' } });
	expect('x-kso-authorization' in server.last.headers).toBe(signRequests);
});

it('AI-DOL is asked for the list of agents', async () => {
	await testCredential('aiDolApi', saved.aiDolApi!());
	expect(server.last).toMatchObject({ method: 'POST', target: '/v1/agent/list', headers: { 'x-user-id': 'user-123' } });
});
