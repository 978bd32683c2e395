import { gunzipSync } from 'node:zlib';

import { startSandbox, type FaultInput, type Sandbox, type SandboxRequest } from '../../sandbox';
import { FAULT_PHRASES, parseFaultPhrase } from '../../sandbox/fault-markers';
import { ask, endOfConnection, failure, sseEvents, type Received } from './client';

let sandbox: Sandbox;
let conversation: string;

beforeAll(async () => {
	sandbox = await startSandbox({ script: 'single agent tokens 20' });
});
afterAll(async () => await sandbox.close());
beforeEach(async () => {
	sandbox.reset();
	const { text } = await ask(`${sandbox.reportify.url}/v1/agent/conversations`, {
		method: 'POST',
		headers: HEADERS,
		body: '{}',
	});
	conversation = `${sandbox.reportify.url}/v1/agent/conversations/${/"id":(\d+)/.exec(text)?.[1]}`;
	sandbox.clearRequests();
});

const HEADERS = { Authorization: 'Bearer sandbox-key', 'Content-Type': 'application/json' };
const ID = 'x-reportify-assistant-message-id';

function question(message: string, signal?: AbortSignal, onText?: (text: string) => void) {
	return { method: 'POST', headers: HEADERS, body: JSON.stringify({ message }), signal, onText };
}
async function chat(message = 'x'): Promise<Received> {
	return await ask(`${conversation}/chat`, question(message));
}
async function chatWith(fault: FaultInput): Promise<Received> {
	sandbox.faults.add(fault);
	return await chat();
}
async function assistantMessages(): Promise<Array<Record<string, unknown>>> {
	const { messages } = JSON.parse((await ask(`${conversation}/messages?limit=100`, { headers: HEADERS })).text);
	return messages.filter(({ role }: { role: string }) => role === 'assistant');
}
const lastType = (response: Received) => sseEvents(response.text).at(-1)?.event_type;

