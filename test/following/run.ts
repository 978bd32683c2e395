import type { TextChange } from '../../nodes/shared/answer/answer-text';
import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import type { AnswerIds } from '../../nodes/shared/following/answer-source';
import { askOnly, follow, type FollowedAnswer, type FollowOptions } from '../../nodes/shared/following/follow';
import { FakeClock } from './fake-clock';
import { type Beforehand, questionAfter, ToldQuestion } from './question';
import { type Script, ScriptedSource } from './scripted-source';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

export interface Run<T> {
	answer?: T;
	failure?: ConversationFailure;
	source: ScriptedSource;
	/** Names of the calls, without times. */
	calls: string[];
	clock: FakeClock;
	/** Milliseconds that it took. */
	took: number;
	/** What came of `onText`. */
	texts: TextChange[];
	/** What the question was told. */
	told: string[];
}

export interface RunOptions extends Partial<Omit<FollowOptions, 'clock' | 'stop' | 'question'>>, Beforehand {
	/** When Stop is pressed, milliseconds; before everything with a negative number. */
	stopAt?: number;
	/** Milliseconds without a byte. */
	idleTimeoutMs?: number;
	randoms?: number[];
	/** By how much the computer's clock is put on, or back, after a second. Milliseconds. */
	clockPutOnBy?: number;
}

const rejections: unknown[] = [];
process.on('unhandledRejection', (reason) => rejections.push(reason));

/** Follows a script to its end in its own time, and checks that nothing is left behind. */
export async function followed(script: Script, options: RunOptions = {}): Promise<Run<FollowedAnswer>> {
	return await run(follow, script, options);
}

export async function asked(script: Script, options: RunOptions = {}): Promise<Run<AnswerIds>> {
	return await run(askOnly, script, options);
}

async function run<T>(
	work: (source: ScriptedSource, options: FollowOptions) => Promise<T>,
	script: Script,
	{
		stopAt,
		randoms,
		clockPutOnBy,
		ids = { conversationId: 'c-1' },
		asked: before = 'no',
		idleTimeoutMs = 2 * MINUTE,
		...options
	}: RunOptions,
): Promise<Run<T>> {
	const clock = new FakeClock();
	if (randoms) clock.randoms = randoms;
	if (clockPutOnBy !== undefined) clock.at(SECOND, () => (clock.putOnBy = clockPutOnBy));
	const source = new ScriptedSource(script, clock, idleTimeoutMs);
	const stop = new AbortController();
	if (stopAt !== undefined && stopAt < 0) stop.abort();
	else if (stopAt !== undefined) clock.at(stopAt, () => stop.abort());
	const texts: TextChange[] = [];
	const question = questionAfter({ ids, asked: before }, (known) => new ToldQuestion(known));
	const told = (question.told = []);
	const working = work(source, {
		clock,
		maxDurationMs: 30 * MINUTE,
		lookUpPatienceMs: 30 * SECOND,
		onTimeout: 'leaveRunning',
		keepSteps: true,
		keepEvents: true,
		stop: stop.signal,
		question,
		onText: (change) => texts.push(change),
		...options,
	});
	const outcome: Pick<Run<T>, 'answer' | 'failure'> = await clock.run(
		working.then(
			(answer) => ({ answer }),
			(error: unknown) => {
				if (error instanceof ConversationFailure) return { failure: error };
				throw error;
			},
		),
	);
	const took = clock.elapsed;
	const isStopped = stop.signal.aborted;
	if (!isStopped) expect(clock.pending).toBe(0);
	await clock.runOut(); // after Stop, the provider may still have to be told
	expect(clock.pending).toBe(0);
	expect(source.surprises).toEqual([]);
	// Cancelling, and finding what to cancel, has a time limit of its own; every other connection is closed.
	const hasCancelled = isStopped || options.onTimeout === 'cancel';
	const isOwn = (call: string) => call.startsWith('cancel') || (hasCancelled && call.startsWith('locate'));
	expect(source.calls.filter((call, at) => !isOwn(call) && !source.signals[at]?.aborted)).toEqual([]);
	expect(rejections).toEqual([]);
	const calls = source.calls.map((call) => call.replace(/ @\d+$/, ''));
	return { ...outcome, source, calls, clock, took, texts, told };
}

/** Every question that went out. */
export const questions = ({ calls }: Run<unknown>): number => calls.filter((call) => call === 'ask').length;
