import { attempt } from '../attempt';
import type { Clock } from '../clock';
import type { QuestionStatus } from '../failures/conversation-failure';
import type { RunSoFar } from '../following/run-so-far';
import type { ProgressReport } from './progress-report';

export interface ProgressOptions {
	clock: Clock;
	/** From one call to the next, milliseconds. */
	intervalMs: number;
	/** n8n's Stop: no call is made afterwards. */
	stop?: AbortSignal;
	/** Tells somebody; resolves when that one is done with it. What goes wrong there is to be dealt with there. */
	tell(report: ProgressReport): Promise<void>;
}

/** What was told of an answer, over all tries of the node. */
export interface ToldProgress {
	sequence: number;
	text: string;
	/** When the first try began, by the clock's ticks. */
	startedAt?: number;
	/** The call that is going on. */
	going?: Promise<void>;
}

/** Nothing was told yet. */
export const nothingTold = (): ToldProgress => ({ sequence: 0, text: '' });

/**
 * Tells of a run at regular times while it is followed, and once at its end. Nobody who follows the run waits for a call:
 * while one is going on, the next times are left out, and the last call comes as soon as it is over.
 */
export class ProgressCalls {
	private readonly over = new AbortController();
	private run: RunSoFar | undefined;

	/** @param told is kept up to date; given again for another try, so that its calls go on from there */
	constructor(
		private readonly options: ProgressOptions,
		private readonly told: ToldProgress = nothingTold(),
	) {}

	/** The run has begun. */
	begin(run: RunSoFar): void {
		this.run = run;
		this.told.startedAt ??= this.options.clock.ticks();
		void this.callFromTimeToTime();
	}

	/** No more calls, and no last one: another try goes on with them. */
	pause(): void {
		this.over.abort();
	}

	/**
	 * The run is over; the last call has all that there is of the answer.
	 *
	 * @param text the answer, or what had come of it
	 */
	end(status: QuestionStatus, text: string): void {
		this.over.abort();
		if (!this.run || this.isStopped) return;
		const last = this.report(status, text, true);
		if (this.told.going) void this.told.going.then(() => this.call(last));
		else this.call(last);
	}

	private async callFromTimeToTime(): Promise<void> {
		const { clock, intervalMs } = this.options;
		const { signal } = this.over;
		for (let next = clock.ticks() + intervalMs; ;) {
			await clock.sleep(next - clock.ticks(), signal);
			if (signal.aborted || this.isStopped) return;
			if (!this.told.going) this.call(this.report('running', this.run!.text, false));
			// A process that was busy makes up for nothing.
			do next += intervalMs;
			while (next <= clock.ticks());
		}
	}

	private report(status: QuestionStatus, textSoFar: string, isFinal: boolean): ProgressReport {
		const { told } = this;
		const { ids, lastStep } = this.run!;
		const isRewritten = !textSoFar.startsWith(told.text);
		told.text = textSoFar;
		return {
			conversationId: ids.conversationId ?? null,
			messageId: ids.messageId ?? null,
			textSoFar,
			isRewritten,
			lastStep: lastStep ?? null,
			elapsedMs: Math.round(this.options.clock.ticks() - told.startedAt!),
			sequence: ++told.sequence,
			isFinal,
			status,
		};
	}

	private call(report: ProgressReport): void {
		if (this.isStopped) return;
		const going = attempt(() => this.options.tell(report)).then(() => {
			if (this.told.going === going) this.told.going = undefined;
		});
		this.told.going = going;
	}

	private get isStopped(): boolean {
		return this.options.stop?.aborted === true;
	}
}
