import { createHash, createHmac } from 'node:crypto';

import { startSandbox, REPORT_TEXT, type Sandbox, type SettingsPatch } from '../../sandbox';
import { WpsSettings } from '../../sandbox/wps/settings';
import { signatureProblem } from '../../sandbox/wps/signature';
import { ask, type Received } from './client';

let sandbox: Sandbox;
const DEFAULTS = WpsSettings.parse({});

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => await sandbox.close());
beforeEach(() => {
	sandbox.reset();
	sandbox.configure({ pace: 0, script: 'short', wps: DEFAULTS });
});
function configure(wps: SettingsPatch['wps']): void {
	sandbox.configure({ wps });
}

/** KSO-1 as the documentation words it, written out here a second time on purpose. */
function kso1(
	method: string,
	uri: string,
	contentType: string,
	date: string,
	body: string,
	key: string,
	secret: string,
) {
	const sha = body === '' ? '' : createHash('sha256').update(body, 'utf8').digest('hex');
	const toSign = ['KSO-1', method, uri, contentType, date, sha].join('');
	return `KSO-1 ${key}:${createHmac('sha256', secret).update(toSign).digest('hex')}`;
}

interface SignedAsk {
	body?: unknown;
	token?: string;
	contentType?: string;
	base?: string;
	date?: string;
	headers?: Record<string, string>;
	signal?: AbortSignal;
}
async function signed(method: string, path: string, options: SignedAsk = {}): Promise<Received> {
	const { token = 'sandbox-user-token', contentType = 'application/json', base = '', signal } = options;
	const body = options.body === undefined ? '' : JSON.stringify(options.body);
	const date = options.date ?? new Date().toUTCString();
	const headers = {
		...(contentType === '' ? {} : { 'Content-Type': contentType }),
		Authorization: `Bearer ${token}`,
		'X-Kso-Date': date,
		'X-Kso-Authorization': kso1(method, path, contentType, date, body, 'sandbox-app', 'sandbox-secret'),
		...options.headers,
	};
	return await ask(`${sandbox.wps.url}${base}${path}`, { method, headers, body: body || undefined, signal });
}
interface WpsEvent {
	event: string;
	chat_id?: string;
	data: Record<string, never> & {
		id: string;
		text: string;
		chunk: string;
		sender: string;
		sender_name: string;
		chat_id: string;
	};
}
const CHAT = '/v7/devhub/app/app1/chat/create';
async function chat(
	text = 'x',
	more: Record<string, unknown> = {},
): Promise<{ events: WpsEvent[]; response: Received }> {
	const response = await signed('POST', CHAT, { body: { text, stream: true, ...more } });
	const events = response.text
		.split('\n\n')
		.filter(Boolean)
		.map((line) => JSON.parse(line) as WpsEvent);
	return { events, response };
}
const agentMessages = (events: WpsEvent[]) =>
	events.filter(
		({ event, data }) => event === 'add_message' && data.sender === 'Machine' && data.sender_name === 'Agent',
	);
const states = (events: WpsEvent[]) =>
	events.map(({ data }) => [data.text, (data.properties as unknown as { state: string }).state]);
const codeOf = ({ status, text }: Received) => [status, (JSON.parse(text) as { code: number }).code];

