import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import { RequestRefused } from '../../nodes/shared/http/http-error';
import { NothingSent, ReplyTooLarge, TransportFailure } from '../../nodes/shared/http/transport';
import { asked, followed, MINUTE, questions, SECOND } from './run';
import { done, type Part, say, type Script, sent } from './scripted-source';

const reset = () => new TransportFailure('maybe', 'ECONNRESET');
const refused = (status: number) => new RequestRefused({ status, complaint: { text: `said ${status}` } });
const times = <T>(count: number, what: () => T): T[] => Array.from({ length: count }, what);
const unsent = (mayPass: boolean) =>
	new NothingSent(new ConversationFailure('The credential is gone', { code: 'configuration', hint: 'Look.' }), mayPass);
const half: Part[] = [say(1, 'Half')];

describe('a request that n8n could not send', () => {
	test.each<[string, Script]>([
		['reading on', { resumes: [unsent(false)], looks: [unsent(false)] }],
		['looking up', { looks: [unsent(false)] }],
		['reading on, where nothing can be looked up', { resumes: [unsent(false)] }],
	])('%s: the error says what is wrong, and that the agent works on', async (_title, script) => {
		const run = await followed({ asks: [half], ...script });
		expect(run.failure).toMatchObject({
			message: 'The credential is gone',
			details: { code: 'configuration', status: 'running', hint: expect.stringMatching(/^Look\. What had arrived/) },
			progress: { partialAnswer: 'Half', messageId: 'm-1' },
		});
		expect(run.took).toBeLessThan(SECOND);
	});

	test('a hiccup is waited out like one of the provider', async () => {
		const onReading = await followed({
			asks: [half],
			resumes: [unsent(true), unsent(true), [say(2, ' and half'), done(3)]],
		});
		expect(onReading.answer).toMatchObject({ text: 'Half and half', deliveredBy: 'resume' });
		const onLooking = await followed({
			asks: [half],
			looks: [unsent(true), unsent(true), { state: 'completed', text: 'Half and half' }],
		});
		expect(onLooking.answer).toMatchObject({ text: 'Half and half', deliveredBy: 'lookup' });
	});

	test('asking: what the user has to mend is told at once, a hiccup is waited out; nothing was asked', async () => {
		const gone = await followed({ asks: [unsent(false)], locates: [] });
		expect(gone.failure).toMatchObject({ details: { code: 'configuration', status: 'notSent', hint: 'Look.' } });
		const hiccup = await followed({ asks: [unsent(true), unsent(true), [say(1, 'a'), done(2)]], locates: [] });
		expect(hiccup.answer?.text).toBe('a');
	});
});

describe('as long as the provider says that the agent works', () => {
	const works = { state: 'running' as const, said: true };

	test('a list is asked until the answer is there', async () => {
		const run = await followed({
			asks: [half],
			looks: [...times(40, () => works), { state: 'completed', text: 'Half and half' }],
		});
		expect(run.answer).toMatchObject({ text: 'Half and half', deliveredBy: 'lookup' });
		expect(run.took).toBeGreaterThan(4 * MINUTE);
	});

	test('or until Timeout: Total', async () => {
		const run = await followed({ asks: [half], looks: times(1000, () => works) }, { maxDurationMs: 5 * MINUTE });
		expect(run.failure).toMatchObject({ details: { code: 'max_duration', status: 'running' } });
		expect(run.took).toBe(5 * MINUTE);
	});

	test('the stream is tried in between, and read on when it is back', async () => {
		const run = await followed({
			asks: [half],
			resumes: [...times(12, () => refused(503)), [say(2, ' and half'), done(3)]],
			looks: times(12, () => works),
		});
		expect(run.answer).toMatchObject({ text: 'Half and half', deliveredBy: 'resume' });
		expect(run.calls.filter((call) => call === 'lookUp').length).toBeGreaterThan(5);
		expect(run.took).toBeGreaterThan(25 * SECOND);
	});

	test('a stream that was refused for good is not tried again', async () => {
		const run = await followed({
			asks: [half],
			resumes: [refused(404)],
			looks: [...times(20, () => works), { state: 'completed', text: 'Half and half' }],
		});
		expect(run.answer).toMatchObject({ text: 'Half and half', deliveredBy: 'lookup' });
	});

	test('a text that grows says the same', async () => {
		const growing = times(40, () => 'x').map((_, at) => ({ state: 'running' as const, text: 'Half' + 'x'.repeat(at) }));
		const run = await followed({ asks: [half], looks: [...growing, { state: 'completed', text: 'Half and half' }] });
		expect(run.answer?.text).toBe('Half and half');
		const stuck = await followed({ asks: [half], looks: [...growing.slice(0, 5), ...times(20, () => growing[4]!)] });
		expect(stuck.failure).toMatchObject({
			details: { code: 'stream_broken', status: 'running' },
			progress: { partialAnswer: 'Halfxxxx' },
		});
		expect(stuck.took).toBeLessThan(MINUTE);
	});

	test('a silent provider is silent all the same: Timeout: Idle is the word of the user', async () => {
		const run = await followed({ asks: [[...half, 'hang']], resumes: [['hang']], looks: [works] });
		expect(run.failure).toMatchObject({ details: { code: 'idle_timeout' } });
		expect(run.took).toBeLessThan(4 * MINUTE + SECOND);
	});
});

