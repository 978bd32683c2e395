import type { Clock } from '../shared/clock';
import type { ConversationFailure } from '../shared/failures/conversation-failure';

/** Time for the provider's part of a transfer, whatever the size. */
const LEAST_S = 300;
/** A connection slower than one megabit a second is as good as dead. */
const SLOWEST_BYTES_PER_S = 128 * 1024;

/** The longest that a file of this size may be on its way, seconds. */
export const transferSeconds = (bytes: number): number => LEAST_S + Math.ceil(bytes / SLOWEST_BYTES_PER_S);

/** The time that one transfer may take, and n8n's Stop. Aborting it is also what closes the connection. */
export class TransferDeadline {
	readonly signal: AbortSignal;
	private readonly own = new AbortController();
	private timer = new AbortController();

	/** @param failure what it is when the time is over, with its seconds */
	constructor(
		private readonly clock: Clock,
		stop: AbortSignal | undefined,
		private readonly failure: (seconds: number) => ConversationFailure,
	) {
		this.signal = AbortSignal.any(stop ? [stop, this.own.signal] : [this.own.signal]);
		this.allow(LEAST_S);
	}

	/** From now on, so many seconds are left. */
	allow(seconds: number): void {
		this.timer.abort();
		const timer = (this.timer = new AbortController());
		void this.clock.sleep(seconds * 1000, timer.signal).then(() => {
			if (!timer.signal.aborted) this.own.abort(this.failure(seconds));
		});
	}

	/** The transfer is over, one way or the other. */
	end(): void {
		this.timer.abort();
		this.own.abort();
	}
}
