import { FrameTooLarge, WebPageInstead } from '../frames/frame';
import { ConversationFailure } from './conversation-failure';
import { type Refusal, RequestRefused } from './refusal';
import { NothingSent, TransportFailure } from './transport';

/** The connection was silent for longer than the idle timeout. */
export class Silence extends Error {}

/** The whole took longer than the maximum duration. */
export class OutOfTime extends Error {}

/** n8n's Stop button. */
export class Stopped extends Error {}

/** Why a connection gave no finished answer. */
export type Interruption =
	/** The body ended before the terminal event. */
	| { kind: 'ended' }
	| { kind: 'broken'; detail: string }
	/** The request to go on could not be sent. */
	| { kind: 'unsent'; cause: NothingSent }
	| { kind: 'silent' }
	/** An event could not be read. */
	| { kind: 'unreadable' }
	| { kind: 'refused'; refusal: Refusal }
	/** A web page came. */
	| { kind: 'webPage'; beginning: string };

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

/** What an error means for going on; undefined when it ends everything. */
export function interruptionOf(error: unknown): Interruption | undefined {
	if (error instanceof RequestRefused) return { kind: 'refused', refusal: error.refusal };
	if (error instanceof WebPageInstead) return { kind: 'webPage', beginning: error.beginning };
	if (error instanceof NothingSent) return { kind: 'unsent', cause: error };
	if (error instanceof TransportFailure) return { kind: 'broken', detail: error.detail };
	if (error instanceof Silence) return { kind: 'silent' };
	if (error instanceof FrameTooLarge || error instanceof ConversationFailure) return undefined;
	return error === undefined ? undefined : brokenBy(error);
}

/** Anything that broke a connection. */
export const brokenBy = (error: unknown): Interruption => ({ kind: 'broken', detail: textOf(error) });

/** How long to wait before reading on, where the interruption itself says so. Milliseconds. */
export function delayAfter(interruption: Interruption): number | undefined {
	if (interruption.kind === 'unreadable') return 0; // the provider is well, only these bytes were not
	return interruption.kind === 'refused' ? interruption.refusal.retryAfterMs : undefined;
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
