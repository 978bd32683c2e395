import { isRateLimit, isServerFault, RequestRefused } from '../http/http-error';
import { NothingSent, TransportFailure } from '../http/transport';

/** The provider did not accept the question; `retry`: asking again may work. */
export interface TurnedAway {
	retry: boolean;
	retryAfterMs?: number;
	/** It has had too many requests, which passes. */
	isRateLimit?: boolean;
}

/** Undefined if the provider may have accepted the question nevertheless. */
export function turnedAwayBy(error: unknown): TurnedAway | undefined {
	if (error instanceof NothingSent) return { retry: error.mayPass };
	if (error instanceof TransportFailure) return error.reached === 'no' ? { retry: true } : undefined;
	if (!(error instanceof RequestRefused) || isServerFault(error.refusal)) return undefined;
	const isLimit = isRateLimit(error.refusal);
	return { retry: isLimit, isRateLimit: isLimit, retryAfterMs: error.refusal.retryAfterMs };
}
