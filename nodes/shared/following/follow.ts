import { Answer } from '../answer/answer';
import type { AnswerFile, AnswerStep, ProviderComplaint, ProviderEvent } from '../answer/answer-change';
import type { TextChange } from '../answer/answer-text';
import type { Frame } from '../frames/frame';
import type { JsonObject, JsonValue } from '../json/json';
import type { AnswerIds, AnswerPage, AnswerSource, EventDecoder, LookedUp } from './answer-source';
import { attempt } from './attempt';
import type { Clock } from './clock';
import { ConversationFailure } from './conversation-failure';
import { FailureWording } from './failure-wording';
import {
	brokenBy,
	delayAfter,
	type Interruption,
	interruptionOf,
	isFinal,
	OutOfTime,
	Silence,
	Stopped,
} from './interruption';
import { readPage } from './page-reader';
import type { Question } from './question';
import { RequestRefused } from './refusal';
import { backOff } from './retry-delay';
import { TransportFailure } from './transport';
import { type TurnedAway, turnedAwayBy } from './turned-away';
import { Watchdog } from './watchdog';

/** Resumes that bring nothing new before the message list is asked instead (contract: completion rule). */
const MAX_FRUITLESS_RESUMES = 5;
/** A connection that stood so long was not in vain: gateways end them by the clock while the agent works on. */
const LASTING_MS = 20_000;
/** Attempts at asking while it is certain that nothing was asked. */
const MAX_ASKS = 4;
/** Looks for a question whose sending broke. */
const MAX_LOCATES = 3;
/** How long to read on after the terminal event, for what may follow it (`providers/reportify.md §3e`). */
const GRACE_MS = 1_000;
const CANCEL_TIMEOUT_MS = 15_000;

export interface FollowOptions {
	clock: Clock;
	/** Milliseconds without a byte. */
	idleTimeoutMs: number;
	/** Milliseconds in all. */
	maxDurationMs: number;
	/** How long to wait for the message list to show a finished answer, milliseconds. */
	lookUpPatienceMs: number;
	onTimeout: 'leaveRunning' | 'cancel';
	keepSteps: boolean;
	keepEvents: boolean;
	/** n8n's Stop: ends the following at once and cancels the run. */
	stop?: AbortSignal;
	/** Shared by all tries: it is asked here only where none of them may have asked it. */
	question: Question;
	/** The text has changed. */
	onText?(change: TextChange): void;
}

/** A whole answer, and how it came about. */
export interface FollowedAnswer {
	status: 'completed' | 'cancelled';
	text: string;
	/** What the provider calls the result. */
	title: string | undefined;
	/** What the provider says about the result, where that is another text. */
	summary: string | undefined;
	/** The provider's own name for the result as a file; not safe to use as it is. */
	fileName: string | undefined;
	/** The provider's word for what the text is: `markdown`, `html` …; Markdown where it says nothing. */
	fileType: string | undefined;
	/** The provider's word for an end that was not a natural one. */
	finishReason: string | undefined;
	deliveredBy: 'stream' | 'resume' | 'lookup';
	ids: AnswerIds;
	usage: JsonValue;
	files: AnswerFile[];
	steps: AnswerStep[];
	events: Array<JsonObject | string>;
	eventCount: number;
	reconnects: number;
	lastOffset: number | undefined;
	/** Milliseconds since 1970. */
	startedAt: number;
	finishedAt: number;
	/** From the start to the first text, milliseconds; null when the text did not come as a stream. */
	firstTextMs: number | null;
}

/**
 * Follows a run to its true end: asks the question at most once, reads its event log page by page, reconnects where it
 * broke, and falls back to the message list. Resolves with a whole answer only (contract: completion rule).
 *
 * @throws ConversationFailure with the partial answer and the ids to go on with
 */
export async function follow(source: AnswerSource, options: FollowOptions): Promise<FollowedAnswer> {
	return await new Follower(source, options).follow();
}

