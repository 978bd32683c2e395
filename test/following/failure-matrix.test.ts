import { RequestRefused } from '../../nodes/shared/http/http-error';
import { TransportFailure } from '../../nodes/shared/http/transport';
import { followed, MINUTE, questions, SECOND } from './run';
import { done, type Part, say, type Script, sent } from './scripted-source';

/* What the server does to a stream, one way after the other, and what becomes of the answer. In controlled time. */

const reset = () => new TransportFailure('maybe', 'ECONNRESET: read ECONNRESET');
const refused = (status: number, retryAfterMs?: number) =>
	new RequestRefused({ status, complaint: { text: `said ${status}`, code: `c${status}` }, retryAfterMs });

const WHOLE = 'Hello wörld 👩‍🔬!';
const EVENTS = [say(10, 'Hello '), say(25, 'wörld '), say(26, '👩‍🔬'), say(90, '!'), done(95)];
/** The log behind an offset, as a server with the given reading of `from_offset` sends it. */
const since = (offset: number, reading: 'inclusive' | 'exclusive'): Part[] =>
	EVENTS.filter((_event, at) => {
		const own = [10, 25, 26, 90, 95][at] as number;
		return reading === 'inclusive' ? own >= offset : own > offset;
	});
const bytes = (events: Part[]) => new TextEncoder().encode(events.join(''));

describe.each(['inclusive', 'exclusive'] as const)('from_offset is %s', (reading) => {
	test('closes cleanly before the terminal event: resumed from the last offset', async () => {
		const run = await followed({ asks: [EVENTS.slice(0, 2)], resumes: [since(25, reading)] });
		expect(run.answer).toMatchObject({
			status: 'completed',
			text: WHOLE,
			deliveredBy: 'resume',
			reconnects: 1,
			eventCount: 5,
			lastOffset: 95,
		});
		expect(run.calls).toEqual(['ask', 'resume 25']);
		expect(run.texts).toEqual(['Hello ', 'wörld ', '👩‍🔬', '!'].map((appended) => ({ appended })));
	});

	test('closes cleanly before the first event: read from the start', async () => {
		const run = await followed({ asks: [[]], resumes: [EVENTS] });
		expect(run.answer).toMatchObject({ text: WHOLE, eventCount: 5 });
		expect(run.calls).toEqual(['ask', 'resume start']);
	});

	const first = bytes(EVENTS.slice(0, 3));
	const cuts: Array<[string, number]> = [
		['in the middle of an event', bytes([EVENTS[0]!]).length + 7],
		['in the middle of a character', Buffer.from(first).indexOf(Buffer.from('👩')) + 2],
		['between two line ends', bytes(EVENTS.slice(0, 2)).length - 1],
	];
	test.each(cuts)('resets %s: resumed, byte for byte the same', async (_where, length) => {
		const isWhole = length >= bytes(EVENTS.slice(0, 2)).length;
		const run = await followed({
			asks: [[first.subarray(0, length), reset()]],
			resumes: [since(isWhole ? 25 : 10, reading)],
		});
		expect(run.answer).toMatchObject({ text: WHOLE, deliveredBy: 'resume', eventCount: 5 });
		expect(run.calls).toEqual(['ask', `resume ${isWhole ? 25 : 10}`]);
	});

	test('resets between CR and LF: resumed, byte for byte the same', async () => {
		const crlf = (events: Part[]) => events.map((event) => String(event).replace(/\n/g, '\r\n'));
		const run = await followed({
			asks: [[crlf(EVENTS.slice(0, 2)).join('').slice(0, -1), reset()]],
			resumes: [crlf(since(25, reading))],
		});
		// With the CR of the blank line, the second event is whole.
		expect(run.answer).toMatchObject({ text: WHOLE, eventCount: 5 });
		expect(run.calls).toEqual(['ask', 'resume 25']);
	});

	test('sends three events again after the resume: dropped by their offsets', async () => {
		const run = await followed({ asks: [EVENTS.slice(0, 4)], resumes: [EVENTS.slice(1)] });
		expect(run.answer).toMatchObject({ text: WHOLE, eventCount: 5 });
		expect(run.texts).toEqual(['Hello ', 'wörld ', '👩‍🔬', '!'].map((appended) => ({ appended })));
	});
});

