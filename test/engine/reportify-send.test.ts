import { REPORT_SUMMARY, REPORT_TEXT, REPORT_TITLE, sideTexts } from '../../sandbox';
import { reportifyBench } from './reportify';

const bench = reportifyBench();

test('asks in a new conversation and returns one finished item', async () => {
	const { items, error } = await bench.send({ message: 'report', agentId: '11887655289749511' });
	expect(error).toBeUndefined();
	expect(items).toHaveLength(1);
	expect(items[0]?.pairedItem).toEqual({ item: 0 });
	expect(items[0]?.json).toMatchObject({
		provider: 'reportify',
		status: 'completed',
		answer: REPORT_TEXT,
		title: REPORT_TITLE,
		summary: REPORT_SUMMARY,
		deliveredBy: 'stream',
		reconnects: 0,
	});
	for (const text of sideTexts()) expect(items[0]?.json.answer).not.toContain(text);
	expect(items[0]?.json).not.toHaveProperty('error');
});

test('sends the ids as exact integers, and the message as it was typed', async () => {
	await bench.send({ message: ' «·École» 你好 👩‍🔬\n', agentId: ' 11887655289749511 ' });
	const [create, chat] = bench.sandbox.requests;
	expect(create?.text).toBe('{"agent_id":11887655289749511}');
	expect(chat?.text).toBe(JSON.stringify({ message: ' «·École» 你好 👩‍🔬\n', stream: true }));
	expect(chat?.headers).toMatchObject({ accept: 'text/event-stream', 'content-type': 'application/json' });
});

test('goes on with a conversation whose id is odd and beyond 2^53, digit for digit', async () => {
	const conversationId = await bench.newConversation();
	expect(Number.isSafeInteger(Number(conversationId))).toBe(false);
	const { items } = await bench.send({ conversationId });
	expect(items[0]?.json.conversationId).toBe(conversationId);
	expect(bench.sandbox.requests.map(({ path }) => path)).toEqual([`/v1/agent/conversations/${conversationId}/chat`]);
});

test('a new conversation is made as the options say, and its page is in the item', async () => {
	const options = { title: 'Weekly report', conversationType: 'bot_chat', channel: 'telegram' };
	const { items } = await bench.send({ agentId: '11887655289749511', options });
	expect(bench.sandbox.requests[0]?.text).toBe(
		'{"agent_id":11887655289749511,"title":"Weekly report","conversation_type":"bot_chat","channel":"telegram"}',
	);
	const { conversationId, conversationUrl } = items[0]!.json;
	expect(conversationUrl).toBe(`https://reportify.cn/agents/11887655289749511/chat/${String(conversationId)}`);
	const { items: goneOn } = await bench.send({ conversationId, options });
	expect(goneOn[0]?.json).toMatchObject({ conversationId, conversationUrl: null });
});

test.each([
	['several outputs', { answer: expect.stringMatching(/^# [\s\S]*\n\n# /) }],
	['empty output', { answer: expect.stringMatching(/.+/), summary: null }],
	['agents only', { answer: expect.stringMatching(/.+/), summary: null }],
	['single agent', { answer: expect.stringMatching(/.+/), summary: null }],
	['nested', { answer: expect.stringMatching(/.+/) }],
])('%s', async (script, expected) => {
	const { items } = await bench.send({ message: `x [script: ${script}]` });
	expect(items[0]?.json).toMatchObject({ status: 'completed', ...expected });
	for (const text of sideTexts()) expect(items[0]?.json.answer).not.toContain(text);
});

test('hands documents on', async () => {
	const documents = {
		document: [
			{ documentId: 'd1', documentTitle: '' },
			{ documentId: ' d2 ', fileType: 'pdf', documentTitle: 'T' },
			{ documentId: '={{ 3 }}' },
		],
	};
	await bench.send({ options: { documents } });
	expect(bench.sandbox.findRequests({ path: /chat$/ })[0]?.json()).toMatchObject({
		documents: [
			{ doc_id: 'd1', doc_title: 'd1' },
			{ doc_id: 'd2', doc_title: 'T', file_type: 'pdf' },
			{ doc_id: '3', doc_title: '3' },
		],
	});
});

test('lists what the agent did, what it made and everything it said, on request', async () => {
	bench.sandbox.configure({ reportify: { usage: true } });
	const { items } = await bench.send({ message: 'report', options: { includeSteps: true, includeEvents: true } });
	bench.sandbox.configure({ reportify: { usage: false } });
	const { steps, events, files, eventCount, usage } = items[0]!.json as Record<string, Array<Record<string, unknown>>>;
	expect(events).toHaveLength(Number(eventCount));
	expect(files).toEqual([{ id: expect.stringMatching(/^file_/), name: expect.stringContaining('.md') }]);
	expect(usage).toMatchObject({ total_tokens: expect.any(Number) });
	const tools = steps!.filter(({ kind }) => kind === 'tool');
	expect(tools.length).toBeGreaterThan(0);
	for (const step of steps!) {
		expect(step).toEqual({
			kind: expect.any(String),
			name: expect.any(String),
			input: step.input,
			output: step.output,
			status: 'completed',
			startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
			durationMs: expect.any(Number),
		});
	}
});

test('returns at once without waiting, and collects the same answer later, byte for byte', async () => {
	const { items: sent } = await bench.send({ message: 'report', options: { waitForAnswer: false } });
	const { conversationId, messageId, status } = sent[0]!.json;
	expect(status).toBe('running');
	const { items } = await bench.run({ resource: 'message', operation: 'collect', conversationId, messageId });
	expect(items[0]?.json).toMatchObject({ conversationId, messageId, status: 'completed', answer: REPORT_TEXT });
	expect(bench.questions()).toBe(1);
});

test.each([
	['inclusive', { afterEvents: 40 }],
	['exclusive', { afterEvents: 40 }],
] as const)('a cut stream is resumed from its last offset, %s reading', async (offsetReading, cut) => {
	bench.sandbox.configure({ reportify: { offsetReading } });
	bench.sandbox.faults.add({ kind: 'cut', how: 'reset', ...cut });
	const { items } = await bench.send({ message: 'report' });
	const { eventCount } = (await bench.send({ message: 'report' })).items[0]!.json;
	expect(items[0]?.json).toMatchObject({ answer: REPORT_TEXT, deliveredBy: 'resume', reconnects: 1, eventCount });
	expect(bench.questions()).toBe(2);
	bench.sandbox.configure({ reportify: { offsetReading: 'inclusive' } });
});
