import { ReportifyAnswerSource } from '../../nodes/Reportify/reportify-answer-source';
import { ReportifyApi } from '../../nodes/Reportify/reportify-api';
import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import { follow, type FollowedAnswer } from '../../nodes/shared/following/follow';
import { Question } from '../../nodes/shared/following/question';
import { FakeClock } from '../following/fake-clock';
import { placeOf, randomLog } from './event-log';
import { Random } from './random';
import {
	CONVERSATION_ID,
	MESSAGE_ID,
	type ListFault,
	QUESTION,
	ReportifyModel,
	type StreamFault,
	type World,
} from './reportify-model';

/** At most this many faults befall one answer. */
const MOST_FAULTS = 6;

/** What became of a question in a world. */
export interface Outcome {
	answer?: FollowedAnswer;
	failure?: ConversationFailure;
	model: ReportifyModel;
	clock: FakeClock;
	/** Milliseconds until the answer or the error came. */
	took: number;
}

/** Asks the question in a world, through the real source, decoder and follower, in controlled time. */
export const askIn = async (world: World, random = new Random(1)): Promise<Outcome> =>
	await followIn(world, random, new Question({ conversationId: CONVERSATION_ID }));

/** Collects the answer to a question that was asked in this world before. */
export const collectIn = async (world: World): Promise<Outcome> =>
	await followIn(
		world,
		new Random(1),
		Question.askedBefore({ conversationId: CONVERSATION_ID, messageId: MESSAGE_ID }),
	);

async function followIn(world: World, random: Random, asked: Question): Promise<Outcome> {
	const clock = new FakeClock();
	clock.randoms = Array.from({ length: 17 }, () => random.next());
	const model = new ReportifyModel(world, clock, asked.hasArrived);
	const source = new ReportifyAnswerSource(new ReportifyApi(model.connection), {
		message: QUESTION,
		documents: [],
		conversation: {},
		askedAt: clock.now(),
	});
	const stop = new AbortController();
	if (world.stopAt !== undefined) clock.at(world.stopAt, () => stop.abort());
	const following = follow(source, {
		clock,
		maxDurationMs: 1_800_000,
		lookUpPatienceMs: 30_000,
		onTimeout: 'leaveRunning',
		keepSteps: true,
		keepEvents: true,
		stop: stop.signal,
		question: asked,
	});
	const result = await clock.run(
		following.then(
			(answer) => ({ answer }),
			(error: unknown) => {
				if (error instanceof ConversationFailure) return { failure: error };
				throw error;
			},
		),
	);
	const took = clock.elapsed;
	await clock.runOut(); // after Stop, the provider may still have to be told
	return { ...result, model, clock, took };
}

// --- random worlds --------------------------------------------------------------------------------------------------

const STREAM_FAULTS = ['end', 'reset', 'stall', 'malformed', 'each', 'lastThree', 'status', 'lost', 'final'] as const;
const ASK_FAULTS = ['nameless', 'refused', 'tooMany', 'arrivedAndReset', 'arrivedAndStatus', 'silent', 'lost'] as const;
const LIST_FAULTS: ListFault[] = [{ status: 500 }, { status: 429 }, 'reset', 'silent', 'behind', 'textless', 'running'];

/** A world by its seed. */
export function randomWorld(random: Random): World {
	const log = randomLog(random);
	const size = log.events.reduce((sum, event) => sum + Buffer.byteLength(event) + 8, 0);
	const count = random.int(0, MOST_FAULTS);
	const streamFaults: StreamFault[] = [];
	const listFaults: ListFault[] = [];
	const logFaults: ListFault[] = [];
	for (let made = 0; made < count; made++) {
		if (random.chance(0.2)) random.one([listFaults, logFaults]).push(random.one(LIST_FAULTS));
		else if (streamFaults.length === 0 && random.chance(0.4)) streamFaults.push(askFault(random));
		else streamFaults.push(streamFault(random, size, streamFaults.length > 0, log.events.length));
	}
	return {
		log,
		reading: random.one(['inclusive', 'exclusive']),
		streamFaults,
		listFaults,
		logFaults,
		pace: random.one([0, 1, 40, 3000]),
		pieces: random.one([[0], [1], [2, 3], [7], [1, 100, 5]]),
		lineEnd: random.one(['\n', '\n', '\r\n', '\r']),
		staysOpen: random.chance(0.2),
		listsTextAs: random.one(['content', 'events']),
		stopAt: random.chance(0.15) ? random.one([0, 1, 30, 500, 5000, 60_000, 150_000]) : undefined,
	};
}

function askFault(random: Random): StreamFault {
	switch (random.one(ASK_FAULTS)) {
		case 'nameless':
			return { nameless: true, after: random.chance(0.5) ? { bytes: random.int(0, 2000), how: 'reset' } : undefined };
		case 'refused':
			return { instead: 'refused' };
		case 'tooMany':
			return {
				instead: { status: 429, takenIn: false, retryAfter: random.one([undefined, '0', '3', 'soon', '99999']) },
			};
		case 'arrivedAndReset':
			return { instead: 'reset' };
		case 'arrivedAndStatus':
			return { instead: { status: random.one([500, 502, 504, 524]), takenIn: random.chance(0.8) } };
		case 'silent':
			return { instead: 'silent' };
		case 'lost':
			return { instead: 'lost' };
	}
}

