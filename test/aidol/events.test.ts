import { lines, replay, sse } from './replay';

/** ASSUMPTION throughout: the form of the stream is not published; these are the ones of docs/apis/aidol.md §4. */

const PIECES = ['«·École', '·École» ', '你好', '\n| a |\n', ' 👩‍🔬', ' '];
const TEXT = PIECES.join('');

async function textOf(body: string): Promise<string> {
	const { answer, failure } = await replay(body);
	if (failure) throw failure;
	expect(answer.status).toBe('completed');
	return answer.text;
}

describe('where the text of a piece stands', () => {
	const places: Array<[string, (text: string) => unknown]> = [
		['answer', (answer) => ({ event: 'message', answer })],
		['data.answer', (answer) => ({ event: 'message', data: { answer } })],
		['content', (content) => ({ content })],
		['data.content', (content) => ({ data: { content } })],
		['text', (text) => ({ text })],
		['data.text', (text) => ({ event: 'text_chunk', data: { text } })],
		['delta', (delta) => ({ delta })],
		['delta.content', (content) => ({ delta: { content } })],
		['choices[0].delta.content', (content) => ({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })],
		['data as a string', (data) => ({ type: 'chunk', data })],
		['an envelope around content', (content) => envelope({ content })],
		['an envelope around a string', (data) => envelope(data)],
		['an envelope around an event', (answer) => envelope({ event: 'agent_message', answer })],
		['an envelope around choices', (content) => envelope({ choices: [{ delta: { content } }] })],
	];

	test.each(places)('%s: as server-sent events, as lines and as a list', async (_place, piece) => {
		const pieces = PIECES.map(piece);
		expect(await textOf(sse(...pieces))).toBe(TEXT);
		expect(await textOf(lines(...pieces))).toBe(TEXT);
		expect(await textOf(JSON.stringify(pieces))).toBe(TEXT);
		expect(await textOf(sse(...pieces, '[DONE]'))).toBe(TEXT);
		expect(await textOf(lines(...pieces, '[DONE]'))).toBe(TEXT);
	});

	test('text that stands in two places is taken once', async () => {
		const piece = (text: string) => ({ answer: text, data: { answer: text, content: text }, content: text, text });
		expect(await textOf(sse(...PIECES.map(piece)))).toBe(TEXT);
	});

	test('an empty place does not hide the next one', async () => {
		expect(await textOf(sse({ answer: '', data: { answer: 'a' } }, { content: null, text: 'b' }))).toBe('ab');
	});

	test('pieces that repeat each other are all kept', async () => {
		expect(await textOf(sse({ answer: 'ha' }, { answer: 'ha' }, { answer: 'haha' }))).toBe('hahahaha');
	});
});

describe('one answer instead of a stream', () => {
	test.each([
		['answer', { answer: TEXT, conversationId: 'c' }],
		['content', { content: TEXT }],
		['text', { text: TEXT }],
		['a string', TEXT],
	])('in an envelope, as %s', async (_place, data) => {
		expect(await textOf(JSON.stringify(envelope(data)))).toBe(TEXT);
		expect(await textOf(JSON.stringify(envelope(data), null, 2))).toBe(TEXT);
	});

	test('without an envelope', async () => {
		expect(await textOf(JSON.stringify({ event: 'message', answer: TEXT, message_id: 'm' }))).toBe(TEXT);
	});

	test('an envelope that holds no text is no answer', async () => {
		const { failure } = await replay(JSON.stringify(envelope({ conversationId: 'c' })));
		expect(failure?.details.code).toBe('unknown_form');
		expect(failure?.details.technicalText).toContain('conversationId');
	});
});

describe('plain text', () => {
	test('as data of server-sent events, byte for byte', async () => {
		const pieces = PIECES.filter((piece) => !piece.includes('\n'));
		expect(await textOf(sse(...pieces))).toBe(pieces.join(''));
		expect(await textOf(sse(...pieces, '[DONE]'))).toBe(pieces.join(''));
	});

	test('line feeds are several data lines', async () => {
		expect(await textOf('data: | a |\ndata: | - |\ndata: \n\ndata: b\n\n')).toBe('| a |\n| - |\nb');
	});

	test('pieces that look like JSON are text all the same', async () => {
		const pieces = ['Set ', '{', '"a"', ': ', '42', ' }', ' or ', '{"text":1}', '[1]', '[]', '{}', 'null', '{"a'];
		expect(await textOf(sse(...pieces, { event: 'message_end' }))).toBe(pieces.join(''));
	});

	test('named events', async () => {
		const body =
			'event: ping\ndata: x\n\nevent: message\ndata: Hel\n\nevent: message\ndata: lo\n\nevent: done\ndata: bye\n\n';
		expect(await textOf(body)).toBe('Hello');
	});

	test('an answer that comes with its end only', async () => {
		expect(await textOf('event: complete\ndata: The whole answer\n\n')).toBe('The whole answer');
	});

	test('a greeting in front of objects is not part of the answer', async () => {
		expect(await textOf(sse('connected', { answer: 'a' }, { answer: 'b' }))).toBe('ab');
	});

	test('an error event', async () => {
		const { failure } = await replay(`${sse('Hel')}event: error\ndata: no more credits\n\n`);
		expect(failure).toMatchObject({
			details: { providerText: 'no more credits', status: 'failed' },
			progress: { partialAnswer: 'Hel' },
		});
	});
});