describe('the answer comes another way', () => {
	test.each([404, 410, 400, 401, 403, 422])(
		'the resume endpoint says %d: the message list, and it is said so',
		async (status) => {
			const run = await followed({
				asks: [EVENTS.slice(0, 2)],
				resumes: [refused(status)],
				looks: [{ state: 'completed', text: WHOLE, files: [{ id: 'f-1', name: 'a.pdf' }] }],
			});
			expect(run.answer).toMatchObject({
				status: 'completed',
				text: WHOLE,
				deliveredBy: 'lookup',
				files: [{ id: 'f-1', name: 'a.pdf' }],
			});
			expect(run.calls).toEqual(['ask', 'resume 25', 'lookUp']);
		},
	);

	test('the resume endpoint fails five times: the message list', async () => {
		const run = await followed({
			asks: [EVENTS.slice(0, 2)],
			resumes: [refused(503), refused(500), reset(), refused(524), refused(502)],
			looks: [{ state: 'running' }, { state: 'completed', text: WHOLE }],
		});
		expect(run.answer).toMatchObject({ deliveredBy: 'lookup', text: WHOLE, reconnects: 5 });
	});

	test('there is no resume: the message list', async () => {
		const run = await followed({ asks: [EVENTS.slice(0, 2)], looks: [{ state: 'completed', text: WHOLE }] });
		expect(run.answer).toMatchObject({ deliveredBy: 'lookup', text: WHOLE });
	});

	test('there is neither resume nor message list: an error with the partial answer, the offset and the ids', async () => {
		const run = await followed({ asks: [EVENTS.slice(0, 2)] });
		expect(run.answer).toBeUndefined();
		expect(run.failure).toMatchObject({
			message: 'The connection to Acme broke before the answer was whole',
			details: { code: 'stream_broken', status: 'running' },
			progress: { conversationId: 'c-1', messageId: 'm-1', partialAnswer: 'Hello wörld ', lastOffset: 25 },
		});
	});
});

describe('an honest error', () => {
	test('200 with an error body: the code and text of the provider', async () => {
		const run = await followed({ asks: [['{"error":"quota used up","code":"Q7"}']], resumes: [] });
		expect(run.failure).toMatchObject({
			message: "Acme's agent stopped: quota used up",
			details: { code: 'Q7', providerText: 'quota used up', status: 'failed' },
		});
		expect(run.calls).toEqual(['ask']);
	});

	test('a web page: its first 200 characters, and nothing is parsed', async () => {
		const page = `<!DOCTYPE html><title>Sign in</title>${'x'.repeat(1000)}`;
		const run = await followed({
			asks: [[page]],
			resumes: [['hang'], [page], [page], [page], [page]],
			looks: [refused(401)],
		});
		expect(run.failure).toMatchObject({
			message: 'Acme sent a web page instead of an answer',
			details: { code: 'web_page', technicalText: page.slice(0, 200) },
		});
	});

	test('an error event after text: the partial answer is kept, and nothing is read again', async () => {
		const run = await followed({
			asks: [[say(1, 'Half'), sent({ offset: 2, error: 'boom', code: 'E' })]],
			resumes: [],
		});
		expect(run.failure).toMatchObject({
			details: { code: 'E', providerText: 'boom', status: 'failed' },
			progress: { partialAnswer: 'Half', lastOffset: 2, messageId: 'm-1' },
		});
		expect(run.calls).toEqual(['ask']);
	});

	test('an event of more than 64 M characters: its own message, the partial answer is kept, nothing is read again', async () => {
		const much = 'x'.repeat(16 * 1024 * 1024);
		const run = await followed({
			asks: [[say(1, 'Half'), 'data: ', much, much, much, much, much]],
			resumes: [],
			locates: [],
			looks: [],
		});
		expect(run.failure).toMatchObject({
			message: 'Acme sent a single event that is too large to be part of an answer',
			details: { code: 'too_large' },
			progress: { partialAnswer: 'Half' },
		});
	});

	test.each([
		['terminal event twice, completed first', [done(2), sent({ offset: 3, error: 'late' })], 'completed'],
		['terminal event twice, cancelled first', [sent({ offset: 2, end: 'cancelled' }), done(3)], 'cancelled'],
	])('%s: the first one counts', async (_title, ends, status) => {
		const run = await followed({ asks: [[[say(1, 'Text'), ...ends].join('')]] });
		expect(run.answer).toMatchObject({ status, text: 'Text' });
	});
});