describe('KSO-1', () => {
	const keys = { accessKey: 'AK123456', secretKey: 'sk098765', basePath: '/openapi' };
	const date = 'Mon, 02 Jan 2006 15:04:05 GMT';
	// docs/apis/wps.md §1.2: the two published vectors, then those computed from the published text.
	test.each([
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
	])('accepts the vector %s %s (%s)', (method, path, contentType, body, signature) => {
		const headers = {
			'x-kso-date': date,
			'x-kso-authorization': `KSO-1 AK123456:${signature}`,
			'content-type': contentType || undefined,
		};
		const request = { method, path, headers, body: Buffer.from(body) };
		expect(kso1(method, path, contentType, date, body, keys.accessKey, keys.secretKey)).toBe(
			`KSO-1 AK123456:${signature}`,
		);
		expect(signatureProblem(request, keys)).toBeUndefined();
		expect(signatureProblem({ ...request, path: `/openapi${path}` }, keys)).toBeUndefined();
		for (const changed of [
			{ ...request, path: `${path}&x=1` },
			{ ...request, method: 'PUT' },
			{ ...request, body: Buffer.from(`${body} `) },
			{ ...request, headers: { ...headers, 'content-type': 'application/json; charset=utf-8' } },
			{ ...request, headers: { ...headers, 'x-kso-date': 'Tue, 03 Jan 2006 15:04:05 GMT' } },
			{ ...request, headers: { ...headers, 'x-kso-authorization': `KSO-1 AK123456:${signature.toUpperCase()}` } },
			{ ...request, headers: { ...headers, 'x-kso-authorization': `KSO-1 AK000000:${signature}` } },
			{ ...request, headers: { ...headers, 'x-kso-authorization': undefined } },
		]) {
			expect(signatureProblem(changed, keys)).toEqual(expect.any(String));
		}
	});

	test.each([
		['Mon, 02 Jan 2006 15:04:05 UTC', true],
		['Mon, 02 Jan 2006 15:04:05 +0000', true],
		['Monday, 02-Jan-06 15:04:05 UTC', true],
		['2006-01-02T15:04:05Z', false],
		['Mon, 2 Jan 2006 15:04:05 GMT', false],
	])('date form %s', async (form, accepted) => {
		const response = await signed('POST', '/v7/devhub/apps/a/sessions/create', { date: form });
		expect(response.status).toBe(accepted ? 200 : 401);
	});

	test('is checked on every call, below a base path too, and can be switched off', async () => {
		const path = '/v7/devhub/apps/a/sessions/create';
		expect((await signed('POST', path)).status).toBe(200);
		expect((await signed('POST', path, { base: '/openapi' })).status).toBe(200);
		expect((await signed('POST', path, { base: '/other' })).status).toBe(404);
		const unsigned = { headers: { Authorization: 'Bearer sandbox-user-token' }, method: 'POST' };
		expect(codeOf(await ask(`${sandbox.wps.url}${path}`, unsigned))).toEqual([401, 401000001]);
		expect(sandbox.requests.at(-1)?.refusal).toContain('X-Kso-Authorization is missing');
		configure({ checkSignature: false });
		expect((await ask(`${sandbox.wps.url}${path}`, unsigned)).status).toBe(200);
	});

	test('a refused signature is explained in the log, without the key', async () => {
		await signed('POST', '/v7/devhub/apps/a/sessions/create', { headers: { 'Content-Type': 'text/plain' } });
		expect(sandbox.requests[0]?.refusal).toContain('KSO-1POST/v7/devhub/apps/a/sessions/createtext/plain');
		expect(sandbox.requests[0]?.refusal).not.toContain('sandbox-secret');
	});
});

describe('OAuth', () => {
	const REDIRECT = 'http://127.0.0.1:5678/rest/oauth2-credential/callback';
	async function token(fields: Record<string, string>): Promise<{ status: number; json: Record<string, never> }> {
		const response = await ask(`${sandbox.wps.url}/oauth2/token`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({ client_id: 'sandbox-app', client_secret: 'sandbox-secret', ...fields }).toString(),
		});
		return { status: response.status, json: JSON.parse(response.text) };
	}
	async function code(): Promise<string> {
		const query = new URLSearchParams({
			...{ client_id: 'sandbox-app', response_type: 'code', redirect_uri: REDIRECT, state: 's t' },
			scope: 'kso.devhub_chat.readwrite,kso.devhub_session.readwrite',
		});
		const response = await ask(`${sandbox.wps.url}/oauth2/auth?${query}`);
		expect(response.status).toBe(302);
		const back = new URL(response.headers.location ?? '');
		expect(`${back.origin}${back.pathname}`).toBe(REDIRECT);
		expect(back.searchParams.get('state')).toBe('s t');
		return back.searchParams.get('code') ?? '';
	}
	const session = async (bearer: string) =>
		codeOf(await signed('POST', '/v7/devhub/apps/a/sessions/create', { token: bearer }));

	test('the whole dance: code, token, call, expiry, refresh', async () => {
		const grant = { grant_type: 'authorization_code', code: await code(), redirect_uri: REDIRECT };
		const { json } = await token(grant);
		expect(json).toEqual({
			...{ access_token: expect.any(String), expires_in: 7200, token_type: 'bearer' },
			...{ refresh_token: expect.any(String), refresh_expires_in: expect.any(Number) },
		});
		expect(await session(json.access_token ?? '')).toEqual([200, 0]);
		expect((await token(grant)).json.code).toBe(40100009); // a code works once
		sandbox.wpsStore.tokens.expireAll();
		expect(await session(json.access_token ?? '')).toEqual([401, 401030001]);
		const again = await token({ grant_type: 'refresh_token', refresh_token: json.refresh_token ?? '' });
		expect(await session(again.json.access_token ?? '')).toEqual([200, 0]);
	});

	test('tokens can be made to expire at once', async () => {
		configure({ tokenLifeSeconds: 0 });
		const { json } = await token({ grant_type: 'authorization_code', code: await code(), redirect_uri: REDIRECT });
		expect(await session(json.access_token ?? '')).toEqual([401, 401030001]);
	});

	test('an app token is not a user token, and the other way round', async () => {
		const { json } = await token({ grant_type: 'client_credentials' });
		expect(Object.keys(json).sort()).toEqual(['access_token', 'expires_in', 'token_type']);
		expect(await session(json.access_token ?? '')).toEqual([403, 403000001]);
		const detail = (bearer?: string) => signed('GET', '/v7/devhub/apps/a/detail', { token: bearer });
		expect(codeOf(await detail(json.access_token))).toEqual([200, 0]);
		expect(codeOf(await detail())).toEqual([403, 403000001]);
	});

	test('refusals have code and msg', async () => {
		expect((await token({ grant_type: 'client_credentials', client_secret: 'wrong' })).json).toMatchObject({
			code: 40100008,
		});
		expect((await token({ grant_type: 'password' })).json).toMatchObject({ code: 40100010 });
		expect(await session('nonsense')).toEqual([401, 401030003]);
		configure({ errorStatus: '200' });
		expect(await session('nonsense')).toEqual([200, 401030003]);
	});
});

