import { startSandbox, REPORT_FILE, REPORT_SUMMARY, REPORT_TEXT, type Sandbox } from '../../sandbox';
import { ask, sseEvents, type Received } from './client';

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => await sandbox.close());
beforeEach(() => {
	sandbox.reset();
	sandbox.configure({
		pace: 0,
		script: 'short',
		reportify: { offsetReading: 'inclusive', largeIds: true, cancelTakes: 0, cancelFinished: 'refuse' },
	});
});

const AUTH = { Authorization: 'Bearer sandbox-key' };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const ID = 'x-reportify-assistant-message-id';

async function post(path: string, body: unknown, headers: Record<string, string> = AUTH): Promise<Received> {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return await ask(`${sandbox.reportify.url}${path}`, {
		method: 'POST',
		headers: { ...JSON_TYPE, ...headers },
		body: text,
	});
}
async function get(path: string): Promise<Received> {
	return await ask(`${sandbox.reportify.url}${path}`, { headers: AUTH });
}
async function newConversation(body = '{}'): Promise<string> {
	const { text } = await post('/v1/agent/conversations', body);
	return /"id":(\d+)/.exec(text)?.[1] ?? '';
}
const types = (events: Array<Record<string, unknown>>) => events.map(({ event_type }) => event_type);
/** What a single speaking agent has said. */
const saidIn = (events: Array<Record<string, unknown>>) =>
	events
		.filter(({ event_type }) => event_type === 'streaming')
		.map(({ content }) => content)
		.join('');
/** What the run results in. */
const answerOf = (events: Array<Record<string, unknown>>) => {
	const output = events.filter(({ event_type }) => event_type === 'workflow_end').at(-1)?.output;
	return Object.values(output as Record<string, { content: string }>)
		.map(({ content }) => content)
		.join('\n\n');
};

describe('authentication', () => {
	test.each([
		['no header', {}],
		['another key', { Authorization: 'Bearer wrong' }],
		['another scheme', { Authorization: 'Basic sandbox-key' }],
	])('refuses %s with 401 and a detail', async (_, headers) => {
		const response = await post('/v1/agent/conversations', {}, headers);
		expect(response.status).toBe(401);
		expect(JSON.parse(response.text)).toEqual({ detail: expect.any(String) });
		expect(sandbox.requests[0]?.refusal).toMatch(/bearer key/);
	});
});

describe('conversations', () => {
	test('ids are unquoted integers that a double cannot hold', async () => {
		const { text, status } = await post('/v1/agent/conversations', '{"agent_id":11887655289749511,"title":"T"}');
		expect(status).toBe(200);
		const id = /"id":(\d+),/.exec(text)?.[1] ?? '';
		expect(BigInt(id) > 2n ** 53n).toBe(true);
		expect(String(Number(id))).not.toBe(id);
		expect(text).toContain('"agent_id":11887655289749511,');
		expect(text).toContain(`https://reportify.cn/agents/11887655289749511/chat/${id}`);
		const again = await get(`/v1/agent/conversations/${id}`);
		expect(again.text).toContain(`"id":${id},`);
		expect(again.text).toContain('"title":"T"');
	});

	test('ids can be below 2^53 as well', async () => {
		sandbox.configure({ reportify: { largeIds: false } });
		expect(Number.isSafeInteger(Number(await newConversation()))).toBe(true);
	});

	test('the request log keeps the digits of the body', async () => {
		await newConversation('{"agent_id":11887655289749513}');
		expect(sandbox.requests[0]?.json()).toEqual({ agent_id: 11887655289749513n });
	});

	test('an id as a string is refused as FastAPI would', async () => {
		const { status, text } = await post('/v1/agent/conversations', { agent_id: '11887655289749511' });
		expect(status).toBe(422);
		expect(JSON.parse(text)).toEqual({
			detail: [{ loc: ['body', 'agent_id'], msg: expect.any(String), type: 'int_type' }],
		});
	});

	test('a neighbour of an existing conversation, as a double would make it, does not exist', async () => {
		const id = await newConversation();
		const { status, text } = await get(`/v1/agent/conversations/${BigInt(Number(id))}`);
		expect([status, JSON.parse(text)]).toEqual([400, { detail: 'Invalid conversation_id' }]);
	});

	test('unknown paths and methods', async () => {
		expect((await get('/v1/agent/nothing')).status).toBe(404);
		expect((await get('/v1/agent/conversations')).status).toBe(405);
	});
});