describe('an answer that is not listed', () => {
	test('the provider has just named it: the list lags behind', async () => {
		const run = await followed({
			asks: [[]],
			resumes: [refused(404)],
			looks: [{ state: 'missing' }, { state: 'missing' }, { state: 'completed', text: 'Whole' }],
		});
		expect(run.answer).toMatchObject({ text: 'Whole', deliveredBy: 'lookup' });
	});

	test('the user has named it: half a minute, however long an answer may be waited for', async () => {
		const run = await followed(
			{ asks: [], looks: times(30, () => ({ state: 'missing' as const })) },
			{ asked: 'yes', ids: { conversationId: 'c-1', messageId: 'wrong' }, lookUpPatienceMs: 30 * MINUTE },
		);
		expect(run.failure).toMatchObject({ details: { code: 'message_not_found', status: 'unknown' } });
		expect(run.took).toBeLessThanOrEqual(30 * SECOND);
	});
});

test('a look-up that was refused is told, and Collect is not advised', async () => {
	const run = await followed({ asks: [half], looks: [refused(403)] });
	expect(run.failure).toMatchObject({
		message: 'The connection to Acme broke before the answer was whole',
		details: {
			code: 'stream_broken',
			providerText: 'said 403',
			technicalText: expect.stringContaining('looking the answer up was refused: 403'),
			status: 'running',
		},
	});
	expect(run.failure!.details.hint).toContain('lacks the permission');
	expect(run.failure!.details.hint).not.toContain('operation Collect');
});

test('a list that is too large to be read is told', async () => {
	const run = await followed({ asks: [half], looks: times(20, () => new ReplyTooLarge()) });
	expect(run.failure!.details.technicalText).toContain('a reply of more than 32 MB');
});

describe('what went wrong on the way', () => {
	const warned = [say(1, 'Half'), sent({ offset: 2, warning: 'Out of credits' })];

	test.each<[string, Part[], string]>([
		['the connection breaks', [...warned, reset()], 'The connection to Acme broke before the answer was whole'],
		[
			'the agent fails without words',
			[...warned, sent({ offset: 3, error: '' })],
			"Acme's agent stopped: Out of credits",
		],
		['the agent fails with its own', [...warned, sent({ offset: 3, error: 'boom' })], "Acme's agent stopped: boom"],
	])('%s: is told', async (_title, parts, message) => {
		const run = await followed({ asks: [parts] });
		const providerText = message.endsWith('boom') ? 'boom' : 'Out of credits';
		expect(run.failure).toMatchObject({ message, details: { providerText } });
	});

	test('does not matter when the run gets over it', async () => {
		const run = await followed({ asks: [[...warned, say(3, ' and half'), done(4)]] });
		expect(run.answer).toMatchObject({ status: 'completed', text: 'Half and half' });
	});
});

describe('the reason of an agent that stopped', () => {
	test.each([
		['Out of credits', 'Out of credits'],
		['  two\n lines ', 'two lines'],
		['word '.repeat(40), `${'word '.repeat(16).trim()}…`],
		[`The key ${'sk-'.padEnd(200, 'x')} is bad`, 'The key…'],
		['额度不足，'.repeat(30), `${'额度不足，'.repeat(16)}…`],
		['👩'.repeat(60), `${'👩'.repeat(40)}…`],
	])('%j', async (error, reason) => {
		const run = await followed({ asks: [[...half, sent({ offset: 2, error })]] });
		expect(run.failure?.message).toBe(`Acme's agent stopped: ${reason}`);
		expect(run.failure?.details.providerText).toBe(error);
	});

	test.each(['', '  ', 'x'.repeat(100)])('none that could be shown: %j', async (error) => {
		const run = await followed({ asks: [[...half, sent({ offset: 2, error })]] });
		expect(run.failure?.message).toBe('The agent of Acme could not finish its answer');
	});
});

