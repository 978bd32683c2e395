import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { attempt } from '../../../shared/attempt';
import { ConversationFailure } from '../../../shared/failures/conversation-failure';
import { isTool, runOf } from '../../../shared/n8n/run-memory';

/** What became of a request in this run of the node, across n8n's own retries. */
interface Remembered<T> {
	/** Under way or done: other calls that want it wait for it as well. */
	work?: Promise<T>;
	/** It failed, but may have been carried out: it is not asked for again. */
	failure?: ConversationFailure;
	failures: number;
}

/** By run of the node, n8n's retries of it included. */
const runs = new WeakMap<object, Map<string, Remembered<unknown>>>();

/**
 * Does something that must not be done twice, once for each item: another try of the node gets what the first one got.
 * Only what failed with status `notSent` is done again.
 *
 * @param key everything that distinguishes one call of an AI Agent's tool from another
 */
export async function askedOnce<T>(context: IExecuteSingleFunctions, key: string, work: () => Promise<T>): Promise<T> {
	const run = runOf(context);
	const items = runs.get(run) ?? new Map<string, Remembered<unknown>>();
	runs.set(run, items);
	const { retryOnFail, maxTries = 3 } = context.getNode();
	// As a tool, a node runs on the execute data of its agent: so calls are distinguished by what they ask.
	const isCall = isTool(context);
	const place = isCall ? key : String(context.getItemIndex());
	const memory = (items.get(place) ?? { failures: 0 }) as Remembered<T>;
	items.set(place, memory);
	if (memory.failure) throw memory.failure;
	const result = await attempt(() => (memory.work ??= work()));
	if (result.worked) {
		// An agent that asks the same again wants another one.
		if (isCall) items.delete(place);
		return result.value;
	}
	memory.work = undefined;
	memory.failures++;
	if (result.error instanceof ConversationFailure && result.error.details.status !== 'notSent') {
		memory.failure = result.error;
	}
	const tries = retryOnFail ? Math.min(5, Math.max(2, maxTries)) : 1; // as n8n counts them
	if (isCall && memory.failures >= tries) items.delete(place);
	throw result.error;
}
