import { attempt, type Attempt, valueOf } from '../attempt';
import { backOff } from '../http/retry-delay';
import { TransportFailure } from '../http/transport';
import { type Course, readStream } from './course';
import { brokenBy, interruptionOf, type PageEnd } from './interruption';
import { type TurnedAway, turnedAwayBy } from './not-accepted';

/** Attempts at asking while it is certain that nothing was asked. */
const MAX_ASKS = 4;
/** How long a limit on requests is waited for: limits go by the minute. Milliseconds. */
const RATE_LIMIT_PATIENCE_MS = 180_000;
/** The longest pause between two attempts while such a limit lasts. Milliseconds. */
const LONGEST_PAUSE_MS = 30_000;
/** Looks for a question whose sending broke. */
export const MAX_LOCATES = 3;
/** The same where the answer is not needed now, and nothing can be done later without its id. */
const MAX_LOCATES_FOR_IDS = 8;

/** How the connection ended on which the question went out. */
export interface Asked {
	end: PageEnd;
	/** The question is out, and its answer has not got a name to read on by. */
	isLost?: boolean;
}

/**
 * Asks the question, and never again once it may have reached the provider: between the two lies `question.sending()`.
 * A question that may be out already is looked for instead.
 *
 * @param isEnough for callers that only need its ids
 */
export async function ask(course: Course, isEnough?: () => boolean): Promise<Asked> {
	const { question, limits, clock, reading } = course;
	if (!question.mayBeSent) return await found(course, new TransportFailure('maybe', 'An earlier try broke.'));
	const until = clock.ticks() + RATE_LIMIT_PATIENCE_MS;
	for (let tries = 1; ; tries++) {
		const sent = await attempt(() => send(course, isEnough));
		const isUnopened = question.mayBeSent; // the conversation could not be made
		const turnedAway = sent.worked ? turnedAwayInStream(course) : turnedAwayBy(sent.error);
		if (!isUnopened && !turnedAway) return await cameOf(course, sent, isEnough !== undefined);
		if (!isUnopened) question.turnedAway();
		limits.throwIfOver();
		// A conversation that cannot be made has been tried several times already, unless there is a limit.
		const mayTry = turnedAway?.isRateLimit === true || (turnedAway?.retry === true && !isUnopened && tries < MAX_ASKS);
		if (!turnedAway || !mayTry) return { end: valueOf(sent) };
		const pause =
			turnedAway.retryAfterMs ?? backOff(tries + 1, clock, turnedAway.isRateLimit ? LONGEST_PAUSE_MS : undefined);
		// Out of time, the reason would be lost.
		const isTooLong = clock.ticks() + pause > until || pause > limits.left;
		if (turnedAway.isRateLimit && isTooLong) return { end: valueOf(sent) };
		await limits.pause(pause);
		reading.startAfresh();
	}
}

async function send(course: Course, isEnough?: () => boolean): Promise<PageEnd> {
	const { source, question, limits } = course;
	if (question.ids.conversationId === undefined && source.openConversation) {
		question.learn(await limits.connected((signal) => source.openConversation!(signal)));
	}
	question.sending();
	return await readStream(course, (signal) => source.ask(question.ids, signal), isEnough);
}

/**
 * The stream itself said "too many requests", or "who are you", before anything else: the question was not accepted.
 */
function turnedAwayInStream({ reading: { outcome, soFar } }: Course): TurnedAway | undefined {
	const like = outcome?.status === 'failed' && soFar.eventCount === 1 ? outcome.complaint.like : undefined;
	return like !== undefined && like < 500 ? { retry: like === 429, isRateLimit: like === 429 } : undefined;
}

/** The question may have been sent: if sending broke off, or the answer came without an id, it has to be found. */
async function cameOf(course: Course, sent: Attempt<PageEnd>, isForIds: boolean): Promise<Asked> {
	const { source, question, reading } = course;
	if (!sent.worked) return await found(course, sent.error);
	const end = sent.value;
	// Anybody may have sent that page.
	if (end.kind === 'webPage' && reading.soFar.eventCount === 0) question.doubted();
	const isNameless = question.ids.messageId === undefined && source.locate !== undefined;
	if (!isNameless || reading.isFinished) return { end };
	question.doubted();
	return (await locate(course, isForIds ? MAX_LOCATES_FOR_IDS : MAX_LOCATES)) ? { end } : { end, isLost: true };
}

/**
 * The sending broke, in this try or in an earlier one: finds the question, instead of asking it again.
 *
 * @throws the cause, when it is not to be found
 */
async function found(course: Course, cause: unknown): Promise<Asked> {
	course.limits.throwIfOver();
	if (course.question.hasArrived) throw cause; // and reading on makes no sense
	if (await locate(course)) return { end: interruptionOf(cause) ?? brokenBy(cause) };
	throw cause;
}

async function locate({ source, question, limits, clock }: Course, most = MAX_LOCATES): Promise<boolean> {
	for (let tries = 1; source.locate && tries <= most; tries++) {
		await limits.pause(backOff(tries, clock));
		const look = await attempt(() => limits.connected((signal) => source.locate!(question.ids, signal)));
		limits.throwIfOver();
		if (!look.worked || !look.value) continue;
		question.arrived(look.value);
		return true;
	}
	return false;
}
