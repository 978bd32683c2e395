import type { INodeExecutionData } from 'n8n-workflow';
import type { AnswerSource } from '../following/answer-source';
import { attempt } from '../following/attempt';
import { ConversationFailure } from '../following/conversation-failure';
import { askOnly, follow, type FollowedAnswer, type FollowOptions } from '../following/follow';
import { answerItems, type FileDownload, runningItem } from './answer-items';
import type { AnswerOptions } from './answer-options';
import { explainFailure } from './explain-failure';
import { LiveText } from './live-text';
import { n8nClock } from './n8n-clock';
import type { OperationCall } from './operation';
import { forgetAnswered, type RememberedItem, rememberedItem } from './run-memory';

/** Time for the provider's message list to show an answer whose stream broke. */
const LOOK_UP_PATIENCE_MS = 30_000;

/** A question to ask, or an answer to collect, for the current item. */
export interface AnswerRequest {
	options: AnswerOptions;
	/** The conversation, when it is known beforehand. */
	conversationId?: string;
	/** The message, when it was asked before; it is collected then. */
	messageId?: string;
	/** True when the answer of an earlier question is to be collected, whether its message id is known or not. */
	isCollected: boolean;
	/** Everything that tells this question from another one. */
	question: string;
	/** @param askedAt when the question was asked first, milliseconds since 1970 */
	source: (askedAt: number) => AnswerSource;
	/** How long to wait for the message list; the maximum duration where there is nothing else to wait for. */
	lookUpPatienceMs?: number;
	/** For the option Download Files, where the provider has files. */
	downloadFile?: FileDownload;
}

/**
 * The work of `send` and `collect`: one item in, one finished answer out (contract: outputs). Across n8n's retries of the
 * node, what was answered is given again, and what was asked is not asked again.
 */
export async function answerOperation(call: OperationCall, request: AnswerRequest): Promise<INodeExecutionData[]> {
	const memory = rememberedItem(call.context, request.question);
	memory.ids = { conversationId: request.conversationId, messageId: request.messageId, ...memory.ids };
	if (request.isCollected) memory.asked = 'yes';
	if (!request.options.waitForAnswer && !request.isCollected) {
		const startedAt = n8nClock.now();
		const { source, options } = followed(call, request, memory);
		const ids = await inTurn(call, request, () => askOnly(source, options));
		forgetAnswered(call.context, request.question);
		return [runningItem(call, ids, startedAt)];
	}
	const answer = memory.answer ?? (await (memory.underWay ??= answered(call, request, memory)));
	const items = await attempt(() => answerItems(call, request.options, answer, request.downloadFile));
	if (!items.worked) throw withAnswer(explainFailure(items.error, call.provider.name), answer);
	forgetAnswered(call.context, request.question);
	return items.value;
}

/** The answer is there and paid for, only its item could not be made of it: the failure has it. */
function withAnswer(failure: ConversationFailure, { ids, text, lastOffset }: FollowedAnswer): ConversationFailure {
	failure.progress = { ...ids, partialAnswer: text, lastOffset };
	return failure;
}

async function answered(call: OperationCall, request: AnswerRequest, memory: RememberedItem): Promise<FollowedAnswer> {
	try {
		memory.answer = await inTurn(call, request, () => liveAnswer(call, request, memory));
		return memory.answer;
	} finally {
		memory.underWay = undefined;
	}
}

async function liveAnswer(
	call: OperationCall,
	request: AnswerRequest,
	memory: RememberedItem,
): Promise<FollowedAnswer> {
	const { source, options } = followed(call, request, memory);
	if (memory.failure && isFinal(memory, source)) throw memory.failure;
	const live = LiveText.for(call.context, n8nClock);
	const result = await attempt(() => follow(source, { ...options, onText: live && ((change) => live.take(change)) }));
	live?.end(result.worked ? result.value.text : undefined);
	if (result.worked) return result.value;
	throw remembered(memory, result.error);
}

/** Another try cannot bring more: the agent has ended, or the provider has nothing to read a second time. */
function isFinal({ failure, asked }: RememberedItem, { resume, lookUp, locate }: AnswerSource): boolean {
	const status = failure?.details.status;
	return status === 'failed' || status === 'cancelled' || (asked !== 'no' && !resume && !lookUp && !locate);
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

/** What to follow, and how; what becomes known on the way is remembered for the next try. */
function followed(call: OperationCall, request: AnswerRequest, memory: RememberedItem) {
	const { options: chosen } = request;
	const options: FollowOptions = {
		clock: n8nClock,
		idleTimeoutMs: chosen.idleTimeoutMs,
		maxDurationMs: chosen.maxDurationMs,
		onTimeout: chosen.onTimeout,
		lookUpPatienceMs: request.lookUpPatienceMs ?? LOOK_UP_PATIENCE_MS,
		keepSteps: chosen.includeSteps,
		keepEvents: chosen.includeEvents || chosen.output === 'events',
		stop: call.stop,
		ids: memory.ids,
		asked: memory.asked,
		onAsking: () => {
			memory.asked = 'maybe';
			memory.askedAt ??= n8nClock.now();
		},
		onNotAsked: () => (memory.asked = 'no'),
		onIds: (ids) => {
			memory.ids = ids;
			if (ids.messageId !== undefined) memory.asked = 'yes';
		},
	};
	return { source: request.source(memory.askedAt ?? n8nClock.now()), options };
}

/** Waits for this item's turn; a conversation that is not made yet is in nobody's way. */
async function inTurn<T>({ turn }: OperationCall, request: AnswerRequest, task: () => Promise<T>): Promise<T> {
	return await turn.run(request.conversationId, request.options.maxConcurrency, task);
}
