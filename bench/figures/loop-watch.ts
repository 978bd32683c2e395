import { machineMs } from '../clock';

/** The longest time in which nothing else in this process got a turn: no webhook, no editor. */
export class LoopWatch {
	private longestMs = 0;
	private lastTurnAt = machineMs();
	private readonly timer: NodeJS.Timeout;

	private constructor() {
		this.timer = setInterval(() => this.turn(), 1);
	}

	static start(): LoopWatch {
		return new LoopWatch();
	}

	/** @returns milliseconds */
	async stop(): Promise<number> {
		// What is being done at the end has to be over before it can be counted.
		await new Promise((resolve) => setTimeout(resolve, 5));
		clearInterval(this.timer);
		return this.longestMs;
	}

	private turn(): void {
		const now = machineMs();
		this.longestMs = Math.max(this.longestMs, now - this.lastTurnAt);
		this.lastTurnAt = now;
	}
}
