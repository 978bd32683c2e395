import type { Answer } from '../answer/answer';
import { attempt } from '../attempt';
import type { ProviderComplaint } from '../failures/provider-error';
import { backOff } from '../http/retry-delay';
import type { FoundAnswer, LookedUp } from './answer-source';
import type { Course } from './course';
import { type Interruption, interruptionOf, isFinal } from './interruption';

/** How long a message may be missing from a list that lags behind. Milliseconds. */
const MISSING_PATIENCE_MS = 30_000;

/** The result of looking an answer up. `why`: what went wrong with the last look. */
export type LookUpResult =
	| { kind: 'found'; answer: FoundAnswer }
	/** The same, from its whole event log. */
	| { kind: 'replayed'; answer: Answer }
	| { kind: 'failed'; complaint: ProviderComplaint }
	/** Not finished; `said`: the provider itself says so, rather than it only looking like that. */
	| { kind: 'running'; said: boolean; why?: unknown }
	| { kind: 'missing'; why?: unknown; isFinal?: boolean }
	/** The provider has answers, but does not show which one is meant. */
	| { kind: 'ambiguous'; hint: string }
	/** The provider cannot be asked; `reason`: why, as a sentence without its full stop. */
	| { kind: 'unavailable'; reason: string }
	| { kind: 'unknown'; why?: unknown };

export interface LookUpOptions {
	/** Why the stream is not read; undefined if there never was one. */
	end: Interruption | undefined;
	/**
	 * How long to wait while the provider does not say that the agent works, and the text does not grow; 0 for a single
	 * look. Milliseconds.
	 */
	patienceMs: number;
	/** The stream can be tried again: no need to wait here for an agent that works. */
	mayReadOn: boolean;
}

/** Asks the provider for the message itself, until it shows the whole answer, or there is no hope of one. */
export async function lookUp(course: Course, { end, patienceMs, mayReadOn }: LookUpOptions): Promise<LookUpResult> {
	const { source, question, limits, clock } = course;
	const startedAt = clock.ticks();
	let result: LookUpResult = { kind: 'unknown' };
	let until = startedAt + patienceMs;
	let longest = 0;
	for (let tries = 1; source.lookUp; tries++) {
		const look = await attempt(() => limits.connected((signal) => source.lookUp!(question.ids, signal)));
		limits.throwIfOver();
		if (!look.worked) {
			result = { ...result, why: look.error };
			if (isHopeless(look.error)) return result;
		} else {
			result = judged(course, look.value);
			if (result.kind === 'found' || result.kind === 'replayed' || result.kind === 'failed') return result;
			if (result.kind === 'ambiguous' || result.kind === 'unavailable') return result;
			if (result.kind === 'missing') {
				if (result.isFinal || (end && isFinal(end))) return result;
				until = Math.min(until, startedAt + MISSING_PATIENCE_MS);
			}
			const isGoingOn = result.kind === 'running' && result.said;
			if (isGoingOn && mayReadOn) return result;
			const length = textOf(look.value).length;
			if (patienceMs > 0 && (isGoingOn || length > longest)) until = clock.ticks() + patienceMs;
			longest = Math.max(longest, length);
		}
		if (clock.ticks() >= until) return result;
		await limits.pause(Math.min(backOff(tries + 1, clock), until - clock.ticks()));
	}
	return result;
}

function judged({ question, reading }: Course, look: LookedUp): LookUpResult {
	switch (look.state) {
		case 'log': {
			const answer = reading.replayed(look.events);
			if (answer.outcome) return { kind: 'replayed', answer };
			reading.noteListed(answer.toString());
			return { kind: 'running', said: true };
		}
		case 'cancelled':
			return { kind: 'found', answer: look };
		case 'completed':
			// A list that lags behind the stream has not got the whole answer yet, whatever status it shows.
			return reading.isAheadOf(look.text) ? { kind: 'running', said: false } : { kind: 'found', answer: look };
		case 'failed':
			reading.noteListed(look.text);
			return { kind: 'failed', complaint: look.complaint };
		case 'running':
			reading.noteListed(look.text);
			return { kind: 'running', said: look.said === true };
		case 'missing':
			// What the provider has named, or sent something of, exists, though it may not be listed yet.
			return question.wasNamed || reading.soFar.eventCount > 0
				? { kind: 'running', said: false }
				: { kind: 'missing', isFinal: look.isFinal };
		case 'ambiguous':
			return { kind: 'ambiguous', hint: look.hint };
		case 'unavailable':
			return { kind: 'unavailable', reason: look.reason };
	}
}

const textOf = (look: LookedUp): string => ('text' in look && look.text !== undefined ? look.text : '');

/** The provider will not give the answer, however often it is asked. */
function isHopeless(error: unknown): boolean {
	const interruption = interruptionOf(error);
	return interruption !== undefined && isFinal(interruption);
}
