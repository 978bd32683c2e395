import { updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { apiOf, reportify } from '../../reportify-provider';
import { conversationIdOf, conversationIdProperty } from '../conversation/conversation-id';
import { messageIdOf, messageIdProperty } from './message-id';

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['cancel'] } }, [
	conversationIdProperty,
	messageIdProperty,
]);

export const routing = operation(reportify, async (call) => {
	const conversationId = conversationIdOf(call.context);
	const messageId = messageIdOf(call.context);
	const reply = await apiOf(call).cancel(conversationId, messageId, call.replyDeadline());
	return [{ json: { ...reply, conversationId, messageId } }];
});