/** @param isResume whether the fault befalls a connection that reads on, not the one that asks */
function streamFault(random: Random, size: number, isResume: boolean, events: number): StreamFault {
	const kind = random.one(STREAM_FAULTS);
	const bytes = random.int(0, Math.ceil(size * (isResume ? 0.6 : 1.1)));
	switch (kind) {
		case 'end':
		case 'reset':
		case 'stall':
			return { after: { bytes, how: kind } };
		case 'malformed':
			return {
				malformed: random.int(0, events - 1),
				...(random.chance(0.5) ? { after: { bytes, how: 'reset' } } : {}),
			};
		case 'each':
		case 'lastThree':
			return { repeats: kind, ...(random.chance(0.7) ? { after: { bytes, how: random.one(['end', 'reset']) } } : {}) };
		default:
			if (!isResume) return { after: { bytes, how: 'reset' } };
			if (kind === 'lost') return { instead: 'lost' };
			return { instead: { status: random.one(kind === 'final' ? [404, 410] : [500, 502, 503, 429]), takenIn: false } };
	}
}

// --- judging --------------------------------------------------------------------------------------------------------

/** What is wrong with an outcome; nothing when it is the byte-identical answer, or an honest error. */
export function wrongsOf(world: World, { answer, failure, model, clock, took }: Outcome): string[] {
	const { log } = world;
	const wrongs: string[] = [];
	const say = (isWrong: boolean, text: string) => void (isWrong && wrongs.push(text));
	say(model.questions > 1, `the question was taken in ${model.questions} times`);
	say(clock.pending > 0, `${clock.pending} timers were left behind`);
	say(took > 1_800_000, `it took ${took} ms`);
	const cancels = model.requests.filter((request) => request === 'cancel').length;
	const isStopped = failure?.details.code === 'stopped';
	say(cancels > 1, `cancelled ${cancels} times`);
	say(cancels > 0 && !isStopped, 'cancelled without Stop');
	say(isStopped && took !== world.stopAt, `stopped at ${took} instead of ${world.stopAt}`);
	say(isStopped && cancels === 0 && failure.progress.messageId !== undefined, 'stopped and not cancelled');
	if (answer) {
		say(model.questions !== 1, 'an answer without a question');
		say(log.end === 'failed', 'a run that failed gave an answer');
		say(answer.status === 'completed' && answer.text.trim() === '', 'an answer without a word');
		say(answer.status !== log.end, `the status is ${answer.status} instead of ${log.end}`);
		// A list that does not tell the text of a run that was cancelled leaves it at what was seen.
		const isEnough =
			answer.status === 'cancelled' && answer.deliveredBy === 'lookup' && log.text.startsWith(answer.text);
		const texts = `${JSON.stringify(answer.text)} instead of ${JSON.stringify(log.text)}`;
		say(answer.text !== log.text && !isEnough, `another text: ${texts}`);
		if (answer.deliveredBy !== 'lookup') {
			const seen = answer.events.map((event) => placeOf(log, event));
			say(answer.title !== log.title, `the title is ${answer.title}`);
			say(answer.summary !== log.summary, `the summary is ${answer.summary}`);
			say(
				seen.some((place, at) => place !== at),
				`other events: ${seen.join()}`,
			);
			say(answer.eventCount !== answer.events.length, `${answer.eventCount} events were counted, ${seen.length} kept`);
		}
	} else if (failure) {
		const { partialAnswer } = failure.progress;
		say(!log.streamed.startsWith(partialAnswer), `a wrong partial answer: ${JSON.stringify(partialAnswer)}`);
		say(
			failure.details.status === 'notSent' && model.questions > 0,
			'it says "not sent" of a question that was taken in',
		);
		const isWordless = failure.details.code === 'empty_answer';
		say(isWordless && (log.end !== 'completed' || log.text.trim() !== ''), 'it says "empty" of an answer with words');
		say(
			failure.details.status === 'failed' && log.end !== 'failed' && !isWordless,
			'it says "failed" of a run that did not fail',
		);
		say(
			!isStopped && mustSucceed(world, model.requests),
			`an error where the answer was to be had: ${failure.details.code}`,
		);
	}
	return wrongs;
}

/** No fault takes the answer away for good: it can be read on, or looked up. */
function mustSucceed({ log, streamFaults, listFaults, logFaults }: World, requests: string[]): boolean {
	const streams = requests.filter((request) => request === 'ask' || request.startsWith('resume'));
	const takesAway = ({ instead, after }: StreamFault, at: number) => {
		if (after?.how === 'stall' || instead === 'silent') return true;
		if (streams[at] !== 'ask') return false;
		return instead === 'lost' || (typeof instead === 'object' && !instead.takenIn && instead.status !== 429);
	};
	const hasWords = log.end === 'cancelled' || log.text.trim() !== '';
	const looksWork = listFaults.length + logFaults.length === 0;
	return log.end !== 'failed' && hasWords && looksWork && !streamFaults.some(takesAway);
}

/** One seed from beginning to end. */
export async function tryFaults(seed: number): Promise<{ world: World; outcome: Outcome; wrongs: string[] }> {
	const random = new Random(seed);
	const world = randomWorld(random);
	const outcome = await askIn(world, random).catch((error: Error) => error);
	if (outcome instanceof Error) {
		return {
			world,
			outcome: { model: undefined as never, clock: undefined as never, took: 0 },
			wrongs: [String(outcome.stack)],
		};
	}
	return { world, outcome, wrongs: wrongsOf(world, outcome) };
}
