import { updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { apiOf, wps } from '../../wps-provider';
import { appIdOf, appIdProperty } from '../parameters';
import { conversationItem } from './conversation-item';

export const description = updateDisplayOptions({ show: { resource: ['conversation'], operation: ['create'] } }, [
	appIdProperty,
]);

export const routing = operation(wps, async (call) => {
	const { data } = await apiOf(call, appIdOf(call.context)).createSession(call.replyDeadline());
	return [conversationItem(data)];
});