/**
 * Asks a question and returns as soon as its ids are known; the run goes on by itself.
 *
 * @throws ConversationFailure
 */
export async function askOnly(source: AnswerSource, options: FollowOptions): Promise<AnswerIds> {
	return await new Follower(source, options).askOnly();
}

/** A connection ended; `undefined` when it finished the answer. */
type Ending = Interruption | undefined;

class Follower {
	private answer: Answer;
	private decoder: EventDecoder;
	private readonly question: Question;
	private reconnects = 0;
	/** The longest text that was dropped because the log had to be read again from its start. */
	private droppedText = '';
	/** Whether the provider could be told to stop; undefined as long as nobody tried. */
	private cancelling: Promise<boolean> | undefined;
	private firstTextAt: number | undefined;
	private readonly startedAt: number;
	private readonly limit = new AbortController();
	/** Aborted by Stop or by the maximum duration; the reason tells which. */
	private readonly ending: AbortSignal;
	private readonly wording: FailureWording;

	constructor(
		private readonly source: AnswerSource,
		private readonly options: FollowOptions,
	) {
		this.answer = this.newAnswer();
		this.decoder = source.createDecoder();
		this.question = options.question;
		this.startedAt = options.clock.now();
		this.ending = this.limit.signal;
		this.wording = new FailureWording(source, options, this.question);
	}

	async follow(): Promise<FollowedAnswer> {
		return await this.withinLimits(async () => {
			let ending: Ending;
			if (!this.question.hasArrived) {
				ending = await this.askOnce(false);
				if (ending === undefined) return this.result('stream');
			}
			return await this.readOn(ending);
		});
	}

	private get ids(): AnswerIds {
		return this.question.ids;
	}

	async askOnly(): Promise<AnswerIds> {
		return await this.withinLimits(async () => {
			if (!this.question.hasArrived) await this.askOnce(true);
			const { outcome } = this.answer;
			if (outcome?.status === 'failed') throw this.agentFailed(outcome.complaint);
			return { ...this.ids };
		});
	}

	// --- limits ---------------------------------------------------------------------------------------------------

	private async withinLimits<T>(work: () => Promise<T>): Promise<T> {
		const { clock, maxDurationMs, stop } = this.options;
		const watchdog = new Watchdog(clock, maxDurationMs, () => this.limit.abort(new OutOfTime()));
		const onStop = () => {
			this.limit.abort(new Stopped());
			// Not waited for: the execution ends at once, and then there is nobody left to tell.
			if (this.isRunning()) void this.cancelOnce();
		};
		if (stop?.aborted) onStop();
		stop?.addEventListener('abort', onStop, { once: true });
		try {
			this.ending.throwIfAborted();
			return await work();
		} catch (error) {
			throw await this.failureOf(error);
		} finally {
			stop?.removeEventListener('abort', onStop);
			watchdog.stop();
		}
	}

	/** Runs something that talks to the provider, under the idle timeout; its connection is closed when it is done. */
	private async connected<T>(work: (signal: AbortSignal, idle: Watchdog) => Promise<T>): Promise<T> {
		const connection = new AbortController();
		const idle = new Watchdog(this.options.clock, this.options.idleTimeoutMs, () => connection.abort(new Silence()));
		const signal = AbortSignal.any([this.ending, connection.signal]);
		const result = await attempt(() => work(signal, idle));
		// What a closed connection looks like is up to n8n's HTTP client; which signal closed it is not.
		const closedBy: unknown = signal.aborted ? signal.reason : undefined;
		idle.stop();
		connection.abort();
		if (result.worked) return result.value;
		throw closedBy ?? result.error;
	}

	private async pause(ms: number): Promise<void> {
		await this.options.clock.sleep(ms, this.ending);
		this.ending.throwIfAborted();
	}

	// --- asking ---------------------------------------------------------------------------------------------------

