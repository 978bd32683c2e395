import { type INodeExecutionData, updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { listProperties } from '../../../shared/parameters/list-properties';
import { rowLimit } from '../../../shared/parameters/values';
import { newestMessages } from '../../newest-messages';
import { apiOf, reportify } from '../../reportify-provider';
import { conversationIdOf } from '../parameters';

export const description = updateDisplayOptions(
	{ show: { resource: ['message'], operation: ['getAll'] } },
	listProperties,
);

export const routing = operation(reportify, async (call) => {
	const conversationId = conversationIdOf(call.context);
	const messages = newestMessages(apiOf(call), conversationId, rowLimit(call.context), () => call.replyDeadline());
	const items: INodeExecutionData[] = [];
	for await (const message of messages) {
		items.push({ json: { ...message, conversationId, messageId: message.assistant_message_id ?? null } });
	}
	return items;
});
