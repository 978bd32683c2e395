import { updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { apiOf, wps } from '../../wps-provider';
import { appIdOf, appIdProperty } from '../app-id';
import { conversationIdOf, conversationIdProperty } from './conversation-id';

export const description = updateDisplayOptions({ show: { resource: ['conversation'], operation: ['get'] } }, [
	appIdProperty,
	conversationIdProperty,
]);

export const routing = operation(wps, async (call) => {
	const appId = appIdOf(call.context);
	const conversationId = conversationIdOf(call.context);
	const { rows: messages } = await apiOf(call, appId).messages(conversationId, call.replyDeadline());
	return [{ json: { conversationId, messages } }];
});