describe('paths', () => {
	test.each([
		['app', '/v7/devhub/app/a/chat/create'],
		['apps', '/v7/devhub/apps/a/chats/create'],
		['sse', '/v7/sse/devhub/apps/a/chats/create'],
	] as const)('generation %s alone', async (generation, path) => {
		configure({ generations: [generation] });
		for (const other of [
			'/v7/devhub/app/a/chat/create',
			'/v7/devhub/apps/a/chats/create',
			'/v7/sse/devhub/apps/a/chats/create',
		]) {
			const { status } = await signed('POST', other, { body: { text: 'x', stream: true } });
			expect([other, status]).toEqual([other, other === path ? 200 : 404]);
		}
	});

	test('a single address can be missing', async () => {
		configure({ missing: ['chat sse'] });
		const body = { text: 'x', stream: true };
		expect((await signed('POST', '/v7/sse/devhub/apps/a/chats/create', { body })).status).toBe(404);
		expect((await signed('POST', '/v7/devhub/apps/a/chats/create', { body })).status).toBe(200);
	});
});

describe('permissions', () => {
	const SESSION = '/v7/devhub/apps/a/sessions/create';

	test.each([
		['kso.devhub_chat.readwrite', CHAT, SESSION],
		['kso.devhub_session.readwrite', SESSION, CHAT],
	] as const)('%s alone', async (scope, allowed, refused) => {
		configure({ scopes: [scope] });
		const body = { text: 'x', stream: false };
		expect((await signed('POST', allowed, { body })).status).toBe(200);
		const { status, text } = await signed('POST', refused, { body });
		expect([status, JSON.parse(text)]).toEqual([
			403,
			{ code: 403000001, msg: 'NoPermission', debug: { desc: expect.stringMatching(/^scope kso\..* is missing$/) } },
		]);
	});
});

