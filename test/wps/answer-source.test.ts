import { askOnly } from '../../nodes/shared/following/follow';
import { Question } from '../../nodes/shared/following/question';
import type { JsonObject } from '../../nodes/shared/json/json';
import { type ChatTrace, fingerprint } from '../../nodes/WpsAgent/chat-trace';
import { END, message, question, stream, type StreamEvent } from './events';
import { failureOf, type Following, followWps, QUESTION, sourceOf } from './follow-wps';
import { listed, ok, refusal, type Scripted, ScriptedWps } from './scripted-wps';

const OLD = [listed('User', QUESTION.text, { id: 'old-q' }), listed('Agent', 'old answer', { id: 'old-a' })];
const ASKED = listed('User', QUESTION.text, { id: 'new-q' });
const answer = (text: string, more: JsonObject = {}) => listed('Agent', text, { id: 'new-a', ...more });
const text = (...events: unknown[]) => events.map((event) => `${JSON.stringify(event)}\n\n`).join('');
const chat: JsonObject = { chat_id: 'c1' };
const BROKEN: Scripted = { text: text(message('half', { state: 'partial', ...chat })) };

/** What is known about the question when OLD was there before it. */
const earlierTurn: ChatTrace = {
	earlier: new Set(['old-q', 'old-a'].map(fingerprint)),
	question: fingerprint(QUESTION.text),
};

const PAGE: Scripted = { text: `<html>${' '.repeat(300)}</html>` };

/** WPS with an old turn in the session; from the question on it shows what `after` says, one after the other. */
function wpsThat(asked: Scripted, ...after: JsonObject[][]): ScriptedWps {
	let looks = -1;
	const wps = new ScriptedWps();
	return wps.on(/chats\/create/, asked).on(/messages/, () => {
		if (wps.count(/chats\/create/) === 0) return ok({ items: OLD });
		looks = Math.min(looks + 1, after.length - 1);
		return ok({ items: [...OLD, ...(after[looks] ?? [])] });
	});
}
const questions = (wps: ScriptedWps) => wps.count(/chats?\/create/);

