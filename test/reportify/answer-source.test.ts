import { ReportifyAnswerSource } from '../../nodes/Reportify/reportify-answer-source';
import { ReportifyApi, reportifyComplaint } from '../../nodes/Reportify/reportify-api';
import { ConversationFailure } from '../../nodes/shared/following/conversation-failure';
import type { HttpRequest } from '../../nodes/shared/following/transport';
import { FakeClock } from '../following/fake-clock';
import { end, streaming } from './decoder';

const CONVERSATION = '11887655289749513';
const IDS = { conversationId: CONVERSATION, messageId: 'a/1?' };
const ASKED_AT = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const { signal } = new AbortController();

/** A source whose provider answers with this JSON, or what the function makes of a request; and the requests that it made. */
function sourceWith(body: unknown, headers: Record<string, string> = {}, askedAt = ASKED_AT) {
	const requests: HttpRequest[] = [];
	const api = new ReportifyApi({
		providerName: 'Reportify',
		clock: new FakeClock(),
		complaintOf: reportifyComplaint,
		transport: async (request) => {
			requests.push(request);
			const json: unknown = typeof body === 'function' ? (body as (path: string) => unknown)(request.path) : body;
			async function* bytes() {
				yield new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
			}
			return { status: 200, headers, body: bytes() };
		},
	});
	const source = new ReportifyAnswerSource(api, { message: 'What?', documents: [], agentId: '17', askedAt });
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
	const locate = async (messages: object[]) =>
		await sourceWith({ messages }).source.locate({ conversationId: CONVERSATION }, signal);
	const found = (messageId: string) => ({ conversationId: CONVERSATION, messageId });

	test('its answer is in the same turn', async () => {
		expect(
			await locate([answer(4), question(3), answer(2), question(1, { created_at: ASKED_AT - 999 * MINUTE })]),
		).toEqual(found('m-4'));
	});

	test('or replies to it', async () => {
		expect(await locate([answer(4, { turn_id: null, reply_to_message_id: 3 }), question(3)])).toEqual(found('m-4'));
		expect(await locate([answer(4, { turn_id: undefined, reply_to_message_id: 9 }), question(3)])).toBeUndefined();
	});

	test('the newest one with our text counts, white space aside', async () => {
		expect(await locate([answer(6), question(5, { content: '\n What? ' }), answer(4), question(3)])).toEqual(
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
		expect(await locate(messages)).toBeUndefined();
	});

	test('the same question a minute before, which has its answer, is not ours', async () => {
		const before = ASKED_AT - MINUTE;
		await sourceWith('', { 'x-reportify-assistant-message-id': 'm-14' }, before).source.ask(IDS, signal);
		await sourceWith('', {}, before).source.resume({ ...IDS, messageId: 'm-24' }, 0, signal);
		for (const id of [14, 24]) {
			const earlier = [answer(id), question(id - 1, { created_at: before + 500 })];
			expect(await locate(earlier)).toBeUndefined();
			expect(await locate([answer(id + 2), question(id + 1), ...earlier])).toEqual(found(`m-${id + 2}`));
		}
	});

	test('clocks may differ by two minutes', async () => {
		expect(await locate([answer(4), question(3, { created_at: ASKED_AT - 1.9 * MINUTE })])).toEqual(found('m-4'));
		expect(await locate([answer(4), question(3, { created_at: ASKED_AT - 2.1 * MINUTE })])).toBeUndefined();
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
			'completed without a word',
			{ status: 'completed', content: null, assistant_events: [end('r')] },
			{ state: 'completed', text: '', files: [] },
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
		['failed', { status: 'failed', error_info: { message: 'boom' } }, { state: 'failed', complaint: { text: 'boom' } }],
		['failed without a word', { status: 'error' }, { state: 'failed', complaint: { text: 'status error' } }],
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
		expect(requests).toHaveLength(3);
		expect(await source.lookUp({ ...IDS, messageId: 'm-200' }, signal)).toMatchObject({ text: 'text 200' });
		expect(requests).toHaveLength(4);
	});

	test('without an id, no message is ours, least of all a question', async () => {
		expect(await lookUp(answer(4, { assistant_message_id: null }), { conversationId: CONVERSATION })).toEqual({
			state: 'missing',
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
		const page = await source.ask({ conversationId: CONVERSATION }, signal);
		expect(page.ids).toEqual({ messageId: 'm-1' });
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
	expect(await source.locate({ conversationId: CONVERSATION }, signal)).toMatchObject({ messageId: 'mine' });
	expect(requests.map(({ path }) => /limit=(\d+)/.exec(path)?.[1]).slice(0, 2)).toEqual(['20', '4']);
}, 30_000);