describe('chat', () => {
	interface Event {
		event: string;
		session_id?: string;
		data: {
			session_id?: string;
			to_run: string[];
			build_data: { id: string; valid: boolean; next_vertices_ids: string[] };
		};
	}
	const eventsOf = async () => {
		const { text } = await signed('POST', CHAT, { body: { text: '[script: short]', stream: true } });
		return text
			.split('\n\n')
			.filter(Boolean)
			.map((line) => JSON.parse(line) as Event);
	};

	test.each(['data', 'event', 'none'] as const)('the session that a chat makes is named: %s', async (sessionIdIn) => {
		configure({ sessionIdIn });
		const events = await eventsOf();
		const sessionId = sandbox.wpsStore.chats()[0]!.session.id;
		expect(events.some(({ session_id }) => session_id === sessionId)).toBe(sessionIdIn === 'event');
		expect(events.some(({ data }) => data.session_id === sessionId)).toBe(sessionIdIn === 'data');
	});

	test('nodes end one after the other, each naming the next', async () => {
		const events = await eventsOf();
		const sorted = events.find(({ event }) => event === 'vertices_sorted')!.data;
		const ended = events.filter(({ event }) => event === 'end_vertex').map(({ data }) => data.build_data);
		expect(ended.map(({ id }) => id)).toEqual(sorted.to_run);
		expect(ended.map(({ next_vertices_ids }) => next_vertices_ids[0])).toEqual([...sorted.to_run.slice(1), undefined]);
	});

	test.each([
		['agent', 1],
		['output', 2],
	] as const)('a flow whose %s fails ends there, in the ordinary way', async (invalidNode, place) => {
		configure({ invalidNode });
		const events = await eventsOf();
		const ended = events.filter(({ event }) => event === 'end_vertex').map(({ data }) => data.build_data.valid);
		expect(ended).toEqual([...Array<boolean>(place).fill(true), false]);
		expect(events.at(-1)!.event).toBe('end');
	});

	test('without stream: ids only, and the answer in the session once the agent is done', async () => {
		const started = await signed('POST', CHAT, { body: { text: '[script: hold w after 1]' } });
		expect(JSON.parse(started.text)).toEqual({
			...{ code: 0, msg: 'success' },
			data: { session_id: expect.any(String), chat_id: expect.any(String) },
		});
		const { session_id } = JSON.parse(started.text).data;
		const path = `/v7/devhub/apps/app1/sessions/messages?session_id=${session_id}`;
		const messages = async () =>
			JSON.parse((await signed('GET', path)).text).data.items as Array<Record<string, unknown>>;
		expect((await messages()).map(({ sender_name }) => sender_name)).toEqual(['User']);
		sandbox.release('w');
		let last;
		do last = (await messages()).at(-1);
		while (last?.sender_name !== 'Agent');
		expect(Object.keys(last).sort()).toEqual(['files', 'id', 'sender_name', 'session_id', 'text', 'timestamp']);
		expect(last.text).toBe('one two three four');
	});

	test('a session goes on, and keeps its messages', async () => {
		const session = JSON.parse((await signed('POST', '/v7/devhub/app/app1/session/create')).text).data.session_id;
		await chat('[script: echo] 1', { session_id: session });
		const { events } = await chat('[script: echo] 2', { session_id: session });
		expect(events.find(({ event }) => event === 'add_message')?.data.session_id).toBe(session);
		const path = `/v7/devhub/apps/app1/sessions/messages?session_id=${session}`;
		const texts = async () => JSON.parse((await signed('GET', path)).text).data;
		expect((await texts()).items.map(({ text }: { text: string }) => text)).toEqual([
			'[script: echo] 1',
			'1',
			'[script: echo] 2',
			'2',
		]);
		configure({ messagesForm: 'array', messagesOrder: 'newest-first' });
		expect((await texts()).map(({ text }: { text: string }) => text)[0]).toBe('2');
		configure({ messagesForm: 'object' });
		expect((await texts()).text).toBe('2');
	});

	test('pages of messages and sessions', async () => {
		const session = JSON.parse((await signed('POST', '/v7/devhub/app/app1/session/create')).text).data.session_id;
		for (let i = 0; i < 3; i++) await chat(`[script: echo] ${i}`, { session_id: session });
		const path = `/v7/devhub/apps/app1/sessions/messages?session_id=${session}&page_size=4`;
		const first = JSON.parse((await signed('GET', path)).text).data;
		const second = JSON.parse((await signed('GET', `${path}&next_page_token=${first.next_page_token}`)).text).data;
		expect([first.items.length, second.items.length, second.next_page_token]).toEqual([4, 2, undefined]);
		expect((await signed('GET', `${path}&next_page_token=x`)).status).toBe(400);
		expect((await signed('GET', '/v7/devhub/apps/app1/sessions/list')).status).toBe(400);
		expect(
			JSON.parse((await signed('GET', '/v7/devhub/apps/app1/sessions/list?page_size=10')).text).data.items,
		).toHaveLength(1);
	});

	test.each([
		['no text', {}, 400000007],
		['text that is no string', { text: 1 }, 400000002],
		['variables of another shape', { text: 'x', variables: { a: 1 } }, 400000002],
		['an unknown session', { text: 'x', session_id: 'nope' }, 400000103],
	])('refuses %s', async (_, body, code) => {
		expect(codeOf(await signed('POST', CHAT, { body }))).toEqual([400, code]);
		configure({ errorStatus: '200' });
		expect(codeOf(await signed('POST', CHAT, { body }))).toEqual([200, code]);
	});
});

