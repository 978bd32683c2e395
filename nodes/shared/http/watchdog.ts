import type { Clock } from '../clock';

/** Calls back when nothing happened for a while. One sleeping timer at a time, none left behind after `stop`. */
export class Watchdog {
	private readonly stopped = new AbortController();
	private deadline: number;
	private onSilence: (() => void) | undefined;

	/** @param patienceMs how long nothing may happen; the first period begins now */
	constructor(
		private readonly clock: Clock,
		private readonly patienceMs: number,
		onSilence: () => void,
	) {
		this.onSilence = onSilence;
		this.deadline = clock.ticks() + patienceMs;
		void this.watch();
	}

	/** Something happened: the period starts again. */
	feed(): void {
		this.deadline = this.clock.ticks() + this.patienceMs;
	}

	stop(): void {
		// n8n before 2.34 lets the timer run on: it must not keep the answer that was watched.
		this.onSilence = undefined;
		this.stopped.abort();
	}

	private async watch(): Promise<void> {
		for (let wait = this.patienceMs; wait > 0; wait = this.deadline - this.clock.ticks()) {
			await this.clock.sleep(wait, this.stopped.signal);
			if (this.stopped.signal.aborted) return;
		}
		this.onSilence?.();
	}
}