describe('chat', () => {
	test('streams by default, with the message id in a header', async () => {
		const id = await newConversation();
		const response = await post(`/v1/agent/conversations/${id}/chat`, { message: 'Hi [script: report]' });
		expect(response.status).toBe(200);
		expect(response.headers['content-type']).toBe('text/event-stream');
		expect(response.headers[ID]).toMatch(/^[0-9a-f]{32}$/);
		const events = sseEvents(response.text);
		expect(answerOf(events)).toBe(REPORT_TEXT);
		expect(new Set(events.map(({ response_id }) => response_id))).toEqual(new Set([response.headers[ID]]));
	});

	test('every event is a write of its own', async () => {
		const id = await newConversation();
		const response = await post(`/v1/agent/conversations/${id}/chat`, { message: '[script: tokens 50]' });
		expect(response.chunks.length).toBe(sseEvents(response.text).length);
	});

	test('stream: false answers with the whole event list', async () => {
		const id = await newConversation();
		const { headers, text } = await post(`/v1/agent/conversations/${id}/chat`, { message: 'Hi', stream: false });
		expect(headers['content-type']).toBe('application/json');
		expect(answerOf(JSON.parse(text).assistant_events)).toBe('Hello from the sandbox — 你好 👋');
	});

	test('background: true answers while the agent is still at work', async () => {
		const id = await newConversation();
		const response = await post(`/v1/agent/conversations/${id}/chat`, {
			message: '[script: hold bg after 1]',
			background: true,
		});
		expect(response.status).toBe(200);
		const path = `/v1/agent/conversations/${id}/messages/${response.headers[ID]}`;
		expect(types(JSON.parse((await get(`${path}?stream=false`)).text).assistant_events)).not.toContain('workflow_end');
		sandbox.release('bg');
		expect(answerOf(sseEvents((await get(path)).text))).toBe('one two three four');
	});

	test.each([
		['no message', {}, 'message'],
		['a message that is no string', { message: 1 }, 'message'],
		['documents without title', { message: 'x', documents: [{ doc_id: '1' }] }, 'doc_title'],
	])('refuses %s', async (_, body, field) => {
		const id = await newConversation();
		const { status, text } = await post(`/v1/agent/conversations/${id}/chat`, body);
		expect(status).toBe(422);
		expect(JSON.parse(text).detail[0].loc).toContain(field);
		sandbox.configure({ reportify: { validationDetail: 'string' } });
		expect(typeof JSON.parse((await post(`/v1/agent/conversations/${id}/chat`, body)).text).detail).toBe('string');
		sandbox.configure({ reportify: { validationDetail: 'list' } });
	});

	test('explicit events are sent exactly and alone', async () => {
		const id = await newConversation();
		const exact = '{"event_type":"streaming","content":"a","offset":11887655289749511}';
		sandbox.scripts.next({
			bare: true,
			steps: [{ raw: exact }, { raw: { event_type: 'workflow_end', offset: 7, run_id: 'r' } }],
		});
		const { text } = await post(`/v1/agent/conversations/${id}/chat`, { message: 'x' });
		expect(text.startsWith(`data: ${exact}\n\n`)).toBe(true);
		expect(sseEvents(text)).toHaveLength(2);
		expect(sseEvents(text)[1]).toMatchObject({ offset: 7, run_id: 'r', event_id: expect.any(String) });
	});

	test('a script the sandbox does not know is explained in the answer', async () => {
		const id = await newConversation();
		const { text } = await post(`/v1/agent/conversations/${id}/chat`, { message: '[script: nonsense]' });
		expect(answerOf(sseEvents(text))).toContain('no script "nonsense"');
	});

	test('an answer of an exact size', async () => {
		const id = await newConversation();
		const { text } = await post(`/v1/agent/conversations/${id}/chat`, { message: '[script: long 300 KB]' });
		expect(Buffer.byteLength(answerOf(sseEvents(text)))).toBe(300 * 1024);
	});
});

