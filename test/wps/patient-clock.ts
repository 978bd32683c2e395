import type { Clock } from '../../nodes/shared/clock';

interface Sleeper {
	until: number;
	wake: () => void;
}

/**
 * Time that passes only when nothing else is left to do: the next sleeper is woken once all that can happen at the
 * present moment has happened. For code that touches no network and no real timer.
 */
export class PatientClock implements Clock {
	private time = Date.UTC(2026, 0, 1);
	private readonly sleepers = new Set<Sleeper>();
	private isTicking = false;

	now(): number {
		return this.time;
	}

	ticks(): number {
		return this.time;
	}

	random(): number {
		return 0.5;
	}

	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) return;
		await new Promise<void>((resolve) => {
			const sleeper: Sleeper = { until: this.time + ms, wake: () => leave() };
			const leave = () => {
				this.sleepers.delete(sleeper);
				signal?.removeEventListener('abort', leave);
				resolve();
			};
			signal?.addEventListener('abort', leave, { once: true });
			this.sleepers.add(sleeper);
			this.tick();
		});
	}

	timeout(ms: number): AbortSignal {
		const over = new AbortController();
		void this.sleep(ms).then(() => over.abort(new DOMException('too late', 'TimeoutError')));
		return over.signal;
	}

	private tick(): void {
		if (this.isTicking) return;
		this.isTicking = true;
		setImmediate(() => {
			this.isTicking = false;
			const [next] = [...this.sleepers].sort((a, b) => a.until - b.until);
			if (!next) return;
			this.time = Math.max(this.time, next.until);
			next.wake();
			if (this.sleepers.size > 0) this.tick();
		});
	}
}
