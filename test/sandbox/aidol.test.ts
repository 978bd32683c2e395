import { createHash, createHmac, randomUUID } from 'node:crypto';

import { startSandbox, type Sandbox, type SettingsPatch } from '../../sandbox';
import { AiDolSettings } from '../../sandbox/aidol/settings';
import { signatureProblem } from '../../sandbox/aidol/signature';
import type { Call } from '../../sandbox/provider';
import { ask, sseEvents, type Received } from './client';

let sandbox: Sandbox;
const DEFAULTS = AiDolSettings.parse({});
const AGENT = DEFAULTS.agents[0]?.id ?? '';

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => await sandbox.close());
beforeEach(() => {
	sandbox.reset();
	sandbox.configure({ pace: 0, script: 'pieces ["Hello ","你好"]', aidol: DEFAULTS });
});
function configure(aidol: SettingsPatch['aidol']): void {
	sandbox.configure({ aidol });
}

const hmac = (text: string, secret = 'sandbox-secret') => createHmac('sha256', secret).update(text).digest('hex');

/** Sends a body with headers signed over a canonical body that the test spells out itself. */
async function signed(
	path: string,
	body: string,
	canonical: string,
	headers: Record<string, string | undefined> = {},
	signal?: AbortSignal,
): Promise<Received> {
	const timestamp = headers['X-Timestamp'] ?? String(Math.floor(Date.now() / 1000));
	const all: Record<string, string | undefined> = {
		'Content-Type': 'application/json',
		Authorization: 'Bearer sandbox-key',
		'X-Timestamp': timestamp,
		'X-Request-ID': randomUUID(),
		'X-User-ID': 'user-123',
		'X-Signature': hmac(`POST\n${path}\n${timestamp}\nuser-123\n\n${canonical}`),
		...headers,
	};
	const sent = Object.fromEntries(
		Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
	);
	return await ask(`${sandbox.aidol.url}${path}`, { method: 'POST', headers: sent, body, signal });
}
const list = (headers: Record<string, string | undefined> = {}) => signed('/v1/agent/list', '', '', headers);
async function conversation(): Promise<string> {
	const { text } = await signed('/v1/chat/conversation', JSON.stringify({ agentId: AGENT }), `agentId=${AGENT}`);
	return JSON.parse(text).data.conversationId;
}
async function chat(text: string, signal?: AbortSignal): Promise<Received> {
	const conversationId = await conversation();
	const body = JSON.stringify({ text, agentId: AGENT, conversationId });
	return await signed(
		'/v1/chat/stream',
		body,
		`agentId=${AGENT}&conversationId=${conversationId}&text=${text}`,
		{},
		signal,
	);
}
const outcome = ({ status, text }: Received) => [status, JSON.parse(text).code, JSON.parse(text).message];

describe('signature', () => {
	function call(path: string, body: string): Call {
		const headers = { 'x-timestamp': '1742000000', 'x-user-id': 'user-123', 'content-type': 'application/json' };
		const request = { method: 'POST', headers, body: Buffer.from(body), json: () => JSON.parse(body) as unknown };
		return {
			request: request as unknown as Call['request'],
			path,
			query: new URLSearchParams(),
			params: {},
			faults: [],
		};
	}
	const settings = { ...DEFAULTS, apiSecret: 'test-secret' };

	// docs/apis/aidol.md §1.2
	test.each([
		[
			'/v1/chat/stream',
			'{"text":"你好","agentId":"agent-uuid","conversationId":"conv-uuid"}',
			'f3c9058d58c5a9425388f37607d1ecd40eb99532eeef9e5ea909b9ced4e3e595',
		],
		[
			'/v1/chat/conversation',
			'{"agentId":" agent-uuid ","x":"","y":null,"z":"  "}',
			'9890e886528412f2a1922d02067a13ac2c0019b0644047fa8cd979bba509b4af',
		],
		['/v1/agent/list', '', 'b4f936667dcd1247b7883d6d94b86e68879f6fbed103ed3096dac59791762978'],
		[
			'/v1/chat/image',
			'{"agentId":"agent-uuid","conversationId":"conv-uuid","language":"zh","metadata":{"k":1},"text":"hi"}',
			'77f1b9cfa092f376b2ffcff033d7ef0e744d3204a1cff163258e1028a60cf044',
		],
	])('vector %s %s', (path, body, signature) => {
		const right = call(path, body);
		right.request.headers['x-signature'] = signature;
		expect(signatureProblem(right, settings)).toBeUndefined();
		expect(signatureProblem(right, { ...settings, apiSecret: 'other' })).toEqual(expect.any(String));
		right.request.headers['x-user-id'] = 'user-124';
		expect(signatureProblem(right, settings)).toEqual(expect.any(String));
	});

	test('empty objects and lists, numbers and booleans take part; keys are sorted by code unit', async () => {
		const body = '{"b":1.5,"a":true,"Z":{},"é":[],"text":" x "}';
		expect((await signed('/v1/agent/list', body, 'Z={}&a=true&b=1.5&text=x&é=[]')).status).toBe(200);
		expect((await signed('/v1/agent/list', body, 'a=true&b=1.5&text=x&Z={}&é=[]')).status).toBe(401);
	});

	test('version 1, only when it is accepted', async () => {
		const v1 = { 'X-Signature': createHash('sha256').update(`agentId=${AGENT}sandbox-secret`).digest('hex') };
		const create = () => signed('/v1/chat/conversation', JSON.stringify({ agentId: AGENT }), '', v1);
		expect((await create()).status).toBe(401);
		configure({ signatureVersions: ['v1'] });
		expect(outcome(await create())).toEqual([200, 10200, 'OK']);
	});

	test('checking can be switched off', async () => {
		expect(outcome(await list({ 'X-Signature': 'wrong' }))).toEqual([401, 10401, expect.stringContaining('signature')]);
		expect(sandbox.requests[0]?.refusal).not.toContain('sandbox-secret');
		configure({ checkSignature: false });
		expect((await list({ 'X-Signature': 'wrong' })).status).toBe(200);
	});
});

