import { RequestRefused } from '../../nodes/shared/http/http-error';
import { TransportFailure } from '../../nodes/shared/http/transport';
import { asked, followed, MINUTE, questions, SECOND } from './run';
import { done, type Part, say, sent } from './scripted-source';

const reset = () => new TransportFailure('maybe', 'ECONNRESET');
const refused = (status: number, retryAfterMs?: number) =>
	new RequestRefused({ status, complaint: { text: '' }, retryAfterMs });
const times = <T>(count: number, what: () => T): T[] => Array.from({ length: count }, what);

describe('how often, and how fast', () => {
	test('five resumes that bring nothing new, then the message list', async () => {
		const run = await followed({
			asks: [[say(1, 'a')]],
			resumes: times(5, () => [say(1, 'a')]),
			looks: [{ state: 'completed', text: 'ab' }],
		});
		expect(run.answer).toMatchObject({ deliveredBy: 'lookup', reconnects: 5 });
		// 250 ms doubled per try that brought nothing, three quarters of it with a random number in the middle.
		expect(run.source.calls).toEqual([
			'ask @0',
			'resume 1 @188',
			'resume 1 @563',
			'resume 1 @1313',
			'resume 1 @2813',
			'resume 1 @5813',
			'lookUp @5813',
		]);
	});

	test('news starts the count again, however often the stream breaks', async () => {
		const letters = 'abcdefghijklmnopqrstuvwxyz';
		const run = await followed({
			asks: [[say(0, 'a')]],
			resumes: [
				...[...letters.slice(1)].flatMap((letter, at): Part[][] => [[], [], [], [], [say(at + 1, letter)]]),
				[done(99)],
			],
		});
		expect(run.answer).toMatchObject({ text: letters, reconnects: 25 * 5 + 1 });
	});

	describe('a gateway that ends every connection after a minute, while the agent works for long', () => {
		const minute = (): Part[] => [MINUTE];

		test('is no reason to give up before the maximum duration', async () => {
			const run = await followed({
				asks: [[say(1, 'a'), ...minute()]],
				resumes: [...times(11, minute), [MINUTE, say(2, 'b'), done(3)]],
				looks: times(11, () => ({ state: 'running' as const })),
			});
			expect(run.answer).toMatchObject({ text: 'ab', deliveredBy: 'resume', reconnects: 12 });
			const late = await followed({ asks: [[say(1, 'a')]], resumes: times(40, minute), looks: times(40, reset) });
			expect(late.failure).toMatchObject({ details: { code: 'max_duration', status: 'running' } });
			expect(late.took).toBe(30 * MINUTE);
		});

		test('does not hide what the message list knows already', async () => {
			const asks = [[say(1, 'a'), ...minute()]];
			const whole = await followed({ asks, resumes: times(9, minute), looks: [{ state: 'completed', text: 'ab' }] });
			expect(whole.answer).toMatchObject({ text: 'ab', deliveredBy: 'lookup' });
			expect(whole.calls).toEqual(['ask', 'resume 1', 'lookUp']);
			const failed = await followed({
				asks,
				resumes: times(9, minute),
				looks: [{ state: 'running' }, { state: 'failed', complaint: { text: 'boom' } }],
			});
			expect(failed.failure).toMatchObject({ details: { providerText: 'boom', status: 'failed' } });
			expect(failed.calls).toEqual(['ask', 'resume 1', 'lookUp', 'resume 1', 'lookUp']);
		});

		test('is told from a provider in trouble, whose connections end at once', async () => {
			const run = await followed({
				asks: [[say(1, 'a')]],
				resumes: [...times(3, minute), ...times(5, (): Part[] => [])],
				looks: [...times(3, reset), { state: 'completed', text: 'ab' }],
			});
			expect(run.answer).toMatchObject({ deliveredBy: 'lookup', reconnects: 8 });
		});

		test('Stop ends it', async () => {
			const run = await followed(
				{ asks: [[say(1, 'a')]], resumes: times(9, minute), looks: ['no reply'], cancels: [undefined] },
				{ stopAt: MINUTE + 5 * SECOND },
			);
			expect(run.failure).toMatchObject({ details: { code: 'stopped' } });
			expect(run.took).toBe(MINUTE + 5 * SECOND);
			expect(run.calls).toEqual(['ask', 'resume 1', 'lookUp', 'cancel']);
		});
	});

	test.each([
		[0, 125],
		[0.999999, 250],
	])('the back-off is spread over its upper half (random number %d)', async (random, wait) => {
		const run = await followed({ asks: [[say(1, 'a')]], resumes: [[done(2)]] }, { randoms: [random] });
		expect(run.source.calls[1]).toBe(`resume 1 @${wait}`);
	});

	test('Retry-After of the resume endpoint is kept', async () => {
		const run = await followed({ asks: [[say(1, 'a')]], resumes: [refused(429, 9000), [done(2)]] });
		expect(run.source.calls[2]).toBe('resume 1 @9188');
	});

	test('an answer that was asked before is read from its start, without asking', async () => {
		const run = await followed(
			{ asks: [], resumes: [[say(7, 'a'), done(9)]] },
			{ asked: 'yes', ids: { conversationId: 'c-1', messageId: 'm-1' } },
		);
		expect(run.answer).toMatchObject({ text: 'a', deliveredBy: 'resume', reconnects: 0 });
		expect(run.source.calls).toEqual(['resume start @0']);
		expect(run.texts).toEqual([{ appended: 'a' }]);
	});
});