describe('dialect 1', () => {
	test('the report in the form of the documentation: cumulative, raw JSON blocks, ASCII', async () => {
		const { events, response } = await chat('[script: report]');
		expect(response.headers['content-type']).toBe('application/x-ndjson');
		expect(response.body.every((byte) => byte < 0x80)).toBe(true);
		expect(events[0]).toMatchObject({
			event: 'vertices_sorted',
			data: { ids: expect.any(Array), to_run: expect.any(Array) },
		});
		expect(events[1]).toMatchObject({ event: 'add_message', data: { sender: 'User', text: '[script: report]' } });
		expect(events.at(-1)).toEqual({ event: 'end', data: {} });
		const messages = agentMessages(events);
		expect(new Set(messages.map(({ data }) => data.id)).size).toBe(1);
		for (const [i, message] of messages.entries()) {
			expect(message.data.text.startsWith(messages[i - 1]?.data.text ?? '')).toBe(true);
		}
		expect(states(messages)[0]).toEqual(['', 'partial']);
		expect(states(messages).at(-1)).toEqual([REPORT_TEXT, 'complete']);
		expect(JSON.stringify(messages.at(-1)?.data.content_blocks)).toContain('"name":"search_documents"');
		expect(events.find(({ data }) => data.chat_id !== undefined)?.data.chat_id).toEqual(expect.any(String));
	});

	const PIECES = '[script: pieces ["a"," ","b","c"]]';
	test('growth by delta', async () => {
		configure({ growth: 'delta' });
		const found = states(agentMessages((await chat(PIECES)).events));
		expect(found).toEqual([
			['', 'partial'],
			...['a', ' ', 'b', 'c'].map((text) => [text, 'partial']),
			['a bc', 'complete'],
		]);
	});

	test('growth by tokens: white space is lost on the way, the final message has it', async () => {
		configure({ growth: 'token' });
		const { events } = await chat(PIECES);
		expect(events.filter(({ event }) => event === 'token').map(({ data }) => data.chunk)).toEqual(['a', 'b', 'c']);
		expect(states(agentMessages(events))).toEqual([
			['', 'partial'],
			['a bc', 'complete'],
		]);
	});

	test('a plain model: first chunk twice, no final message', async () => {
		configure({ growth: 'model' });
		const { events } = await chat(PIECES);
		expect(states(agentMessages(events))).toEqual([['a', 'complete']]);
		const [message] = agentMessages(events);
		const tokens = events.filter(({ event }) => event === 'token');
		expect(tokens.map(({ data }) => [data.id, data.chunk])).toEqual(
			['a', ' ', 'b', 'c'].map((chunk) => [message?.data.id, chunk]),
		);
	});

	test('no progress at all', async () => {
		configure({ growth: 'final' });
		expect(states(agentMessages((await chat(PIECES)).events))).toEqual([
			['', 'partial'],
			['a bc', 'complete'],
		]);
	});

	test('several agent turns and a chat output are messages of their own', async () => {
		configure({ chatOutput: true });
		const final = agentMessages((await chat('[script: thinking]')).events).filter(
			(_, i, all) => states(all)[i]?.[1] === 'complete',
		);
		expect(final.map(({ data }) => data.text)).toEqual([
			'先查资料。First I look things up.\n\n',
			'The answer is 42.',
			'The answer is 42.',
		]);
		expect(new Set(final.map(({ data }) => data.id)).size).toBe(3);
	});

	test.each(['message', 'text'] as const)('a failure, as %s, without end', async (errorShape) => {
		configure({ errorShape });
		const last = (await chat('[script: fail Out of credits]')).events.at(-1);
		expect(last?.event).toBe('error');
		if (errorShape === 'text') expect(last?.data.error).toBe('Out of credits');
		else expect(last?.data).toMatchObject({ text: 'Out of credits', error: true, category: 'error' });
	});

	test('cut before its end', async () => {
		const { events } = await chat('[fault: cut before the end]');
		expect(events.at(-1)?.event).toBe('end_vertex');
	});
});