describe('event log', () => {
	async function finished(): Promise<{ path: string; events: Array<Record<string, unknown>> }> {
		const id = await newConversation();
		const response = await post(`/v1/agent/conversations/${id}/chat`, { message: '[script: tokens 20]' });
		return {
			path: `/v1/agent/conversations/${id}/messages/${response.headers[ID]}`,
			events: sseEvents(response.text),
		};
	}

	test('can be read again, as a stream and as JSON, with the same events', async () => {
		const { path, events } = await finished();
		expect(sseEvents((await get(path)).text)).toEqual(events);
		expect(JSON.parse((await get(`${path}?stream=false`)).text)).toEqual({ assistant_events: events });
	});

	test.each([
		['inclusive', 0],
		['exclusive', 1],
	] as const)('from_offset, %s', async (offsetReading, skipped) => {
		sandbox.configure({ reportify: { offsetReading, sparseOffsets: true } });
		const { path, events } = await finished();
		sandbox.configure({ reportify: { sparseOffsets: false } });
		const from = events[7]?.offset as number;
		const expected = events.slice(7 + skipped);
		expect(sseEvents((await get(`${path}?from_offset=${from}&stream=true&timeout=60`)).text)).toEqual(expected);
		expect(JSON.parse((await get(`${path}?from_offset=${from}&stream=false`)).text).assistant_events).toEqual(expected);
		// Between two offsets both readings agree, and from 0 everything comes.
		expect(sseEvents((await get(`${path}?from_offset=${from + 1}`)).text)[0]).toEqual(events[8]);
		expect(sseEvents((await get(`${path}?from_offset=0`)).text)).toEqual(events);
	});

	test('goes on filling after the client has left, and can be followed live', async () => {
		const id = await newConversation();
		const abort = new AbortController();
		const chat = `${sandbox.reportify.url}/v1/agent/conversations/${id}/chat`;
		const headers = { ...AUTH, ...JSON_TYPE };
		const body = JSON.stringify({ message: '[script: single agent hold live after 2]' });
		const open = ask(chat, { method: 'POST', headers, body, signal: abort.signal });
		const request = await sandbox.requestTo('POST', /\/chat$/);
		await sandbox.eventsSent(request, 8);
		abort.abort();
		await expect(sandbox.closedByClient(request)).resolves.toBeGreaterThan(0);
		expect((await open).broken).toBeDefined();

		const messages = JSON.parse((await get(`/v1/agent/conversations/${id}/messages`)).text).messages;
		expect(messages[0]).toMatchObject({ role: 'assistant', status: 'running', content: null });
		const follow = get(`/v1/agent/conversations/${id}/messages/${messages[0].assistant_message_id}`);
		const followed = await sandbox.waitForRequest({ operation: 'events' });
		await sandbox.eventsSent(followed, 8);
		sandbox.release('live');
		const events = sseEvents((await follow).text);
		expect(saidIn(events)).toBe('one two three four');
		expect(types(events)).toContain('workflow_end');
	});

	test('the timeout ends a live stream cleanly', async () => {
		const id = await newConversation();
		const response = await post(`/v1/agent/conversations/${id}/chat`, {
			message: '[script: hold x after 1]',
			background: true,
		});
		const live = await get(`/v1/agent/conversations/${id}/messages/${response.headers[ID]}?timeout=0`);
		expect(live.broken).toBeUndefined();
		expect(types(sseEvents(live.text))).not.toContain('workflow_end');
	});

	test('unknown messages and bad queries', async () => {
		const { path } = await finished();
		expect((await get(`${path}x`)).status).toBe(404);
		expect((await get(`${path}?from_offset=-1`)).status).toBe(422);
		expect((await get(`${path}?stream=maybe`)).status).toBe(422);
	});
});