describe('a stream that breaks', () => {
	test.each<[string, Scripted]>([
		['ends too early', BROKEN],
		['breaks', { ...BROKEN, breaks: true }],
		['breaks without having named the chat', { text: text(message('half', { state: 'partial' })), breaks: true }],
		['holds an event that cannot be read', { text: `{"event":"add_message\n${text(message('the answer'), END)}` }],
		['ends before its first event', { text: '' }],
		['breaks before its first byte', { breaks: true }],
		['is a server fault', { status: 500, text: 'oops' }],
		['is a gateway that gave up', { status: 504, text: '' }],
		['is a web page', PAGE],
	])('%s: the answer is looked up in the session, and asked for once', async (_what, asked) => {
		const wps = wpsThat(asked, [ASKED], [ASKED, answer('the answer')]);
		const found = await followWps(wps);
		expect(found).toMatchObject({ text: 'the answer', status: 'completed', deliveredBy: 'lookup' });
		expect(questions(wps)).toBe(1);
	});

	test.each<[string, Scripted, JsonObject[], object]>([
		['nothing new is listed', BROKEN, [], { code: 'stream_broken', status: 'running' }],
		['an empty reply came', { text: '' }, [], { code: 'stream_broken', status: 'unknown' }],
		['a web page came', PAGE, [], { code: 'web_page', status: 'unknown' }],
		['the question never arrived', { breaks: true }, [], { code: 'connection_broken', status: 'unknown' }],
	])('%s: an error with what had come, soon, and no old answer', async (_what, asked, after, details) => {
		const wps = wpsThat(asked, after);
		const started = wps.clock.now();
		const failure = await failureOf(followWps(wps));
		expect(failure.details).toMatchObject(details);
		expect(failure.progress.partialAnswer).toBe(asked === BROKEN ? 'half' : '');
		expect(questions(wps)).toBe(1);
		expect(wps.clock.now() - started).toBeLessThan(60_000);
	});

	test.each<[string, JsonObject[], string]>([
		['the question is listed, and no answer yet', [ASKED], 'half'],
		['the answer is empty', [ASKED, answer('')], 'half'],
		['the answer is marked as partial', [ASKED, answer('half and', { properties: { state: 'partial' } })], 'half and'],
	])('%s: the agent works on, and is waited for as long as there is time', async (_what, listing, partialAnswer) => {
		const slow = wpsThat(BROKEN, ...Array.from({ length: 30 }, () => listing), [ASKED, answer('half and half')]);
		expect(await followWps(slow)).toMatchObject({ text: 'half and half', deliveredBy: 'lookup' });
		const failure = await failureOf(followWps(wpsThat(BROKEN, listing)));
		expect(failure.details).toMatchObject({ code: 'max_duration', status: 'running' });
		expect(failure.progress.partialAnswer).toBe(partialAnswer);
	});

	test('that falls silent: one look at the session, no more patience', async () => {
		const silent = { ...BROKEN, stalls: true };
		expect((await followWps(wpsThat(silent, [ASKED, answer('the answer')]))).text).toBe('the answer');
		const failure = await failureOf(followWps(wpsThat(silent, [ASKED])));
		expect(failure.details).toMatchObject({ code: 'idle_timeout', status: 'running' });
	});

	test('an answer that is still growing in the list is waited for', async () => {
		const growth = ['half', 'half of', 'half of it', 'half of it all'].map((part) => [ASKED, answer(part)]);
		expect((await followWps(wpsThat(BROKEN, ...growth))).text).toBe('half of it all');
	});

	test.each<[string, unknown]>([
		['a message', message('half', { state: 'partial', ...chat })],
		['tokens', { event: 'token', data: { id: 'message-1', chunk: 'half', ...chat } }],
		['dialect 2', { event: 'message', data: { role: 'assistant', type: 'answer_chunk', content: 'half', ...chat } }],
	])('a list that stands where the stream broke, at %s, may show an agent that is busy', async (_what, event) => {
		const busyUntil = (wps: ScriptedWps, ms: number) => {
			const until = wps.clock.now() + ms;
			return wps.on(/messages/, () => {
				if (wps.count(/chats\/create/) === 0) return ok({ items: OLD });
				const shown = wps.clock.now() < until ? 'half' : 'half and the rest';
				return ok({ items: [...OLD, ASKED, answer(shown)] });
			});
		};
		const broken = { text: text(event), breaks: true };
		expect((await followWps(busyUntil(wpsThat(broken), 15_000))).text).toBe('half and the rest');
		expect((await followWps(busyUntil(wpsThat(broken), 600_000))).text).toBe('half');
	});

	test('what says that it is complete is not waited for', async () => {
		const wps = wpsThat(BROKEN, [ASKED, answer('done', { properties: { state: 'complete' } })]);
		await followWps(wps);
		expect(wps.count(/messages/)).toBe(2);
	});

	test('a message that is listed as an error is one', async () => {
		const failure = await failureOf(
			followWps(wpsThat(BROKEN, [ASKED, answer('Out of credits', { category: 'error' })])),
		);
		expect(failure.details).toMatchObject({ status: 'failed', providerText: 'Out of credits' });
	});

	test('the list before the question cannot be had: only what the stream has named is taken', async () => {
		const shown = [...OLD, ASKED, answer('the answer')];
		const list = (wps: ScriptedWps) =>
			wps.on(/messages/, (_, nth) => (nth === 1 ? refusal(403000001, 403) : ok({ items: shown })));
		const unnamed = await failureOf(followWps(list(wpsThat(BROKEN))));
		expect(unnamed.details.code).toBe('stream_broken');
		const named = { text: text(message('the', { state: 'partial', id: 'new-a', ...chat })) };
		expect(await followWps(list(wpsThat(named)))).toMatchObject({ text: 'the answer', deliveredBy: 'lookup' });
	});

	test('the list before the question had no end: nothing in it is certain', async () => {
		const endless = ok({ items: OLD, next_page_token: 'again' });
		const wps = wpsThat(BROKEN).on(/messages/, (_, nth) =>
			nth <= 2 ? endless : ok({ items: [...OLD, answer('an old one')] }),
		);
		expect((await failureOf(followWps(wps))).details.code).toBe('stream_broken');
	});

	test('the list before the question takes longer than the idle timeout: asked all the same, no old answer', async () => {
		const slow = (wps: ScriptedWps) =>
			wps.on(/messages/, (_, nth) => (nth === 1 ? { text: '{', stalls: true } : ok({ items: OLD })));
		const limits = { idleTimeoutMs: 10_000 };
		const asked = slow(wpsThat({ text: text(...stream('cumulative', ['a'])) }));
		expect(await followWps(asked, limits)).toMatchObject({ text: 'a', deliveredBy: 'stream' });
		expect(questions(asked)).toBe(1);
		const failure = await failureOf(followWps(slow(wpsThat(BROKEN)), limits));
		expect(failure.details.code).toBe('stream_broken');
	});

	test('out of time while listing what was before: no old answer is taken for the new one', async () => {
		const named = OLD.map((each) => ({ ...each, chat_id: 'old-chat' }));
		const wps = wpsThat({})
			.on(/cancel/, ok())
			.on(/messages/, (_, nth) => (nth === 1 ? { stalls: true } : ok({ items: named })));
		const options = { maxDurationMs: 5_000, onTimeout: 'cancel' as const };
		const failure = await failureOf(followWps(wps, { options }));
		expect(failure.details.code).toBe('max_duration');
		expect(wps.count(/cancel/)).toBe(0);
	});

	test('a session that is not listed at all ends it at once', async () => {
		const wps = wpsThat(BROKEN).on(/messages/, { status: 404, text: '' });
		const started = wps.clock.now();
		expect((await failureOf(followWps(wps))).progress.partialAnswer).toBe('half');
		expect(wps.clock.now() - started).toBeLessThan(10_000);
	});
});