	/**
	 * Asks the question, and never again once it may have reached the provider. With `idsOnly` the stream is not read.
	 *
	 * @returns how the connection ended; the ids are known then
	 */
	private async askOnce(idsOnly: boolean): Promise<Ending> {
		if (!this.question.mayBeSent) return await this.locate(new TransportFailure('maybe', 'An earlier try broke.'));
		if (this.ids.conversationId === undefined && this.source.openConversation) {
			this.question.learn(await this.connected((signal) => this.source.openConversation!(signal)));
		}
		for (let tries = 1; ; tries++) {
			this.question.sending();
			const asking = await attempt(() => this.readConnection((signal) => this.source.ask(this.ids, signal), idsOnly));
			const turnedAway = asking.worked ? this.turnedAwayInStream() : turnedAwayBy(asking.error);
			if (!turnedAway) {
				if (!asking.worked) return await this.locate(asking.error);
				const isNameless = asking.value !== undefined && this.ids.messageId === undefined && this.source.locate;
				return isNameless ? await this.locate(undefined, asking.value) : asking.value;
			}
			this.question.turnedAway();
			if (!turnedAway.retry || tries >= MAX_ASKS) {
				if (asking.worked) return undefined;
				throw asking.error;
			}
			await this.pause(turnedAway.retryAfterMs ?? backOff(tries + 1, this.options.clock));
			this.startAfresh();
		}
	}

	/** The stream itself said "too many requests", or "who are you", before anything else: the question was not taken in. */
	private turnedAwayInStream(): TurnedAway | undefined {
		const { outcome, eventCount } = this.answer;
		const like = outcome?.status === 'failed' && eventCount === 1 ? outcome.complaint.like : undefined;
		return like !== undefined && like < 500 ? { retry: like === 429 } : undefined;
	}

	private startAfresh(): void {
		this.answer = this.newAnswer();
		this.decoder = this.source.createDecoder();
	}

	/**
	 * The sending broke, or the answer came without its id: finds the question, instead of asking it again.
	 *
	 * @param cause what went wrong, if there was no answer at all
	 */
	private async locate(cause: unknown, interruption = interruptionOf(cause) ?? brokenBy(cause)): Promise<Ending> {
		this.ending.throwIfAborted();
		if (cause !== undefined && this.question.hasArrived) throw cause; // and reading on makes no sense
		if (cause === undefined) this.question.doubted();
		const { locate } = this.source;
		for (let tries = 1; locate && tries <= MAX_LOCATES; tries++) {
			await this.pause(backOff(tries, this.options.clock));
			const found = await attempt(() => this.connected((signal) => locate.call(this.source, this.ids, signal)));
			this.ending.throwIfAborted();
			if (found.worked && found.value) {
				this.question.arrived(found.value);
				return interruption;
			}
		}
		throw cause ?? this.wording.interrupted(interruption);
	}

	// --- reading --------------------------------------------------------------------------------------------------

	/**
	 * Opens a connection and reads it.
	 *
	 * @throws when it did not open; what goes wrong afterwards is returned
	 */
	private async readConnection(open: (signal: AbortSignal) => Promise<AnswerPage>, idsOnly = false): Promise<Ending> {
		return await this.connected(async (signal, idle) => {
			const page = await open(signal);
			idle.feed();
			this.question.arrived(page.ids);
			if (idsOnly && this.ids.messageId !== undefined) return undefined;
			const reading = await attempt(() => this.readBody(page, signal, idle, idsOnly));
			if (reading.worked) return reading.value;
			if (this.isFinished()) return undefined;
			return this.interruptedBy(signal.aborted ? signal.reason : reading.error);
		});
	}

	/**
	 * What an error means for going on.
	 *
	 * @throws the error itself, when it ends everything
	 */
	private interruptedBy(error: unknown): Interruption {
		this.ending.throwIfAborted();
		const interruption = interruptionOf(error);
		if (!interruption) throw error;
		return interruption;
	}

