import { AnswerTooLarge } from '../answer/answer-text';
import { ConversationFailure } from '../failures/conversation-failure';
import { FrameTooLarge, WebPageInstead } from '../frames/frame';
import { type Refusal, RequestRefused } from '../http/http-error';
import { Silence } from '../http/idle-timeout';
import { NothingSent, TransportFailure } from '../http/transport';

/** The whole took longer than the maximum duration. */
export class OutOfTime extends Error {}

/** n8n's Stop button. */
export class Stopped extends Error {}

/** Why a connection brought no finished answer. */
export type Interruption =
	/** The body ended before the terminal event. `isEmpty`: without a byte. */
	| { kind: 'ended'; isEmpty?: boolean; httpStatus?: number }
	/**
	 * The body ended without text in a known form, at a provider where a clean end after text is the only sign of the
	 * end.
	 */
	| { kind: 'unrecognised' }
	| { kind: 'broken'; detail: string }
	/** The request to go on could not be sent. */
	| { kind: 'unsent'; cause: NothingSent }
	| { kind: 'silent'; ms: number }
	/** An event could not be read. */
	| { kind: 'unreadable' }
	| { kind: 'refused'; refusal: Refusal }
	/** A web page arrived. */
	| { kind: 'webPage'; beginning: string };

/** How a connection ended. `finished`: the answer is whole, or as much of it as was needed. */
export type PageEnd = { kind: 'finished' } | Interruption;

export const FINISHED: PageEnd = { kind: 'finished' };

/** Statuses of a read that no repetition will change. */
const FINAL_STATUSES = [400, 401, 403, 404, 410, 422];

/** True when reading the log again makes no sense: the provider has said that it will not give it. */
export const isFinal = (interruption: Interruption): boolean =>
	(interruption.kind === 'refused' &&
		FINAL_STATUSES.includes(interruption.refusal.complaint.like ?? interruption.refusal.status)) ||
	(interruption.kind === 'unsent' && !interruption.cause.mayPass);

/** The technical side of an interruption, for the description of a failure. */
export function describeInterruption(interruption: Interruption): string {
	switch (interruption.kind) {
		case 'ended':
			return 'the stream ended without its end marker';
		case 'unrecognised':
			return 'the stream ended, and no text was recognised in it';
		case 'broken':
			return interruption.detail;
		case 'unsent':
			return interruption.cause.detail;
		case 'silent':
			return 'the connection was silent';
		case 'unreadable':
			return 'part of the stream could not be read';
		case 'refused':
			return `status ${interruption.refusal.status}: ${interruption.refusal.complaint.text}`;
		case 'webPage':
			return `a web page came instead: ${interruption.beginning}`;
	}
}

/** The error as an interruption; undefined when it ends everything. */
export function interruptionOf(error: unknown): Interruption | undefined {
	if (error instanceof RequestRefused) return { kind: 'refused', refusal: error.refusal };
	if (error instanceof WebPageInstead) return { kind: 'webPage', beginning: error.beginning };
	if (error instanceof NothingSent) return { kind: 'unsent', cause: error };
	if (error instanceof TransportFailure) return { kind: 'broken', detail: error.detail };
	if (error instanceof Silence) return { kind: 'silent', ms: error.ms };
	if (isEndOfAll(error)) return undefined;
	return error === undefined ? undefined : brokenBy(error);
}

/** Errors that another connection cannot repair. */
const isEndOfAll = (error: unknown) =>
	[FrameTooLarge, AnswerTooLarge, ConversationFailure].some((type) => error instanceof type);

/** Anything that broke a connection. */
export const brokenBy = (error: unknown): Interruption => ({ kind: 'broken', detail: textOf(error) });

/** How long to wait before reading on, where the interruption itself says so. Milliseconds. */
export function delayAfter(interruption: Interruption): number | undefined {
	if (interruption.kind === 'unreadable') return 0; // the provider is fine, only these bytes were not
	return interruption.kind === 'refused' ? interruption.refusal.retryAfterMs : undefined;
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
