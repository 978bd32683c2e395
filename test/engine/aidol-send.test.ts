import { REPORT_TEXT, type SettingsPatch } from '../../sandbox';
import { AGENT, aiDolBench, TYPE } from './aidol';
import { asTool } from './tool';

const bench = aiDolBench();
const SHORT = 'Hello from the sandbox — 你好 👋';

test('asks in a new conversation and returns one finished item', async () => {
	const { items, error } = await bench.send({ message: 'x [script: report]' });
	expect(error).toBeUndefined();
	expect(items).toHaveLength(1);
	expect(items[0]?.pairedItem).toEqual({ item: 0 });
	expect(items[0]?.json).toMatchObject({
		provider: 'aidol',
		conversationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
		messageId: null,
		status: 'completed',
		answer: REPORT_TEXT,
		deliveredBy: 'stream',
		reconnects: 0,
		lastOffset: null,
	});
	expect(items[0]?.json).not.toHaveProperty('error');
	expect(bench.sandbox.requests.map(({ path }) => path)).toEqual(['/v1/chat/conversation', '/v1/chat/stream']);
});

test('sends what is documented, and nothing that was left empty', async () => {
	const { items } = await bench.send({ message: ' «·École» 你好 👩‍🔬\n', agentId: ` ${AGENT} ` });
	const [create, chat] = bench.sandbox.requests;
	expect(create?.text).toBe(JSON.stringify({ agentId: AGENT }));
	const { conversationId } = items[0]!.json;
	expect(chat?.text).toBe(JSON.stringify({ agentId: AGENT, conversationId, text: '«·École» 你好 👩‍🔬' }));
	expect(chat?.headers).toMatchObject({
		accept: 'text/event-stream, */*',
		'content-type': 'application/json',
		authorization: 'Bearer sandbox-key',
		'x-user-id': 'user-123',
	});
});

test('goes on with a conversation', async () => {
	const conversationId = await bench.newConversation();
	const { items } = await bench.send({ conversationId: ` ${conversationId} ` });
	expect(items[0]?.json).toMatchObject({ conversationId, answer: SHORT });
	expect(bench.sandbox.requests.map(({ path }) => path)).toEqual(['/v1/chat/stream']);
});

test('sends language and metadata, digit for digit', async () => {
	const metadata = '{"row": 9007199254740993, "a": 1.5, "n": {"b": ["你好", null, ""]}, "e": {}}';
	const { items } = await bench.send({ options: { language: 'zh', metadata } });
	expect(items[0]?.json.status).toBe('completed');
	expect(bench.sandbox.requests[1]?.text).toContain(
		'"language":"zh","metadata":{"row":9007199254740993,"a":1.5,"n":{"b":["你好",null,""]},"e":{}}',
	);
});

