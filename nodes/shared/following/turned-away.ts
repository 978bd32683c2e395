import { isRateLimit, isServerFault, RequestRefused } from './refusal';
import { NothingSent, TransportFailure } from './transport';

/** The provider did not take the question in; `retry`: asking again may work. */
export interface TurnedAway {
	retry: boolean;
	retryAfterMs?: number;
}

/** Undefined when the provider may have taken the question in all the same. */
export function turnedAwayBy(error: unknown): TurnedAway | undefined {
	if (error instanceof NothingSent) return { retry: error.mayPass };
	if (error instanceof TransportFailure) return error.reached === 'no' ? { retry: true } : undefined;
	if (error instanceof RequestRefused) {
		if (isServerFault(error.refusal)) return undefined;
		return { retry: isRateLimit(error.refusal), retryAfterMs: error.refusal.retryAfterMs };
	}
	return undefined;
}