describe('If Not Finished: Return', () => {
	const options = { ifNotFinished: 'return' as const, maxDurationMs: 5 * MINUTE };
	const slow: Part[] = [say(1, 'Half'), ...times(9, (): Part[] => [MINUTE, ': ping\n\n']).flat()];

	test('Timeout: Total: what there is, with all that is needed to go on', async () => {
		const run = await followed({ asks: [slow], resumes: [] }, options);
		expect(run.answer).toMatchObject({
			status: 'running',
			text: 'Half',
			deliveredBy: 'stream',
			ids: { conversationId: 'c-1', messageId: 'm-1' },
			lastOffset: 1,
		});
		expect(run.answer!.finishedAt - run.answer!.startedAt).toBe(5 * MINUTE);
	});

	test('Timeout: Idle', async () => {
		const run = await followed({ asks: [[...half, 'hang']], resumes: [[say(2, ' and'), 'hang'], ['hang']] }, options);
		expect(run.answer).toMatchObject({ status: 'running', text: 'Half and', deliveredBy: 'resume', reconnects: 2 });
	});

	test('as much as a list has', async () => {
		const running = { state: 'running' as const, said: true, text: 'Half and' };
		const run = await followed({ asks: [half], looks: times(100, () => running) }, options);
		expect(run.answer).toMatchObject({ status: 'running', text: 'Half and', deliveredBy: 'lookup' });
	});

	test('collecting what is not finished yet', async () => {
		const run = await followed(
			{ asks: [], looks: times(20, () => ({ state: 'running' as const })) },
			{ ...options, asked: 'yes', ids: { conversationId: 'c-1', messageId: 'm-1' } },
		);
		expect(run.answer).toMatchObject({ status: 'running', text: '' });
	});

	test('Timeout: Then: Cancel says whether the agent was told', async () => {
		const cancelling = { ...options, onTimeout: 'cancel' as const };
		const told = await followed({ asks: [slow], cancels: [undefined] }, cancelling);
		expect(told.answer).toMatchObject({ status: 'cancelled', text: 'Half' });
		const deaf = await followed({ asks: [slow], cancels: [reset()] }, cancelling);
		expect(deaf.answer).toMatchObject({ status: 'running', text: 'Half' });
	});

	test.each<[string, Script, object]>([
		['nothing was asked', { open: ['no reply'] }, { ids: {} }],
		['it is not known whether the question arrived', { asks: ['no reply'] }, {}],
	])('not where %s: an error', async (_title, script, more) => {
		const run = await followed(script, { ...options, ...more, idleTimeoutMs: 10 * MINUTE });
		expect(run.failure).toMatchObject({ details: { code: 'max_duration' } });
	});

	test('not for what is no matter of time', async () => {
		const broken = await followed({ asks: [[...half, reset()]] }, options);
		expect(broken.failure).toMatchObject({ details: { code: 'stream_broken' } });
		const failed = await followed({ asks: [[...half, sent({ offset: 2, error: 'boom' })]] }, options);
		expect(failed.failure).toMatchObject({ details: { status: 'failed' } });
		const stopped = await followed({ asks: [slow], cancels: [undefined] }, { ...options, stopAt: MINUTE });
		expect(stopped.failure).toMatchObject({ details: { code: 'stopped' } });
	});
});

describe('asking without waiting', () => {
	test('the header names nothing, nor does the first event: looked for, and the stream is not read on', async () => {
		const run = await asked({
			asks: [[say(1, 'a'), MINUTE, done(2)]],
			messageId: null,
			locates: [undefined, { messageId: 'm-7' }],
		});
		expect(run.answer).toEqual({ conversationId: 'c-1', messageId: 'm-7' });
		expect(run.took).toBeLessThan(5 * SECOND);
		expect(questions(run)).toBe(1);
	});

	test('an event that names it is enough', async () => {
		const run = await asked({ asks: [[sent({ offset: 1, messageId: 'm-7' }), 'hang']], messageId: null, locates: [] });
		expect(run.answer).toEqual({ conversationId: 'c-1', messageId: 'm-7' });
		expect(run.took).toBe(0);
	});

	test('it is not to be found: what is known is given, after a while', async () => {
		const run = await asked({ asks: [[say(1, 'a'), 'hang']], messageId: null, locates: times(8, () => undefined) });
		expect(run.answer).toEqual({ conversationId: 'c-1' });
		expect(run.took).toBeLessThan(MINUTE);
	});

	test('the page of a new conversation is among the ids', async () => {
		const run = await followed({ open: ['c-9'], asks: [[say(1, 'a'), done(2)]] }, { ids: {} });
		expect(run.answer?.ids).toEqual({ conversationId: 'c-9', messageId: 'm-1' });
	});
});

test('an answer without a bound ends at 64 M characters, with all that had come', async () => {
	const piece = 'x'.repeat(8 * 1024 * 1024);
	const run = await followed({ asks: [times(20, () => say(0, piece)).map((_, at) => say(at, piece))] });
	expect(run.failure).toMatchObject({
		message: 'Acme wrote more than 64 million characters',
		details: { code: 'too_large', status: 'running' },
	});
	expect(run.failure!.progress.partialAnswer.length).toBe(64 * 1024 * 1024);
}, 60_000);

test('the computer’s clock is put back in mid-run: nothing takes longer, and no time is negative', async () => {
	const run = await followed({ asks: [[say(1, 'a'), 30 * SECOND, say(2, 'b'), 'hang']], resumes: [['hang']] });
	const putBack = await followed(
		{ asks: [[say(1, 'a'), 30 * SECOND, say(2, 'b'), 'hang']], resumes: [['hang']] },
		{ clockPutOnBy: -3600 * SECOND },
	);
	expect(putBack.took).toBe(run.took);
	const whole = await followed({ asks: [[5 * SECOND, say(1, 'a'), done(2)]] }, { clockPutOnBy: -3600 * SECOND });
	expect(whole.answer!.finishedAt - whole.answer!.startedAt).toBe(5 * SECOND);
	expect(whole.answer!.firstTextMs).toBe(5 * SECOND);
});