describe('WPS only names the chat, as without a stream', () => {
	const STARTED = ok({ session_id: 's1', chat_id: 'c1' });

	test('the session is watched until the answer is there, however long that takes', async () => {
		const waiting = Array.from({ length: 200 }, () => [ASKED]);
		const wps = wpsThat(STARTED, ...waiting, [ASKED, answer('the answer')]);
		const started = wps.clock.now();
		expect(await followWps(wps)).toMatchObject({ text: 'the answer', deliveredBy: 'lookup', ids: { messageId: 'c1' } });
		expect(wps.clock.now() - started).toBeGreaterThan(400_000);
		expect(questions(wps)).toBe(1);
	});

	test('up to the maximum duration', async () => {
		const failure = await failureOf(followWps(wpsThat(STARTED, [ASKED]), { options: { maxDurationMs: 60_000 } }));
		expect(failure.details).toMatchObject({ code: 'max_duration', status: 'running' });
		expect(failure.progress.messageId).toBe('c1');
	});
});

describe('asking', () => {
	test.each<[string, Scripted, object]>([
		['401', { status: 401, text: '' }, { httpStatus: 401, status: 'notSent' }],
		['an envelope under 200', refusal(403000001), { code: '403000001', status: 'notSent' }],
		[
			'an envelope with its own status',
			refusal(400000007, 400),
			{ code: '400000007', httpStatus: 400, status: 'notSent' },
		],
		['an unknown session', refusal(500410001), { code: '500410001', status: 'notSent' }],
	])('refused by %s: not asked again, and said so', async (_what, asked, details) => {
		const wps = wpsThat(asked);
		expect((await failureOf(followWps(wps))).details).toMatchObject(details);
		expect(questions(wps)).toBe(1);
	});

	test.each([
		['HTTP 429', { status: 429, headers: { 'retry-after': '7' }, text: '' }],
		['an envelope under 200', refusal(400000001)],
		['an envelope as an event', { text: `data: ${JSON.stringify({ code: 429000001, msg: 'TooManyRequests' })}\n\n` }],
	])('turned away by %s: asked again later', async (_what, limited) => {
		const wps = wpsThat({}).on(/chats\/create/, (_, nth) =>
			nth === 1 ? limited : { text: text(...stream('cumulative', ['a'])) },
		);
		expect((await followWps(wps)).text).toBe('a');
		expect(questions(wps)).toBe(2);
	});

	test.each([refusal(500000004), refusal(999999999), refusal(499000001), refusal(77)])(
		'refused in a way that leaves open whether it arrived: looked for, not asked again (%j)',
		async (asked) => {
			const wps = wpsThat(asked, []);
			expect((await failureOf(followWps(wps))).details.status).toBe('unknown');
			expect(questions(wps)).toBe(1);
			expect((await followWps(wpsThat(asked, [ASKED, answer('the answer')]))).text).toBe('the answer');
		},
	);

	test('a new conversation has no earlier messages: nothing is listed before the question', async () => {
		const wps = new ScriptedWps()
			.on(/sessions\/create/, ok({ session_id: 's9' }))
			.on(/chats\/create/, { text: text(...stream('cumulative', ['a'])) });
		expect(await followWps(wps, { options: { ids: {} } })).toMatchObject({ text: 'a', ids: { conversationId: 's9' } });
		expect(wps.log).toHaveLength(2);
	});

	test('a conversation without a name is nobody’s', async () => {
		const wps = new ScriptedWps().on(/sessions\/create/, ok({}));
		expect((await failureOf(followWps(wps, { options: { ids: {} } }))).details).toMatchObject({ status: 'notSent' });
		expect(questions(wps)).toBe(0);
	});

	test.each<[string, Scripted, number]>([
		['the permission is missing', refusal(403000001, 403), 1],
		['the permission is missing, under 200', refusal(40300010), 1],
		['the path is not known', { status: 404, text: '' }, 1],
		['the token is refused', refusal(401030001, 401), 0],
		['a server fault', refusal(500000004, 500), 0],
		['a parameter is refused', refusal(400000007, 400), 0],
	])('no session is made, %s: asked without one only where that can help', async (_what, refused, times) => {
		const wps = new ScriptedWps()
			.on(/sessions?\/create/, refused)
			.on(/chats\/create/, { text: text(...stream('cumulative', ['a'])) });
		const asked = await followWps(wps, { options: { ids: {} } }).catch((error: unknown) => error);
		expect(asked).toMatchObject(times === 1 ? { text: 'a' } : { details: { status: 'notSent' } });
		expect(questions(wps)).toBe(times);
	});

	test('a stream that breaks before its first byte, in a session that was made for it: looked up', async () => {
		const wps = new ScriptedWps()
			.on(/sessions\/create/, ok({ session_id: 's9' }))
			.on(/chats\/create/, { breaks: true })
			.on(/messages\?session_id=s9/, ok({ items: [ASKED, answer('the answer')] }));
		expect(await followWps(wps, { options: { ids: {} } })).toMatchObject({ text: 'the answer', deliveredBy: 'lookup' });
		expect(questions(wps)).toBe(1);
	});

	describe('in a new conversation, which the chat makes itself because sessions are not to be had', () => {
		const NEW = { options: { ids: {} } };
		const named = (events: StreamEvent[]) => ({
			text: text(...events.map((event) => ({ ...event, session_id: 's9' }))),
		});

		test('the question is all that is sent, and the stream names the conversation', async () => {
			const wps = new ScriptedWps().on(/chats\/create/, named(stream('cumulative', ['a'])));
			expect(await followWps(wps, NEW)).toMatchObject({ text: 'a', ids: { conversationId: 's9' } });
			expect(wps.requests.at(-1)!.json).toBe('{"text":"What is the answer?","stream":true}');
		});

		test('the id may stand in the messages, as in the published sample', async () => {
			const wps = new ScriptedWps().on(/chats\/create/, { text: text(...stream('cumulative', ['a'])) });
			expect((await followWps(wps, NEW)).ids.conversationId).toBe('langflow-session');
		});

		test('the conversation is never named: the answer all the same', async () => {
			const events = stream('token', ['a']).map(({ event, data }) => ({
				event,
				data: { ...data, session_id: undefined },
			}));
			const wps = new ScriptedWps().on(/chats\/create/, { text: text(...events) });
			expect(await followWps(wps, NEW)).toMatchObject({ text: 'a', ids: {} });
		});

		test('a stream that breaks is looked up in it, and everything in it belongs to this question', async () => {
			const wps = new ScriptedWps()
				.on(/chats\/create/, {
					text: text({ ...message('half', { state: 'partial' }), session_id: 's9' }),
					breaks: true,
				})
				.on(/messages\?session_id=s9/, ok({ items: [ASKED, answer('half and the rest')] }));
			expect(await followWps(wps, NEW)).toMatchObject({ text: 'half and the rest', deliveredBy: 'lookup' });
			expect(questions(wps)).toBe(1);
		});

		test('it breaks before it was named: said at once, with what had come', async () => {
			const event = { event: 'token', data: { id: 'm', chunk: 'half', chat_id: 'c1' } };
			const wps = new ScriptedWps().on(/chats\/create/, { text: text(event), breaks: true });
			const started = wps.clock.now();
			const failure = await failureOf(followWps(wps, NEW));
			expect(failure.details).toMatchObject({
				code: 'stream_broken',
				hint: expect.stringMatching(/had not named the conversation yet\.$/),
			});
			expect(failure.details.hint).not.toContain('operation Collect');
			expect(failure.progress.partialAnswer).toBe('half');
			expect(wps.clock.now() - started).toBeLessThan(1_000);
			expect(wps.count(/messages/)).toBe(0);
		});

		test('WPS names ids only', async () => {
			const wps = new ScriptedWps()
				.on(/chats\/create/, ok({ session_id: 's9', chat_id: 'c1' }))
				.on(/messages\?session_id=s9/, (_, nth) => ok({ items: nth < 9 ? [ASKED] : [ASKED, answer('the answer')] }));
			expect(await followWps(wps, NEW)).toMatchObject({
				text: 'the answer',
				ids: { conversationId: 's9', messageId: 'c1' },
			});
		});
	});

	describe('without the permission that the list of messages needs', () => {
		const forbidden = (wps: ScriptedWps) => wps.on(/messages/, refusal(403000001, 403));

		test('the answer streams', async () => {
			const wps = forbidden(wpsThat({ text: text(...stream('cumulative', ['a'])) }));
			expect(await followWps(wps)).toMatchObject({ text: 'a', deliveredBy: 'stream' });
		});

		test.each<[string, Scripted, string]>([
			['breaks', BROKEN, 'stream_broken'],
			['falls silent', { ...BROKEN, stalls: true }, 'idle_timeout'],
			['is none, only ids are named', ok({ session_id: 's1', chat_id: 'c1' }), 'stream_broken'],
		])('a stream that %s: what is missing is told, and Collect is not advised', async (_what, asked, code) => {
			const wps = forbidden(wpsThat(asked));
			const failure = await failureOf(followWps(wps));
			expect(failure.details.code).toBe(code);
			expect(failure.details.hint).toMatch(/kso\.devhub_session\.readwrite.*release a new version.*administrator/);
			expect(failure.details.hint).not.toMatch(/operation Collect|\.\./);
			expect(questions(wps)).toBe(1);
		});

		test('collecting says so', async () => {
			const failure = await failureOf(followWps(forbidden(new ScriptedWps()), { asks: false }));
			expect(failure.details).toMatchObject({ code: '403000001', httpStatus: 403 });
		});
	});

	test('a session id of Langflow does not replace the one that was asked in', async () => {
		const wps = wpsThat({ text: text(question(), message('a', { session_id: 'another', ...chat }), END) });
		expect((await followWps(wps)).ids).toEqual({ conversationId: 's1', messageId: 'c1' });
	});
});

