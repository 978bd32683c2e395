import { AnswerTooLarge } from '../answer/answer-text';
import { ConversationFailure } from '../failures/conversation-failure';
import { FrameTooLarge, WebPageInstead } from '../frames/frame';
import { HttpError, statusOf } from '../http/http-error';
import { IdleTimeout } from '../http/idle-timeout';
import { ConnectionError, NothingSent } from '../http/transport';

/** The whole took longer than the maximum duration. */
export class MaxDurationExceeded extends Error {}

/** n8n's Stop button. */
export class Stopped extends Error {}

/** The body ended before the terminal event. */
export class EndedEarly extends Error {
	/**
	 * @param isEmpty without a byte
	 * @param httpStatus of the response
	 */
	constructor(
		readonly isEmpty = false,
		readonly httpStatus?: number,
	) {
		super('the stream ended without its end marker');
	}
}

/** The body came to its end, and nothing in it was an answer in a form that is known. */
export class UnknownForm extends Error {
	constructor() {
		super('the stream ended, and no text was recognised in it');
	}
}

/** An event could not be read. */
export class UnreadableEvent extends Error {
	constructor() {
		super('part of the stream could not be read');
	}
}

const INTERRUPTIONS = [
	EndedEarly,
	UnknownForm,
	UnreadableEvent,
	ConnectionError,
	IdleTimeout,
	HttpError,
	WebPageInstead,
];

/**
 * Why a connection brought no finished answer: the error that ended it. `NothingSent` is one of the `ConnectionError`s:
 * the request to go on could not be sent.
 */
export type Interruption = InstanceType<(typeof INTERRUPTIONS)[number]>;

/** How a connection ended. `finished`: the answer is whole, or as much of it as was needed. */
export type StreamEnd = 'finished' | Interruption;

/** Statuses of a read that no repetition will change. */
const FINAL_STATUSES = [400, 401, 403, 404, 410, 422];

/** True when reading the log again makes no sense: the provider has said that it will not give it. */
export function isFinal(interruption: Interruption): boolean {
	if (interruption instanceof NothingSent) return !interruption.mayPass;
	return interruption instanceof HttpError && FINAL_STATUSES.includes(statusOf(interruption.response));
}

/** The technical side of an interruption, for the description of a failure. */
export function describeInterruption(interruption: Interruption): string {
	return interruption instanceof ConnectionError ? interruption.detail : interruption.message;
}

/** The error as an interruption; undefined when it ends everything. */
export function interruptionOf(error: unknown): Interruption | undefined {
	if (error === undefined || isEndOfAll(error)) return undefined;
	return isInterruption(error) ? error : brokenBy(error);
}

const isInterruption = (error: unknown): error is Interruption => INTERRUPTIONS.some((type) => error instanceof type);

/** Errors that another connection cannot repair. */
const isEndOfAll = (error: unknown) =>
	[FrameTooLarge, AnswerTooLarge, ConversationFailure].some((type) => error instanceof type);

/** Anything that broke a connection. */
export const brokenBy = (error: unknown): Interruption => new ConnectionError('maybe', textOf(error));

/** How long to wait before reading on, where the interruption itself says so. Milliseconds. */
export function delayAfter(interruption: Interruption): number | undefined {
	if (interruption instanceof UnreadableEvent) return 0; // the provider is fine, only these bytes were not
	return interruption instanceof HttpError ? interruption.response.retryAfterMs : undefined;
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
