import { attempt } from '../../nodes/shared/attempt';
import type { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import { follow } from '../../nodes/shared/following/follow';
import { Question } from '../../nodes/shared/following/question';
import type { RunSoFar } from '../../nodes/shared/following/run-so-far';
import {
	nothingTold,
	ProgressCalls,
	type ProgressOptions,
	type ToldProgress,
} from '../../nodes/shared/progress/progress-calls';
import type { ProgressReport } from '../../nodes/shared/progress/progress-report';
import { FakeClock } from '../following/fake-clock';
import { SECOND } from '../following/run';
import { done, say, type Script, ScriptedSource, sent } from '../following/scripted-source';

/** Everything that was told, with the moment of each call and of its end, milliseconds. */
interface Told {
	reports: ProgressReport[];
	at: number[];
	going: number;
	mostAtOnce: number;
}

/** Calls that take their time, each the next of `takes` and the last one for all that follow; `Infinity` never ends. */
function listener(clock: FakeClock, takes: Array<number | Error> = [0]) {
	const told: Told = { reports: [], at: [], going: 0, mostAtOnce: 0 };
	const tell = async (report: ProgressReport) => {
		told.reports.push(report);
		told.at.push(clock.elapsed);
		told.mostAtOnce = Math.max(told.mostAtOnce, ++told.going);
		const take = takes[Math.min(told.reports.length, takes.length) - 1]!;
		if (take === Infinity) await new Promise(() => undefined);
		if (typeof take === 'number' && take > 0) await clock.serverSleep(take);
		told.going--;
		if (take instanceof Error) throw take;
	};
	return { told, tell };
}

/** A run without a provider, whose text grows by a letter each second. */
class Run implements RunSoFar {
	readonly ids = { conversationId: 'c', messageId: 'm' };
	lastStep: RunSoFar['lastStep'];
	constructor(private readonly clock: FakeClock) {}
	get text() {
		return 'x'.repeat(Math.floor(this.clock.elapsed / SECOND));
	}
}

interface Scene {
	lasts?: number;
	takes?: Array<number | Error>;
	stopAt?: number;
	history?: ToldProgress;
}

/** A run of some seconds, told of every five. */
async function told({ lasts = 60, takes, stopAt, history }: Scene = {}): Promise<Told> {
	const clock = new FakeClock();
	const stop = new AbortController();
	const { told: heard, tell } = listener(clock, takes);
	const options: ProgressOptions = { clock, intervalMs: 5 * SECOND, stop: stop.signal, tell };
	const calls = new ProgressCalls(options, history);
	const run = new Run(clock);
	calls.begin(run);
	if (stopAt !== undefined) clock.at(stopAt * SECOND, () => stop.abort());
	clock.at(lasts * SECOND - 1, () => calls.end('completed', 'the answer'));
	await clock.runOut();
	expect(clock.pending).toBe(0);
	return heard;
}

const sequences = ({ reports }: Told) => reports.map(({ sequence }) => sequence);
const oneToN = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('a minute, every 5 seconds: twelve calls, the last one with the answer', async () => {
	const heard = await told();
	expect(heard.at).toEqual([...oneToN(11).map((n) => n * 5 * SECOND), 60 * SECOND - 1]);
	expect(sequences(heard)).toEqual(oneToN(12));
	expect(heard.reports[0]).toEqual({
		conversationId: 'c',
		messageId: 'm',
		textSoFar: 'xxxxx',
		isRewritten: false,
		lastStep: null,
		elapsedMs: 5000,
		sequence: 1,
		isFinal: false,
		status: 'running',
	});
	expect(heard.reports.at(-1)).toMatchObject({
		textSoFar: 'the answer',
		isRewritten: true,
		elapsedMs: 59_999,
		isFinal: true,
		status: 'completed',
	});
	expect(heard.reports.slice(0, -1).some(({ isFinal }) => isFinal)).toBe(false);
});

test('a run that is over before the first time: one call, the last', async () => {
	const heard = await told({ lasts: 3 });
	expect(heard.reports).toEqual([expect.objectContaining({ sequence: 1, isFinal: true, textSoFar: 'the answer' })]);
});

test.each([
	[4, 12],
	[5, 12],
	[7, 6 + 1],
	[12, 4 + 1],
])('calls that take %d seconds: never two at a time, %d in a minute, the last one always', async (takes, count) => {
	const heard = await told({ takes: [takes * SECOND] });
	expect(heard.mostAtOnce).toBe(1);
	expect(Math.abs(heard.reports.length - count)).toBeLessThanOrEqual(1);
	expect(sequences(heard)).toEqual(oneToN(heard.reports.length));
	expect(heard.reports.filter(({ isFinal }) => isFinal)).toEqual([heard.reports.at(-1)]);
});

test('a call that is going on when the run ends: the last one follows when it is over', async () => {
	const heard = await told({ lasts: 8, takes: [30 * SECOND, 0] });
	expect(heard.at).toEqual([5 * SECOND, 35 * SECOND]);
	expect(heard.reports.at(-1)).toMatchObject({ isFinal: true, elapsedMs: 7999, textSoFar: 'the answer' });
});

test('a call that never ends is the only one', async () => {
	const heard = await told({ takes: [Infinity] });
	expect(sequences(heard)).toEqual([1]);
});

test('calls that fail are like others', async () => {
	const heard = await told({ takes: [new Error('no such chat')] });
	expect(sequences(heard)).toEqual(oneToN(12));
});

test.each([0, 4, 27])('Stop after %d seconds ends the calls', async (stopAt) => {
	const heard = await told({ stopAt });
	expect(sequences(heard)).toEqual(oneToN(Math.floor(stopAt / 5)));
	expect(heard.reports.some(({ isFinal }) => isFinal)).toBe(false);
});

test('Stop while the last call waits for the one before it: it is not made', async () => {
	const heard = await told({ lasts: 8, takes: [30 * SECOND], stopAt: 20 });
	expect(sequences(heard)).toEqual([1]);
});

test('a clock that wakes nobody for a while: what was missed is not made up for', async () => {
	const clock = new FakeClock();
	const { told: heard, tell } = listener(clock);
	const isLate = { now: () => clock.now(), ticks: () => clock.ticks(), random: () => 0, timeout: clock.timeout };
	let late = 21 * SECOND;
	const sleep = async (ms: number, signal?: AbortSignal) => {
		await clock.sleep(ms + late, signal);
		late = 0;
	};
	const calls = new ProgressCalls({ clock: { ...isLate, sleep }, intervalMs: 5 * SECOND, tell });
	calls.begin(new Run(clock));
	clock.at(42 * SECOND, () => calls.end('completed', ''));
	await clock.runOut();
	expect(heard.at.map((at) => at / SECOND)).toEqual([26, 30, 35, 40, 42]);
});

test('another try goes on with the numbers, the text and the time; the one before has no last call', async () => {
	const clock = new FakeClock();
	const { told: heard, tell } = listener(clock);
	const history = nothingTold();
	const tryOnce = () => new ProgressCalls({ clock, intervalMs: 5 * SECOND, tell }, history);
	const first = tryOnce();
	first.begin(new Run(clock));
	clock.at(12 * SECOND, () => first.pause());
	clock.at(14 * SECOND, () => {
		const second = tryOnce();
		second.begin(new Run(clock));
		clock.at(20 * SECOND, () => second.end('failed', 'x'.repeat(20)));
	});
	await clock.runOut();
	expect(heard.reports.map(({ sequence, elapsedMs, isFinal }) => [sequence, elapsedMs, isFinal])).toEqual([
		[1, 5000, false],
		[2, 10_000, false],
		[3, 19_000, false],
		[4, 20_000, true],
	]);
	expect(heard.reports.some(({ isRewritten }) => isRewritten)).toBe(false);
	expect(heard.reports.at(-1)?.status).toBe('failed');
});

describe('what is told of a run that is followed', () => {
	/** Follows a script and tells of it every second. */
	async function toldOf(script: Script): Promise<{ reports: ProgressReport[]; text: string | undefined }> {
		const clock = new FakeClock();
		const { told: heard, tell } = listener(clock);
		const calls = new ProgressCalls({ clock, intervalMs: SECOND, tell });
		const result = await clock.run(
			attempt(() =>
				follow(new ScriptedSource(script, clock, 120 * SECOND), {
					clock,
					maxDurationMs: 1800 * SECOND,
					lookUpPatienceMs: 30 * SECOND,
					onTimeout: 'leaveRunning',
					keepSteps: false,
					keepEvents: false,
					question: new Question(),
					onBegin: (run) => calls.begin(run),
				}),
			),
		);
		const failure = result.ok ? undefined : (result.error as ConversationFailure);
		if (result.ok) calls.end(result.value.status, result.value.text);
		else calls.end(failure!.details.status!, failure!.progress.partialAnswer);
		await clock.runOut();
		return { reports: heard.reports, text: result.ok ? result.value.text : undefined };
	}
	const texts = (reports: ProgressReport[]) => reports.map(({ textSoFar }) => textSoFar);

	test('ids are told as soon as they are known', async () => {
		const { reports } = await toldOf({
			asks: [[1500, sent({ offset: 1, conversationId: 'c-7', messageId: 'm-1', text: 'a' }), 1000, done(2)]],
			messageId: null,
		});
		expect(reports.map(({ conversationId, messageId }) => [conversationId, messageId])).toEqual([
			[null, null],
			['c-7', 'm-1'],
			['c-7', 'm-1'],
		]);
	});

	test('a connection that breaks: the log is read again from its start, and the text never goes back', async () => {
		const { reports, text } = await toldOf({
			asks: [[sent({ text: 'Once ' }), 1500, sent({ text: 'upon ' }), new Error('reset')]],
			resumes: [[sent({ text: 'Once ' }), 1500, sent({ text: 'upon ' }), 1500, sent({ text: 'a time.' }), done()]],
		});
		expect(text).toBe('Once upon a time.');
		expect(reports.length).toBeGreaterThan(3);
		expect(reports.some(({ isRewritten }) => isRewritten)).toBe(false);
		for (const soFar of texts(reports)) expect(text!.startsWith(soFar)).toBe(true);
	});

	test('a text that is replaced says so, once', async () => {
		const { reports } = await toldOf({
			asks: [
				[
					...[say(1, 'A draft'), 1500, sent({ offset: 2, text: 'The text', replace: true }), 1000],
					...[say(3, ' goes on'), 1000, done(4)],
				],
			],
		});
		expect(reports.map(({ textSoFar, isRewritten }) => [textSoFar, isRewritten])).toEqual([
			['A draft', false],
			['The text', true],
			['The text goes on', false],
			['The text goes on', false],
		]);
	});

	test('an agent that fails: the last call has what there was, and says so', async () => {
		const { reports } = await toldOf({ asks: [[say(1, 'Half'), 2500, sent({ offset: 2, error: 'out of credits' })]] });
		expect(reports.at(-1)).toMatchObject({ textSoFar: 'Half', isFinal: true, status: 'failed', isRewritten: false });
	});
});