describe('cancel', () => {
	test('ends the running stream with a cancel event', async () => {
		const id = await newConversation();
		const message = '[script: single agent hold never after 2]';
		const running = post(`/v1/agent/conversations/${id}/chat`, { message });
		await sandbox.eventsSent(await sandbox.requestTo('POST', /\/chat$/), 8);
		const { messages } = JSON.parse((await get(`/v1/agent/conversations/${id}/messages`)).text);
		const path = `/v1/agent/conversations/${id}/messages/${messages[0].assistant_message_id}/cancel`;
		const cancelled = await ask(`${sandbox.reportify.url}${path}`, { method: 'POST', headers: AUTH });
		const events = sseEvents((await running).text);
		expect(events.at(-1)?.event_type).toBe('cancel');
		expect(saidIn(events)).toBe('one two ');
		expect(JSON.parse(cancelled.text)).toEqual({ response_id: events[0]?.response_id, status: 'cancelled' });
		const listed = JSON.parse((await get(`/v1/agent/conversations/${id}/messages`)).text).messages[0];
		expect(listed).toMatchObject({ status: 'cancelled', content: { text: 'one two ' } });
	});

	test('between the end and its usage event changes nothing', async () => {
		const id = await newConversation();
		const usage = { event_type: 'usage' };
		sandbox.scripts.next({
			bare: true,
			steps: [{ raw: { event_type: 'workflow_end' } }, { hold: 'usage' }, { raw: usage }],
		});
		const { headers } = await post(`/v1/agent/conversations/${id}/chat`, { message: 'x', background: true });
		const path = `/v1/agent/conversations/${id}/messages/${headers[ID]}`;
		const live = get(path);
		await sandbox.eventsSent(await sandbox.waitForRequest({ operation: 'events' }), 1);
		expect((await post(`${path}/cancel`, '')).status).toBe(400);
		sandbox.release('usage');
		expect(types(sseEvents((await live).text))).toEqual(['workflow_end', 'usage']);
	});

	async function answered(message: string): Promise<string> {
		const id = await newConversation();
		const { headers } = await post(`/v1/agent/conversations/${id}/chat`, { message });
		return `/v1/agent/conversations/${id}/messages/${headers[ID]}`;
	}

	test.each([
		['completed', 'x'],
		['failed', '[script: fail]'],
		['cancelled', '[script: cancelled]'],
	])('of a %s answer is refused, or answered with its state', async (state, message) => {
		const path = await answered(message);
		const { text } = await get(path);
		const refused = await post(`${path}/cancel`, '');
		expect(refused.status).toBe(400);
		expect(JSON.parse(refused.text).detail).toContain(state);
		sandbox.configure({ reportify: { cancelFinished: 'answer' } });
		expect(JSON.parse((await post(`${path}/cancel`, '')).text)).toEqual({
			response_id: path.split('/').at(-1),
			status: state,
		});
		expect((await get(path)).text).toBe(text);
	});

	test('takes its time after the reply: the agent works on meanwhile', async () => {
		sandbox.configure({ reportify: { cancelTakes: 'cancelling' } });
		const id = await newConversation();
		const running = post(`/v1/agent/conversations/${id}/chat`, {
			message: '[script: single agent steps [{"text":"a"},{"hold":"first"},{"text":"b"},{"hold":"never"}]]',
		});
		await sandbox.held('first');
		const { messages } = JSON.parse((await get(`/v1/agent/conversations/${id}/messages`)).text);
		const path = `/v1/agent/conversations/${id}/messages/${messages[0].assistant_message_id}`;
		expect(JSON.parse((await post(`${path}/cancel`, '')).text).status).toBe('cancelled');
		sandbox.release('first');
		await sandbox.held('never');
		expect(JSON.parse((await get(`/v1/agent/conversations/${id}/messages`)).text).messages[0].status).toBe('running');
		sandbox.release('cancelling');
		const events = sseEvents((await running).text);
		expect([saidIn(events), types(events).at(-1)]).toEqual(['ab', 'cancel']);
	});
});

