import { updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { apiOf, reportify } from '../../reportify-provider';
import { conversationIdOf, conversationIdProperty } from '../parameters';
import { conversationItem } from './conversation-item';

export const description = updateDisplayOptions({ show: { resource: ['conversation'], operation: ['get'] } }, [
	conversationIdProperty,
]);

export const routing = operation(reportify, async (call) => [
	conversationItem(await apiOf(call).getConversation(conversationIdOf(call.context), call.replyDeadline())),
]);
