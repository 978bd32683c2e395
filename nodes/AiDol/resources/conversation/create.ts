import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { aiDol, apiOf } from '../../aidol-provider';
import { agentIdOf, agentIdProperty, userIdOf, userIdOption } from '../parameters';

const properties: INodeProperties[] = [
	agentIdProperty,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [userIdOption],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['conversation'], operation: ['create'] } },
	properties,
);

export const routing = operation(aiDol, async (call) => {
	const agentId = agentIdOf(call.context);
	const api = apiOf(call, userIdOf(call.context));
	const { conversationId, data } = await api.createConversation(agentId, call.replyDeadline());
	return [{ json: { ...data, conversationId, agentId } }];
});