describe('an earlier try of the node left it open whether the question arrived', () => {
	const trace = earlierTurn;
	const MAYBE = { asked: 'maybe' as const };

	test('it did: its answer is taken', async () => {
		const wps = new ScriptedWps().on(/messages/, ok({ items: [...OLD, ASKED, answer('the answer')] }));
		expect((await followWps(wps, { trace, options: MAYBE })).text).toBe('the answer');
		expect(questions(wps)).toBe(0);
	});

	test('it did not, as far as can be seen: not asked again', async () => {
		const wps = new ScriptedWps().on(/messages/, ok({ items: OLD }));
		expect((await failureOf(followWps(wps, { trace, options: MAYBE }))).details.status).toBe('unknown');
		expect(questions(wps)).toBe(0);
	});
});

describe('without waiting', () => {
	const options = (wps: ScriptedWps) => ({
		...{
			clock: wps.clock,
			maxDurationMs: 1000,
			lookUpPatienceMs: 0,
			onTimeout: 'leaveRunning' as const,
		},
		...{ keepSteps: false, keepEvents: false, question: new Question({ conversationId: 's1' }) },
	});
	const source = (wps: ScriptedWps) => sourceOf(wps, { isUnawaited: true });

	test('the ids come at once', async () => {
		const wps = wpsThat(ok({ session_id: 's1', chat_id: 'c1' }));
		expect(await askOnly(source(wps), options(wps))).toEqual({ conversationId: 's1', messageId: 'c1' });
		expect(wps.requests.at(-1)?.json).toContain('"stream":false');
	});

	test('also when the chat is not named', async () => {
		const wps = wpsThat(ok({ session_id: 's1' }));
		expect(await askOnly(source(wps), options(wps))).toEqual({ conversationId: 's1' });
		expect(questions(wps)).toBe(1);
	});
});