	private async readBody(page: AnswerPage, signal: AbortSignal, idle: Watchdog, idsOnly: boolean): Promise<Ending> {
		const graceOver = new AbortController();
		let grace: Watchdog | undefined;
		try {
			const end = await readPage(page.body, AbortSignal.any([signal, graceOver.signal]), {
				onBytes: () => idle.feed(),
				onFrames: (frames) => {
					this.takeIn(frames);
					if (idsOnly) return this.ids.messageId === undefined;
					if (this.hasToReadAgain()) return false;
					if (!this.isFinished()) return true;
					if (!this.source.eventsAfterEnd || this.answer.usageIsFinal) return false;
					grace ??= new Watchdog(this.options.clock, GRACE_MS, () => graceOver.abort(new Silence()));
					return true;
				},
			});
			if (end) {
				this.takeIn(end.frames);
				if (end.unfinished) this.takeInEndMarker(end.unfinished);
				if (this.source.cleanEndCompletes && !end.cutInside) this.answer.completeAtEnd();
			}
		} finally {
			grace?.stop();
		}
		if (this.isFinished()) return undefined;
		return this.answer.damaged ? { kind: 'unreadable' } : { kind: 'ended' };
	}

	private takeIn(frames: Frame[]): void {
		for (const frame of frames) {
			for (const event of this.decoder.decode(frame)) {
				// What follows an unreadable event comes again, behind what that one was meant to say.
				if (this.hasToReadAgain()) return;
				this.takeInEvent(event);
			}
		}
	}

	private hasToReadAgain(): boolean {
		return this.answer.damaged && this.canResume();
	}

	private takeInEvent(event: ProviderEvent): void {
		const changes = this.answer.apply(event);
		if (changes === 'repeated') return;
		this.question.learnFromEvents(this.answer.ids);
		for (const change of changes) {
			this.firstTextAt ??= this.options.clock.now();
			this.options.onText?.(change);
		}
	}

	/** A stream that stops right behind its end marker, without the line end that belongs there, is whole all the same. */
	private takeInEndMarker(frame: Frame): void {
		for (const event of this.decoder.decode(frame)) if (event.isEndMarker) this.takeInEvent(event);
	}

	/** The terminal event was seen, and nothing before it was lost. */
	private isFinished(): boolean {
		const { outcome, damaged } = this.answer;
		return outcome !== undefined && !(damaged && outcome.status !== 'failed');
	}

	private canResume(): boolean {
		return this.source.resume !== undefined && this.ids.messageId !== undefined;
	}

	/** Reads the log from where it broke until the end, then asks the message list. */
	private async readOn(ending: Ending): Promise<FollowedAnswer> {
		let interruption = ending;
		let furthest = this.answer.eventCount;
		for (let fruitless = 0; this.canResume() && fruitless < MAX_FRUITLESS_RESUMES;) {
			if (interruption) {
				this.reconnects++;
				await this.pause(delayAfter(interruption) ?? backOff(fruitless, this.options.clock));
			}
			const wasSilent = interruption?.kind === 'silent';
			const resumedAt = this.options.clock.now();
			interruption = await this.resume();
			if (interruption === undefined) return this.result('resume');
			if (isFinal(interruption)) break;
			fruitless = this.answer.eventCount > furthest ? 0 : fruitless + 1;
			furthest = Math.max(furthest, this.answer.eventCount);
			if (fruitless > 0 && interruption.kind !== 'silent' && this.options.clock.now() - resumedAt >= LASTING_MS) {
				const found = await this.glance(interruption);
				if (found) return found;
				fruitless--;
			}
			// A silent connection is replaced once; if the new one is silent as well, it is the provider who is.
			if (wasSilent && fruitless > 0 && interruption.kind === 'silent') break;
		}
		return await this.lookUp(interruption);
	}

