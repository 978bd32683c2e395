/** Time, as far as following a run needs it; tests bring their own. */
export interface Clock {
	/** Milliseconds since 1970: for time stamps. The computer's clock can be put on or back while a run is followed. */
	now(): number;
	/** Milliseconds of a monotonic clock, for measuring periods; a single value means nothing. */
	ticks(): number;
	/** Resolves after `ms`, or as soon as the signal is aborted. Never rejects. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** A signal that is aborted after `ms`, with a `TimeoutError`. */
	timeout(ms: number): AbortSignal;
	/** A number in [0, 1), for spreading retries. */
	random(): number;
}