describe('asking', () => {
	const answered: Part[] = EVENTS;

	test('429 waits as told, and asks again', async () => {
		const run = await followed({ asks: [refused(429, 7000), answered] });
		expect(run.answer?.text).toBe(WHOLE);
		expect(run.source.calls).toEqual(['ask @0', 'ask @7000']);
		expect(run.told.slice(0, 3)).toEqual(['asking', 'not asked', 'asking']);
	});

	test('429 without a time: waits longer each time, up to half a minute, and gives up after three minutes', async () => {
		const run = await followed({ asks: Array.from({ length: 20 }, () => refused(429)), locates: [] });
		expect(run.failure).toMatchObject({ details: { httpStatus: 429, code: 'c429', status: 'notSent' } });
		// 250 ms doubled per try, three quarters of it with a random number in the middle.
		const begin = ['ask @0', 'ask @750', 'ask @2250', 'ask @5250', 'ask @11250', 'ask @23250', 'ask @45750'];
		expect(run.source.calls.slice(0, 7)).toEqual(begin);
		expect(run.source.calls.length).toBeLessThan(14);
		expect(run.took).toBeGreaterThan(150 * SECOND);
		expect(run.took).toBeLessThanOrEqual(180 * SECOND);
	});

	test('a limit per minute is waited out, for the question and for its conversation', async () => {
		const limit = Array.from({ length: 6 }, () => refused(429));
		const asking = await followed({ asks: [...limit, answered] });
		expect(asking.answer?.text).toBe(WHOLE);
		const opening = await followed({ open: [...limit, 'c-9'], asks: [answered] }, { ids: {} });
		expect(opening.answer).toMatchObject({ text: WHOLE, ids: { conversationId: 'c-9' } });
		expect(questions(opening)).toBe(1);
	});

	test('a limit that lasts longer than Timeout: Total is told as a limit, in time', async () => {
		const run = await followed({ asks: Array.from({ length: 9 }, () => refused(429)) }, { maxDurationMs: 20 * SECOND });
		expect(run.failure).toMatchObject({ details: { httpStatus: 429, status: 'notSent' } });
		expect(run.took).toBeLessThan(20 * SECOND);
	});

	test('a limit that asks for more than three minutes in all is not waited for', async () => {
		const run = await followed({ asks: [refused(429, 120_000), refused(429, 120_000)] });
		expect(run.failure).toMatchObject({ details: { httpStatus: 429, status: 'notSent' } });
		expect(run.took).toBe(120 * SECOND);
	});

	test('429 told inside the stream counts as well', async () => {
		const tooMany = sent({ error: 'slow down', like: 429 });
		const run = await followed({ asks: [[tooMany], answered] });
		expect(run.answer?.text).toBe(WHOLE);
		expect(questions(run)).toBe(2);
		expect(run.told).toContain('not asked');
	});

	test('a refusal told inside the stream, before anything else: known not to have been asked', async () => {
		const run = await followed({ asks: [[sent({ error: 'who are you', like: 401 })]], resumes: [], looks: [] });
		expect(run.failure).toMatchObject({
			message: 'The API key was refused by Acme (401)',
			details: { code: 'unauthorized', status: 'notSent' },
		});
		expect(run.told).toContain('not asked');
	});

	test('a server fault told inside the stream is the end of the run', async () => {
		const run = await followed({ asks: [[sent({ error: 'overloaded', like: 500 })]], resumes: [], looks: [] });
		expect(run.failure).toMatchObject({ details: { code: 'server_fault', status: 'failed' } });
		expect(questions(run)).toBe(1);
	});

	test('429 told inside the stream after text is the end', async () => {
		const run = await followed({ asks: [[say(1, 'Half'), sent({ offset: 2, error: 'slow down', like: 429 })]] });
		expect(run.failure).toMatchObject({ details: { status: 'failed' }, progress: { partialAnswer: 'Half' } });
		expect(questions(run)).toBe(1);
	});

	test('the wait for a 429 ends at once with Stop: nothing was asked, nothing is cancelled', async () => {
		const run = await followed({ asks: [refused(429, 60_000)], cancels: [], locates: [] }, { stopAt: 5000 });
		expect(run.failure).toMatchObject({ details: { code: 'stopped', status: 'notSent' } });
		expect(run.took).toBe(5000);
		expect(run.calls).toEqual(['ask']);
	});

	test.each([400, 401, 403, 404, 413, 422])('%d: not asked again, and known not to have been asked', async (status) => {
		const run = await followed({ asks: [refused(status)], locates: [], resumes: [], looks: [] });
		expect(run.failure).toMatchObject({ details: { httpStatus: status, status: 'notSent' } });
		expect(run.calls).toEqual(['ask']);
		expect(run.told).toEqual(['asking', 'not asked']);
	});

	test('the connection is refused: asked again, nothing had been sent', async () => {
		const nobody = () => new TransportFailure('no', 'ECONNREFUSED');
		const run = await followed({ asks: [nobody(), nobody(), answered], locates: [] });
		expect(run.answer?.text).toBe(WHOLE);
		expect(questions(run)).toBe(3);
	});

	test('the connection is refused four times: an error that says so', async () => {
		const run = await followed({ asks: [1, 2, 3, 4].map(() => new TransportFailure('no', 'ECONNREFUSED')) });
		expect(run.failure).toMatchObject({ message: 'Acme could not be reached', details: { status: 'notSent' } });
	});

	test.each([
		['reset after the question was sent', reset()],
		['500', refused(500)],
		['524', refused(524)],
		['408', refused(408)],
		['something unforeseen', new Error('socket hang up')],
	])('%s: looked for, found, read on; never asked again', async (_title, error) => {
		const run = await followed({
			asks: [error],
			locates: [undefined, { conversationId: 'c-1', messageId: 'm-2' }],
			resumes: [answered],
		});
		expect(run.answer).toMatchObject({ text: WHOLE, deliveredBy: 'resume', ids: { messageId: 'm-2' } });
		expect(run.calls).toEqual(['ask', 'locate', 'locate', 'resume start']);
	});

	test.each([
		['reset after the question was sent', reset(), 'connection_broken'],
		['500', refused(500), 'c500'],
	])('%s, and it is nowhere: an error that says so; never asked again', async (_title, error, code) => {
		const run = await followed({
			asks: [error],
			locates: [undefined, refused(502), undefined],
			resumes: [],
			looks: [],
		});
		expect(run.failure).toMatchObject({ details: { code, status: 'unknown' } });
		expect(run.failure?.details.hint).toContain('not asked again');
		expect(run.calls).toEqual(['ask', 'locate', 'locate', 'locate']);
		expect(run.told).toEqual(['asking']);
	});

	test('reset after the question was sent, and the provider cannot be asked for it: an error, never asked again', async () => {
		const run = await followed({ asks: [reset()] });
		expect(run.failure).toMatchObject({ details: { code: 'connection_broken', status: 'unknown' } });
	});

	test('no headers within the idle timeout: looked for, then read', async () => {
		const run = await followed({
			asks: ['no reply'],
			locates: [{ conversationId: 'c-1', messageId: 'm-2' }],
			resumes: [answered],
		});
		expect(run.answer?.text).toBe(WHOLE);
		expect(run.source.calls[1]).toBe(`locate @${2 * MINUTE + 375}`);
		expect(questions(run)).toBe(1);
	});

	test.each([
		['no headers within the idle timeout', { idleTimeoutMs: MINUTE }, 'idle_timeout'],
		['no headers within the maximum duration', { maxDurationMs: MINUTE }, 'max_duration'],
	])('%s, and it is nowhere: the error warns of asking again', async (_title, limits, code) => {
		const run = await followed({ asks: ['no reply'], locates: [undefined, undefined, undefined] }, limits);
		expect(run.failure).toMatchObject({ details: { code, status: 'unknown' } });
		expect(run.failure?.details.hint).toContain('look into the conversation before you repeat it');
	});

	test('the stream does not name its message and breaks: looked for, read again', async () => {
		const run = await followed({
			asks: [EVENTS.slice(0, 2)],
			messageId: null,
			locates: [{ conversationId: 'c-1', messageId: 'm-2' }],
			resumes: [since(25, 'inclusive')],
		});
		expect(run.answer).toMatchObject({ text: WHOLE, ids: { conversationId: 'c-1', messageId: 'm-2' } });
	});

	test('a conversation is made first; what goes wrong there is known not to have asked', async () => {
		const made = await followed({ open: ['c-9'], asks: [answered] }, { ids: {} });
		expect(made.answer).toMatchObject({ ids: { conversationId: 'c-9', messageId: 'm-1' } });
		expect(made.calls).toEqual(['open', 'ask']);
		const known = await followed({ open: [], asks: [answered] });
		expect(known.calls).toEqual(['ask']);
		for (const error of [reset(), refused(401), new TransportFailure('no', 'ECONNREFUSED'), new Error('?')]) {
			const failed = await followed({ open: [error], asks: [], locates: [], cancels: [] }, { ids: {} });
			expect(failed.failure).toMatchObject({ details: { status: 'notSent' }, progress: { partialAnswer: '' } });
			expect(failed.calls).toEqual(['open']);
			expect(failed.told).toEqual([]);
		}
	});

	test('an earlier try broke: it is looked for, and not asked again', async () => {
		const found = await followed(
			{ asks: [], locates: [{ messageId: 'm-2' }], resumes: [answered] },
			{ asked: 'maybe' },
		);
		expect(found.answer?.text).toBe(WHOLE);
		const lost = await followed({ asks: [], locates: [undefined, undefined, undefined] }, { asked: 'maybe' });
		expect(lost.failure).toMatchObject({ details: { status: 'unknown' } });
		expect([...found.calls, ...lost.calls]).not.toContain('ask');
	});
});

