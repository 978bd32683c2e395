import type { AnswerFile, AnswerStep } from '../answer/answer-change';
import type { TextChange } from '../answer/answer-text';
import { attempt } from '../attempt';
import type { ConversationFailure } from '../failures/conversation-failure';
import type { ProviderComplaint } from '../failures/provider-error';
import { backOff } from '../http/retry-delay';
import type { JsonObject, JsonValue } from '../json/json';
import type { AnswerIds, AnswerSource } from './answer-source';
import { ask, type Asked } from './asking';
import { type Course, readStream } from './course';
import { FailureWording } from './failure-wording';
import { delayAfter, type Interruption, interruptionOf, isFinal, OutOfTime, type PageEnd } from './interruption';
import { type LimitOptions, Limits } from './limits';
import { lookUp, type LookUpResult } from './look-up';
import type { Question } from './question';
import { type NextStep, ReadOnBudget } from './read-on-budget';
import { Reading } from './reading';
import { tellToStop } from './remote-cancel';
import type { RunSoFar } from './run-so-far';

export interface FollowOptions extends LimitOptions {
	/** How long to wait for the message list to show a finished answer, milliseconds. */
	lookUpPatienceMs: number;
	onTimeout: 'leaveRunning' | 'cancel';
	/** What a time limit makes of a question that was sent: an error, or the answer so far. */
	ifNotFinished?: 'fail' | 'return';
	keepSteps: boolean;
	keepEvents: boolean;
	/** Shared by all tries: it is asked here only where none of them may have asked it. */
	question: Question;
	/** The text has changed. */
	onText?(change: TextChange): void;
	/** Gets the run before it begins, to look at while it is followed. */
	onBegin?(run: RunSoFar): void;
}

/** An answer, and how it was obtained. */
export interface FollowedAnswer {
	/**
	 * `running`: not whole because a time limit was reached first, and `ifNotFinished` says to return it nevertheless.
	 */
	status: 'completed' | 'cancelled' | 'running';
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
 * broke, and falls back to the message list. Resolves with a whole answer only (README: A finished answer is finished),
 * unless `ifNotFinished` says otherwise.
 *
 * @throws ConversationFailure with the partial answer and the ids to go on with
 */
export async function follow(source: AnswerSource, options: FollowOptions): Promise<FollowedAnswer> {
	return await new Follower(source, options).follow();
}

/**
 * Asks a question and returns as soon as its ids are known; the run continues on its own.
 *
 * @throws ConversationFailure
 */
export async function askOnly(source: AnswerSource, options: FollowOptions): Promise<AnswerIds> {
	return await new Follower(source, options).askOnly();
}

/** The sequence: ask, read on, look up; and its result. */
class Follower {
	private readonly course: Course;
	private readonly wording: FailureWording;
	private readonly startedAt: number;
	private readonly startedTicks: number;
	private reconnects = 0;

	constructor(
		private readonly source: AnswerSource,
		private readonly options: FollowOptions,
	) {
		const { clock, question } = options;
		const reading = new Reading(source, question, options);
		this.course = { source, clock, question, reading, limits: new Limits(options) };
		this.wording = new FailureWording(source, options, question, () => reading.soFar.complaint);
		this.startedAt = clock.now();
		this.startedTicks = clock.ticks();
		options.onBegin?.({
			ids: question.ids,
			get text() {
				return reading.text;
			},
			get lastStep() {
				return reading.soFar.lastStep;
			},
		});
	}

	async follow(): Promise<FollowedAnswer> {
		const { question } = this.course;
		const followed = await this.withinLimits(async () => {
			if (question.hasArrived) return await this.readOn(undefined);
			const { end } = this.notLost(await ask(this.course));
			return end.kind === 'finished' ? this.result('stream') : await this.readOn(end);
		});
		if (followed.worked) return followed.value;
		const failure = await this.failureOf(followed.error);
		if (this.isToBeReturned(failure)) return this.unfinished();
		throw failure;
	}