describe('headers', () => {
	test.each(['Authorization', 'X-Timestamp', 'X-Signature', 'X-Request-ID', 'X-User-ID', 'Content-Type'])(
		'%s is required',
		async (name) => {
			// An undefined X-Timestamp would be filled in by `signed`, hence the empty string.
			const response = await list({ [name]: name === 'X-Timestamp' ? '' : undefined });
			expect(outcome(response)).toEqual([401, 10401, `Missing header ${name}`]);
		},
	);

	const inSeconds = (offset: number) => ({ 'X-Timestamp': String(Math.floor(Date.now() / 1000) + offset) });
	test.each([
		[-290, 200],
		[290, 200],
		[-302, 401],
		[302, 401],
	])('a clock %i s off gives %i', async (offset, status) => {
		expect((await list(inSeconds(offset))).status).toBe(status);
	});

	test('milliseconds are refused; the server clock can be off', async () => {
		expect((await list({ 'X-Timestamp': String(Date.now()) })).status).toBe(401);
		configure({ clockSkewSeconds: 400 });
		expect((await list()).status).toBe(401);
	});

	test('an unknown key, with either status; a repeated request id', async () => {
		const wrong = { Authorization: 'Bearer other' };
		expect(outcome(await list(wrong))).toEqual([401, 10401, 'Invalid API key']);
		configure({ invalidKeyStatus: 200, refuseRepeatedRequestIds: true });
		expect(outcome(await list(wrong))).toEqual([200, 10400, 'Invalid API key']);
		const statuses = [];
		for (let i = 0; i < 2; i++) statuses.push((await list({ 'X-Request-ID': 'same' })).status);
		expect(statuses).toEqual([200, 401]);
	});
});

describe('envelope and conversations', () => {
	test('success', async () => {
		const { text } = await signed('/v1/chat/conversation', JSON.stringify({ agentId: AGENT }), `agentId=${AGENT}`);
		expect(JSON.parse(text)).toEqual({
			...{ code: 10200, success: true, message: 'OK' },
			data: { conversationId: expect.stringMatching(/^[0-9a-f]{8}-/) },
			traceId: expect.stringMatching(/^[0-9a-z]{32}$/),
			timestamp: expect.stringMatching(/^\d{13}$/),
		});
		configure({ hyphens: false });
		expect(await conversation()).toMatch(/^[0-9a-f]{32}$/);
	});

	test('business errors come under HTTP 200', async () => {
		expect(outcome(await signed('/v1/chat/conversation', '{}', ''))).toEqual([200, 10400, 'agentId is required']);
		const unknown = await signed('/v1/chat/conversation', '{"agentId":"x"}', 'agentId=x');
		expect(outcome(unknown)).toEqual([200, 10404, 'Agent not found']);
		const body = { agentId: AGENT, conversationId: 'nope', text: 'x' };
		const canonical = `agentId=${AGENT}&conversationId=nope&text=x`;
		expect(outcome(await signed('/v1/chat/stream', JSON.stringify(body), canonical))).toEqual([
			200,
			10404,
			'Conversation not found',
		]);
		sandbox.faults.add({ kind: 'json-200', operation: 'agents' });
		expect(outcome(await list())).toEqual([200, 10400, 'Too many requests, please try again later']);
		configure({ callsLeft: 1 });
		sandbox.reset();
		expect([outcome(await list())[1], outcome(await list())[2]]).toEqual([10200, 'API key usage limit reached']);
	});

	test.each(['list', 'agents', 'array'] as const)('agents as %s', async (agentListForm) => {
		configure({ agentListForm });
		const { data } = JSON.parse((await list()).text);
		const rows = agentListForm === 'array' ? data : data[agentListForm];
		expect(rows).toHaveLength(DEFAULTS.agents.length);
		expect(rows[0].agentId).toBe(AGENT);
	});

	test('an image', async () => {
		const conversationId = await conversation();
		const body = JSON.stringify({ agentId: AGENT, conversationId, text: 'hi', metadata: { k: 1 } });
		const canonical = `agentId=${AGENT}&conversationId=${conversationId}&metadata={"k":1}&text=hi`;
		const { data } = JSON.parse((await signed('/v1/chat/image', body, canonical)).text);
		expect(data.metadata).toEqual({ k: 1 });
		expect(data.base64Image).toMatch(/^data:image\/png;base64,/);
	});
});

