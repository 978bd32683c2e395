import type { INodeExecutionData } from 'n8n-workflow';
import { attempt } from '../attempt';
import { ConversationFailure } from '../failures/conversation-failure';
import type { AnswerSource } from '../following/answer-source';
import { askOnly, follow, type FollowedAnswer, type FollowOptions } from '../following/follow';
import { Question } from '../following/question';
import { type AnswerOptions, addsFormat } from '../parameters/answer-options';
import { answerItems, type FileDownload, runningItem } from './answer-items';
import { explainFailure } from './explain-failure';
import { assertNotTooMany } from './item-limit';
import { LiveText } from './live-text';
import type { OperationCall } from './operation';
import { progressCalls } from './progress-workflow';
import {
	forgetAnswered,
	forgetFailed,
	isTool,
	isTriedAgain,
	type Outcome,
	type RememberedItem,
	rememberedItem,
	runOf,
} from './run-memory';
import { type ToolSources, wantsSources } from './source-list';
import { tellTokens } from './token-usage';

/** Time for the provider's message list to show an answer whose stream broke. */
const LOOK_UP_PATIENCE_MS = 30_000;

/** Files are fetched into n8n's memory: so many at a time, whatever may be asked side by side. */
const MOST_DOWNLOADS = 3;

/** A question to ask, or an answer to collect, for the current item. */
export interface AnswerRequest {
	options: AnswerOptions;
	/** The conversation, when it is known beforehand. */
	conversationId?: string;
	/** The message, when it was asked before; it is collected then. */
	messageId?: string;
	/** True when the answer of an earlier question is to be collected, whether its message id is known or not. */
	isCollected: boolean;
	/** The text of the question as it is sent, or as it was sent before; undefined where only IDs are known. */
	message?: string;
	/** Everything that tells this question from another one. */
	question: string;
	/** @param askedAt when the question was asked first, milliseconds since 1970 */
	source: (askedAt: number) => AnswerSource;
	/** How long to wait for the message list; the maximum duration where there is nothing else to wait for. */
	lookUpPatienceMs?: number;
	/** For the option Download Files, where the provider has files. */
	downloadFile?: FileDownload;
	/** For the format and the output *Sources*, where tools of the provider's agents tell what they found. */
	toolSources?: ToolSources;
}

/**
 * The work of `send` and `collect`: one item in, one finished answer out (README: What comes out). Across n8n's retries of the
 * node, what was answered is given again, and what was asked is not asked again.
 */
export async function answerOperation(call: OperationCall, request: AnswerRequest): Promise<INodeExecutionData[]> {
	call.idle.ms = request.options.idleTimeoutMs;
	const memory = rememberedItem(call.context, request.question, () => questionOf(request));
	// It is done, or another call is at it, which must not wait for this one to say what it is about.
	if (memory.answer ?? memory.work) call.turn.leave();
	const { answer, ids, startedAt } = memory.answer
		? outcomeOf(memory.answer)
		: await (memory.work ??= worked(call, request, memory));
	const surroundings = {
		question: memory.message ?? null,
		isFormatSent: !request.isCollected && addsFormat(request.options),
		downloadFile: downloadOf(call, request),
		toolSources: request.toolSources,
	};
	if (!answer) {
		forgetAnswered(call.context, request.question);
		return [runningItem(call, ids, startedAt, surroundings)];
	}
	tellTokens(call.context, answer);
	const items = await attempt(async () => {
		const made = await answerItems(call, request.options, answer, surroundings);
		assertNotTooMany(made);
		return made;
	});
	if (!items.worked) {
		memory.failures++;
		forgetFailed(call.context, request.question, memory);
		throw withAnswer(explainFailure(items.error, call.provider.name), answer);
	}
	forgetAnswered(call.context, request.question);
	return items.value;
}

function questionOf({ isCollected, conversationId, messageId }: AnswerRequest): Question {
	const ids = { conversationId, messageId };
	return isCollected ? Question.askedBefore(ids) : new Question(ids);
}

/** The answer is there and paid for, but its item could not be made: the error carries it. */
function withAnswer(failure: ConversationFailure, { ids, text, lastOffset }: FollowedAnswer): ConversationFailure {
	failure.progress = { ...ids, partialAnswer: text, lastOffset };
	return failure;
}

const outcomeOf = (answer: FollowedAnswer): Outcome => ({ ids: answer.ids, startedAt: answer.startedAt, answer });