describe('message list', () => {
	test('newest first, pages go back in time, ids exact', async () => {
		const id = await newConversation();
		for (const message of ['1', '2', '3']) {
			await post(`/v1/agent/conversations/${id}/chat`, { message: `${message} [script: echo]` });
		}
		const path = `/v1/agent/conversations/${id}/messages`;
		const page = await get(`${path}?limit=4`);
		const { messages } = JSON.parse(page.text);
		expect(messages.map(({ role }: { role: string }) => role)).toEqual(['assistant', 'user', 'assistant', 'user']);
		expect(messages[0].content).toEqual({ text: '3' });
		expect(answerOf(messages[0].assistant_events)).toBe('3');
		const oldest = [...page.text.matchAll(/\{"id":(\d+),"user_id"/g)].at(-1)?.[1] ?? '';
		expect(String(Number(oldest))).not.toBe(oldest);
		const [answer, question] = messages;
		expect(answer).toMatchObject({ reply_to_message_id: question.id, turn_id: question.turn_id, error_info: null });
		expect(answer.assistant_message_id).toBe(answer.assistant_events[0].response_id);
		expect(question).toMatchObject({
			status: 'completed',
			assistant_message_id: null,
			assistant_events: null,
			reply_to_message_id: null,
		});
		const rest = JSON.parse((await get(`${path}?limit=4&before_message_id=${oldest}`)).text).messages;
		expect(rest.map(({ content }: { content: unknown }) => content)).toEqual([
			{ text: '1' },
			{ text: '1 [script: echo]' },
		]);
	});

	test.each([
		[{ listText: 'report' }, { text: REPORT_TEXT }],
		[{ listText: 'summary' }, { text: REPORT_SUMMARY }],
		[{ listContent: 'string' }, REPORT_TEXT],
		[{ listContent: 'null' }, null],
	] as const)('with %j, the content of an answer is that', async (setting, content) => {
		const before = sandbox.settings;
		sandbox.configure({ reportify: { ...setting, listEvents: false } });
		const id = await newConversation();
		await post(`/v1/agent/conversations/${id}/chat`, { message: 'x [script: report]' });
		const { messages } = JSON.parse((await get(`/v1/agent/conversations/${id}/messages`)).text);
		sandbox.configure({ reportify: before.reportify });
		expect(messages[0]).toMatchObject({ content, assistant_events: null });
	});

	test('tells why an answer failed', async () => {
		const id = await newConversation();
		for (const script of ['fail Out of credits', 'end error Out of credits']) {
			await post(`/v1/agent/conversations/${id}/chat`, { message: `x [script: ${script}]` });
			const { messages } = JSON.parse((await get(`/v1/agent/conversations/${id}/messages`)).text);
			expect(messages[0]).toMatchObject({ status: 'failed', error_info: { message: 'Out of credits' } });
		}
	});

	test.each(['0', '101', 'x'])('limit=%s is refused', async (limit) => {
		const id = await newConversation();
		expect((await get(`/v1/agent/conversations/${id}/messages?limit=${limit}`)).status).toBe(422);
	});
});

describe('files', () => {
	test('a generated file can be downloaded, with and without its name', async () => {
		const id = await newConversation();
		const events = sseEvents((await post(`/v1/agent/conversations/${id}/chat`, { message: '[script: report]' })).text);
		const output = events.find(({ event_type }) => event_type === 'tool_output')?.output as Record<string, string>;
		const file = await get(`/v1/agent/files/${output.file_id}`);
		expect(file.text).toBe(REPORT_TEXT);
		expect(file.headers['content-type']).toBe('application/octet-stream');
		expect(decodeURIComponent(file.headers['content-disposition'] ?? '')).toContain(REPORT_FILE);
		sandbox.configure({ reportify: { contentDisposition: false } });
		expect((await get(`/v1/agent/files/${output.file_id}`)).headers['content-disposition']).toBeUndefined();
		expect((await get('/v1/agent/files/none')).status).toBe(404);
	});
});
