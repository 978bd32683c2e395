import type { IExecuteSingleFunctions } from 'n8n-workflow';
import type { AnswerIds } from '../following/answer-source';
import type { ConversationFailure } from '../following/conversation-failure';
import type { FollowedAnswer, FollowOptions } from '../following/follow';
import { RunOrder } from './run-order';

/** What became of an item's question in this run of the node, across n8n's own retries. */
export interface RememberedItem {
	asked: FollowOptions['asked'];
	/** When the question was first asked, milliseconds since 1970. */
	askedAt?: number;
	ids: AnswerIds;
	/** The answer, once it is whole. */
	answer?: FollowedAnswer;
	/** What went wrong the last time. */
	failure?: ConversationFailure;
	/** Being worked on: an earlier try of the node failed because of another item and left this one running. */
	underWay?: Promise<FollowedAnswer>;
}

interface RememberedRun {
	order: RunOrder;
	items: Map<string, RememberedItem>;
}

/**
 * n8n's Retry On Fail runs the node again with the same execute data, so that object is what the memory hangs on; it is
 * gone together with the execution.
 */
const runs = new WeakMap<object, Map<string, RememberedRun>>();

function runOf(context: IExecuteSingleFunctions): RememberedRun {
	const executeData = context.getExecuteData() as object;
	const byNode = runs.get(executeData) ?? new Map<string, RememberedRun>();
	runs.set(executeData, byNode);
	const { name } = context.getNode();
	const run = byNode.get(name) ?? { order: new RunOrder(), items: new Map() };
	byNode.set(name, run);
	return run;
}

/** As a tool, a node runs on the execute data of its agent: calls are then told apart by what they ask. */
const isTool = (context: IExecuteSingleFunctions) => context.getExecuteData().node.name !== context.getNode().name;

/** The order of this run of the node. */
export const orderOf = (context: IExecuteSingleFunctions): RunOrder => runOf(context).order;

/**
 * What is remembered of the current item.
 *
 * @param question everything that tells one question of an AI Agent from another
 */
export function rememberedItem(context: IExecuteSingleFunctions, question: string): RememberedItem {
	const { items } = runOf(context);
	const key = isTool(context) ? question : String(context.getItemIndex());
	const item = items.get(key) ?? { asked: 'no', ids: {} };
	items.set(key, item);
	return item;
}

/** An AI Agent that asks the same again, after an answer, wants to know anew. */
export function forgetAnswered(context: IExecuteSingleFunctions, question: string): void {
	if (isTool(context)) runOf(context).items.delete(question);
}
