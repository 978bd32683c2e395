import { attempt, type Attempt, valueOf } from '../attempt';
import { WebPageInstead } from '../frames/frame';
import { backOff } from '../http/retry-delay';
import { ConnectionError } from '../http/transport';
import { type Course, readStream } from './course';
import { brokenBy, interruptionOf, type StreamEnd, UnknownForm } from './interruption';
import { type NotAccepted, notAcceptedBy } from './not-accepted';

/** Attempts at asking while it is certain that nothing was asked. */
const MAX_ASKS = 4;
/** How long a limit on requests is waited for: limits go by the minute. Milliseconds. */
const RATE_LIMIT_PATIENCE_MS = 180_000;
/** The longest pause between two attempts while such a limit lasts. Milliseconds. */
const LONGEST_PAUSE_MS = 30_000;
/** Looks for a question whose sending broke. */
export const MAX_SEARCHES = 3;
/** The same where the answer is not needed now, and nothing can be done later without its id. */
const MAX_SEARCHES_FOR_IDS = 8;

/** How the connection ended on which the question went out. */
export interface Asked {
	end: StreamEnd;
	/** The question is out, and its answer has not got a name to read on by. */
	isLost?: boolean;
	/** What kept it from being found. */
	why?: unknown;
}

/** A question may be out and was not found; `why`: what kept it from being found. */
export class QuestionNotFound extends Error {
	constructor(
		readonly reason: unknown,
		readonly why: unknown,
	) {
		super('the question was not found');
	}
}

/**
 * Asks the question, and never again once it may have reached the provider: between the two lies `question.sending()`.
 * A question that may be out already is looked for instead.
 *
 * @param isEnough for callers that only need its ids
 */
export async function ask(course: Course, isEnough?: () => boolean): Promise<Asked> {
	const { question, limits, clock, reading } = course;
	if (!question.mayBeSent) return await found(course, new ConnectionError('maybe', 'An earlier try broke.'));
	const until = clock.ticks() + RATE_LIMIT_PATIENCE_MS;
	for (let tries = 1; ; tries++) {
		const sent = await attempt(() => send(course, isEnough));
		const isUnopened = question.mayBeSent; // the conversation could not be made
		const notAccepted = sent.ok ? notAcceptedInStream(course) : notAcceptedBy(sent.error);
		if (!isUnopened && !notAccepted) return await cameOf(course, sent, isEnough !== undefined);
		if (!isUnopened) question.notAccepted();
		limits.throwIfOver();
		// A conversation that cannot be made has been tried several times already, unless there is a limit.
		const mayTry =
			notAccepted?.isRateLimit === true || (notAccepted?.retry === true && !isUnopened && tries < MAX_ASKS);
		if (!notAccepted || !mayTry) return { end: valueOf(sent) };
		const pause =
			notAccepted.retryAfterMs ?? backOff(tries + 1, clock, notAccepted.isRateLimit ? LONGEST_PAUSE_MS : undefined);
		// Out of time, the reason would be lost.
		const isTooLong = clock.ticks() + pause > until || pause > limits.left;
		if (notAccepted.isRateLimit && isTooLong) return { end: valueOf(sent) };
		await limits.pause(pause);
		reading.startAfresh();
	}
}

async function send(course: Course, isEnough?: () => boolean): Promise<StreamEnd> {
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
function notAcceptedInStream({ reading: { outcome, soFar } }: Course): NotAccepted | undefined {
	const status = outcome?.status === 'failed' && soFar.eventCount === 1 ? outcome.error.equivalentStatus : undefined;
	return status !== undefined && status < 500 ? { retry: status === 429, isRateLimit: status === 429 } : undefined;
}

/** The question may have been sent: if sending broke off, or the answer came without an id, it has to be found. */
async function cameOf(course: Course, sent: Attempt<StreamEnd>, isForIds: boolean): Promise<Asked> {
	const { source, question, reading } = course;
	if (!sent.ok) return await found(course, sent.error);
	const end = sent.value;
	// Anybody may have sent that.
	const isPage = end instanceof WebPageInstead && reading.soFar.eventCount === 0;
	const isStrange = end instanceof UnknownForm && reading.isStrange && !question.wasNamed;
	if (isPage || isStrange) question.doubted();
	const isNameless = question.ids.messageId === undefined && source.findQuestion !== undefined;
	if (!isNameless || (reading.isFinished && !isStrange)) return { end };
	question.doubted();
	const { isFound, why } = await findQuestion(course, isForIds ? MAX_SEARCHES_FOR_IDS : MAX_SEARCHES);
	return isFound ? { end } : { end, isLost: true, why };
}

/**
 * The sending broke, in this try or in an earlier one: finds the question, instead of asking it again.
 *
 * @throws the cause, when it is not to be found
 */
async function found(course: Course, cause: unknown): Promise<Asked> {
	course.limits.throwIfOver();
	if (course.question.hasArrived) throw cause; // and reading on makes no sense
	const { isFound, why } = await findQuestion(course);
	if (isFound) return { end: interruptionOf(cause) ?? brokenBy(cause) };
	throw why === undefined ? cause : new QuestionNotFound(cause, why);
}

async function findQuestion(
	{ source, question, limits, clock }: Course,
	most = MAX_SEARCHES,
): Promise<{ isFound: boolean; why?: unknown }> {
	let why: unknown;
	for (let tries = 1; source.findQuestion && tries <= most; tries++) {
		await limits.pause(backOff(tries, clock));
		const look = await attempt(() => limits.connected((signal) => source.findQuestion!(question.ids, signal)));
		limits.throwIfOver();
		why = look.ok ? undefined : look.error;
		if (!look.ok || !look.value) continue;
		question.arrived(look.value);
		return { isFound: true };
	}
	return { isFound: false, why };
}