describe('collecting', () => {
	const COLLECT = { asks: false, options: { lookUpPatienceMs: 1_800_000 } };

	test('waits for the agent, as long as there is time', async () => {
		let looks = 0;
		const wps = new ScriptedWps().on(/messages/, () =>
			ok({ items: ++looks < 50 ? [...OLD, ASKED] : [...OLD, ASKED, answer('the answer')] }),
		);
		expect(await followWps(wps, COLLECT)).toMatchObject({ text: 'the answer', deliveredBy: 'lookup' });
	});

	test('an agent that is busy with a tool for nine seconds has not finished', async () => {
		let firstLookAt: number | undefined;
		const wps = new ScriptedWps().on(/messages/, () => {
			firstLookAt ??= wps.clock.now();
			const isBusy = wps.clock.now() - firstLookAt < 9_000;
			return ok({ items: [...OLD, ASKED, answer(isBusy ? 'half an ' : 'half an answer, and the rest')] });
		});
		expect(await followWps(wps, COLLECT)).toMatchObject({ text: 'half an answer, and the rest' });
	});

	test('of a chat that this node started: the old answer is not its answer, though nothing new is listed yet', async () => {
		const wps = new ScriptedWps().on(/messages/, ok({ items: OLD }));
		const trace: ChatTrace = { ...earlierTurn, wasAnswered: true };
		expect((await failureOf(followWps(wps, { ...COLLECT, trace }))).details.code).toBe('max_duration');
	});

	test.each<[string, JsonObject[], Following]>([
		['a conversation with nothing in it', [], {}],
		['a question that is not in it', OLD, { question: 'another question' }],
	])('%s: half a minute, not the maximum duration', async (_what, items, following) => {
		const wps = new ScriptedWps().on(/messages/, ok({ items }));
		const started = wps.clock.now();
		const failure = await failureOf(followWps(wps, { ...COLLECT, ...following }));
		expect(failure.details.code).toBe('message_not_found');
		expect(wps.clock.now() - started).toBeGreaterThanOrEqual(30_000);
		expect(wps.clock.now() - started).toBeLessThan(60_000);
	});

	test('a conversation that shows something at last', async () => {
		const wps = new ScriptedWps().on(/messages/, (_, nth) => ok({ items: nth < 4 ? [] : [ASKED, answer('a')] }));
		expect((await followWps(wps, COLLECT)).text).toBe('a');
	});

	test('several questions, and a message ID that nothing in the list knows: said at once, no answer', async () => {
		const wps = new ScriptedWps().on(/messages/, ok({ items: [...OLD, ASKED, answer('the answer')] }));
		const options = { ...COLLECT.options, ids: { conversationId: 's1', messageId: 'c0' } };
		const started = wps.clock.now();
		const failure = await failureOf(followWps(wps, { asks: false, options }));
		expect(failure.details).toMatchObject({
			code: 'answer_ambiguous',
			hint: expect.stringContaining('field Question'),
		});
		expect(failure.progress.partialAnswer).toBe('');
		expect(wps.clock.now() - started).toBeLessThan(1_000);
	});

	test('an unknown session', async () => {
		const wps = new ScriptedWps().on(/messages/, refusal(400000103, 400));
		expect((await failureOf(followWps(wps, COLLECT))).details).toMatchObject({ code: '400000103' });
		expect(wps.requests).toHaveLength(1);
	});
});