describe('broken streams', () => {
	test('cut after events, properly ended', async () => {
		const response = await chatWith({ kind: 'cut', afterEvents: 3 });
		expect([sseEvents(response.text).length, response.broken]).toEqual([3, undefined]);
		expect(sandbox.requests[0]).toMatchObject({ eventsSent: 3, faults: ['cut'] });
	});

	test('cut after bytes', async () => {
		expect((await chatWith({ kind: 'cut', afterBytes: 1000 })).body.length).toBe(1000);
		expect(sandbox.requests[0]?.bytesSent).toBe(1000);
	});

	test('cut before the terminal event', async () => {
		const response = await chatWith({ kind: 'cut', beforeTerminal: true });
		expect([lastType(response), response.broken]).toEqual(['agent_end', undefined]);
	});

	test.each(['close', 'reset'] as const)('%s in mid-body', async (how) => {
		const response = await chatWith({ kind: 'cut', afterEvents: 4, how });
		expect(sseEvents(response.text)).toHaveLength(4);
		expect(response.broken).toBe('ECONNRESET');
		await expect(sandbox.over(sandbox.requests[0]!)).resolves.toBe('broken-by-fault');
	});

	test.each<[FaultInput, string]>([
		[{ kind: 'cut', afterEvents: 2, how: 'close' }, 'FIN'],
		[{ kind: 'cut', afterEvents: 2, how: 'reset' }, 'ECONNRESET'],
		[{ kind: 'reset-after-request' }, 'ECONNRESET'],
		[{ kind: 'refuse' }, 'ECONNRESET'],
	])('on the TCP level %j is %s', async (fault, end) => {
		sandbox.faults.add(fault);
		await expect(endOfConnection(`${conversation}/chat`, HEADERS, '{"message":"x"}')).resolves.toBe(end);
	});

	test('the rest of a cut answer can be fetched from where it broke', async () => {
		const first = await chatWith({ kind: 'cut', afterEvents: 9, how: 'reset' });
		const seen = sseEvents(first.text);
		const from = seen.at(-1)?.offset;
		const rest = await ask(`${conversation}/messages/${first.headers[ID]}?from_offset=${from}`, { headers: HEADERS });
		const all = [...seen, ...sseEvents(rest.text).slice(1)];
		expect(new Set(all.map(({ event_id }) => event_id)).size).toBe(all.length);
		expect(all.filter(({ event_type }) => event_type === 'streaming')).toHaveLength(20);
	});

	test.each([
		[{ afterEvents: 5 }, (request: SandboxRequest) => request.eventsSent === 5],
		[{ afterBytes: 1500 }, (request: SandboxRequest) => request.bytesSent === 1500],
		[{}, (request: SandboxRequest) => request.status === 200],
	])('stall %j: an open connection, silent', async (where, reached) => {
		sandbox.faults.add({ kind: 'stall', ...where });
		const abort = new AbortController();
		const open = ask(`${conversation}/chat`, question('x', abort.signal));
		const request = await sandbox.requestTo('POST', /chat$/);
		await request.until(() => reached(request));
		// The agent meanwhile gets to its end, and the stream still has not moved.
		while ((await assistantMessages())[0]?.status !== 'completed');
		expect(request.outcome).toBeUndefined();
		abort.abort();
		await sandbox.closedByClient(request);
		expect((await open).broken).toBeDefined();
		expect(reached(request)).toBe(true);
	});

	test('heartbeats only', async () => {
		sandbox.faults.add({ kind: 'heartbeats', afterEvents: 2, everyMs: 1 });
		const abort = new AbortController();
		const { text } = await ask(
			`${conversation}/chat`,
			question('x', abort.signal, (sofar) => {
				if (sofar.split(': keep-alive').length > 5) abort.abort();
			}),
		);
		expect(sseEvents(text)).toHaveLength(2);
		expect(text).toMatch(/(: keep-alive\n\n){5}$/);
	});

	test('split into writes of given sizes', async () => {
		sandbox.faults.add({ kind: 'split', writes: [1, 2, 3, 7] });
		const { chunks, text } = await chat('[script: unicode]');
		expect(chunks.slice(0, 8).map(({ length }) => length)).toEqual([1, 2, 3, 7, 1, 2, 3, 7]);
		expect(lastType({ text } as Received)).toBe('workflow_end');
		// Some of the writes end inside a character: that is what the fault is for.
		expect(chunks.some((chunk) => chunk.toString('utf8').includes('\ufffd'))).toBe(true);
	});

	test('split at byte positions', async () => {
		const { chunks } = await chatWith({ kind: 'split', at: [10, 11, 300] });
		expect(chunks.slice(0, 2).map(({ length }) => length)).toEqual([10, 1]);
		const ends = chunks.map((_, i) => chunks.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0));
		expect(ends).toContain(300);
	});

	test('faults of several kinds at once', async () => {
		sandbox.faults.add({ kind: 'split', writes: [5] });
		const response = await chatWith({ kind: 'cut', afterEvents: 2, how: 'close' });
		expect([sseEvents(response.text).length, response.broken]).toEqual([2, 'ECONNRESET']);
		expect(Math.max(...response.chunks.map(({ length }) => length))).toBe(5);
	});
});

