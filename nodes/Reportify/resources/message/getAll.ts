import { updateDisplayOptions } from 'n8n-workflow';
import type { JsonObject } from '../../../shared/json/json';
import { listProperties } from '../../../shared/n8n/list-properties';
import { operation, type OperationCall } from '../../../shared/n8n/operation';
import { rowLimit } from '../../../shared/n8n/parameters';
import { LARGEST_MESSAGE_PAGE } from '../../reportify-api';
import { apiOf, reportify } from '../../reportify-provider';
import { conversationIdOf, conversationIdProperty } from '../conversation/conversation-id';

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['getAll'] } }, [
	conversationIdProperty,
	...listProperties,
]);

export const routing = operation(reportify, async (call) => {
	const conversationId = conversationIdOf(call.context);
	const messages = await newestMessages(call, conversationId, rowLimit(call.context));
	return messages.map((message) => ({
		json: { ...message, conversationId, messageId: message.assistant_message_id ?? null },
	}));
});

/** Pages backwards in time: each page is asked for with the oldest id of the one before (`providers/reportify.md §6`). */
async function newestMessages(call: OperationCall, conversationId: string, limit: number): Promise<JsonObject[]> {
	const api = apiOf(call);
	const messages: JsonObject[] = [];
	const seen = new Set<string>();
	for (let beforeMessageId: string | undefined; messages.length < limit;) {
		const pageSize = Math.min(LARGEST_MESSAGE_PAGE, limit - messages.length);
		const page = await api.messages(conversationId, { limit: pageSize, beforeMessageId }, call.replyDeadline());
		const fresh = page.filter(({ id }) => typeof id !== 'string' || !seen.has(id));
		fresh.forEach(({ id }) => typeof id === 'string' && seen.add(id));
		messages.push(...fresh);
		beforeMessageId = oldestId(page);
		// A page without news would be asked for again and again.
		if (page.length < pageSize || fresh.length === 0 || beforeMessageId === undefined) break;
	}
	return messages.slice(0, limit);
}

function oldestId(page: JsonObject[]): string | undefined {
	const ids = page.map(({ id }) => id).filter((id): id is string => typeof id === 'string' && /^\d+$/.test(id));
	return ids.reduce<string | undefined>(
		(oldest, id) => (oldest && BigInt(oldest) < BigInt(id) ? oldest : id),
		undefined,
	);
}
