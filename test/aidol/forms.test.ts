import type { FollowOptions } from '../../nodes/shared/following/follow';
import { lines, replay, type Replayed, sse } from './replay';

/**
 * ASSUMPTION throughout (docs/apis/aidol.md §4): forms that services like AI-DOL send, as their own documentation shows
 * them. Each is an answer that must come out once, without what is not the agent's word.
 */

const HI = 'Hello friend';
const named = (...events: Array<[string, unknown]>) =>
	events
		.map(([name, data]) => `event: ${name}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)
		.join('');
const chunk = (delta: object, finish_reason: string | null = null) => ({
	object: 'chat.completion.chunk',
	choices: [{ index: 0, delta, finish_reason }],
});

async function textOf(body: string): Promise<string> {
	const { answer, failure } = await replay(body);
	if (failure) throw failure;
	expect(answer.status).toBe('completed');
	return answer.text;
}

const FORMS: Record<string, string> = {
	'Coze v3': named(
		[
			'conversation.chat.created',
			{ id: 'c', conversation_id: 'x', status: 'created', last_error: { code: 0, msg: '' } },
		],
		['conversation.chat.in_progress', { id: 'c', status: 'in_progress', last_error: { code: 0, msg: '' } }],
		[
			'conversation.message.delta',
			{ id: 'm', role: 'assistant', type: 'answer', content: 'Hello ', content_type: 'text' },
		],
		[
			'conversation.message.delta',
			{ id: 'm', role: 'assistant', type: 'answer', content: 'friend', content_type: 'text' },
		],
		[
			'conversation.message.completed',
			{ id: 'm', role: 'assistant', type: 'answer', content: HI, content_type: 'text' },
		],
		['conversation.message.completed', { id: 'v', type: 'verbose', content: '{"msg_type":"generate_answer_finish"}' }],
		['conversation.message.completed', { id: 'f', type: 'follow_up', content: 'How are you?' }],
		[
			'conversation.chat.completed',
			{ id: 'c', status: 'completed', last_error: { code: 0, msg: '' }, usage: { token_count: 5 } },
		],
		['done', '"[DONE]"'],
	),
	'Coze v2': sse(
		{ event: 'message', message: { role: 'assistant', type: 'answer', content: 'Hello ' }, is_finish: false, index: 0 },
		{ event: 'message', message: { role: 'assistant', type: 'answer', content: 'friend' }, is_finish: false, index: 0 },
		{ event: 'message', message: { role: 'assistant', type: 'answer', content: '' }, is_finish: true, index: 0 },
		{ event: 'message', message: { role: 'assistant', type: 'verbose', content: '{}' }, is_finish: true, index: 1 },
		{ event: 'message', message: { role: 'assistant', type: 'follow_up', content: 'Why?' }, is_finish: true, index: 2 },
		{ event: 'done' },
	),
	'OpenAI chat': sse(
		chunk({ role: 'assistant', content: '' }),
		chunk({ content: 'Hello ' }),
		chunk({ content: 'friend' }),
		chunk({}, 'stop'),
		{ object: 'chat.completion.chunk', choices: [], usage: { total_tokens: 5 } },
		'[DONE]',
	),
	'OpenAI chat with reasoning and tool calls': sse(
		chunk({ role: 'assistant', content: null, reasoning_content: 'Let me ' }),
		chunk({ reasoning_content: 'think.' }),
		chunk({ tool_calls: [{ index: 0, function: { name: 'search', arguments: '{"q":"x"}' } }] }),
		chunk({}, 'tool_calls'),
		chunk({ content: 'Hello ' }),
		chunk({ content: 'friend' }),
		chunk({}, 'stop'),
		'[DONE]',
	),
	'RAGFlow in the form of OpenAI: the last chunk repeats everything': sse(
		chunk({ content: 'Hello ' }),
		chunk({ content: 'friend' }),
		chunk({ content: HI, reference: [] }, 'stop'),
		'[DONE]',
	),
	"RAGFlow's own form: cumulative": sse(
		{ code: 0, message: '', data: { answer: 'Hello', reference: {} } },
		{ code: 0, message: '', data: { answer: 'Hello fri', reference: {} } },
		{ code: 0, message: '', data: { answer: HI, reference: { total: 1 }, id: 'm' } },
		{ code: 0, message: '', data: true },
	),
	'OpenAI Responses': sse(
		{ type: 'response.created', response: { id: 'r', status: 'in_progress', error: null, output: [] } },
		{ type: 'response.output_item.added', item: { id: 'rs', type: 'reasoning', summary: [] } },
		{ type: 'response.reasoning_summary_text.delta', item_id: 'rs', delta: 'Thinking of it' },
		{ type: 'response.reasoning_summary_text.done', item_id: 'rs', text: 'Thinking of it' },
		{ type: 'response.output_item.added', item: { id: 'fc', type: 'function_call', name: 'search', arguments: '' } },
		{ type: 'response.function_call_arguments.delta', item_id: 'fc', delta: '{"q":' },
		{ type: 'response.function_call_arguments.done', item_id: 'fc', arguments: '{"q":1}' },
		{ type: 'response.output_item.added', item: { id: 'm', type: 'message', role: 'assistant', content: [] } },
		{ type: 'response.content_part.added', item_id: 'm', part: { type: 'output_text', text: '' } },
		{ type: 'response.output_text.delta', item_id: 'm', delta: 'Hello ' },
		{ type: 'response.output_text.delta', item_id: 'm', delta: 'friend' },
		{ type: 'response.output_text.done', item_id: 'm', text: HI },
		{ type: 'response.content_part.done', item_id: 'm', part: { type: 'output_text', text: HI } },
		{
			type: 'response.output_item.done',
			item: { id: 'm', type: 'message', role: 'assistant', content: [{ type: 'output_text', text: HI }] },
		},
		{
			type: 'response.completed',
			response: {
				status: 'completed',
				error: null,
				output: [{ type: 'message', content: [{ type: 'output_text', text: HI }] }],
				usage: { total_tokens: 5 },
			},
		},
	),
	Anthropic: named(
		[
			'message_start',
			{ type: 'message_start', message: { id: 'm', role: 'assistant', content: [], usage: { input_tokens: 3 } } },
		],
		[
			'content_block_start',
			{ type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
		],
		[
			'content_block_delta',
			{ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } },
		],
		[
			'content_block_delta',
			{ type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'x' } },
		],
		['content_block_start', { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } }],
		['ping', { type: 'ping' }],
		['content_block_delta', { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hello ' } }],
		['content_block_delta', { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'friend' } }],
		[
			'content_block_delta',
			{ type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{}' } },
		],
		['content_block_stop', { type: 'content_block_stop', index: 1 }],
		['message_delta', { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }],
		['message_stop', { type: 'message_stop' }],
	),
	Langflow: lines(
		{ event: 'add_message', data: { id: 'u', sender: 'User', text: 'question' } },
		{ event: 'token', data: { id: 'm', chunk: 'Hello ' } },
		{ event: 'token', data: { id: 'm', chunk: 'friend' } },
		{ event: 'add_message', data: { id: 'm', sender: 'Machine', text: HI } },
		{ event: 'end_vertex', data: { build_data: { text: 'x' } } },
		{ event: 'end', data: { result: {} } },
	),
	'Langflow, a message that grows': lines(
		{ event: 'add_message', data: { id: 'm', sender: 'Machine', text: 'Hello' } },
		{ event: 'add_message', data: { id: 'm', sender: 'Machine', text: HI } },
		{ event: 'end', data: {} },
	),
	Ollama: lines(
		{ model: 'x', message: { role: 'assistant', content: '', thinking: 'Hm' }, done: false },
		{ model: 'x', message: { role: 'assistant', content: 'Hello ' }, done: false },
		{ model: 'x', message: { role: 'assistant', content: 'friend' }, done: false },
		{ model: 'x', message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' },
	),
	'Ollama, generate': lines(
		{ response: 'Hello ', done: false },
		{ response: 'friend', done: false },
		{ response: '', done: true },
	),
	DashScope: sse(
		{ output: { text: 'Hello', finish_reason: 'null' }, request_id: 'r' },
		{ output: { text: HI, finish_reason: 'stop' }, usage: { total_tokens: 5 } },
	),
	'DashScope, messages': sse(
		{ output: { choices: [{ message: { role: 'assistant', content: 'Hello ' }, finish_reason: 'null' }] } },
		{ output: { choices: [{ message: { role: 'assistant', content: 'friend' }, finish_reason: 'null' }] } },
		{ output: { choices: [{ message: { role: 'assistant', content: '' }, finish_reason: 'stop' }] } },
	),
	Gemini: sse(
		{ candidates: [{ content: { parts: [{ text: 'Hm', thought: true }], role: 'model' } }] },
		{ candidates: [{ content: { parts: [{ text: 'Hello ' }], role: 'model' } }] },
		{ candidates: [{ content: { parts: [{ text: 'friend' }], role: 'model' }, finishReason: 'STOP' }] },
	),
	'Vercel UI messages': sse(
		{ type: 'start' },
		{ type: 'reasoning-delta', id: '0', delta: 'Hm' },
		{ type: 'tool-input-delta', toolCallId: 't', inputTextDelta: '{' },
		{ type: 'text-start', id: '1' },
		{ type: 'text-delta', id: '1', delta: 'Hello ' },
		{ type: 'text-delta', id: '1', delta: 'friend' },
		{ type: 'text-end', id: '1' },
		{ type: 'finish-step' },
		{ type: 'finish' },
		'[DONE]',
	),
	Dify: sse(
		{ event: 'agent_thought', thought: HI, tool: '' },
		{ event: 'agent_message', answer: 'Hello ', message_id: 'm' },
		{ event: 'agent_message', answer: 'friend', message_id: 'm' },
		{ event: 'agent_thought', thought: HI },
		{ event: 'message_end', message_id: 'm', metadata: { usage: {} } },
	),
	'one reply of OpenAI': JSON.stringify({
		object: 'chat.completion',
		choices: [{ message: { role: 'assistant', content: HI }, finish_reason: 'stop' }],
	}),
	'one old reply of OpenAI': JSON.stringify({ choices: [{ text: HI, finish_reason: 'stop' }] }),
	'one reply in data': JSON.stringify({ data: { choices: [{ message: { content: HI } }] } }),
	'one reply of Anthropic': JSON.stringify({
		type: 'message',
		role: 'assistant',
		content: [{ type: 'text', text: HI }],
		stop_reason: 'end_turn',
	}),
	'one reply of OpenAI Responses': JSON.stringify({
		response: { output: [{ type: 'message', content: [{ type: 'output_text', text: HI }] }] },
	}),
	'a delta in data': sse({ data: { delta: 'Hello ' } }, { data: { delta: 'friend' } }, '[DONE]'),
	'a delta with content in data': sse(
		{ data: { delta: { content: 'Hello ' } } },
		{ data: { delta: { content: 'friend' } } },
	),
	'cumulative pieces': sse({ answer: 'Hello' }, { answer: 'Hello fri' }, { answer: HI }),
	'cumulative lines': lines({ content: 'Hello' }, { content: 'Hello fri' }, { content: HI }),
	'cumulative plain text': sse('Hello', 'Hello fri', HI, '[DONE]'),
	'everything once more in the end': sse({ text: 'Hello ' }, { text: 'friend' }, { text: HI }),
	'everything once more in the end, in another place': sse(
		{ delta: 'Hello ' },
		{ delta: 'friend' },
		{ answer: HI },
		'[DONE]',
	),
	'a text that is done': sse(
		{ type: 'text', text: 'Hello ' },
		{ type: 'text', text: 'friend' },
		{ type: 'text.done', text: HI },
	),
	'a final text': sse(
		{ type: 'chunk', text: 'Hello ' },
		{ type: 'chunk', text: 'friend' },
		{ type: 'final', text: HI },
	),
	'everything with the end': sse({ text: 'Hello ' }, { text: 'friend' }, { type: 'done', text: HI }),
	'a code of zeros': sse({ code: '000000', message: 'success', data: { content: HI } }),
	'plain text': HI,
	'plain text in quotes': JSON.stringify(HI),
	'pieces in quotes': sse('"Hello "', '"friend"', '"[DONE]"'),
	'a prefix that was written twice': sse('data: Hello ', 'data: friend', 'data: [DONE]'),
	'events with one line end between': 'data: {"answer":"Hello "}\ndata: {"answer":"friend"}\ndata: [DONE]\n',
	'a number that is none': 'data: {"answer":"Hello ","pe":NaN}\n\ndata: {\'answer\': \'friend\', \'ok\': True}\n\n',
};

test.each(Object.entries(FORMS))('%s', async (_name, body) => {
	expect(await textOf(body)).toBe(HI);
	// However it is cut, and whatever was shown on the way.
	const shown: string[] = [];
	const onText: FollowOptions['onText'] = (change) => {
		if (change && 'appended' in change) shown.push(change.appended);
		else shown.length = 0;
	};
	const { answer } = await replay(
		Array.from(Buffer.from(body), (byte) => Buffer.of(byte)),
		'clean',
		{ onText },
	);
	expect(answer?.text).toBe(HI);
	if (shown.length > 0) expect(HI.endsWith(shown.join(''))).toBe(true);
});

describe('what is not the text', () => {
	const KINDS = [
		...[
			'thinking',
			'reasoning',
			'thought',
			'agent_thought',
			'tool',
			'tool_call',
			'tool_calls',
			'tool_result',
			'function',
		],
		...['function_call', 'functionCall', 'status', 'progress', 'suggestion', 'suggestions', 'suggested_questions'],
		...['follow_up', 'follow-up', 'followUp', 'title', 'conversation_title', 'emotion', 'EMOTION', 'motion', 'start'],
		...[
			'session',
			'log',
			'debug',
			'metadata',
			'usage',
			'heartbeat',
			'node_started',
			'retrieval',
			'references',
			'citation',
		],
		...[
			'search_result',
			'knowledge',
			'source',
			'plan',
			'step',
			'audio',
			'tts_message',
			'image',
			'user_message',
			'system',
		],
	];
	const NOISE = 'x y z';

	test.each(KINDS)('%s, named in every way and with its text in every place', async (kind) => {
		for (const noise of [
			...['content', 'text', 'answer', 'delta', 'data'].map((place) => sse({ type: kind, [place]: NOISE })),
			sse({ event: kind, data: { content: NOISE, text: NOISE } }),
			sse({ data: { type: kind, content: NOISE } }),
			sse({ event: 'message', message: { type: kind, content: NOISE } }),
			named([kind, { content: NOISE }]),
		]) {
			expect(await textOf(sse({ content: 'a' }) + noise + sse({ content: 'b' }))).toBe('ab');
			expect(await textOf(noise + sse({ content: 'ab' }, '[DONE]'))).toBe('ab');
		}
		expect(await textOf(sse('a') + named([kind, NOISE]) + sse('b'))).toBe('ab');
	});

	test.each(['user', 'User', 'human', 'system', 'tool', 'function', 'developer'])('words of %s', async (role) => {
		for (const speaker of ['role', 'sender']) {
			expect(await textOf(sse({ [speaker]: role, content: 'x y' }, { content: 'a' }))).toBe('a');
			expect(await textOf(sse({ data: { [speaker]: role, content: 'x y' } }, { content: 'a' }))).toBe('a');
		}
		expect(await textOf(sse({ choices: [{ delta: { role, content: 'x y' } }] }, { content: 'a' }))).toBe('a');
	});

	test.each([
		'message',
		'answer',
		'text',
		'content',
		'token',
		'chunk',
		'delta',
		'agent_message',
		'text_chunk',
		'output',
		'result',
		'reply',
		'assistant',
		'markdown',
		'speech',
	])('%s is text', async (type) => {
		expect(await textOf(sse({ type, content: 'a' }, { type, content: 'b' }))).toBe('ab');
		expect(await textOf(named([type, { content: 'a' }], [type, { content: 'b' }]))).toBe('ab');
	});

	test('several messages of Coze are kept apart', async () => {
		const message = (id: string, content: string, event = 'delta'): [string, unknown] => [
			`conversation.message.${event}`,
			{ id, role: 'assistant', type: 'answer', content },
		];
		expect(
			await textOf(
				named(
					message('1', 'One'),
					message('1', 'One.', 'completed'),
					message('2', 'Two'),
					message('2', 'Two', 'completed'),
				),
			),
		).toBe('One.\n\nTwo');
	});
});

describe('thinking is a step', () => {
	const steps = async (body: string | Uint8Array[]) =>
		(await replay(body)).answer?.steps.map(({ kind, output, status }) => [kind, output, status]);
	const STEP = [['thinking', 'Let me think.', 'completed']];

	test.each<[string, string]>([
		['a tag', sse({ answer: '<think>\nLet me think.\n</think>\n\n' }, { answer: HI })],
		[
			'a tag in pieces',
			sse(...['<th', 'ink>Let me', ' think.</', 'think', '>\nHello', ' friend'].map((content) => ({ content }))),
		],
		[
			'a tag in cumulative pieces',
			sse(
				...['<think>Let me', '<think>Let me think.</think>', '<think>Let me think.</think>Hello friend'].map(
					(answer) => ({ answer }),
				),
			),
		],
		['a tag in plain text', sse('<think>Let me ', 'think.</think>', 'Hello ', 'friend', '[DONE]')],
		['a tag in a body of text', `<think>\nLet me think.\n</think>\n${HI}`],
		['a tag in one reply', JSON.stringify({ answer: `<think>Let me think.</think>${HI}` })],
		[
			'events',
			sse(
				{ type: 'thinking', content: 'Let me ' },
				{ type: 'thinking', content: 'think.' },
				{ type: 'text', content: HI },
			),
		],
		[
			'events that repeat it',
			sse(
				{ type: 'reasoning.delta', delta: 'Let me ' },
				{ type: 'reasoning.delta', delta: 'think.' },
				{ type: 'reasoning.done', text: 'Let me think.' },
				{ text: HI },
			),
		],
		[
			'a member',
			sse(chunk({ reasoning_content: 'Let me ' }), chunk({ reasoning_content: 'think.' }), chunk({ content: HI })),
		],
		['a channel', sse({ channel: 'analysis', content: 'Let me think.' }, { channel: 'final', content: HI })],
		['a named line of text', named(['thinking', 'Let me think.'], ['message', HI])],
	])('%s', async (_title, body) => {
		const { answer } = await replay(body);
		expect(answer?.text).toBe(HI);
		expect(await steps(body)).toEqual(STEP);
		expect(await steps(Array.from(Buffer.from(body), (byte) => Buffer.of(byte)))).toEqual(STEP);
	});

	test('it is not shown while it comes', async () => {
		const shown: string[] = [];
		const body = sse(...['<thi', 'nk>Secret', '</think>', 'Hello'].map((content) => ({ content })));
		await replay(body, 'clean', { onText: (change) => shown.push(JSON.stringify(change)) });
		expect(shown).toEqual(['{"appended":"Hello"}']);
	});

	test('a thought that was left open is no answer', async () => {
		expect((await replay(sse({ answer: '<think>Hm' }))).failure?.details.code).toBe('stream_broken');
		expect((await replay(sse({ answer: '<think>Hm' }, '[DONE]'))).failure?.details.status).toBe('failed');
	});

	test('a tag further behind is text', async () => {
		expect(await textOf(sse({ answer: 'Use <think>a</think>' }))).toBe('Use <think>a</think>');
	});
});

describe('ends that are none', () => {
	const outcome = ({ answer, failure }: Replayed) => (failure ? failure.details.status : answer?.status);

	test.each<[string, string, string]>([
		[
			'Coze v3',
			named(
				['conversation.chat.failed', { id: 'c', status: 'failed', last_error: { code: 700012006, msg: 'no credits' } }],
				['done', '"[DONE]"'],
			),
			'no credits',
		],
		[
			'Coze v2',
			sse({ event: 'error', error_information: { err_code: 702, err_msg: 'no credits' } }, { event: 'done' }),
			'no credits',
		],
		[
			'OpenAI Responses',
			sse({
				type: 'response.failed',
				response: { status: 'failed', error: { code: 'server_error', message: 'no credits' } },
			}),
			'no credits',
		],
		['Vercel', sse({ type: 'error', errorText: 'no credits' }, '[DONE]'), 'no credits'],
		['an end with an error', sse({ event: 'message_end', error: { message: 'no credits' } }), 'no credits'],
		['an end with an error text', sse({ event: 'end', error: 'no credits' }), 'no credits'],
		['an end with a status', sse({ event: 'end', status: 'failed', message: 'no credits' }), 'no credits'],
		['a name of its own', sse({ type: 'run_failed', message: 'no credits' }), 'no credits'],
		['a list of messages', sse({ type: 'error', message: ['no credits', 'no time'] }), 'no credits; no time'],
		['a list of details', sse({ type: 'error', detail: [{ loc: ['x'], msg: 'no credits' }] }), 'x: no credits'],
		['a status alone', sse({ status: 'failed', message: 'no credits' }), 'no credits'],
		[
			'an action that is asked for',
			named(['conversation.chat.requires_action', { id: 'c' }]),
			'The agent waits for somebody else to act.',
		],
	])('failed: %s, with and without a half answer', async (_name, end, words) => {
		for (const body of [end, sse({ content: 'Half' }) + end, sse({ content: 'Half' }) + end + sse('[DONE]')]) {
			const { failure } = await replay(body);
			expect(failure?.details).toMatchObject({ status: 'failed', providerText: words });
			expect(failure?.progress.partialAnswer).toBe(body === end ? '' : 'Half');
		}
	});

	test.each([
		'length',
		'max_tokens',
		'content_filter',
		'insufficient_system_resource',
		'MAX_TOKENS',
		'SAFETY',
		'refusal',
	])('finish reason %s: an answer that says so, a failure where nothing was said', async (reason) => {
		for (const end of [
			sse(chunk({}, reason)),
			sse({ type: 'message_delta', delta: { stop_reason: reason } }, { type: 'message_stop' }),
			sse({ message: { content: '' }, done: true, done_reason: reason }),
			sse({ output: { finish_reason: reason } }),
			sse({ candidates: [{ finishReason: reason }] }),
			sse({ event: 'message_end', finish_reason: reason }),
			sse({ type: 'response.incomplete', response: { status: 'incomplete', incomplete_details: { reason } } }),
		]) {
			for (const more of ['', sse('[DONE]'), sse(chunk({}, 'stop'), '[DONE]')]) {
				const { answer } = await replay(sse({ content: 'Half' }) + end + more);
				expect(answer).toMatchObject({ text: 'Half', status: 'completed', finishReason: reason });
			}
			expect((await replay(end)).failure?.details).toMatchObject({ status: 'failed', code: reason });
		}
	});

	test.each(['stop', 'end_turn', 'stop_sequence', 'eos', 'STOP', 'null', ''])(
		'finish reason %j is natural',
		async (reason) => {
			const { answer } = await replay(sse(chunk({ content: 'Whole' }), chunk({}, reason), '[DONE]'));
			expect(answer).toMatchObject({ text: 'Whole', status: 'completed', finishReason: undefined });
		},
	);

	test('a text that comes with the finish reason', async () => {
		const { answer } = await replay(sse(chunk({ content: 'Ha' }), chunk({ content: 'lf' }, 'length')));
		expect(answer).toMatchObject({ text: 'Half', finishReason: 'length' });
	});

	test.each([
		sse({ type: 'response.cancelled' }),
		named(['conversation.chat.canceled', { id: 'c' }]),
		sse({ event: 'message_end', status: 'stopped' }),
		sse({ event: 'end', data: { status: 'cancelled' } }),
	])('cancelled: %s', async (end) => {
		expect(outcome(await replay(sse({ content: 'Half' }) + end))).toBe('cancelled');
	});

	test('what a tool or a node cannot do is not the failing of the answer', async () => {
		for (const type of ['tool_error', 'node_failed', 'tool_call_failed', 'tts_error', 'search_error']) {
			expect(
				await textOf(sse({ content: 'a' }, { type, message: 'no', error: { message: 'no' } }, { content: 'b' })),
			).toBe('ab');
		}
	});

	test('members that say nothing are no error', async () => {
		for (const error of [{}, null, '', { code: 0, msg: '' }, { message: '' }, []]) {
			expect(await textOf(sse({ content: 'a', error }, { event: 'message_end', error, last_error: error }))).toBe('a');
		}
	});

	test.each(['response.created', 'conversation.chat.created', 'message_start'])(
		'%s without its end was cut',
		async (type) => {
			const { failure } = await replay(sse({ type }, { type: 'x', content: 'Half' }));
			expect(failure).toMatchObject({ details: { code: 'stream_broken' }, progress: { partialAnswer: 'Half' } });
		},
	);
});

describe('answers that are JSON, in pieces of plain text', () => {
	const JSON_TEXT = '{"name": "小爱", "list": [1, 2], "text": "a}b"}';

	test('come out as they are', async () => {
		for (const size of [1, 3, 7]) {
			const pieces = JSON_TEXT.match(new RegExp(`.{1,${size}}`, 'gu'))!;
			expect(await textOf(sse(...pieces, '[DONE]'))).toBe(JSON_TEXT);
			expect(await textOf(sse(...pieces))).toBe(JSON_TEXT);
			expect(await textOf(sse(...pieces, 'That is it.'))).toBe(`${JSON_TEXT}That is it.`);
		}
		expect(await textOf(sse(...JSON_TEXT.split('').map((content) => ({ content }))))).toBe(JSON_TEXT);
	});

	test('cut off in the middle they are no answer', async () => {
		const pieces = JSON_TEXT.slice(0, 30).match(/.{1,5}/gu)!;
		for (const end of [[], ['[DONE]'], [{ event: 'message_end' }]]) {
			const { failure } = await replay(sse(...pieces, ...end));
			expect(failure?.details.code).toBe('stream_broken');
			expect(failure?.progress.partialAnswer).toBe(JSON_TEXT.slice(0, 30));
		}
	});
});

describe('the option Text Field', () => {
	const read = async (path: string, ...events: unknown[]) => await replay(sse(...events), 'clean', {}, path);

	test.each([
		['data.inner.say', (text: string) => ({ data: { inner: { say: text } } })],
		['$.data.inner.say', (text: string) => ({ data: { inner: { say: text } } })],
		['list[0].say', (text: string) => ({ list: [{ say: text }] })],
		['list.0.say', (text: string) => ({ list: [{ say: text }] })],
		['["odd name"].say', (text: string) => ({ 'odd name': { say: text } })],
		['say', (text: string) => ({ code: 10200, success: true, data: { say: text } })],
		['status', (text: string) => ({ type: 'status', status: text, content: 'noise' })],
	])('%s', async (path, piece) => {
		const { answer } = await read(path, piece('Hello '), { other: 1 }, { content: 'noise' }, piece('friend'), '[DONE]');
		expect(answer?.text).toBe(HI);
	});

	test('thinking and tools stay out, repetitions are recognised', async () => {
		const say = (say: string, type = 'x') => ({ type, say });
		const { answer } = await read(
			'say',
			say('Hm', 'thinking'),
			say('{}', 'tool_call'),
			say('Hello '),
			say('friend'),
			say(HI),
		);
		expect(answer?.text).toBe(HI);
	});
});

describe('character sets', () => {
	const gbk = Buffer.from([0xc4, 0xe3, 0xba, 0xc3]); // 你好
	const body = (bytes: Buffer) =>
		Buffer.concat([Buffer.from('data: {"answer":"'), bytes, Buffer.from('"}\n\ndata: [DONE]\n\n')]);
	const read = async (type: string, bytes: Buffer) =>
		await replay(
			Array.from(bytes, (byte) => Buffer.of(byte)),
			'clean',
			{},
			undefined,
			type,
		);

	test.each(['text/event-stream;charset=GBK', 'text/event-stream; charset="gb18030"', 'text/plain; Charset=gb2312'])(
		'%s',
		async (type) => {
			expect((await read(type, body(gbk))).answer?.text).toBe('你好');
			expect((await replay(body(gbk), 'clean', {}, undefined, type)).answer?.text).toBe('你好');
		},
	);

	test.each([
		'text/event-stream; charset=iso-8859-1',
		'text/event-stream; charset=utf-16le',
		'text/event-stream; charset=x',
	])('%s is a lie where the bytes are UTF-8', async (type) =>
		expect((await replay(body(Buffer.from('École 你好')), 'clean', {}, undefined, type)).answer?.text).toBe(
			'École 你好',
		),
	);

	test('one that nobody knows is told', async () => {
		const { failure } = await read('text/event-stream; charset=klingon', body(gbk));
		expect(failure).toMatchObject({
			message: 'AI-DOL wrote its answer in a character set that cannot be read',
			details: { code: 'unknown_charset', technicalText: 'the character set is "klingon"' },
		});
	});
});