describe('strange events', () => {
	test('duplicates', async () => {
		const events = sseEvents((await chatWith({ kind: 'duplicate' })).text);
		expect(new Set(events.map(({ event_id }) => event_id)).size * 2).toBe(events.length);
	});

	test('unknown type, broken JSON, comments', async () => {
		sandbox.faults.add({ kind: 'unknown-event', afterEvents: 1 });
		sandbox.faults.add({ kind: 'comments' });
		const blocks = (await chatWith({ kind: 'malformed', afterEvents: 2 })).text.split('\n\n');
		expect(blocks.slice(0, 7).map((block) => block.slice(0, 32))).toEqual([
			': keep-alive',
			expect.stringContaining('data: {"event_id"'),
			'data: {"event_type":"sandbox_unk',
			': keep-alive',
			expect.stringContaining('data: {"event_id"'),
			'data: {"event_type":"streaming",',
			': keep-alive',
		]);
		expect(() => JSON.parse((blocks[5] ?? '').slice(6))).toThrow();
	});

	test('lost events', async () => {
		const whole = sseEvents((await chat('[script: pieces ["a","b"]]')).text);
		sandbox.faults.add({ kind: 'drop', events: [0, 2] });
		const rest = sseEvents((await chat('[script: pieces ["a","b"]]')).text);
		expect(rest.map(({ event_type }) => event_type)).toEqual(
			whole.filter((_, i) => i !== 0 && i !== 2).map(({ event_type }) => event_type),
		);
	});

	test('an error event is part of the answer: it is there when read again', async () => {
		const response = await chatWith({ kind: 'error-event', afterEvents: 8, message: 'boom' });
		const events = sseEvents(response.text);
		expect([events.length, events.at(-1)?.event_type]).toEqual([9, 'error']);
		const again = await ask(`${conversation}/messages/${response.headers[ID]}`, { headers: HEADERS });
		expect(sseEvents(again.text)).toEqual(events);
		expect((await assistantMessages())[0]).toMatchObject({ status: 'failed' });
	});

	test('a late end waits for its gate', async () => {
		sandbox.faults.add({ kind: 'late-terminal', hold: 'end' });
		const open = chat('[script: single agent pieces ["a"]]');
		const request = await sandbox.requestTo('POST', /chat$/);
		await sandbox.eventsSent(request, 9);
		expect(request.outcome).toBeUndefined();
		sandbox.release('end');
		expect(sseEvents((await open).text).map(({ event_type }) => event_type)).toContain('workflow_end');
	});
});

