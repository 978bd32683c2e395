import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

import { ofKind, type Fault } from './faults';

/** Where an answer stands. */
export type RunState = 'running' | 'completed' | 'failed' | 'cancelled';

/** What a dialect makes of the next moment of a script. */
export interface Beat<E> {
	/** Events to add to the log, in order. */
	readonly events?: readonly E[];
	/** Answer text these events carry. */
	readonly text?: string;
	/** The run fails here (after `events`). */
	readonly failed?: boolean;
	/** The run was cancelled by someone else (after `events`). */
	readonly cancelled?: boolean;
	/** Pause in ms before the next beat. */
	readonly waitMs?: number;
	/** Pause until this gate is opened with `sandbox.release(name)`. */
	readonly gate?: string;
}

/** Turns scripts into one provider's events. */
export interface Dialect<E> {
	beats: Iterable<Beat<E>>;
	isTerminal(event: E): boolean;
	failed(message: string): E[];
	cancelled(): E[];
}

/** Named gates at which runs wait. A gate that was opened stays open until `reset()`. */
export class Gates {
	private readonly open = new Set<string>();
	private readonly waiting = new Map<string, Set<() => void>>();
	private readonly expecting = new Map<string, Set<() => void>>();

	/** Resolves when something waits at this gate, or may pass it. */
	async reached(name: string): Promise<void> {
		if (this.open.has(name) || (this.waiting.get(name)?.size ?? 0) > 0) return;
		await new Promise<void>((resolve) => {
			this.expecting.set(name, (this.expecting.get(name) ?? new Set()).add(resolve));
		});
	}

	release(name: string): void {
		this.open.add(name);
		for (const resume of this.waiting.get(name) ?? []) resume();
		this.waiting.delete(name);
	}

	async pass(name: string, signal: AbortSignal): Promise<void> {
		if (this.open.has(name) || signal.aborted) return;
		await new Promise<void>((resolve) => {
			const queue = this.waiting.get(name) ?? new Set();
			this.waiting.set(name, queue.add(resolve));
			for (const tell of this.expecting.get(name) ?? []) tell();
			this.expecting.delete(name);
			const giveUp = () => {
				queue.delete(resolve);
				resolve();
			};
			signal.addEventListener('abort', giveUp, { once: true });
		});
	}

	reset(): void {
		this.open.clear();
		this.waiting.clear();
	}
}

function stateAfter({ failed, cancelled }: Beat<unknown>): RunState {
	if (cancelled) return 'cancelled';
	return failed ? 'failed' : 'completed';
}

/** How fast a run goes and what stops it. */
export interface RunOptions {
	/** Beats per second; 0 = as fast as the event loop turns. */
	readonly pace: number;
	readonly gates: Gates;
	readonly faults: readonly Fault[];
}

/**
 * An answer in the making: its event log, filled at its own pace whether it is being read or not (closing a stream does
 * not stop the agent, docs/apis/reportify.md §5), and read by any number of followers.
 */
export class Run<E> {
	readonly events: E[] = [];
	state: RunState = 'running';
	/** Answer text so far. */
	text = '';
	/** Unix time in ms of the last change. */
	updatedAt = Date.now();
	private readonly followers = new Set<() => void>();
	private readonly stop = new AbortController();
	/** Resolves when the run is over. */
	readonly ended: Promise<void>;

	constructor(
		private readonly dialect: Dialect<E>,
		private readonly options: RunOptions,
	) {
		this.ended = this.produce();
	}

	get over(): boolean {
		return this.state !== 'running' && this.logComplete;
	}
	private logComplete = false;

	/**
	 * Stops a running answer; it gets its provider's "cancelled" events. Resolves when they are in the log. `after` puts it
	 * off by some ms or until a gate is opened.
	 */
	async cancel(after: number | string = 0): Promise<void> {
		const { signal } = this.stop;
		if (typeof after === 'string') await this.options.gates.pass(after, signal);
		else if (after > 0) await pause(after, undefined, { signal, ref: false }).catch(() => {}); // aborted = stopped already
		this.stop.abort();
		await this.ended;
	}

	/**
	 * The events from an index on, going on live until the run is over, the reader has `gone`, or `untilMs` (Unix ms) is
	 * past.
	 */
	async *follow(from: number, gone: AbortSignal, untilMs = Infinity): AsyncGenerator<E> {
		let next = from;
		while (!gone.aborted) {
			const event = this.events[next];
			if (event !== undefined) {
				next++;
				yield event;
			} else if (this.over || Date.now() >= untilMs) return;
			else await this.change(gone, untilMs);
		}
	}

	private async change(gone: AbortSignal, untilMs: number): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		let wake = () => {};
		await new Promise<void>((resolve) => {
			wake = resolve;
			this.followers.add(wake);
			gone.addEventListener('abort', wake, { once: true });
			if (untilMs !== Infinity) timer = setTimeout(wake, untilMs - Date.now());
		});
		clearTimeout(timer);
		this.followers.delete(wake);
		gone.removeEventListener('abort', wake);
	}

	private append(events: readonly E[]): void {
		this.events.push(...events);
		this.updatedAt = Date.now();
		for (const wake of [...this.followers]) wake();
	}

	private finish(state: RunState, events: readonly E[] = []): void {
		if (this.state === 'running') this.state = state;
		this.logComplete = true;
		this.append(events);
	}

	private async produce(): Promise<void> {
		const { faults, gates, pace } = this.options;
		const { signal } = this.stop;
		const failure = ofKind(faults, 'error-event')[0];
		// The caller gets its run, and can attach to it, before the first event is made.
		await nextTurn();
		for (const beat of this.dialect.beats) {
			if (beat.gate !== undefined) await gates.pass(beat.gate, signal);
			if (beat.waitMs !== undefined) await this.rest(beat.waitMs);
			const events = beat.events ?? [];
			for (const event of events) {
				// Only a running answer can be cancelled: what follows its terminal event is still sent.
				if (signal.aborted && this.state === 'running') return this.finish('cancelled', this.dialect.cancelled());
				if (failure !== undefined && this.events.length >= (failure.afterEvents ?? 0)) {
					return this.finish('failed', this.dialect.failed(failure.message ?? 'The agent failed (sandbox).'));
				}
				if (this.dialect.isTerminal(event)) {
					await this.beforeTerminal();
					if (signal.aborted) return this.finish('cancelled', this.dialect.cancelled());
					// The state changes with the event that says so, even if usage events follow.
					this.state = stateAfter(beat);
				}
				if (event === events.at(-1)) this.text += beat.text ?? '';
				this.append([event]);
				await (pace > 0 ? this.rest(1000 / pace) : nextTurn());
			}
			if (events.length === 0) this.text += beat.text ?? '';
			if (beat.failed || beat.cancelled) return this.finish(stateAfter(beat));
			if (signal.aborted && this.state === 'running') return this.finish('cancelled', this.dialect.cancelled());
		}
		this.finish('completed');
	}

	private async beforeTerminal(): Promise<void> {
		for (const { ms, hold } of ofKind(this.options.faults, 'late-terminal')) {
			if (ms !== undefined) await this.rest(ms);
			if (hold !== undefined) await this.options.gates.pass(hold, this.stop.signal);
		}
	}

	private async rest(ms: number): Promise<void> {
		await pause(ms, undefined, { signal: this.stop.signal }).catch(() => {}); // aborted = cancelled, seen by the caller
	}
}