/** The only work on a question; other calls that want its answer wait for it as well. */
async function worked(call: OperationCall, request: AnswerRequest, memory: RememberedItem): Promise<Outcome> {
	const { turn } = call;
	const { conversationId, options, isCollected } = request;
	const waits = options.waitForAnswer || isCollected;
	// A new conversation blocks no other item.
	const work = await attempt(() =>
		turn.run(conversationId, options.maxConcurrency, () =>
			waits ? answered(call, request, memory) : asked(call, request, memory),
		),
	);
	memory.work = undefined;
	if (work.worked) return work.value;
	memory.failures++;
	if (isFinal(memory)) forgetFailed(call.context, request.question, memory);
	throw work.error;
}

async function asked(call: OperationCall, request: AnswerRequest, memory: RememberedItem): Promise<Outcome> {
	const startedAt = call.connection.clock.now();
	return { ids: await askOnly(sourceOf(call, request, memory), followOptions(call, request, memory)), startedAt };
}

async function answered(call: OperationCall, request: AnswerRequest, memory: RememberedItem): Promise<Outcome> {
	const source = sourceOf(call, request, memory);
	if (memory.failure && isFinal(memory)) throw memory.failure;
	// A tool's answer is for its agent; the visitor of the chat gets the agent's own words.
	const live = isTool(call.context) ? undefined : LiveText.for(call.context, call.connection.clock, memory.shownLive);
	const progress = progressOf(call, request, memory);
	const options: FollowOptions = {
		...followOptions(call, request, memory),
		onText: live && ((change) => live.take(change)),
		onBegin: progress && ((run) => progress.begin(run)),
	};
	const result = await attempt(() => follow(source, options));
	live?.end(result.worked ? result.value.text : undefined);
	memory.shownLive = live?.shown ?? '';
	if (!result.worked) {
		const error = remembered(memory, result.error);
		if (!isFinal(memory) && isTriedAgain(call.context, memory)) progress?.pause();
		else progress?.end(memory.question.status, memory.failure?.progress.partialAnswer ?? '');
		throw error;
	}
	progress?.end(result.value.status, result.value.text);
	// What there was at the time limit is not the answer: the next try continues from there.
	if (result.value.status !== 'running') memory.answer = result.value;
	return outcomeOf(result.value);
}

function progressOf({ context, connection }: OperationCall, { options }: AnswerRequest, { told }: RememberedItem) {
	return options.progress && progressCalls(context, connection.clock, options.progress, told);
}

/** Another try cannot bring more: the agent has ended, or the provider has nothing to read a second time. */
function isFinal({ question, source }: RememberedItem): boolean {
	const isLost = !question.mayBeSent && !source?.resume && !source?.lookUp && !source?.locate;
	return question.hasFailed || isLost;
}

/** Keeps a failure for the next try; what an earlier try had of the answer is not lost when this one had less. */
function remembered(memory: RememberedItem, error: unknown): unknown {
	if (!(error instanceof ConversationFailure)) return error;
	const earlier = memory.failure?.progress;
	if (earlier && earlier.partialAnswer.length > error.progress.partialAnswer.length) {
		const { partialAnswer, lastOffset } = earlier;
		error.progress = { ...error.progress, partialAnswer, lastOffset };
	}
	memory.failure = error;
	return error;
}

/**
 * What to follow. For a question that may have been sent it is what was asked: n8n evaluates the parameters again for
 * each try, and a text with `{{ $now }}` in it has become another one.
 */
function sourceOf({ connection }: OperationCall, request: AnswerRequest, memory: RememberedItem): AnswerSource {
	if (memory.question.mayBeSent) memory.source = undefined;
	if (!memory.source) memory.message = request.message;
	return (memory.source ??= request.source(connection.clock.now()));
}

function followOptions(call: OperationCall, request: AnswerRequest, { question }: RememberedItem): FollowOptions {
	const { options: chosen } = request;
	return {
		clock: call.connection.clock,
		maxDurationMs: chosen.maxDurationMs,
		onTimeout: chosen.onTimeout,
		ifNotFinished: chosen.ifNotFinished,
		lookUpPatienceMs: request.lookUpPatienceMs ?? LOOK_UP_PATIENCE_MS,
		keepSteps: chosen.includeSteps || wantsSources(chosen),
		keepEvents: chosen.includeEvents || chosen.output === 'events',
		stop: call.stop,
		question,
	};
}

/** Files are downloaded after the item's turn is over, so they have an order of their own. */
function downloadOf({ context }: OperationCall, { downloadFile }: AnswerRequest): FileDownload | undefined {
	if (!downloadFile) return undefined;
	const { downloads } = runOf(context);
	return async (file) => await downloads.enter().run(undefined, MOST_DOWNLOADS, () => downloadFile(file));
}
