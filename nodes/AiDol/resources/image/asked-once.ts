import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { attempt } from '../../../shared/following/attempt';
import { ConversationFailure } from '../../../shared/following/conversation-failure';

/** What became of a request in this run of the node, across n8n's own retries. */
interface Remembered<T> {
	/** Under way or done: whoever else wants it waits for it as well. */
	work?: Promise<T>;
	/** It may have been carried out, and failed all the same: it is not asked for again. */
	failure?: ConversationFailure;
	failures: number;
}

/**
 * n8n's Retry On Fail runs the node again with the same execute data, so that object is what the memory hangs on; it is
 * gone together with the execution.
 */
const runs = new WeakMap<object, Map<string, Remembered<unknown>>>();

/**
 * Does something that must not be done twice, once for each item: another try of the node gets what the first one got.
 * Only what failed with status `notSent` is done again.
 *
 * @param key everything that tells one call of an AI Agent's tool from another
 */
export async function askedOnce<T>(context: IExecuteSingleFunctions, key: string, work: () => Promise<T>): Promise<T> {
	const executeData = context.getExecuteData() as { node: { name: string } };
	const items = runs.get(executeData) ?? new Map<string, Remembered<unknown>>();
	runs.set(executeData, items);
	const { name, retryOnFail, maxTries = 3 } = context.getNode();
	// As a tool, a node runs on the execute data of its agent: calls are then told apart by what they ask.
	const isTool = executeData.node.name !== name;
	const place = JSON.stringify([name, isTool ? key : context.getItemIndex()]);
	const memory = (items.get(place) ?? { failures: 0 }) as Remembered<T>;
	items.set(place, memory);
	if (memory.failure) throw memory.failure;
	const result = await attempt(() => (memory.work ??= work()));
	if (result.worked) {
		// An agent that asks the same again wants another one.
		if (isTool) items.delete(place);
		return result.value;
	}
	memory.work = undefined;
	memory.failures++;
	if (result.error instanceof ConversationFailure && result.error.details.status !== 'notSent') {
		memory.failure = result.error;
	}
	const tries = retryOnFail ? Math.min(5, Math.max(2, maxTries)) : 1; // as n8n counts them
	if (isTool && memory.failures >= tries) items.delete(place);
	throw result.error;
}
