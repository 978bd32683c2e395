import { HttpError, isRateLimit, isServerFault } from '../http/http-error';
import { ConnectionError, NothingSent } from '../http/transport';

/** The provider did not accept the question; `retry`: asking again may work. */
export interface NotAccepted {
	retry: boolean;
	retryAfterMs?: number;
	/** It has had too many requests, which passes. */
	isRateLimit?: boolean;
}

/** Undefined if the provider may have accepted the question nevertheless. */
export function notAcceptedBy(error: unknown): NotAccepted | undefined {
	if (error instanceof NothingSent) return { retry: error.mayPass };
	if (error instanceof ConnectionError) return error.requestSent === 'no' ? { retry: true } : undefined;
	if (!(error instanceof HttpError) || isServerFault(error.response)) return undefined;
	const isLimit = isRateLimit(error.response);
	return { retry: isLimit, isRateLimit: isLimit, retryAfterMs: error.response.retryAfterMs };
}
