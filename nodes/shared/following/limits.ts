import { attempt } from '../attempt';
import type { Clock } from '../clock';
import { Watchdog } from '../http/watchdog';
import { OutOfTime, Stopped } from './interruption';

export interface LimitOptions {
	clock: Clock;
	/** Milliseconds in all. */
	maxDurationMs: number;
	/** n8n's Stop: ends everything at once. */
	stop?: AbortSignal;
}

/** What ends the following from outside: the maximum duration, and Stop. Whatever it opens, it closes. */
export class Limits {
	private readonly over = new AbortController();
	private readonly endsAt: number;

	constructor(private readonly options: LimitOptions) {
		this.endsAt = options.clock.ticks() + options.maxDurationMs;
	}

	/** What is left of the maximum duration, milliseconds. */
	get left(): number {
		return this.endsAt - this.options.clock.ticks();
	}

	/** Runs all the work within the limits. `onStop` is called at once on Stop, before the work notices. */
	async within<T>(work: () => Promise<T>, onStop: () => void): Promise<T> {
		const { clock, maxDurationMs, stop } = this.options;
		const watchdog = new Watchdog(clock, maxDurationMs, () => this.over.abort(new OutOfTime()));
		const end = () => {
			this.over.abort(new Stopped());
			onStop();
		};
		if (stop?.aborted) end();
		stop?.addEventListener('abort', end, { once: true });
		try {
			this.throwIfOver();
			return await work();
		} finally {
			stop?.removeEventListener('abort', end);
			watchdog.stop();
		}
	}

	/** Runs something that talks to the provider; its connection is closed when it is done. */
	async connected<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
		const connection = new AbortController();
		const signal = AbortSignal.any([this.over.signal, connection.signal]);
		const result = await attempt(() => work(signal));
		// What a closed connection looks like is up to n8n's HTTP client; that we closed it is not.
		const closedBy: unknown = signal.aborted ? signal.reason : undefined;
		connection.abort();
		if (result.worked) return result.value;
		throw closedBy ?? result.error;
	}

	async pause(ms: number): Promise<void> {
		await this.options.clock.sleep(ms, this.over.signal);
		this.throwIfOver();
	}

	/** @throws OutOfTime, Stopped */
	throwIfOver(): void {
		this.over.signal.throwIfAborted();
	}
}
