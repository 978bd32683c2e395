import { Answer, type AnswerOutcome } from '../answer/answer';
import type { ProviderEvent } from '../answer/answer-change';
import type { TextChange } from '../answer/answer-text';
import { attempt } from '../attempt';
import type { Clock } from '../clock';
import type { Frame } from '../frames/frame';
import { Silence } from '../http/idle-timeout';
import { Watchdog } from '../http/watchdog';
import type { AnswerPage, AnswerSource, EventDecoder, FoundAnswer } from './answer-source';
import { type PageListener, readPage } from './body-reader';
import { FINISHED, interruptionOf, type PageEnd } from './interruption';
import type { Question } from './question';

/** Bytes to show of what was not understood. */
const SHOWN_BYTES = 400;

/** How long to read on after the terminal event, for what may follow it (`docs/apis/reportify.md §3e`). */
const GRACE_MS = 1_000;

export interface ReadingOptions {
	clock: Clock;
	keepSteps: boolean;
	keepEvents: boolean;
	/** The text has changed. */
	onText?(change: TextChange): void;
}

/** What has been read of an answer, over as many connections as it takes. */
export class Reading {
	private answer: Answer;
	private decoder: EventDecoder;
	/**
	 * The longest text known besides the current one: dropped because the log had to be read from its start, or listed.
	 */
	private knownText = '';
	private hasBegun = false;
	private firstBytes: Uint8Array | undefined;
	/** When the first text arrived, in the clock's ticks. */
	firstTextAt: number | undefined;

	/** @param question learns the ids that are read */
	constructor(
		private readonly source: AnswerSource,
		private readonly question: Question,
		private readonly options: ReadingOptions,
	) {
		this.answer = this.newAnswer();
		this.decoder = source.createDecoder();
	}

	/** The answer so far; read-only. */
	get soFar(): Readonly<Omit<Answer, 'apply' | 'resume' | 'replaceText' | 'completeAtEnd' | 'addFile'>> {
		return this.answer;
	}

	get outcome(): AnswerOutcome | undefined {
		return this.answer.outcome;
	}

	/** The terminal event was seen, and nothing before it was lost. */
	get isFinished(): boolean {
		const { outcome, damaged } = this.answer;
		return outcome !== undefined && !(damaged && outcome.status !== 'failed');
	}

	/** The log can be read again. */
	get canResume(): boolean {
		return this.source.resume !== undefined && this.question.ids.messageId !== undefined;
	}

	/** The answer's text so far. */
	get shownText(): string {
		return this.answer.toString();
	}

	/** The beginning of the stream, to find out why nothing in it was understood. */
	get beginning(): string {
		const { firstEvent } = this.answer;
		if (firstEvent !== undefined) return typeof firstEvent === 'string' ? firstEvent : JSON.stringify(firstEvent);
		return new TextDecoder().decode(this.firstBytes?.subarray(0, SHOWN_BYTES));
	}

	/** As much text as has ever been there. */
	get text(): string {
		const text = this.shownText;
		return text.length < this.knownText.length ? this.knownText : text;
	}

	/** True when a text ends before the end of what has arrived already; white space at the end does not count. */
	isAheadOf(text: string): boolean {
		const seen = this.text;
		return seen.startsWith(text) && seen.trimEnd() !== text.trimEnd();
	}

	/** A list shows this much of an unfinished answer. What goes on from what was read is part of it. */
	noteListed(text: string | undefined): void {
		if (text !== undefined && text.startsWith(this.text)) this.knownText = text;
	}

	/** Takes the answer from a list. */
	adopt({ state, text, files, ids }: FoundAnswer): void {
		this.question.learn(ids);
		const whole = this.isAheadOf(text) ? this.text : text;
		if (whole !== this.shownText) {
			this.options.onText?.({ rewritten: true });
			this.answer.replaceText(whole);
		}
		this.answer.outcome = { status: state };
		for (const file of files ?? []) this.answer.addFile(file);
	}

	/** Takes the answer from its whole event log. */
	adoptReplayed(replayed: Answer): void {
		if (replayed.toString() !== this.shownText) this.options.onText?.({ rewritten: true });
		this.answer = replayed;
	}

	/** The answer made of these events, all of them from the first one on. */
	replayed(events: ProviderEvent[]): Answer {
		const answer = this.newAnswer();
		for (const event of events) answer.apply(event);
		return answer;
	}