	private async resume(): Promise<Ending> {
		const before = this.seenText();
		const offset = this.answer.resume();
		if (offset === undefined) {
			this.droppedText = before;
			if (this.answer.eventCount > 0 || this.reconnects > 0) this.options.onText?.({ rewritten: true });
			this.decoder = this.source.createDecoder();
		}
		const reading = await attempt(() => this.readConnection((signal) => this.source.resume!(this.ids, offset, signal)));
		return reading.worked ? reading.value : this.interruptedBy(reading.error);
	}

	// --- looking up -----------------------------------------------------------------------------------------------

	/** One look at the message list; undefined when it does not show the end of the answer either. */
	private async glance(interruption: Interruption): Promise<FollowedAnswer | undefined> {
		const look = await attempt(() => this.lookUp(interruption, 0));
		this.ending.throwIfAborted();
		if (look.worked) return look.value;
		if (this.question.hasFailed) throw look.error;
		return undefined;
	}

	private async lookUp(
		interruption: Ending,
		patience = interruption?.kind === 'silent' ? 0 : this.options.lookUpPatienceMs,
	): Promise<FollowedAnswer> {
		const { clock } = this.options;
		const until = clock.now() + patience;
		let last: LookedUp | undefined;
		let complaint: unknown;
		for (let tries = 1; this.source.lookUp; tries++) {
			const look = await attempt(() => this.connected((signal) => this.source.lookUp!(this.ids, signal)));
			this.ending.throwIfAborted();
			complaint = look.worked ? undefined : look.error;
			if (look.worked && look.value.state === 'log') {
				const replayed = this.replayed(look.value.events);
				if (replayed.outcome) return this.resultOfLog(replayed);
				last = { state: 'running', text: replayed.toString() };
			} else if (look.worked) last = this.hasSeen(look.value) ? { state: 'running' } : look.value;
			if (last?.state === 'cancelled') return this.resultOfLookUp(last);
			// A list that lags behind the stream has not got the whole answer yet, whatever status it shows.
			if (last?.state === 'completed' && !this.hasSeenMoreThan(last.text)) return this.resultOfLookUp(last);
			if (last?.state === 'failed') {
				if (last.text !== undefined && last.text.startsWith(this.seenText())) this.answer.replaceText(last.text);
				throw this.agentFailed(last.complaint);
			}
			const isHopeless =
				complaint instanceof RequestRefused && isFinal({ kind: 'refused', refusal: complaint.refusal });
			const isLost = interruption !== undefined && isFinal(interruption);
			const isUnknown = last?.state === 'missing' && (last.isFinal === true || isLost);
			const isVain = last?.state === 'unavailable' || last?.state === 'ambiguous';
			if (isHopeless || isUnknown || isVain || clock.now() >= until) break;
			await this.pause(Math.min(backOff(tries + 1, clock), until - clock.now()));
		}
		if (last?.state === 'missing') this.question.disowned();
		throw this.wording.interrupted(interruption, complaint, last);
	}

	/** The answer as its whole event log tells it. */
	private replayed(events: ProviderEvent[]): Answer {
		const answer = this.newAnswer();
		for (const event of events) answer.apply(event);
		return answer;
	}

	private resultOfLog(replayed: Answer): FollowedAnswer {
		if (replayed.toString() !== this.answer.toString()) this.options.onText?.({ rewritten: true });
		this.answer = replayed;
		return this.result('lookup');
	}

	/** A message of which something was seen exists, though it may not be listed yet. */
	private hasSeen({ state }: LookedUp): boolean {
		return state === 'missing' && this.answer.eventCount > 0;
	}

	/** As much text as has ever been there. */
	private seenText(): string {
		const text = this.answer.toString();
		return text.length < this.droppedText.length ? this.droppedText : text;
	}