describe('silence', () => {
	test('heartbeats for ten minutes are life, the maximum duration decides', async () => {
		const beats = Array.from({ length: 60 }, (): Part[] => [': ping\n\n', MINUTE]).flat();
		const alive = await followed({ asks: [[say(1, 'a'), ...beats.slice(0, 20), say(2, 'b'), done(3)]] });
		expect(alive.answer).toMatchObject({ text: 'ab', deliveredBy: 'stream', reconnects: 0 });
		expect(alive.took).toBe(10 * MINUTE);
		const late = await followed({ asks: [[say(1, 'a'), ...beats]], resumes: [], looks: [] });
		expect(late.failure).toMatchObject({
			message: 'The answer of Acme was not finished within 1800 seconds',
			details: { code: 'max_duration', status: 'running' },
			progress: { partialAnswer: 'a', lastOffset: 1 },
		});
		expect(late.took).toBe(30 * MINUTE);
	});

	test('silence: the connection is replaced once, and goes on', async () => {
		const run = await followed({ asks: [[say(1, 'a'), 'hang']], resumes: [[say(2, 'b'), done(3)]] });
		expect(run.answer).toMatchObject({ text: 'ab', deliveredBy: 'resume', reconnects: 1 });
		expect(run.took).toBeLessThan(2 * MINUTE + SECOND);
	});

	test('silence again: its own message after one look at the message list, nothing is cancelled', async () => {
		const run = await followed({
			asks: [[say(1, 'a'), 'hang']],
			resumes: [[say(1, 'a'), 'hang']],
			looks: [{ state: 'running' }],
			cancels: [],
		});
		expect(run.failure).toMatchObject({
			message: 'Acme sent nothing for 120 seconds',
			details: { code: 'idle_timeout', status: 'running' },
			progress: { partialAnswer: 'a', lastOffset: 1, messageId: 'm-1' },
		});
		expect(run.calls).toEqual(['ask', 'resume 1', 'lookUp']);
		expect(run.took).toBeLessThan(4 * MINUTE + SECOND);
	});

	test('silence, progress, silence: each silent connection is replaced once', async () => {
		const run = await followed({
			asks: [[say(1, 'a'), 'hang']],
			resumes: [[say(2, 'b'), 'hang'], [say(3, 'c'), 'hang'], [done(4)]],
		});
		expect(run.answer).toMatchObject({ text: 'abc', reconnects: 3 });
	});

	test('silence where nothing can be resumed: one look, then its own message', async () => {
		const run = await followed({ asks: [[say(1, 'a'), 'hang']], looks: [{ state: 'running' }] });
		expect(run.failure).toMatchObject({ details: { code: 'idle_timeout' } });
		expect(run.took).toBe(2 * MINUTE);
	});

	test('silence that the message list explains: the answer was there all the time', async () => {
		const run = await followed({
			asks: [[say(1, 'a'), 'hang']],
			resumes: [['hang']],
			looks: [{ state: 'completed', text: 'ab' }],
		});
		expect(run.answer).toMatchObject({ text: 'ab', deliveredBy: 'lookup' });
	});

	test.each([
		['told: the error says cancelled', [undefined], 'cancelled', ''],
		['not told: the error says so', [reset()], 'running', 'could not be told to stop'],
	])('onTimeout cancel, silent for too long, %s', async (_title, cancels, status, hint) => {
		const run = await followed(
			{ asks: [['hang']], resumes: [['hang']], cancels: cancels as Script['cancels'] },
			{ onTimeout: 'cancel' },
		);
		expect(run.failure).toMatchObject({ details: { code: 'idle_timeout', status } });
		expect(run.failure?.details.hint).toContain(hint);
		expect(run.calls.filter((call) => call === 'cancel')).toHaveLength(1);
	});

	test('onTimeout cancel, maximum duration', async () => {
		const run = await followed(
			{ asks: [[say(1, 'a'), 90 * SECOND, ': ping\n\n', 90 * SECOND]], cancels: [undefined] },
			{ onTimeout: 'cancel', maxDurationMs: 2 * MINUTE },
		);
		expect(run.failure).toMatchObject({ details: { code: 'max_duration', status: 'cancelled' } });
		expect(run.source.calls).toEqual(['ask @0', `cancel @${2 * MINUTE}`]);
	});

	test('onTimeout cancel while the question is still being sent: found, then cancelled', async () => {
		const run = await followed(
			{ asks: ['no reply'], locates: [{ messageId: 'm-2' }], cancels: [undefined] },
			{ onTimeout: 'cancel', maxDurationMs: MINUTE },
		);
		expect(run.failure).toMatchObject({ details: { code: 'max_duration', status: 'cancelled' } });
		expect(run.calls).toEqual(['ask', 'locate', 'cancel']);
	});

	test('onTimeout cancel while the question is still being sent, and it is nowhere: the error says so', async () => {
		const run = await followed(
			{ asks: ['no reply'], locates: [undefined, undefined, undefined], cancels: [] },
			{ onTimeout: 'cancel', maxDurationMs: MINUTE },
		);
		expect(run.failure).toMatchObject({ details: { code: 'max_duration', status: 'unknown' } });
		expect(run.failure?.details.hint).toContain('could not be told to stop');
	});

	test('the maximum duration before anything was asked cancels nothing', async () => {
		const run = await followed(
			{ open: ['no reply'], cancels: [], locates: [] },
			{ onTimeout: 'cancel', maxDurationMs: MINUTE, ids: {} },
		);
		expect(run.failure).toMatchObject({ details: { code: 'max_duration', status: 'notSent' } });
		expect(run.calls).toEqual(['open']);
	});
});