	/** What was read belongs to a question that was not accepted. */
	startAfresh(): void {
		this.answer = this.newAnswer();
		this.decoder = this.source.createDecoder();
	}

	/**
	 * Announces that the next events come from a new connection.
	 *
	 * @returns the offset to ask from, or undefined when the log has to be read again from its start
	 */
	resume(): number | undefined {
		const before = this.text;
		const offset = this.answer.resume();
		if (offset !== undefined) return offset;
		this.knownText = before;
		if (this.hasBegun) this.options.onText?.({ rewritten: true });
		this.decoder = this.source.createDecoder();
		return undefined;
	}

	/**
	 * Reads one connection's worth.
	 *
	 * @param isEnough asked after every piece, for callers that do not need all of it
	 * @throws what another connection does not mend
	 */
	async read(page: AnswerPage, signal: AbortSignal, isEnough: () => boolean): Promise<PageEnd> {
		this.hasBegun = true;
		const reading = await attempt(() => this.readBody(page, signal, isEnough));
		if (reading.worked) return reading.value;
		if (this.isFinished) return FINISHED;
		const end = interruptionOf(signal.aborted ? signal.reason : reading.error);
		if (!end) throw reading.error;
		return end;
	}

	private async readBody(
		{ body, headers, httpStatus }: AnswerPage,
		signal: AbortSignal,
		isEnough: () => boolean,
	): Promise<PageEnd> {
		const graceOver = new AbortController();
		let grace: Watchdog | undefined;
		try {
			const listener: PageListener = {
				onBytes: (bytes) => (this.firstBytes ??= bytes.length > 0 ? bytes : undefined),
				onFrames: (frames) => {
					this.takeIn(frames);
					if (isEnough() || this.hasToReadAgain) return false;
					if (!this.isFinished) return true;
					if (!this.source.eventsAfterEnd || this.answer.usageIsFinal) return false;
					grace ??= new Watchdog(this.options.clock, GRACE_MS, () => graceOver.abort(new Silence(GRACE_MS)));
					return true;
				},
			};
			const end = await readPage(body, AbortSignal.any([signal, graceOver.signal]), listener, headers);
			if (!end && isEnough()) return FINISHED;
			if (end) {
				this.takeIn(end.frames);
				if (end.unfinished) this.takeInEndMarker(end.unfinished);
				if (this.source.cleanEndCompletes && !end.cutInside) this.answer.completeAtEnd();
			}
			const isCleanEnd = end !== undefined && !end.cutInside;
			return this.isFinished ? FINISHED : this.unfinishedEnd(isCleanEnd, httpStatus);
		} finally {
			grace?.stop();
		}
	}

	private unfinishedEnd(isCleanEnd: boolean, httpStatus: number | undefined): PageEnd {
		const { damaged, hasText, outcome } = this.answer;
		if (damaged) return { kind: 'unreadable' };
		const isEmpty = this.firstBytes === undefined;
		const isWordless = !isEmpty && !hasText && outcome === undefined;
		if (this.source.cleanEndCompletes && isCleanEnd && isWordless) return { kind: 'unrecognised' };
		return { kind: 'ended', isEmpty, httpStatus };
	}

	private takeIn(frames: Frame[]): void {
		for (const frame of frames) {
			for (const event of this.decoder.decode(frame)) {
				// What follows an unreadable event will come again, after the readable version of it.
				if (this.hasToReadAgain) return;
				this.takeInEvent(event);
			}
		}
	}

	private get hasToReadAgain(): boolean {
		return this.answer.damaged && this.canResume;
	}

	private takeInEvent(event: ProviderEvent): void {
		const changes = this.answer.apply(event);
		if (changes === 'repeated') return;
		this.question.learnFromEvents(this.answer.ids);
		for (const change of changes) {
			this.firstTextAt ??= this.options.clock.ticks();
			this.options.onText?.(change);
		}
	}

	/** A stream that stops right after its end marker, without the line end that belongs there, is still whole. */
	private takeInEndMarker(frame: Frame): void {
		for (const event of this.decoder.decode(frame)) if (event.isEndMarker) this.takeInEvent(event);
	}

	private newAnswer(): Answer {
		const { keepSteps, keepEvents } = this.options;
		return new Answer({ composition: this.source.composition, keepSteps, keepEvents });
	}
}
