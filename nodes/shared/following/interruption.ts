import type { Refusal } from './refusal';

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
	interruption.kind === 'refused' &&
	FINAL_STATUSES.includes(interruption.refusal.complaint.like ?? interruption.refusal.status);

/** The technical side of an interruption, for the description of a failure. */
export function describeInterruption(interruption: Interruption): string {
	switch (interruption.kind) {
		case 'ended':
			return 'the stream ended without its end marker';
		case 'broken':
			return interruption.detail;
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
