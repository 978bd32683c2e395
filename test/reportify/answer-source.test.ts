import { ReportifyAnswerSource } from '../../nodes/Reportify/reportify-answer-source';
import { type NewConversation, ReportifyApi, reportifyError } from '../../nodes/Reportify/reportify-api';
import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import type { HttpRequest } from '../../nodes/shared/http/transport';
import { FakeClock } from '../following/fake-clock';
import { block, DOCUMENTED_RUN, end, start, streaming } from './decoder';

const CONVERSATION = '11887655289749513';
const IDS = { conversationId: CONVERSATION, messageId: 'a/1?' };
const ASKED_AT = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const { signal } = new AbortController();

/** A source whose provider answers with this JSON, or what the function makes of a request; and the requests that it made. */
function sourceWith(
	body: unknown,
	headers: Record<string, string> = {},
	askedAt = ASKED_AT,
	conversation: NewConversation = { agentId: '17' },
) {
	const requests: HttpRequest[] = [];
	const api = new ReportifyApi({
		providerName: 'Reportify',
		clock: new FakeClock(),
		errorOf: reportifyError,
		transport: async (request) => {
			requests.push(request);
			const json: unknown = typeof body === 'function' ? (body as (path: string) => unknown)(request.path) : body;
			async function* bytes() {
				yield new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
			}
			return { status: 200, headers, body: bytes() };
		},
	});
	const source = new ReportifyAnswerSource(api, {
		message: 'What?',
		documents: [],
		conversation,
		askedAt,
	});
	return { source, requests };
}

const question = (id: number, members: object = {}) => ({
	id,
	role: 'user',
	turn_id: id * 10,
	content: { text: 'What?' },
	created_at: ASKED_AT + 500,
	...members,
});
const answer = (id: number, members: object = {}) => ({
	id,
	role: 'assistant',
	turn_id: (id - 1) * 10,
	assistant_message_id: `m-${id}`,
	...members,
});

describe('finding a question that was sent without an answer', () => {
	const findQuestion = async (messages: object[]) =>
		await sourceWith({ messages }).source.findQuestion({ conversationId: CONVERSATION }, signal);
	const found = (messageId: string) => ({ conversationId: CONVERSATION, messageId });

	test('its answer is in the same turn', async () => {
		expect(
			await findQuestion([answer(4), question(3), answer(2), question(1, { created_at: ASKED_AT - 999 * MINUTE })]),
		).toEqual(found('m-4'));
	});

	test('or replies to it', async () => {
		expect(await findQuestion([answer(4, { turn_id: null, reply_to_message_id: 3 }), question(3)])).toEqual(
			found('m-4'),
		);
		expect(
			await findQuestion([answer(4, { turn_id: undefined, reply_to_message_id: 9 }), question(3)]),
		).toBeUndefined();
	});

	test('the newest one with our text counts, white space aside', async () => {
		expect(await findQuestion([answer(6), question(5, { content: '\n What? ' }), answer(4), question(3)])).toEqual(
			found('m-6'),
		);
	});

	test.each<[string, object[]]>([
		['it is not there', [answer(4), question(3, { content: { text: 'Who?' } })]],
		['it was asked long before', [answer(4), question(3, { created_at: ASKED_AT - 5 * MINUTE })]],
		['nobody knows when it was asked', [answer(4), question(3, { created_at: null })]],
		['it has no answer yet', [question(3)]],
		['its answer has no id yet', [answer(4, { assistant_message_id: null }), question(3)]],
		['somebody else said the same', [answer(4, { content: { text: 'What?' }, created_at: ASKED_AT })]],
		['there are no messages', []],
	])('nothing is found when %s', async (_title, messages) => {
		expect(await findQuestion(messages)).toBeUndefined();
	});

	test('the same question a minute before, which has its answer, is not ours', async () => {
		const before = ASKED_AT - MINUTE;
		await sourceWith('', { 'x-reportify-assistant-message-id': 'm-14' }, before).source.ask(IDS, signal);
		await sourceWith('', {}, before).source.resume({ ...IDS, messageId: 'm-24' }, 0, signal);
		for (const id of [14, 24]) {
			const earlier = [answer(id), question(id - 1, { created_at: before + 500 })];
			expect(await findQuestion(earlier)).toBeUndefined();
			expect(await findQuestion([answer(id + 2), question(id + 1), ...earlier])).toEqual(found(`m-${id + 2}`));
		}
	});

	test('clocks may differ by two minutes', async () => {
		expect(await findQuestion([answer(4), question(3, { created_at: ASKED_AT - 1.9 * MINUTE })])).toEqual(found('m-4'));
		expect(await findQuestion([answer(4), question(3, { created_at: ASKED_AT - 2.1 * MINUTE })])).toBeUndefined();
	});
});