describe('nothing is lost, nothing is doubled', () => {
	test('events without offsets: the log is read again from its start, and the live text is told to start again', async () => {
		const run = await followed({
			asks: [[sent({ text: 'a' }), sent({ text: 'b' })]],
			resumes: [[sent({ text: 'a' })], [sent({ text: 'a' }), sent({ text: 'b' }), sent({ text: 'a' }), done()]],
		});
		expect(run.answer).toMatchObject({ text: 'aba', eventCount: 4 });
		expect(run.calls).toEqual(['ask', 'resume start', 'resume start']);
		expect(run.texts).toContainEqual({ rewritten: true });
	});

	test('what was seen before that is not forgotten: for the partial answer, and against a list that is behind', async () => {
		const asks = [[sent({ text: 'Hello ' }), sent({ text: 'wörld' })]];
		const failed = await followed({ asks, resumes: [[sent({ text: 'Hello ' })], refused(404)] });
		expect(failed.failure).toMatchObject({ progress: { partialAnswer: 'Hello wörld' } });
		const listed = await followed({
			asks,
			resumes: [refused(404)],
			looks: [
				{ state: 'completed', text: 'Hello ' },
				{ state: 'completed', text: 'Hello wörld!' },
			],
		});
		expect(listed.answer?.text).toBe('Hello wörld!');
		const cancelled = await followed({ asks, resumes: [refused(404)], looks: [{ state: 'cancelled', text: 'Hell' }] });
		expect(cancelled.answer).toMatchObject({ status: 'cancelled', text: 'Hello wörld' });
	});

	test('one event without an offset is enough for that', async () => {
		const run = await followed({
			asks: [[say(1, 'a'), sent({ text: 'b' }), say(3, 'c')]],
			resumes: [[say(1, 'a'), sent({ text: 'b' }), say(3, 'c'), done(4)]],
		});
		expect(run.answer?.text).toBe('abc');
		expect(run.calls[1]).toBe('resume start');
	});

	test('offsets that are not in order are no positions: read again from the start', async () => {
		const run = await followed({
			asks: [[say(5, 'a'), say(3, 'b')]],
			resumes: [[say(5, 'a'), say(3, 'b'), say(4, 'c'), done(9)]],
		});
		expect(run.answer?.text).toBe('abc');
		expect(run.calls[1]).toBe('resume start');
	});

	test('two events at one offset: read again from the start, because the cut may have been between two of them', async () => {
		const run = await followed({
			asks: [[say(1, 'a'), say(1, 'b'), say(2, 'c')]],
			resumes: [[say(1, 'a'), say(1, 'b'), say(2, 'c'), say(2, 'd'), done(3)]],
		});
		expect(run.answer?.text).toBe('abcd');
		expect(run.calls[1]).toBe('resume start');
	});

	test('a server that ignores from_offset and sends everything again', async () => {
		const run = await followed({
			asks: [[say(1, 'a'), say(2, 'b')]],
			resumes: [[say(1, 'a'), say(2, 'b'), say(3, 'c'), done(4)]],
		});
		expect(run.answer).toMatchObject({ text: 'abc', eventCount: 4 });
	});
});

