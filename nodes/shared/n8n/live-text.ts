import type { ChunkType, IExecuteSingleFunctions } from 'n8n-workflow';
import type { TextChange } from '../answer/answer-text';
import type { Clock } from '../clock';

/** At most one chunk in this time: in queue mode each one is a message between processes. Milliseconds. */
const CHUNK_INTERVAL_MS = 50;

/** Exists on the context at run time, is missing from its type, and from n8n before 2.37. */
interface Streaming {
	isStreaming?(): boolean;
	sendChunk?(type: ChunkType, itemIndex: number, content?: string): Promise<void> | void;
}

/** Passes the answer's text on as it arrives, where n8n asks for that (README: Live text). */
export class LiveText {
	private unsent = '';
	private sent = '';
	/** Where in the sent text the block begins that is currently the answer. */
	private blockStart = 0;
	/** Text that was sent already has changed since: nothing can be taken back, so the rest waits for the end. */
	private isOnHold = false;
	/** What was sent turned out not to be the answer: what follows is a text of its own. */
	private isOver = false;
	private lastSentAt = Number.NEGATIVE_INFINITY;
	private isFlushPlanned = false;
	private hasEnded = false;

	private constructor(
		private readonly context: IExecuteSingleFunctions & Streaming,
		private readonly clock: Clock,
		shownBefore: string,
	) {
		this.sent = shownBefore;
		// It cannot be taken back, and would appear twice: what is missing follows at the end.
		this.isOnHold = shownBefore !== '';
		this.send('begin');
	}

	/**
	 * Undefined when live text is not wanted.
	 *
	 * @param shownBefore what an earlier try of the node has shown
	 */
	static for(context: IExecuteSingleFunctions, clock: Clock, shownBefore = ''): LiveText | undefined {
		const streaming = context as IExecuteSingleFunctions & Streaming;
		if (!streaming.isStreaming?.() || !streaming.sendChunk) return undefined;
		return new LiveText(streaming, clock, shownBefore);
	}

	/** All that has been shown. */
	get shown(): string {
		return this.sent;
	}

	take(change: TextChange): void {
		if (!change || this.isOnHold) return;
		if ('removed' in change) {
			this.unsent = '';
			this.isOver = true;
			return;
		}
		if ('rewritten' in change || 'superseded' in change) {
			this.isOnHold = true;
			if ('rewritten' in change) this.unsent = '';
			return;
		}
		if ('begun' in change || this.isOver) this.beginBlock();
		this.unsent += 'begun' in change ? change.begun : change.appended;
		const wait = this.lastSentAt + CHUNK_INTERVAL_MS - this.clock.ticks();
		if (wait <= 0) this.flush();
		else void this.flushIn(wait);
	}

	/**
	 * What was sent contains the answer afterwards: what is missing of it follows, after a blank line where it does not
	 * go on from there.
	 *
	 * @param text the whole answer; undefined when there is none
	 */
	end(text: string | undefined): void {
		if (this.hasEnded) return;
		this.flush();
		if (text !== undefined && !this.sent.includes(text)) {
			const block = this.sent.slice(this.blockStart);
			// The beginning of a block may have been taken back before it was sent.
			const goesOn = !this.isOver && this.blockStart <= this.sent.length && text.startsWith(block);
			if (!goesOn) this.beginBlock();
			this.unsent += goesOn ? text.slice(block.length) : text;
			this.flush();
		}
		this.hasEnded = true;
		this.send('end');
	}

	private beginBlock(): void {
		this.isOver = false;
		if (this.sent + this.unsent !== '') this.unsent += '\n\n';
		this.blockStart = this.sent.length + this.unsent.length;
	}

	private async flushIn(ms: number): Promise<void> {
		if (this.isFlushPlanned) return;
		this.isFlushPlanned = true;
		// Another flush may have been first: the interval counts from the last one.
		for (let wait = ms; wait > 0; wait = this.lastSentAt + CHUNK_INTERVAL_MS - this.clock.ticks()) {
			await this.clock.sleep(wait);
		}
		this.isFlushPlanned = false;
		if (!this.hasEnded) this.flush();
	}

	private flush(): void {
		if (this.unsent === '') return;
		this.send('item', this.unsent);
		this.sent += this.unsent;
		this.unsent = '';
		this.lastSentAt = this.clock.ticks();
	}

	private send(type: ChunkType, content?: string): void {
		// n8n hands chunks on in the order of the calls; a listener who has gone away is no reason to fail.
		void Promise.resolve(this.context.sendChunk?.(type, this.context.getItemIndex(), content)).catch(() => undefined);
	}
}