describe('looking the answer up', () => {
	const lookUp = async (message: object | undefined, ids: object = { ...IDS, messageId: 'm-4' }) =>
		await sourceWith({ messages: message === undefined ? [] : [question(3), message] }).source.lookUp(ids, signal);

	test.each<[string, object, object]>([
		['completed', { status: 'completed', content: { text: 'T' } }, { state: 'completed', text: 'T' }],
		['completed, whatever the case', { status: 'Completed', content: 'T' }, { state: 'completed', text: 'T' }],
		[
			'completed, told by its events',
			{ status: 'completed', content: null, assistant_events: [streaming('T'), streaming('U')] },
			{ state: 'completed', text: 'TU', files: [] },
		],
		[
			'completed without a text, its events end within a block: what was streamed may be half of it',
			{ status: 'completed', content: null, assistant_events: block('s', ['The sector ', 'rose']).slice(0, -1) },
			{ state: 'running', text: 'The sector rose' },
		],
		[
			'the same where the block is over',
			{ status: 'completed', content: null, assistant_events: block('s', ['The sector ', 'rose']) },
			{ state: 'completed', text: 'The sector rose' },
		],
		[
			'completed with a text, its events end within a block: the text counts, also where they differ',
			{ status: 'completed', content: { text: 'T' }, assistant_events: block('s', ['The sector ']).slice(0, -1) },
			{ state: 'completed', text: 'T' },
		],
		[
			'completed without a word',
			{ status: 'completed', content: null, assistant_events: [end('r')] },
			{ state: 'log' },
		],
		[
			'completed, as the events tell it to their end',
			{ status: 'completed', content: { text: 'A summary.' }, assistant_events: DOCUMENTED_RUN },
			{ state: 'log' },
		],
		[
			'completed, the events of several nodes lack their end: what they said is not the answer',
			{ status: 'completed', content: { text: 'T' }, assistant_events: DOCUMENTED_RUN.slice(0, -1) },
			{ state: 'completed', text: 'T' },
		],
		[
			'the same without a text',
			{ status: 'completed', content: null, assistant_events: DOCUMENTED_RUN.slice(0, -1) },
			{ state: 'running' },
		],
		[
			'completed, the events are behind the text',
			{ status: 'completed', content: { text: 'T and U' }, assistant_events: [streaming('T')] },
			{ state: 'completed', text: 'T and U' },
		],
		[
			'completed, the text is another one than what was streamed',
			{ status: 'completed', content: { text: 'In short' }, assistant_events: [streaming('The whole text')] },
			{ state: 'completed', text: 'The whole text' },
		],
		[
			'cancelled among several nodes: notes are not the answer',
			{ status: 'cancelled', content: null, assistant_events: DOCUMENTED_RUN.slice(0, 20) },
			{ state: 'cancelled', text: '' },
		],
		[
			'failed, in the words of a part',
			{ status: 'failed', assistant_events: [start('r'), { event_type: 'error', run_id: 'n', content: 'No credits' }] },
			{ state: 'failed', error: { text: 'No credits' } },
		],
		[
			'files of its events',
			{
				status: 'completed',
				content: { text: 'T' },
				assistant_events: [{ event_type: 'tool_output', output: { file_id: 'f', file_name: 'a.pdf' } }],
			},
			{ state: 'completed', text: 'T', files: [{ id: 'f', name: 'a.pdf' }] },
		],
		['cancelled', { status: 'cancelled', content: { text: 'T' } }, { state: 'cancelled', text: 'T' }],
		['canceled without a word', { status: 'canceled', content: null }, { state: 'cancelled', text: '' }],
		['failed', { status: 'failed', error_info: { message: 'boom' } }, { state: 'failed', error: { text: 'boom' } }],
		['failed without a word', { status: 'error' }, { state: 'failed', error: { text: 'status error' } }],
		['an error, whatever the status', { status: 'completed', error_info: { message: 'x' } }, { state: 'failed' }],
		['an empty error is none', { status: 'completed', content: 'T', error_info: {} }, { state: 'completed' }],
		[
			'an error of which nothing is told is none',
			{ status: 'completed', content: 'T', error_info: { code: null, message: '' } },
			{ state: 'completed' },
		],
		['running', { status: 'running', content: { text: 'T' } }, { state: 'running', text: 'T' }],
		['a status that nobody knows', { status: 'paused', content: { text: 'T' } }, { state: 'running' }],
		['no status', { content: { text: 'T' } }, { state: 'running' }],
		['completed, its text not there yet', { status: 'completed', content: null }, { state: 'running' }],
		['completed, its text empty', { status: 'completed', content: { text: '' } }, { state: 'running' }],
		[
			'completed, no text and no events',
			{ status: 'completed', content: null, assistant_events: [] },
			{ state: 'running' },
		],
		[
			'completed, events without text or end',
			{ status: 'completed', content: {}, assistant_events: [{ event_type: 'init' }] },
			{ state: 'running' },
		],
	])('%s', async (_title, message, expected) => {
		expect(await lookUp(answer(4, message))).toMatchObject(expected);
	});

	test('nobody has it', async () => {
		expect(await lookUp(undefined)).toEqual({ state: 'missing' });
		expect(await lookUp(answer(5, { status: 'completed', content: 'T' }))).toEqual({ state: 'missing' });
	});

	test('others may have written a hundred messages since: older ones are looked through as well', async () => {
		const ids = Array.from({ length: 120 }, (_, n) => 200 - n);
		const all = ids.map((id) => answer(id, { status: 'completed', content: `text ${id}` }));
		const { source, requests } = sourceWith((path: string) => {
			const before = Number(/before_message_id=(\d+)/.exec(path)?.[1] ?? Infinity);
			return { messages: all.filter(({ id }) => id < before).slice(0, Number(/limit=(\d+)/.exec(path)?.[1])) };
		});
		expect(await source.lookUp({ ...IDS, messageId: 'm-90' }, signal)).toMatchObject({ text: 'text 90' });
		const lists = () => requests.filter(({ path }) => path.includes('limit='));
		expect(lists()).toHaveLength(3);
		expect(await source.lookUp({ ...IDS, messageId: 'm-200' }, signal)).toMatchObject({ text: 'text 200' });
		expect(lists()).toHaveLength(4);
	});

	test('without an id, no message is ours, least of all a question', async () => {
		expect(await lookUp(answer(4, { assistant_message_id: null }), { conversationId: CONVERSATION })).toEqual({
			state: 'missing',
		});
	});

	describe('the events themselves are read first', () => {
		const LOG = `/v1/agent/conversations/${CONVERSATION}/messages/m-4?stream=false`;
		/** What the log says, and what the list. */
		const both = async (log: unknown, message: object = { status: 'completed', content: { text: 'T' } }) => {
			const { source, requests } = sourceWith((path: string) =>
				path.includes('stream=false') ? log : { messages: [answer(4, message), question(3)] },
			);
			const found = await source.lookUp({ ...IDS, messageId: 'm-4' }, signal);
			return { found, paths: requests.map(({ path }) => path) };
		};

		test('the list is not asked where they tell the end', async () => {
			const { found, paths } = await both({ assistant_events: DOCUMENTED_RUN });
			expect(found).toMatchObject({ state: 'log', events: { length: DOCUMENTED_RUN.length } });
			expect(paths).toEqual([LOG]);
		});

		test('the list knows better, or it does not', async () => {
			const log = { assistant_events: [start('r'), streaming('T')] };
			expect((await both(log)).found).toMatchObject({ state: 'completed', text: 'T' });
			expect((await both(log, { status: 'running' })).found).toEqual({ state: 'running', text: 'T', said: true });
			expect((await both(log, { status: 'failed' })).found).toMatchObject({ state: 'failed', text: 'T' });
			expect((await both(log, { assistant_message_id: 'other' })).found).toMatchObject({ state: 'log' });
			const listed = { status: 'completed', assistant_events: [start('r'), streaming('T'), end('r')] };
			expect((await both(log, listed)).found).toMatchObject({ state: 'log', events: { length: 3 } });
		});

		test.each([
			[{}],
			[{ assistant_events: null }],
			[{ assistant_events: [] }],
			[[]],
			[{ detail: 'Not found' }],
			['<html>'],
		])('%j tells nothing, and the list is asked', async (log) =>
			expect((await both(log)).found).toMatchObject({ state: 'completed', text: 'T' }),
		);

		test('a server that waits for the end of the run here is not waited for', async () => {
			const clock = new FakeClock();
			const api = new ReportifyApi({
				providerName: 'Reportify',
				clock,
				errorOf: reportifyError,
				transport: async ({ path }, open) => {
					async function* list() {
						yield new TextEncoder().encode(JSON.stringify({ messages: [answer(4, { status: 'running' })] }));
					}
					if (!path.includes('stream=false')) return { status: 200, headers: {}, body: list() };
					return await new Promise<never>((_resolve, reject) =>
						open?.addEventListener('abort', () => reject(open.reason as Error)),
					);
				},
			});
			const looking = new ReportifyAnswerSource(api).lookUp({ ...IDS, messageId: 'm-4' }, signal);
			expect(await clock.run(looking)).toMatchObject({ state: 'running' });
			expect([clock.elapsed, clock.pending]).toEqual([30_000, 0]);
		});
	});

	test('a reply that is no list of messages', async () => {
		for (const body of [{}, { messages: null }, { messages: ['x', null] }, [], '']) {
			expect(await sourceWith(body).source.lookUp(IDS, signal)).toEqual({ state: 'missing' });
		}
	});
});