describe('answers that are none', () => {
	test.each([401, 403, 404, 410, 422, 429, 500, 502, 503, 524])('HTTP %i with headers', async (status) => {
		const response = await chatWith({ kind: 'status', status, headers: { 'Retry-After': '2' } });
		expect([response.status, response.headers['retry-after']]).toEqual([status, '2']);
		expect(JSON.parse(response.text)).toEqual({ detail: expect.any(String) });
		// A gateway timeout comes after the question was passed on, all others before.
		expect(await assistantMessages()).toHaveLength(status === 524 ? 1 : 0);
	});

	test('JSON error under 200', async () => {
		const response = await chatWith({ kind: 'json-200' });
		expect([response.status, response.headers['content-type']]).toEqual([200, 'application/json']);
		expect(JSON.parse(response.text)).toHaveProperty('detail');
	});

	test('login page', async () => {
		const response = await chatWith({ kind: 'html' });
		expect([response.status, response.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
		expect(response.text).toContain('<form');
	});

	test('reset after the request: the question was received', async () => {
		sandbox.faults.add({ kind: 'reset-after-request' });
		await expect(failure(`${conversation}/chat`, question('x'))).resolves.toBe('ECONNRESET');
		expect(sandbox.requests[0]?.json()).toEqual({ message: 'x' });
		expect(await assistantMessages()).toHaveLength(1);
	});

	test('refuse: nothing was received', async () => {
		sandbox.faults.add({ kind: 'refuse' });
		await expect(failure(`${conversation}/chat`, question('x'))).resolves.toBe('ECONNRESET');
		expect(sandbox.requests[0]?.body.length).toBe(0);
		expect(await assistantMessages()).toHaveLength(0);
	});

	test('offline: connections are refused, and accepted again on the same port', async () => {
		const { url } = sandbox.reportify;
		await sandbox.reportify.offline();
		await expect(failure(url)).resolves.toBe('ECONNREFUSED');
		await sandbox.reportify.online();
		expect(sandbox.reportify.url).toBe(url);
		expect((await chat()).status).toBe(200);
	});

	test('silence: the question is received, no response comes', async () => {
		sandbox.faults.add({ kind: 'silence' });
		const abort = new AbortController();
		const open = failure(`${conversation}/chat`, question('x', abort.signal));
		const request = await sandbox.requestTo('POST', /chat$/);
		while ((await assistantMessages())[0]?.status !== 'completed');
		expect(request.status).toBeUndefined();
		abort.abort();
		await expect(open).resolves.toBe('ABORT_ERR');
		await sandbox.closedByClient(request);
	});

	test('missing id header, and any other header', async () => {
		expect((await chatWith({ kind: 'drop-header' })).headers[ID]).toBeUndefined();
		const response = await chatWith({ kind: 'drop-header', header: 'content-type' });
		expect(response.headers['content-type']).toBeUndefined();
		expect(response.headers[ID]).toBeDefined();
	});

	test('compressed JSON', async () => {
		sandbox.faults.add({ kind: 'gzip', operation: 'messages' });
		const { headers, body } = await ask(`${conversation}/messages`, { headers: HEADERS });
		expect(headers['content-encoding']).toBe('gzip');
		expect(JSON.parse(gunzipSync(body).toString())).toEqual({ messages: [] });
	});

	test('a JSON body cut off in the middle', async () => {
		sandbox.faults.add({ kind: 'cut', afterBytes: 5, operation: 'messages' });
		expect((await ask(`${conversation}/messages`, { headers: HEADERS })).text).toBe('{"mes');
	});
});

describe('which requests', () => {
	test('times and skip', async () => {
		sandbox.faults.add({ kind: 'status', status: 503, skip: 1, times: 2 });
		const statuses: number[] = [];
		for (let i = 0; i < 5; i++) statuses.push((await chat()).status);
		expect(statuses).toEqual([200, 503, 503, 200, 200]);
		expect(sandbox.faults.armed).toHaveLength(0);
	});

	test('times: 0 = always; operation and provider are respected', async () => {
		sandbox.faults.add({ kind: 'status', status: 500, operation: 'messages', times: 0 });
		sandbox.faults.add({ kind: 'status', status: 500, provider: 'wps', times: 0 });
		expect((await chat()).status).toBe(200);
		for (let i = 0; i < 3; i++) expect((await ask(`${conversation}/messages`, { headers: HEADERS })).status).toBe(500);
	});

	test('a fault that is none is refused with the reason', () => {
		expect(() => sandbox.faults.add({ kind: 'cut', afterEvents: -1 })).toThrow(/afterEvents/);
		expect(() => sandbox.faults.add({ kind: 'nonsense' } as unknown as FaultInput)).toThrow(/kind/);
	});
});

describe('markers in the message', () => {
	test('a fault for this question', async () => {
		const response = await chat('Hello [script: tokens 5] [fault: cut after 3 events]');
		expect(sseEvents(response.text)).toHaveLength(3);
		expect(sseEvents((await chat('Hello')).text).length).toBeGreaterThan(20);
	});

	test('a fault for reading on, only in this conversation', async () => {
		const response = await chat('[fault: cut after 3 events] [fault: status 503 on resume twice]');
		const path = `${conversation}/messages/${response.headers[ID]}`;
		const other = path.replace(/conversations\/\d+/, 'conversations/1');
		const statuses: number[] = [];
		for (const url of [other, path, path, path]) statuses.push((await ask(url, { headers: HEADERS })).status);
		expect(statuses).toEqual([400, 503, 503, 200]);
	});

	test('as JSON, and in Chinese typing', async () => {
		expect(sseEvents((await chat('[fault: {"kind":"cut","afterEvents":2}]')).text)).toHaveLength(2);
		expect(sseEvents((await chat('【fault：cut after 2 events】')).text)).toHaveLength(2);
	});

	test('a phrase that is not understood is answered with the ones that are', async () => {
		const response = await chat('[fault: explode]');
		expect(response.status).toBe(400);
		expect(JSON.parse(response.text).detail).toContain('[fault: cut after 3 events]');
		expect(await assistantMessages()).toHaveLength(0);
	});

	test.each(FAULT_PHRASES.map(({ example }) => example))('"%s" is read by the phrase it stands for', (example) => {
		const fault = parseFaultPhrase(example);
		const own = FAULT_PHRASES.find((phrase) => phrase.example === example);
		expect(fault.kind).toBe(own?.build(own.pattern.exec(example)?.groups ?? {}).kind);
		expect(parseFaultPhrase(`${example} on events 3 times`)).toEqual({ ...fault, operation: 'events', times: 3 });
		expect(parseFaultPhrase(`${example} always on *`)).toEqual({ ...fault, operation: '*', times: 0 });
	});

	test('pace: events per second', async () => {
		const started = Date.now();
		await chat('[script: single agent pieces ["a"]] [pace: 200]'); // 10 events, 5 ms each
		expect(Date.now() - started).toBeGreaterThanOrEqual(9 * 5 - 10); // timers may fire up to 1 ms early
	});
});

describe('over HTTP, for other processes', () => {
	async function control(method: string, path: string, body?: unknown): Promise<{ status: number; json: never }> {
		const response = await ask(`${sandbox.wps.url}/__sandbox${path}`, {
			method,
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		return { status: response.status, json: JSON.parse(response.text) as never };
	}

	test('faults', async () => {
		await control('POST', '/faults', [
			{ kind: 'cut', afterEvents: 1 },
			{ kind: 'status', status: 429 },
		]);
		expect((await control('GET', '/faults')).json).toMatchObject({ faults: [{ fault: { kind: 'cut' } }, {}] });
		expect((await chat()).status).toBe(429);
		await control('POST', '/faults', { kind: 'html', times: 0 });
		await control('DELETE', '/faults');
		expect((await chat()).headers['content-type']).toBe('text/event-stream');
		expect(await control('POST', '/faults', { kind: 'nonsense' })).toMatchObject({ status: 400 });
	});

	test('the request log, without secrets, with waiting', async () => {
		const waiting = control('GET', '/requests?operation=chat&nth=2&waitMs=5000');
		await chat('one');
		await chat('two');
		const { requests } = (await waiting).json as { requests: Array<Record<string, unknown>> };
		expect(requests.map(({ operation, body }) => [operation, JSON.parse(String(body)).message])).toEqual([
			['chat', 'one'],
			['chat', 'two'],
		]);
		expect(JSON.stringify(requests)).not.toContain('sandbox-key');
		await control('DELETE', '/requests');
		expect(sandbox.requests).toHaveLength(0);
	});

	test('waiting until the client has closed its connection', async () => {
		const abort = new AbortController();
		const waiting = control('GET', '/requests?operation=chat&waitMs=5000&closed=true');
		await ask(
			`${conversation}/chat`,
			question('[script: hold x after 0]', abort.signal, () => abort.abort()),
		);
		expect((await waiting).json).toMatchObject({ requests: [{ outcome: 'closed-by-client' }] });
	});

	test('settings, scripts, gates, reset', async () => {
		expect((await control('PATCH', '/settings', { reportify: { usage: true } })).json).toMatchObject({
			reportify: { usage: true },
		});
		expect(sandbox.settings.reportify.usage).toBe(true);
		expect(await control('PATCH', '/settings', { reportify: { nonsense: 1 } })).toMatchObject({ status: 400 });
		await control('PATCH', '/settings', { reportify: { usage: false } });

		await control('POST', '/scripts', { name: 'mine', steps: [{ hold: 'g' }, { text: 'from afar' }] });
		const open = chat('[script: mine]');
		await control('POST', '/release', { gate: 'g' });
		expect((await open).text).toContain('from afar');
		await control('POST', '/scripts', { script: 'pieces ["queued"]' });
		expect((await chat()).text).toContain('queued');

		await control('POST', '/reset');
		expect(sandbox.requests).toHaveLength(0);
		expect((await chat()).status).toBe(400); // the conversation is forgotten
	});

	test('an overview, and errors that say what is possible', async () => {
		expect((await control('GET', '')).json).toMatchObject({ providers: { reportify: { url: sandbox.reportify.url } } });
		expect(await control('GET', '/nothing')).toMatchObject({ status: 404 });
	});
});