describe('dialect 2', () => {
	async function roles(text: string, settings: NonNullable<SettingsPatch['wps']> = {}) {
		configure({ dialect: 'roles', ...settings });
		const { events } = await chat(text);
		return events.map(({ event, data }) =>
			[event, data.type, data.content ?? data.text].filter((part) => part !== undefined),
		);
	}
	const PIECES = '[script: pieces ["a","b"]]';

	test('chunks and the full answer', async () => {
		expect(await roles(PIECES)).toEqual([
			['message', 'ack', PIECES],
			['message', 'answer_chunk', 'a'],
			['message', 'answer_chunk', 'b'],
			['message', 'answer', 'ab'],
			['end'],
		]);
	});

	test('its variants', async () => {
		const only = { userEcho: false, endEvent: 'none' } as const;
		expect(await roles(PIECES, { ...only, answerForm: 'chunks-only' })).toEqual([
			['message', 'answer_chunk', 'a'],
			['message', 'answer_chunk', 'b'],
		]);
		expect(await roles(PIECES, { ...only, answerForm: 'cumulative', textField: 'text' })).toEqual([
			['message', 'answer', 'a'],
			['message', 'answer', 'ab'],
		]);
		const incremental = await roles('[script: tool-error]', { ...only, answerForm: 'incremental' });
		expect(incremental.map(([, type]) => type)).toEqual(['function_call', 'answer', 'answer']);
	});
});

describe('framing', () => {
	test.each([
		['sse', 'text/event-stream', /^data: \{"event":"vertices_sorted"/],
		['sse-event', 'text/event-stream', /^event: vertices_sorted\ndata: \{/],
		['lines', 'application/x-ndjson', /^\{.*\}\n\{/],
		['blocks', 'application/x-ndjson', /^\{.*\}\n\n\{/],
		['pretty', 'application/x-ndjson', /^\{\n {2}"event"/],
	] as const)('%s', async (form, contentType, start) => {
		configure({ framing: { form } });
		const response = await signed('POST', CHAT, { body: { text: 'x', stream: true } });
		expect(response.headers['content-type']).toBe(contentType);
		expect(response.text).toMatch(start);
	});

	test('line ends, byte order mark, [DONE], no blank after the colon', async () => {
		configure({
			framing: { form: 'sse', eol: '\r\n', space: false, bom: true, done: true, escape: false },
			contentType: 'text/plain',
		});
		const response = await signed('POST', CHAT, { body: { text: 'x', stream: true } });
		expect(response.headers['content-type']).toBe('text/plain');
		expect([...response.body.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
		expect(response.text).toMatch(/^\ufeffdata:\{[^\n]*\}\r\n\r\n/);
		expect(response.text).toContain('你好');
		expect(response.text.endsWith('data:[DONE]\r\n\r\n')).toBe(true);
	});
});

describe('cancel', () => {
	test.each(['app', 'apps'] as const)('generation %s ends the running stream', async (generation) => {
		const open = chat('[script: hold never after 2]');
		const request = await sandbox.requestTo('POST', /chat\/create$/);
		await sandbox.eventsSent(request, 6);
		const [id] = sandbox.wpsStore.chats().map((running) => running.id);
		const cancelled =
			generation === 'app'
				? await signed('POST', `/v7/devhub/app/app1/chat/${id}/cancel`)
				: await signed('POST', '/v7/devhub/apps/app1/chats/cancel', { body: { chat_id: id } });
		expect(JSON.parse(cancelled.text)).toEqual({ code: 0, msg: 'success' });
		const { events, response } = await open;
		expect(response.broken).toBeUndefined();
		expect(states(agentMessages(events)).at(-1)).toEqual(['one two ', 'partial']);
		expect(events.at(-1)?.event).not.toBe('end');
	});

	test('with an end event, if so configured; unknown chats are refused', async () => {
		configure({ endOnCancel: true });
		const open = chat('[script: hold never after 1]');
		await sandbox.eventsSent(await sandbox.requestTo('POST', /chat\/create$/), 5);
		await signed('POST', `/v7/devhub/app/app1/chat/${sandbox.wpsStore.chats()[0]?.id}/cancel`);
		expect((await open).events.at(-1)).toEqual({ event: 'end', data: {} });
		expect(codeOf(await signed('POST', '/v7/devhub/app/app1/chat/nope/cancel'))).toEqual([400, 400000103]);
	});

	test('closing the stream leaves the agent running, or stops it', async () => {
		for (const stopOnDisconnect of [false, true]) {
			sandbox.reset();
			configure({ stopOnDisconnect });
			const abort = new AbortController();
			const body = { text: '[script: hold w after 1]', stream: true };
			const open = signed('POST', CHAT, { body, signal: abort.signal }).catch(() => undefined);
			const request = await sandbox.requestTo('POST', /chat\/create$/);
			await sandbox.eventsSent(request, 5);
			abort.abort();
			await sandbox.closedByClient(request);
			await open;
			sandbox.release('w');
			const [left] = sandbox.wpsStore.chats();
			await left?.run.ended;
			expect(left?.run.text).toBe(stopOnDisconnect ? 'one ' : 'one two three four');
		}
	});
});