describe('requests', () => {
	test('the question', async () => {
		const { source, requests } = sourceWith('', { 'x-reportify-assistant-message-id': 'm-1' });
		const stream = await source.ask({ conversationId: CONVERSATION }, signal);
		expect(stream.ids).toEqual({ messageId: 'm-1' });
		expect(requests).toEqual([
			{
				method: 'POST',
				path: `/v1/agent/conversations/${CONVERSATION}/chat`,
				json: '{"message":"What?","stream":true}',
				accept: 'text/event-stream',
			},
		]);
	});

	test('reading on, from an offset or from the start; ids cannot change the path', async () => {
		const { source, requests } = sourceWith('');
		await source.resume(IDS, 9235, signal);
		await source.resume(IDS, undefined, signal);
		const path = `/v1/agent/conversations/${CONVERSATION}/messages/a%2F1%3F?stream=true&timeout=1800&from_offset=`;
		expect(requests.map((request) => request.path)).toEqual([`${path}9235`, `${path}0`]);
	});

	test('cancelling', async () => {
		const { source, requests } = sourceWith({ response_id: 'x', status: 'cancelled' });
		await source.cancel(IDS, signal);
		expect(requests).toEqual([
			{ method: 'POST', path: `/v1/agent/conversations/${CONVERSATION}/messages/a%2F1%3F/cancel` },
		]);
	});

	test('a new conversation: every digit of both ids', async () => {
		const { source, requests } = sourceWith('{"id":11887655289749513}');
		expect(await source.openConversation(signal)).toEqual({ conversationId: '11887655289749513' });
		expect(requests[0]?.json).toBe('{"agent_id":17}');
	});

	test('a new conversation: what it is to be, and where its page is', async () => {
		const url = 'https://reportify.cn/agents/17/chat/1';
		const conversation = { title: 'T', conversationType: 'bot_chat', channel: 'telegram' };
		const { source, requests } = sourceWith({ id: 1, url }, {}, ASKED_AT, conversation);
		expect(await source.openConversation(signal)).toEqual({ conversationId: '1', conversationUrl: url });
		expect(requests[0]?.json).toBe('{"title":"T","conversation_type":"bot_chat","channel":"telegram"}');
	});

	test('a new conversation without an id is an error, and nothing was asked', async () => {
		const opening = sourceWith({}).source.openConversation(signal);
		await expect(opening).rejects.toBeInstanceOf(ConversationFailure);
		await expect(opening).rejects.toMatchObject({ details: { status: 'notSent' } });
	});
});

test('a list that is too large to be read, with the whole logs of its answers, is asked for in smaller pages', async () => {
	const log = 'x'.repeat(4 * 1024 * 1024);
	const messages = [
		{ id: 9, role: 'assistant', turn_id: 2, assistant_message_id: 'mine', created_at: ASKED_AT },
		{ id: 8, role: 'user', turn_id: 2, content: { text: 'What?' }, created_at: ASKED_AT },
		...Array.from({ length: 12 }, (_, at) => ({ id: 7 - at, role: 'user', turn_id: 1, content: { text: log } })),
	];
	const { source, requests } = sourceWith((path: string) => ({
		messages: messages.slice(0, Number(/limit=(\d+)/.exec(path)?.[1])),
	}));
	expect(await source.findQuestion({ conversationId: CONVERSATION }, signal)).toMatchObject({ messageId: 'mine' });
	expect(requests.map(({ path }) => /limit=(\d+)/.exec(path)?.[1]).slice(0, 2)).toEqual(['10', '2']);
}, 30_000);