describe("Dify's events", () => {
	const ids = { conversation_id: 'dify-conversation', message_id: 'm-1', task_id: 't-1' };
	const workflow = [
		{ event: 'workflow_started', ...ids, workflow_run_id: 'w', data: { id: 'w', created_at: 1_700_000_000 } },
		{
			event: 'node_started',
			...ids,
			data: { id: 'n1', node_type: 'llm', title: 'Writer', inputs: null, created_at: 1_700_000_000 },
		},
		{ event: 'ping' },
		{ event: 'message', ...ids, answer: 'Hello ' },
		{ event: 'agent_message', ...ids, answer: 'world' },
		{ event: 'message_file', id: 'f', type: 'image', url: 'https://x' },
		{
			event: 'node_finished',
			...ids,
			data: {
				id: 'n1',
				node_type: 'llm',
				title: 'Writer',
				inputs: { q: 1 },
				outputs: { text: 'Hello world' },
				status: 'succeeded',
				elapsed_time: 1.2345,
				finished_at: 1_700_000_002,
			},
		},
		{
			event: 'node_finished',
			...ids,
			data: { id: 'n2', node_type: 'tool', title: 'Search', outputs: null, status: 'failed', error: 'timeout' },
		},
		{
			event: 'workflow_finished',
			...ids,
			workflow_run_id: 'w',
			data: { id: 'w', status: 'succeeded', outputs: { answer: 'Hello world' } },
		},
		{ event: 'message_end', ...ids, answer: 'Hello world', metadata: { usage: { total_tokens: 42 } } },
	];

	test('a whole workflow: text, ids, usage, steps and events', async () => {
		const { answer } = await replay(sse(...workflow));
		expect(answer).toMatchObject({
			text: 'Hello world',
			status: 'completed',
			deliveredBy: 'stream',
			// The conversation is the one that was asked in, whatever the system behind AI-DOL calls it.
			ids: { conversationId: 'conversation', messageId: 'm-1' },
			usage: { total_tokens: 42 },
			eventCount: workflow.length,
		});
		expect(answer?.events).toEqual(workflow);
		expect(answer?.steps).toEqual([
			{
				kind: 'llm',
				name: 'Writer',
				input: { q: 1 },
				output: { text: 'Hello world' },
				status: 'completed',
				startedAt: '2023-11-14T22:13:20.000Z',
				durationMs: 1235,
			},
			{
				kind: 'tool',
				name: 'Search',
				input: null,
				output: 'timeout',
				status: 'failed',
				startedAt: null,
				durationMs: null,
			},
		]);
	});

	test.each([
		['message_end', { event: 'message_end', answer: 'The whole answer' }],
		['workflow_finished', { event: 'workflow_finished', data: { outputs: { answer: 'The whole answer' } } }],
		[
			'a list of the outputs of another name',
			{ event: 'workflow_finished', data: { outputs: { text: 'The whole answer' } } },
		],
	])('the text of %s counts where none came before, and is not repeated', async (_name, end) => {
		expect(await textOf(sse(end))).toBe('The whole answer');
		expect(await textOf(sse({ answer: 'The whole ' }, { answer: 'answer' }, end))).toBe('The whole answer');
	});

	test('what follows the end of the workflow in a piece of its own is read too', async () => {
		const { answer } = await replay(workflow.map((event) => Buffer.from(sse(event))));
		expect(answer?.usage).toEqual({ total_tokens: 42 });
	});

	test('what the agent does is not what it says', async () => {
		const deeds = [
			{ event: 'agent_log', data: { text: 'thinking' } },
			{ event: 'agent_thought', id: 'x', content: 'thinking' },
			{ event: 'iteration_completed', data: { content: 'a round' } },
			{ event: 'tts_message', data: 'UklGRg==' },
			{ event: 'node_retry', error: 'timeout', data: { text: 'again' } },
			{ event: 'ping', data: 'x' },
		];
		expect(await textOf(sse({ answer: 'a' }, ...deeds, { answer: 'b' }, { event: 'message_end' }))).toBe('ab');
	});

	test('message_replace is the whole text, also behind the end of the workflow', async () => {
		expect(await textOf(sse({ event: 'message', answer: 'bad' }, { event: 'message_replace', answer: 'good' }))).toBe(
			'good',
		);
		const finished = { event: 'workflow_finished', data: { status: 'succeeded' } };
		const replaced = { event: 'message_replace', answer: 'moderated' };
		expect(await textOf(sse({ answer: 'bad' }, finished, replaced, { event: 'message_end' }))).toBe('moderated');
	});

	test('the end of a workflow inside the workflow is not the end', async () => {
		const started = (id: string) => ({ event: 'workflow_started', data: { id } });
		const finished = (id: string) => ({ event: 'workflow_finished', data: { id, status: 'succeeded', outputs: {} } });
		const { answer } = await replay(
			sse(started('outer'), { answer: 'a' }, started('inner'), finished('inner'), { answer: 'b' }, finished('outer')),
		);
		expect(answer?.text).toBe('ab');
		const { failure } = await replay(sse(started('outer'), { answer: 'a' }, started('inner'), finished('inner')));
		expect(failure?.details.code).toBe('stream_broken');
	});

	test('a workflow that failed, was stopped, or was left open', async () => {
		const finished = (data: object) => ({ event: 'workflow_finished', data });
		const failed = await replay(sse({ answer: 'a' }, finished({ status: 'failed', error: 'node 3 broke' })));
		expect(failed.failure).toMatchObject({
			details: { providerText: 'node 3 broke', status: 'failed' },
			progress: { partialAnswer: 'a' },
		});
		const stopped = await replay(sse({ answer: 'a' }, finished({ status: 'stopped' })));
		expect(stopped.answer).toMatchObject({ status: 'cancelled', text: 'a' });
		const open = await replay(sse({ event: 'workflow_started', data: { id: 'w' } }, { answer: 'a' }));
		expect(open.failure?.details).toMatchObject({ code: 'stream_broken' });
	});

	test('an agent that ends without a word has given no answer', async () => {
		const { failure } = await replay(sse({ event: 'message_end', message_id: 'm' }));
		expect(failure?.details).toMatchObject({ code: 'unknown_form', status: 'failed' });
	});
});