	async askOnly(): Promise<AnswerIds> {
		const { question, reading, source } = this.course;
		const isNamed = () => question.ids.messageId !== undefined;
		// Where the answer can be found by its question, the first event is the last that could name it.
		const isEnough = () => isNamed() || (source.locate !== undefined && reading.soFar.eventCount > 0);
		const asked = await this.withinLimits(async () => {
			if (!question.hasArrived) await ask(this.course, isEnough);
			const { outcome } = reading;
			if (outcome?.status === 'failed') throw this.agentFailed(outcome.complaint);
			return { ...question.ids };
		});
		if (asked.worked) return asked.value;
		throw await this.failureOf(asked.error);
	}

	private async withinLimits<T>(work: () => Promise<T>) {
		const onStop = () => {
			// Not awaited: the execution ends at once, and then there is no one left to report to.
			if (this.isRunning) void tellToStop(this.course);
		};
		return await attempt(() => this.course.limits.within(work, onStop));
	}

	private notLost(asked: Asked): Asked {
		if (!asked.isLost || asked.end.kind === 'finished') return asked;
		throw this.wording.interrupted(asked.end, { kind: 'unknown' });
	}

	/**
	 * Reads the log from where it broke until the end, and asks the message list where that does not help.
	 *
	 * @param broken how the stream of the question ended; undefined for an answer that is only to be collected
	 */
	private async readOn(broken: Interruption | undefined): Promise<FollowedAnswer> {
		const { reading, clock, limits } = this.course;
		const budget = new ReadOnBudget();
		let end = broken;
		let step: NextStep = end ? budget.next(end, true, 0) : 'readOn';
		for (let furthest = reading.soFar.eventCount; ; furthest = Math.max(furthest, reading.soFar.eventCount)) {
			if (step !== 'readOn' || !reading.canResume) {
				const found = await this.lookedUp(end, step);
				if (found.kind === 'found' || found.kind === 'replayed') return this.resultOf(found);
				if (found.kind === 'failed') throw this.agentFailed(found.complaint);
				const isVouched = found.kind === 'running' && found.said;
				if (step !== 'glance' && !(isVouched && this.mayReadOn(end))) throw this.notFound(end, found);
				if (isVouched && step === 'lookUp') budget.vouched();
			}
			if (end) {
				this.reconnects++;
				await limits.pause(delayAfter(end) ?? backOff(budget.fruitless, clock));
			}
			const resumedAt = clock.ticks();
			const page = await this.resume();
			if (page.kind === 'finished') return this.result('resume');
			end = page;
			step = budget.next(end, reading.soFar.eventCount > furthest, clock.ticks() - resumedAt);
		}
	}

	/** Reading on may still bring the answer. */
	private mayReadOn(end: Interruption | undefined): boolean {
		return this.course.reading.canResume && end !== undefined && end.kind !== 'silent' && !isFinal(end);
	}

	private async resume(): Promise<PageEnd> {
		const { source, question, reading, limits } = this.course;
		const offset = reading.resume();
		const page = await attempt(() => readStream(this.course, (signal) => source.resume!(question.ids, offset, signal)));
		if (page.worked) return page.value;
		limits.throwIfOver();
		const end = interruptionOf(page.error);
		if (!end) throw page.error;
		return end;
	}

	private async lookedUp(end: Interruption | undefined, step: NextStep): Promise<LookUpResult> {
		const isOneLook = step === 'glance' || end?.kind === 'silent';
		return await lookUp(this.course, {
			end,
			patienceMs: isOneLook ? 0 : this.options.lookUpPatienceMs,
			mayReadOn: this.mayReadOn(end),
		});
	}

	private notFound(end: Interruption | undefined, found: LookUpResult): ConversationFailure {
		if (found.kind === 'missing' || found.kind === 'ambiguous') this.course.question.disowned();
		if (end?.kind === 'unrecognised') return this.wording.unknownForm(this.course.reading.beginning);
		return this.wording.interrupted(end, found);
	}

