import type { Clock } from '../clock';

/* How long to wait. Whether to try again, also after a 429, decide requests.ts and, for a question, asking.ts. */

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;

/** A server may ask for more; nobody's workflow should hang on an absurd value. */
export const LONGEST_RETRY_AFTER_MS = 120_000;

const SECONDS = /^\d+(?:\.\d+)?$/;
/** `Date.parse` takes nearly anything for a date, `-5` for one. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;

/**
 * Exponential back-off with full jitter over its upper half. Milliseconds.
 *
 * @param attempt counts from 0
 */
export function backOff(attempt: number, clock: Clock, longestMs = LONGEST_DELAY_MS): number {
	const delay = Math.min(FIRST_DELAY_MS * 2 ** attempt, longestMs);
	return delay / 2 + (delay / 2) * clock.random();
}

/**
 * What a `Retry-After` header asks for, in milliseconds, capped.
 *
 * @param header seconds or an HTTP date
 * @returns undefined when there is none or it makes no sense
 */
export function retryAfter(header: string | undefined, clock: Clock): number | undefined {
	if (header === undefined) return undefined;
	const text = header.trim();
	const wait = SECONDS.test(text) ? Number(text) * 1000 : HTTP_DATE.test(text) ? Date.parse(text) - clock.now() : NaN;
	return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER_MS);
}