describe('how a stream ends', () => {
	test.each(['message_end', 'end', 'done', 'finish', 'complete', 'END', 'workflow_finished'])(
		'%s, as event, as type and on a line of its own; an error behind it changes nothing',
		async (name) => {
			const behind = { event: 'error', message: 'too late' };
			const usage = { total_tokens: 1 };
			expect(await textOf(sse({ answer: 'a' }, { event: name, usage }, behind))).toBe('a');
			expect(await textOf(sse({ content: 'a' }, { type: name, usage }, behind))).toBe('a');
			expect(await textOf(`${sse({ content: 'a' })}event: ${name}\ndata: {}\n\n`)).toBe('a');
			expect(await textOf(lines({ content: 'a' }, { event: name, usage }, behind))).toBe('a');
		},
	);

	test('[DONE], with whatever is around it', async () => {
		expect(await textOf('data:{"content":"a"}\r\n\r\ndata:[DONE]\r\n\r\n')).toBe('a');
		expect(await textOf(`${sse({ content: 'a' })}data: [DONE]`)).toBe('a');
		expect(await textOf('{"content":"a"}\n[DONE]')).toBe('a');
		expect(await textOf(`${sse({ content: 'a' })}event: done\ndata: [DONE]\n\n`)).toBe('a');
	});

	test('a clean end after text', async () => {
		expect(await textOf(sse({ answer: 'a' }, { event: 'ping' }))).toBe('a');
	});

	test('a clean end without text is no answer', async () => {
		expect((await replay('')).failure?.details.code).toBe('empty_reply');
		for (const body of [': keep-alive\n\n', sse({ event: 'ping' })]) {
			expect((await replay(body)).failure?.details.code).toBe('unknown_form');
		}
		const { failure } = await replay(sse({ event: 'workflow_started' }));
		expect(failure?.details.code).toBe('stream_broken');
	});

	test('a broken end after text is no answer', async () => {
		const { failure } = await replay(sse({ answer: 'partial' }), 'broken');
		expect(failure).toMatchObject({
			details: { code: 'stream_broken' },
			progress: { conversationId: 'conversation', partialAnswer: 'partial' },
		});
	});

	test('a connection that breaks behind the end marker does not matter', async () => {
		const { answer } = await replay(sse({ answer: 'a' }, { event: 'message_end' }), 'broken');
		expect(answer?.text).toBe('a');
	});
});