	private resultOf(found: Extract<LookUpResult, { kind: 'found' | 'replayed' }>): FollowedAnswer {
		const { reading } = this.course;
		if (found.kind === 'found') reading.adopt(found.answer);
		else reading.adoptReplayed(found.answer);
		return this.result('lookup');
	}

	// --- ending ---------------------------------------------------------------------------------------------------

	/** The only place where a whole answer is made: one without text is none. */
	private result(deliveredBy: FollowedAnswer['deliveredBy']): FollowedAnswer {
		const { outcome, soFar, shownText, beginning } = this.course.reading;
		if (outcome === undefined || outcome.status === 'failed') throw this.agentFailed(outcome?.complaint);
		if (outcome.status === 'completed' && shownText.trim() === '' && soFar.files.length === 0) {
			this.course.question.ended('failed');
			const { finishReason, hasText, firstEvent } = soFar;
			const isUnknown = finishReason === undefined && !hasText && this.source.formIsAssumed && firstEvent !== undefined;
			throw isUnknown ? this.wording.unknownForm(beginning) : this.wording.emptyAnswer(finishReason);
		}
		return this.answerWith(outcome.status, shownText, deliveredBy);
	}

	/** The answer so far, when the time is over. */
	private unfinished(): FollowedAnswer {
		const { question, reading } = this.course;
		const isListed = reading.text !== reading.shownText;
		const deliveredBy = isListed ? 'lookup' : this.reconnects > 0 ? 'resume' : 'stream';
		return this.answerWith(question.status === 'cancelled' ? 'cancelled' : 'running', reading.text, deliveredBy);
	}

	private answerWith(
		status: FollowedAnswer['status'],
		text: string,
		deliveredBy: FollowedAnswer['deliveredBy'],
	): FollowedAnswer {
		const { soFar, firstTextAt } = this.course.reading;
		return {
			status,
			text,
			title: soFar.result?.title,
			summary: soFar.result?.summary,
			fileName: soFar.result?.fileName,
			fileType: soFar.result?.fileType,
			finishReason: soFar.finishReason,
			deliveredBy,
			ids: { ...this.course.question.ids },
			usage: soFar.usage,
			files: soFar.files,
			steps: soFar.steps,
			events: soFar.events,
			eventCount: soFar.eventCount,
			reconnects: this.reconnects,
			lastOffset: soFar.lastOffset,
			startedAt: this.startedAt,
			finishedAt: this.startedAt + Math.round(this.options.clock.ticks() - this.startedTicks),
			firstTextMs: firstTextAt === undefined ? null : Math.round(firstTextAt - this.startedTicks),
		};
	}

	private agentFailed(complaint: ProviderComplaint | undefined): ConversationFailure {
		this.course.question.ended('failed');
		return this.wording.agentFailed(complaint);
	}

	/** The question has been sent, or may have been, and its end has not been seen. */
	private get isRunning(): boolean {
		const { question, reading } = this.course;
		return !question.mayBeSent && reading.outcome === undefined;
	}

	/** The only place where an error gets the status of its question. */
	private async failureOf(error: unknown): Promise<ConversationFailure> {
		const { question, reading } = this.course;
		const failure = this.wording.explain(error);
		if (isTimeLimit(error, failure) && this.options.onTimeout === 'cancel' && this.isRunning) {
			if (await tellToStop(this.course)) question.ended('cancelled');
			else failure.details.hint += ' The agent could not be told to stop; it may still be running.';
		}
		failure.details.status = question.status;
		failure.progress = { ...question.ids, partialAnswer: reading.text, lastOffset: reading.soFar.lastOffset };
		return failure;
	}

	private isToBeReturned({ details: { code } }: ConversationFailure): boolean {
		const { question } = this.course;
		const isOutOfTime = ['max_duration', 'idle_timeout', 'not_finished'].includes(code);
		return this.options.ifNotFinished === 'return' && isOutOfTime && question.hasArrived && this.isRunning;
	}
}

const isTimeLimit = (error: unknown, { details }: ConversationFailure): boolean =>
	error instanceof OutOfTime || details.code === 'idle_timeout';
