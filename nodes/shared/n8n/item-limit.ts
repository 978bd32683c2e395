import { ConversationFailure } from '../failures/conversation-failure';

/**
 * n8n hands the items of a node on as the arguments of one call, and JavaScript takes about 120,000 of them. Beyond that the
 * run breaks outside of any error handling, or the input item leaves by the success output.
 */
const MOST_ITEMS = 100_000;

/** @throws ConversationFailure for more items than n8n can take from one */
export function assertNotTooMany(items: readonly unknown[]): void {
	if (items.length <= MOST_ITEMS) return;
	throw new ConversationFailure(`The result would be ${items.length} items, more than n8n can take from one`, {
		code: 'too_many_items',
		hint: `n8n takes up to ${MOST_ITEMS} items from one input item. Choose another output, or a lower limit.`,
	});
}