describe('an event that cannot be read', () => {
	const broken = 'data: {"offset":2,"te\n\n';

	test('is read again at once, from the event before it', async () => {
		const run = await followed({
			asks: [[say(1, 'a'), broken, 'hang']],
			resumes: [[say(2, 'b'), say(3, 'c'), done(4)]],
		});
		expect(run.answer?.text).toBe('abc');
		expect(run.source.calls).toEqual(['ask @0', 'resume 1 @0']);
	});

	test('hides nothing, although the rest of the answer came in the same piece', async () => {
		const run = await followed({
			asks: [[[say(1, 'a'), broken, say(3, 'c'), done(4)].join('')]],
			resumes: [[say(2, 'b'), say(3, 'c'), done(4)]],
		});
		expect(run.answer).toMatchObject({ text: 'abc', eventCount: 4, deliveredBy: 'resume' });
		expect(run.calls).toEqual(['ask', 'resume 1']);
		expect(run.answer?.events).toHaveLength(4);
	});

	test('hides nothing, although the message became known only behind it', async () => {
		const run = await followed({
			asks: [[[say(1, 'a'), broken, sent({ offset: 3, text: 'c', messageId: 'm-9' }), done(4)].join('')]],
			messageId: null,
			locates: [],
			resumes: [[say(1, 'a'), say(2, 'b'), say(3, 'c'), done(4)]],
		});
		expect(run.answer).toMatchObject({ text: 'abc', ids: { messageId: 'm-9' } });
		expect(run.calls).toEqual(['ask', 'resume start']);
	});

	test('every time: the message list', async () => {
		const run = await followed({
			asks: [[say(1, 'a'), broken, done(4)]],
			resumes: times(5, () => [broken, done(4)]),
			looks: [{ state: 'completed', text: 'abc' }],
		});
		expect(run.answer).toMatchObject({ text: 'abc', deliveredBy: 'lookup' });
	});

	test('where nothing can be read again: the message list, or an error; never a success with a hole', async () => {
		const parts = [[say(1, 'a'), broken, say(3, 'c'), done(4)]];
		const found = await followed({ asks: parts, looks: [{ state: 'completed', text: 'abc' }] });
		expect(found.answer).toMatchObject({ text: 'abc', deliveredBy: 'lookup' });
		const lost = await followed({ asks: parts });
		expect(lost.failure).toMatchObject({ details: { code: 'stream_broken' } });
		const cancelled = await followed({ asks: [[say(1, 'a'), broken, sent({ offset: 4, end: 'cancelled' })]] });
		expect(cancelled.failure).toMatchObject({ details: { code: 'stream_broken' } });
	});

	test('behind the terminal event does not matter', async () => {
		const run = await followed({ asks: [[say(1, 'a'), done(3), broken]], eventsAfterEnd: true, resumes: [] });
		expect(run.answer).toMatchObject({ text: 'a', deliveredBy: 'stream' });
	});

	test('an answer that failed has failed', async () => {
		const run = await followed({ asks: [[broken, sent({ offset: 4, error: 'boom' })]], looks: [] });
		expect(run.failure).toMatchObject({ details: { providerText: 'boom' } });
	});
});

describe('what comes behind the terminal event', () => {
	test('the usage is waited for, for a second', async () => {
		const run = await followed({
			asks: [[say(1, 'a'), done(2), 900, sent({ offset: 3, usage: 17 }), 'hang']],
			eventsAfterEnd: true,
		});
		expect(run.answer).toMatchObject({ text: 'a', usage: 17 });
		expect(run.took).toBe(900);
	});

	test('no longer than a second, heartbeats or not', async () => {
		const beats = times(20, (): Part[] => [': ping\n\n', 100]).flat();
		const run = await followed({ asks: [[say(1, 'a'), done(2), ...beats, 'hang']], eventsAfterEnd: true });
		expect(run.answer).toMatchObject({ text: 'a', usage: null });
		expect(run.took).toBe(SECOND);
	});

	test('usage of a step does not stand in for that of the whole, however the bytes were cut', async () => {
		const usage = (offset: number, value: number) => sent({ offset, usage: value });
		const apart = await followed({
			asks: [[usage(1, 5), say(2, 'a'), done(3), 10, usage(4, 17)]],
			eventsAfterEnd: true,
		});
		const together = await followed({
			asks: [[[usage(1, 5), say(2, 'a'), done(3), usage(4, 17)].join('')]],
			eventsAfterEnd: true,
		});
		expect([apart.answer?.usage, together.answer?.usage]).toEqual([17, 17]);
	});

	test('a connection that breaks then has broken too late', async () => {
		const run = await followed({ asks: [[say(1, 'a'), done(2), reset()]], eventsAfterEnd: true, resumes: [] });
		expect(run.answer).toMatchObject({ text: 'a', deliveredBy: 'stream' });
	});

	test('where nothing is to come, nothing is waited for', async () => {
		const run = await followed({ asks: [[say(1, 'a'), done(2), 'hang']] });
		expect(run.took).toBe(0);
	});
});