describe('every form of the stream that is likely (docs/apis/aidol.md §4; ASSUMPTION)', () => {
	type Shape = NonNullable<NonNullable<SettingsPatch['aidol']>['shape']>;
	const SHAPES: Shape[] = [
		'answer',
		'data-answer',
		'content',
		'data-content',
		'text',
		'data-text',
		'delta',
		'delta-content',
		'choices',
		'data-string',
		'envelope',
	];

	test.each(SHAPES)('%s: as events, as named events, as lines and over several lines', async (shape) => {
		for (const form of ['sse', 'sse-event', 'lines', 'blocks', 'pretty'] as const) {
			bench.sandbox.configure({ aidol: { shape, framing: { form } } });
			const { items } = await bench.send();
			expect([form, items[0]?.json]).toMatchObject([
				form,
				{ status: 'completed', answer: SHORT, deliveredBy: 'stream' },
			]);
		}
	});

	test.each(['message_end', 'end', 'done', 'finish', 'complete', '[DONE]', 'none'] as const)(
		'ended by %s',
		async (endMarker) => {
			for (const [shape, form] of [
				['answer', 'sse'],
				['content', 'lines'],
				['plain', 'sse-event'],
			] as const) {
				bench.sandbox.configure({ aidol: { shape, endMarker, framing: { form } } });
				const { items } = await bench.send();
				expect([shape, items[0]?.json.answer]).toEqual([shape, SHORT]);
			}
		},
	);

	test('plain text, byte for byte', async () => {
		bench.sandbox.configure({ aidol: { shape: 'plain' } });
		const { items } = await bench.send({ message: 'x [script: report]' });
		expect(items[0]?.json.answer).toBe(REPORT_TEXT);
	});

	test('one JSON answer instead of a stream', async () => {
		bench.sandbox.configure({ aidol: { shape: 'one-shot' } });
		const { items } = await bench.send({ message: 'x [script: report]' });
		expect(items[0]?.json).toMatchObject({ status: 'completed', answer: REPORT_TEXT, eventCount: 1 });
	});

	test.each([
		['CR LF', { eol: '\r\n' }],
		['CR', { eol: '\r' }],
		['no blank behind data:', { space: false }],
		['a byte order mark', { bom: true }],
		['[DONE] behind the end', { done: true }],
		['id: and retry: lines', { extraFields: true }],
		['escaped text', { escape: true }],
	] as const)('%s', async (_title, framing) => {
		bench.sandbox.configure({ aidol: { framing } });
		const { items } = await bench.send({ message: 'x [script: report]' });
		expect(items[0]?.json.answer).toBe(REPORT_TEXT);
	});

	test('with pings, workflow events and ids, as Dify sends them', async () => {
		bench.sandbox.configure({ aidol: { pings: true, workflowEvents: true, messageIds: true } });
		const { items } = await bench.send({
			message: 'x [script: report]',
			options: { includeSteps: true, includeEvents: true },
		});
		const { steps, events, eventCount, ...json } = items[0]!.json as Record<string, unknown[]>;
		expect(json).toMatchObject({ answer: REPORT_TEXT, messageId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
		expect(events).toHaveLength(Number(eventCount));
		expect(steps!.length).toBeGreaterThan(0);
		expect(steps![0]).toMatchObject({ kind: 'tool', name: expect.any(String), status: 'completed' });
	});

	test('an agent that says nothing gives no answer, and says so', async () => {
		const { error } = await bench.send({ message: 'x [script: empty]' });
		expect(error?.message).toMatch(/^AI-DOL answered in a form|^The agent of AI-DOL ended without an answer/);
	});

	test.each([[[1]], [[2]], [[3]], [[7, 1, 3]]])('in pieces of %j bytes', async (writes) => {
		bench.sandbox.faults.add({ kind: 'split', writes });
		const { items } = await bench.send({ message: 'x [script: unicode]' });
		expect(items[0]?.json.answer).toContain('«·École·École» 👩‍👩‍👧‍👦');
	});
});

test('waits for the answer even if a workflow says not to, because it could never be collected', async () => {
	const { items } = await bench.send({ options: { waitForAnswer: false } });
	expect(items[0]?.json).toMatchObject({ status: 'completed', answer: SHORT });
});

test('passes the text on while the agent is speaking', async () => {
	const { items, chunks } = await bench.send(
		{ message: 'x [script: report] [pace: 2000]' },
		{ streaming: true, mode: 'webhook' },
	);
	expect(chunks.map(({ content }) => content ?? '').join('')).toBe(REPORT_TEXT);
	expect(chunks.filter(({ type }) => type === 'item').length).toBeGreaterThan(2);
	expect(items[0]?.json.answer).toBe(REPORT_TEXT);
});

test('as a tool of an AI Agent the node asks and hands the answer to the model', async () => {
	const invoke = await asTool(
		bench.engine,
		{
			type: TYPE,
			parameters: {
				resource: 'message',
				operation: 'send',
				agentId: AGENT,
				message: `={{ $fromAI('question', '', 'string') }}`,
			},
		},
		bench.credentials(),
	);
	const [item] = JSON.parse(await invoke({ question: 'a [script: echo]' })) as Array<Record<string, unknown>>;
	expect(item).toMatchObject({ provider: 'aidol', status: 'completed', answer: 'a' });
});