describe('stream', () => {
	test('the assumed default: Dify-like events and message_end', async () => {
		const response = await chat('x');
		expect(response.headers['content-type']).toBe('text/event-stream');
		const events = sseEvents(response.text);
		const conversationId = events[0]?.conversationId;
		expect(events).toEqual([
			{ event: 'message', answer: 'Hello ', conversationId },
			{ event: 'message', answer: '你好', conversationId },
			{ event: 'message_end', conversationId },
		]);
	});

	test.each([
		['data-answer', { data: { answer: 'Hello ' } }],
		['content', { content: 'Hello ' }],
		['data-content', { data: { content: 'Hello ' } }],
		['text', { text: 'Hello ' }],
		['data-text', { data: { text: 'Hello ' } }],
		['delta', { delta: 'Hello ' }],
		['delta-content', { delta: { content: 'Hello ' } }],
		['choices', { choices: [{ index: 0, delta: { content: 'Hello ' } }] }],
		['data-string', { data: 'Hello ' }],
		['envelope', { code: 10200, success: true, data: { content: 'Hello ' } }],
	] as const)('shape %s', async (shape, first) => {
		configure({ shape });
		expect(sseEvents((await chat('x')).text)[0]).toMatchObject(first);
	});

	test('plain text, with [DONE] or with no end marker at all', async () => {
		configure({ shape: 'plain', endMarker: '[DONE]' });
		expect((await chat('x')).text).toBe('data: Hello \n\ndata: 你好\n\ndata: [DONE]\n\n');
		configure({ endMarker: 'none', framing: { form: 'lines' } });
		const response = await chat('x');
		expect([response.text, response.headers['content-type']]).toEqual(['Hello \n你好\n', 'application/x-ndjson']);
	});

	test('one JSON answer instead of a stream', async () => {
		configure({ shape: 'one-shot' });
		const response = await chat('x');
		expect(response.headers['content-type']).toBe('application/json');
		expect(JSON.parse(response.text)).toMatchObject({ success: true, data: { answer: 'Hello 你好' } });
	});

	test('failures in the stream', async () => {
		const last = async () => sseEvents((await chat('[script: fail Out of credits]')).text).at(-1);
		expect(await last()).toMatchObject({ event: 'error', message: 'Out of credits' });
		configure({ errorForm: 'envelope' });
		expect(await last()).toMatchObject({ success: false, code: 10500, message: 'Out of credits' });
	});

	test('pings, ids, workflow events', async () => {
		configure({ pings: true, messageIds: true, workflowEvents: true });
		const events = sseEvents((await chat('[script: tool-error]')).text);
		expect(events.map(({ event }) => event)).toEqual([
			...['workflow_started', 'node_started', 'node_finished', 'ping', 'message', 'ping', 'message'],
			...['workflow_finished', 'message_end'],
		]);
		expect(events[0]?.message_id).toEqual(expect.any(String));
	});

	test('closing the connection stops the agent', async () => {
		const abort = new AbortController();
		const open = chat('[script: hold never after 1]', abort.signal).catch(() => undefined);
		const request = await sandbox.requestTo('POST', /stream$/);
		await sandbox.eventsSent(request, 1);
		abort.abort();
		await sandbox.closedByClient(request);
		await open;
		const [run] = sandbox.aidolStore.runs;
		await run?.ended; // its gate was never opened
		expect([run?.state, run?.text]).toEqual(['cancelled', 'one ']);
	});

	test('faults work here as well', async () => {
		expect(sseEvents((await chat('[fault: cut before the end]')).text)).toHaveLength(2);
		expect((await chat('[fault: close after 1 event]')).broken).toBe('ECONNRESET');
	});
});
