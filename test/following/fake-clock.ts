import type { Clock } from '../../nodes/shared/clock';

interface Sleeper {
	until: number;
	/** Asked for by the code under test, not by the test itself. */
	isCounted: boolean;
	wake: () => void;
}

/**
 * Time that passes only when nothing else is going on. `run` lets everything happen that can happen by itself, then
 * jumps to the next moment at which somebody wants to be woken.
 */
export class FakeClock implements Clock {
	private time: number;
	private readonly sleepers = new Set<Sleeper>();
	/** What `random` gives next, in turn. */
	randoms = [0.5];
	private drawn = 0;

	constructor(readonly startedAt = Date.UTC(2026, 0, 1)) {
		this.time = startedAt;
	}

	now(): number {
		return this.time + this.putOnBy;
	}

	/** Milliseconds since the start. */
	get elapsed(): number {
		return this.time - this.startedAt;
	}

	ticks(): number {
		return this.elapsed;
	}

	/** What the time of the day is ahead of what has passed, milliseconds: a computer's clock can be put on, or back. */
	putOnBy = 0;

	random(): number {
		return this.randoms[this.drawn++ % this.randoms.length] as number;
	}

	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		await this.wait(ms, signal, true);
	}

	timeout(ms: number): AbortSignal {
		const over = new AbortController();
		void this.wait(ms, undefined, false).then(() => over.abort(new DOMException('too late', 'TimeoutError')));
		return over.signal;
	}

	/** Runs something at a moment of the test's choosing, milliseconds from the start. */
	at(elapsed: number, action: () => void): void {
		void this.wait(this.startedAt + elapsed - this.time, undefined, false).then(action);
	}

	/** For the server's side of a test. */
	async serverSleep(ms: number): Promise<void> {
		await this.wait(ms, undefined, false);
	}

	/** Timers that the code under test has set and neither waited for nor taken back. */
	get pending(): number {
		return [...this.sleepers].filter(({ isCounted }) => isCounted).length;
	}

	/** Lets time pass until the promise is settled. */
	async run<T>(promise: Promise<T>, limit = 1_000_000): Promise<T> {
		let isSettled = false;
		const settle = () => (isSettled = true);
		promise.then(settle, settle);
		for (let turns = 0; ; turns++) {
			await quiet();
			if (isSettled) return await promise;
			if (turns > limit) throw new Error(`not settled after ${limit} turns`);
			if (!this.wakeNext()) throw new Error('nothing is going on, and nobody waits for a time: it hangs');
		}
	}

	/** Lets time pass until nobody waits any more. */
	async runOut(): Promise<void> {
		do await quiet();
		while (this.wakeNext());
	}

	private wakeNext(): boolean {
		const [next] = [...this.sleepers].sort((one, other) => one.until - other.until);
		if (!next) return false;
		this.time = Math.max(this.time, next.until);
		next.wake();
		return true;
	}

	private async wait(ms: number, signal: AbortSignal | undefined, isCounted: boolean): Promise<void> {
		if (signal?.aborted) return;
		await new Promise<void>((resolve) => {
			const sleeper: Sleeper = { until: this.time + Math.max(ms, 0), isCounted, wake };
			const self = this.sleepers;
			function wake() {
				self.delete(sleeper);
				signal?.removeEventListener('abort', wake);
				resolve();
			}
			signal?.addEventListener('abort', wake, { once: true });
			self.add(sleeper);
		});
	}
}

/** Everything that can happen without time passing has happened. */
async function quiet(): Promise<void> {
	// Promises come before immediates; a few rounds, because an immediate may set off promises that set off another one.
	for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve));
}