describe('the message list', () => {
	const broken = { asks: [[say(1, 'Hello '), say(2, 'wörld')]] };

	test('running, and nothing else for 30 seconds: an error', async () => {
		const run = await followed({ ...broken, looks: times(20, () => ({ state: 'running' as const })) });
		expect(run.failure).toMatchObject({
			details: { code: 'stream_broken' },
			progress: { partialAnswer: 'Hello wörld' },
		});
		expect(run.took).toBe(30 * SECOND);
		expect(run.calls.length).toBeLessThan(12);
	});

	test('shorter than what was seen already: not the whole answer, whatever status it shows', async () => {
		const run = await followed({
			...broken,
			looks: [
				{ state: 'completed', text: '' },
				{ state: 'completed', text: 'Hello ' },
				{ state: 'completed', text: 'Hello wörld!' },
			],
		});
		expect(run.answer).toMatchObject({ text: 'Hello wörld!', deliveredBy: 'lookup' });
		const never = await followed({
			...broken,
			looks: times(20, () => ({ state: 'completed' as const, text: 'Hell' })),
		});
		expect(never.failure).toMatchObject({ progress: { partialAnswer: 'Hello wörld' } });
	});

	test('another text than what was seen: the list tells what the answer is, and the live text is told', async () => {
		const run = await followed({ ...broken, looks: [{ state: 'completed', text: '# Hi' }] });
		expect(run.answer?.text).toBe('# Hi');
		expect(run.texts.at(-1)).toEqual({ rewritten: true });
	});

	test('the text that was seen: the live text is not told to start again', async () => {
		const run = await followed({ ...broken, looks: [{ state: 'completed', text: 'Hello wörld' }] });
		expect(run.answer?.text).toBe('Hello wörld');
		expect(run.texts).not.toContainEqual({ rewritten: true });
	});

	test('white space at the end does not count', async () => {
		const run = await followed({
			asks: [[say(1, 'Hello\n')]],
			looks: [{ state: 'completed', text: 'Hello' }],
		});
		expect(run.answer?.text).toBe('Hello');
	});

	test('cancelled: what was seen stays when the list has less', async () => {
		const less = await followed({ ...broken, looks: [{ state: 'cancelled', text: 'Hell' }] });
		expect(less.answer).toMatchObject({ status: 'cancelled', text: 'Hello wörld' });
		const more = await followed({ ...broken, looks: [{ state: 'cancelled', text: 'Hello wörld, s' }] });
		expect(more.answer).toMatchObject({ status: 'cancelled', text: 'Hello wörld, s' });
	});

	test('failed: an error with the words of the provider and as much text as anyone has', async () => {
		const run = await followed({
			...broken,
			looks: [{ state: 'failed', complaint: { text: 'boom', code: 'E7' }, text: 'Hello wörld, s' }],
		});
		expect(run.failure).toMatchObject({
			details: { code: 'E7', providerText: 'boom', status: 'failed' },
			progress: { partialAnswer: 'Hello wörld, s' },
		});
	});

	test.each(['Hello', 'Another text that is longer'])(
		'failed: %j of the list does not take the place of what was seen',
		async (text) => {
			const run = await followed({ ...broken, looks: [{ state: 'failed', complaint: { text: 'boom' }, text }] });
			expect(run.failure).toMatchObject({ progress: { partialAnswer: 'Hello wörld' } });
		},
	);

	test('hiccups are waited out', async () => {
		const run = await followed({
			...broken,
			looks: [reset(), refused(503), { state: 'missing' }, { state: 'completed', text: 'Hello wörld!' }],
		});
		expect(run.answer?.text).toBe('Hello wörld!');
	});

	test.each([401, 403, 404])('%d will not change: an error at once', async (status) => {
		const run = await followed({ ...broken, looks: [refused(status)] });
		expect(run.failure).toMatchObject({ details: { code: 'stream_broken' } });
		expect(run.took).toBe(0);
	});

	test('an answer to collect that nobody knows: an error at once', async () => {
		const run = await followed(
			{ asks: [], resumes: [refused(404)], looks: [{ state: 'missing' }] },
			{ asked: 'yes', ids: { conversationId: 'c-1', messageId: 'wrong' } },
		);
		expect(run.failure).toMatchObject({ details: { code: 'message_not_found', status: 'unknown' } });
		expect(run.took).toBe(0);
	});

	test('is not asked without end: no reply within the idle timeout is no answer', async () => {
		const run = await followed({ ...broken, looks: ['no reply'] });
		expect(run.failure).toBeDefined();
		expect(run.took).toBe(2 * MINUTE);
	});
});