describe('errors in a stream', () => {
	const traceId = 'abcdefghijklmnopqrstuvwxyz012345';

	test.each<[string, string, object]>([
		['event', sse({ event: 'error', status: 400, code: 'invalid_param', message: 'no' }), { code: 'invalid_param' }],
		['type', sse({ type: 'error', message: 'no' }), { code: 'agent_failed' }],
		['event line', 'event: error\ndata: {"type":"overloaded","message":"no"}\n\n', { code: 'agent_failed' }],
		[
			'event line of an object with a type of its own',
			'event: error\ndata: {"type":"x","error":{"message":"no","code":7}}\n\n',
			{ code: '7' },
		],
		['success: false', sse({ code: 10500, success: false, message: 'no', traceId }), { code: '10500', traceId }],
		['code and message', sse({ code: 5001, message: 'no' }), { code: '5001' }],
		['error member', sse({ error: { message: 'no', code: 'model_overloaded' } }), { code: 'model_overloaded' }],
		['error text', sse({ error: 'no' }), { code: 'agent_failed' }],
	])('%s, behind text: the agent has failed', async (_form, error, details) => {
		const { failure } = await replay(sse({ answer: 'partial' }) + error);
		expect(failure?.message).toBe("AI-DOL's agent stopped: no");
		expect(failure?.details).toMatchObject({ ...details, status: 'failed', providerText: 'no' });
		expect(failure?.progress.partialAnswer).toBe('partial');
	});

	test.each([10200, 200, 0, '10200', '0'])('code %j beside a message is no error', async (code) => {
		expect(await textOf(sse({ code, message: 'OK', content: 'a' }))).toBe('a');
	});

	test('a code without a message is no error', async () => {
		expect(await textOf(sse({ code: 7, content: 'a' }))).toBe('a');
	});

	test.each<[string, object, string, string]>([
		['Invalid API key', { code: 10400 }, 'notSent', 'The API key was refused by AI-DOL (401)'],
		['AGENT NOT FOUND', { code: 10404 }, 'notSent', 'AI-DOL does not know what was asked for (404)'],
		[
			'API key usage limit reached',
			{ code: 10400 },
			'notSent',
			'AI-DOL does not allow this with the credential in use (403)',
		],
		['text is required', { code: 10400 }, 'notSent', 'AI-DOL did not accept the request (400)'],
		['boom', { code: 10500 }, 'failed', "AI-DOL's agent stopped: boom"],
	])('an envelope instead of a stream: %s', async (message, more, status, shown) => {
		const envelope = { success: false, message, data: null, traceId, timestamp: '1773298769366', ...more };
		for (const body of [JSON.stringify(envelope), sse(envelope), `event: error\n${sse(envelope)}`]) {
			const { failure } = await replay(body);
			expect(failure?.message).toBe(shown);
			expect(failure?.details).toMatchObject({ status, traceId, providerText: message });
		}
	});

	test('an error beside text is a remark', async () => {
		expect(await textOf(sse({ answer: 'a', error: 'deprecated' }, { answer: 'b', error: null }))).toBe('ab');
	});

	test('an object that broke on the way may have carried text: the answer is not whole', async () => {
		const { failure } = await replay(sse({ answer: 'a' }, '{"answer":"b', { answer: 'c' }, { event: 'message_end' }));
		expect(failure).toMatchObject({ details: { code: 'stream_broken' }, progress: { partialAnswer: 'ac' } });
		expect((await replay(sse('{"answer":"b', { answer: 'c' }))).failure).toBeDefined();
	});

	test('a word among objects is no text and no error', async () => {
		expect(await textOf(sse({ answer: 'a' }, 'keep-alive', '1', { answer: 'b' }))).toBe('ab');
	});
});

describe('ids', () => {
	test.each<[string, object[], string | undefined]>([
		['message_id', [{ answer: 'a', message_id: 'm', id: 'x' }], 'm'],
		['messageId', [{ answer: 'a', messageId: 'm', id: 'x' }], 'm'],
		['data.message_id', [{ data: { answer: 'a', message_id: 'm' } }], 'm'],
		['id of a piece of text', [{ id: 'chatcmpl-1', choices: [{ delta: { content: 'a' } }] }], 'chatcmpl-1'],
		['id of a list of data', [{ data: { text: 'a', id: 'm' } }], 'm'],
		['a number', [{ answer: 'a', message_id: 1 }], '1'],
		['not the id of a node', [{ event: 'node_started', id: 'n', data: { id: 'n' } }, { answer: 'a' }], undefined],
		[
			'the first one',
			[
				{ answer: 'a', message_id: 'm1' },
				{ answer: 'b', message_id: 'm2' },
			],
			'm1',
		],
	])('%s', async (_where, events, messageId) => {
		const { answer } = await replay(sse(...events));
		expect(answer?.ids).toEqual({ conversationId: 'conversation', messageId });
	});

	test('digits beyond 2^53 stay exact', async () => {
		const { answer } = await replay('data: {"answer":"a","message_id":11887655289749511}\n\n');
		expect(answer?.ids.messageId).toBe('11887655289749511');
	});
});

function envelope(data: unknown) {
	return { code: 10200, success: true, message: 'OK', data, traceId: 't', timestamp: '1773298769366' };
}