	/** True when the text breaks off before the end of what has come already; white space at the end does not count. */
	private hasSeenMoreThan(text: string): boolean {
		const seen = this.seenText();
		return seen.startsWith(text) && seen.trimEnd() !== text.trimEnd();
	}

	private resultOfLookUp(found: Extract<LookedUp, { state: 'completed' | 'cancelled' }>): FollowedAnswer {
		this.question.learn(found.ids);
		const text = this.hasSeenMoreThan(found.text) ? this.seenText() : found.text;
		if (text !== this.answer.toString()) {
			this.options.onText?.({ rewritten: true });
			this.answer.replaceText(text);
		}
		this.answer.outcome = { status: found.state };
		for (const file of found.files ?? []) this.answer.addFile(file);
		return this.result('lookup');
	}

	// --- ending ---------------------------------------------------------------------------------------------------

	private result(deliveredBy: FollowedAnswer['deliveredBy']): FollowedAnswer {
		const { outcome } = this.answer;
		if (outcome === undefined || outcome.status === 'failed') throw this.agentFailed(outcome?.complaint);
		return {
			status: outcome.status,
			text: this.answer.toString(),
			title: this.answer.result?.title,
			summary: this.answer.result?.summary,
			fileName: this.answer.result?.fileName,
			fileType: this.answer.result?.fileType,
			finishReason: this.answer.finishReason,
			deliveredBy,
			ids: { ...this.ids },
			usage: this.answer.usage,
			files: this.answer.files,
			steps: this.answer.steps,
			events: this.answer.events,
			eventCount: this.answer.eventCount,
			reconnects: this.reconnects,
			lastOffset: this.answer.lastOffset,
			startedAt: this.startedAt,
			finishedAt: this.options.clock.now(),
			firstTextMs: this.firstTextAt === undefined ? null : this.firstTextAt - this.startedAt,
		};
	}

	private agentFailed(complaint: ProviderComplaint | undefined): ConversationFailure {
		this.question.ended('failed');
		return this.wording.agentFailed(complaint);
	}

	private newAnswer(): Answer {
		const { keepSteps, keepEvents } = this.options;
		return new Answer({ composition: this.source.composition, keepSteps, keepEvents });
	}

	/** The question is out, or may be, and its end has not been seen. */
	private isRunning(): boolean {
		return !this.question.mayBeSent && this.answer.outcome === undefined;
	}

	/** Tells the provider to stop the agent, at most once. Resolves with whether it was told; never rejects. */
	private async cancelOnce(): Promise<boolean> {
		this.cancelling ??= attempt(() => this.cancel()).then((told) => told.worked && told.value);
		return await this.cancelling;
	}

	/** Works after Stop as well: its signal is its own. A question that is just being sent may have to be found first. */
	private async cancel(): Promise<boolean> {
		const { source } = this;
		if (!source.cancel) return false;
		const signal = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
		for (let tries = 1; this.ids.messageId === undefined && source.locate && tries <= MAX_LOCATES; tries++) {
			if (tries > 1) await this.options.clock.sleep(backOff(tries, this.options.clock), signal);
			const found = await attempt(() => source.locate!(this.ids, signal));
			if (found.worked && found.value) this.question.arrived(found.value);
		}
		if (this.ids.messageId === undefined) return false;
		await source.cancel(this.ids, signal);
		return true;
	}

	private async failureOf(error: unknown): Promise<ConversationFailure> {
		const failure = this.wording.explain(error);
		const timedOut = error instanceof OutOfTime || failure.details.code === 'idle_timeout';
		if (timedOut && this.options.onTimeout === 'cancel' && this.isRunning()) {
			if (await this.cancelOnce()) this.question.ended('cancelled');
			else failure.details.hint += ' The agent could not be told to stop; it may still be running.';
		}
		failure.details.status = this.question.status;
		failure.progress = {
			...this.ids,
			partialAnswer: this.seenText(),
			lastOffset: this.answer.lastOffset,
		};
		return failure;
	}
}
