import type { IExecuteSingleFunctions } from 'n8n-workflow';
import type { ConversationFailure, FailureProgress, QuestionStatus } from '../failures/conversation-failure';
import type { AnswerIds, AnswerSource } from '../following/answer-source';
import type { FollowedAnswer } from '../following/follow';
import { Question } from '../following/question';
import { nothingTold, type ToldProgress } from '../progress/progress-calls';
import { RunOrder } from './run-order';

/** The result of following a question; no answer if it was not waited for. */
export interface Outcome {
	ids: AnswerIds;
	/** Milliseconds since 1970. */
	startedAt: number;
	answer?: FollowedAnswer;
}

/** What became of an item's question in this run of the node, across n8n's own retries. */
export interface RememberedItem {
	question: Question;
	/** As it was when the question went out. */
	source?: AnswerSource;
	/** The text of the question as it went out. */
	message?: string;
	/** The answer, once it is whole. */
	answer?: FollowedAnswer;
	/** What went wrong the last time. */
	failure?: ConversationFailure;
	/** How many tries have failed. */
	failures: number;
	/** Being worked on: by an earlier try of the node that failed because of another item, or by an equal call of a tool. */
	work?: Promise<Outcome>;
	/** What has been shown of the answer live. */
	shownLive: string;
	/** What the progress workflow has been told. */
	told: ToldProgress;
}

/** What the items of one run of a node share. */
interface RememberedRun {
	order: RunOrder;
	/** Downloads of files, which follow the answer, outside of its turn. */
	downloads: RunOrder;
	items: Map<string, RememberedItem>;
	/** Aborted by n8n's Stop, and at the end of the execution, when no one is left to take an answer. */
	stop: AbortSignal;
	/** Aborted when the execution ends, if n8n reports that (n8n 2.41 does). */
	finished: AbortSignal;
}

/**
 * n8n's Retry On Fail runs the node again with the same execute data, so that object is what the memory hangs on; it is
 * gone together with the execution.
 */
const runs = new WeakMap<object, Map<string, RememberedRun>>();

/** What the items of the current run of the node share, n8n's retries of it included. */
export function runOf(context: IExecuteSingleFunctions): RememberedRun {
	const executeData = context.getExecuteData() as object;
	const byNode = runs.get(executeData) ?? new Map<string, RememberedRun>();
	runs.set(executeData, byNode);
	const { name } = context.getNode();
	const run = byNode.get(name) ?? newRun(context);
	byNode.set(name, run);
	return run;
}

/** Is missing from n8n before 2.41. */
interface Finishing {
	onExecutionFinish?(handler: () => void): void;
}

function newRun(context: IExecuteSingleFunctions & Finishing): RememberedRun {
	const finished = new AbortController();
	// n8n abandons the other items when it cannot resolve one: their leftovers must not go on asking.
	context.onExecutionFinish?.(() => finished.abort());
	const cancelled = context.getExecutionCancelSignal?.();
	const stop = AbortSignal.any(cancelled ? [cancelled, finished.signal] : [finished.signal]);
	return {
		order: new RunOrder(stop),
		downloads: new RunOrder(stop),
		items: new Map(),
		stop,
		finished: finished.signal,
	};
}

/** As a tool, a node runs on the execute data of its agent: so calls are distinguished by what they ask. */
const isCalledByAgent = (context: IExecuteSingleFunctions) =>
	context.getExecuteData().node.name !== context.getNode().name;

/** The node is a tool of an AI Agent, which may also have n8n's engine run it. */
export const isTool = (context: IExecuteSingleFunctions): boolean =>
	isCalledByAgent(context) || context.getExecuteData().data?.ai_tool !== undefined;

/**
 * What is remembered of the current item.
 *
 * @param key everything that distinguishes one question of an AI Agent from another
 * @param question as it is before the first try
 */
export function rememberedItem(
	context: IExecuteSingleFunctions,
	key: string,
	question: () => Question,
): RememberedItem {
	const { items } = runOf(context);
	const name = isCalledByAgent(context) ? key : String(context.getItemIndex());
	const item = items.get(name) ?? { question: question(), failures: 0, shownLive: '', told: nothingTold() };
	items.set(name, item);
	return item;
}

/** What earlier tries have left, for an error before it is known what this one asks. */
export function leftByEarlierTries(context: IExecuteSingleFunctions): {
	status: QuestionStatus;
	progress: FailureProgress;
} {
	const { items } = runOf(context);
	if (isCalledByAgent(context)) {
		const isUnsent = [...items.values()].every(({ question }) => question.mayBeSent);
		return { status: isUnsent ? 'notSent' : 'unknown', progress: { partialAnswer: '' } };
	}
	const item = items.get(String(context.getItemIndex()));
	const { answer, failure, question } = item ?? {};
	const partialAnswer = answer?.text ?? failure?.progress.partialAnswer ?? '';
	const lastOffset = answer?.lastOffset ?? failure?.progress.lastOffset;
	return { status: question?.status ?? 'notSent', progress: { ...question?.ids, partialAnswer, lastOffset } };
}

/** When an AI Agent repeats a question after an answer, ask it again. */
export function forgetAnswered(context: IExecuteSingleFunctions, key: string): void {
	if (isCalledByAgent(context)) runOf(context).items.delete(key);
}

/** When an AI Agent repeats a question after a failure that was final, or n8n's last try, it is a new question. */
export function forgetFailed(context: IExecuteSingleFunctions, key: string, { failures }: RememberedItem): void {
	if (failures >= triesOf(context)) forgetAnswered(context, key);
}

/** n8n is certain to run the node once more when the current try of this item fails. */
export function isTriedAgain(context: IExecuteSingleFunctions, { failures }: RememberedItem): boolean {
	// With On Error: Continue, n8n looks for an error in the first item only.
	const isNoticed = !context.continueOnFail() || context.getItemIndex() === 0;
	return isNoticed && failures + 1 < triesOf(context);
}

/** As n8n counts them. */
function triesOf(context: IExecuteSingleFunctions): number {
	const { retryOnFail, maxTries = 3 } = context.getNode();
	return retryOnFail ? Math.min(5, Math.max(2, maxTries)) : 1;
}