describe('a provider without a terminal event', () => {
	test('a clean end after text is the end', async () => {
		const run = await followed({ asks: [[sent({ text: 'a' })]], cleanEndCompletes: true });
		expect(run.answer).toMatchObject({ text: 'a', status: 'completed' });
	});

	test.each<[string, Part[]]>([
		['inside an event', [sent({ text: 'a' }), 'data: {"te']],
		['inside an event, at its line end', [sent({ text: 'a' }), 'data: {"text":"b"}\n']],
		['behind an event that cannot be read', [sent({ text: 'a' }), 'data: {"te\n\n']],
		['by a reset', [sent({ text: 'a' }), reset()]],
	])('an end %s is none', async (_title, parts) => {
		const run = await followed({ asks: [parts], cleanEndCompletes: true });
		expect(run.failure).toMatchObject({ details: { code: 'stream_broken' } });
	});

	test('an end marker counts also when its line end is missing', async () => {
		const run = await followed({
			asks: [[sent({ text: 'a' }), sent({ end: 'completed', marker: true }).trimEnd()]],
			cleanEndCompletes: true,
		});
		expect(run.answer).toMatchObject({ text: 'a', status: 'completed' });
	});

	test('anything else without its line end does not', async () => {
		const run = await followed({ asks: [[sent({ text: 'a' }), sent({ end: 'completed' }).trimEnd()]] });
		expect(run.failure).toMatchObject({ details: { code: 'stream_broken' } });
	});
});

describe('asking without waiting', () => {
	test('returns as soon as the headers name the message, and closes the connection', async () => {
		const run = await asked({ asks: [['hang']] });
		expect(run.answer).toEqual({ conversationId: 'c-1', messageId: 'm-1' });
		expect(run.took).toBe(0);
	});

	test('what was asked before is not asked again', async () => {
		const run = await asked({ asks: [] }, { asked: 'yes', ids: { conversationId: 'c-1', messageId: 'm-1' } });
		expect(run.answer).toEqual({ conversationId: 'c-1', messageId: 'm-1' });
	});

	test('reads on until an event names it', async () => {
		const run = await asked({
			asks: [[say(1, 'a'), 500, sent({ offset: 2, messageId: 'm-7' }), 'hang']],
			messageId: null,
		});
		expect(run.answer).toEqual({ conversationId: 'c-1', messageId: 'm-7' });
		expect(run.took).toBe(500);
	});

	test('looks for it when the stream breaks before', async () => {
		const run = await asked({ asks: [[say(1, 'a'), reset()]], messageId: null, locates: [{ messageId: 'm-7' }] });
		expect(run.answer).toEqual({ conversationId: 'c-1', messageId: 'm-7' });
		expect(questions(run)).toBe(1);
	});

	test('a run that failed at once is an error', async () => {
		const run = await asked({ asks: [[sent({ error: 'no' })]], messageId: null });
		expect(run.failure).toMatchObject({ details: { providerText: 'no', status: 'failed' } });
	});
});

test('what is known is told as soon as it is known', async () => {
	const run = await followed({ open: ['c-9'], asks: [[say(1, 'a'), done(2)]] }, { ids: {} });
	expect(run.told).toEqual(['ids c-9/undefined', 'asking', 'ids c-9/m-1']);
});

test('times are measured from the start', async () => {
	const run = await followed({ asks: [[700, say(1, 'a'), 300, done(2)]] });
	expect(run.answer).toMatchObject({ firstTextMs: 700, startedAt: run.clock.startedAt });
	expect(run.answer!.finishedAt - run.answer!.startedAt).toBe(1000);
});
