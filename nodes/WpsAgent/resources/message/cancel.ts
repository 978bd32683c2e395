import { updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { textId } from '../../../shared/parameters/identifier';
import { apiOf, wps } from '../../wps-provider';
import { appIdOf, appIdProperty, messageIdProperty } from '../parameters';

export const description = updateDisplayOptions({ show: { resource: ['message'], operation: ['cancel'] } }, [
	appIdProperty,
	messageIdProperty,
]);

export const routing = operation(wps, async (call) => {
	const appId = appIdOf(call.context);
	const messageId = textId(call.context.getNodeParameter('messageId', ''), 'Message ID');
	const reply = await apiOf(call, appId).cancelChat(messageId, call.replyDeadline());
	return [{ json: { ...reply, messageId } }];
});
