import type { Clock } from './clock';

/** Calls back when nothing happened for a while. One sleeping timer at a time, none left behind after `stop`. */
export class Watchdog {
	private readonly stopped = new AbortController();
	private deadline: number;

	/** @param patienceMs how long nothing may happen; the first period begins now */
	constructor(
		private readonly clock: Clock,
		private readonly patienceMs: number,
		private readonly onSilence: () => void,
	) {
		this.deadline = clock.now() + patienceMs;
		void this.watch();
	}

	/** Something happened: the period begins anew. */
	feed(): void {
		this.deadline = this.clock.now() + this.patienceMs;
	}

	stop(): void {
		this.stopped.abort();
	}

	private async watch(): Promise<void> {
		for (let wait = this.patienceMs; wait > 0; wait = this.deadline - this.clock.now()) {
			await this.clock.sleep(wait, this.stopped.signal);
			if (this.stopped.signal.aborted) return;
		}
		this.onSilence();
	}
}
