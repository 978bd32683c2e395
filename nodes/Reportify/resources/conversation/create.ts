import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { jsonObject, optionalIntegerId, optionalText } from '../../../shared/n8n/parameters';
import { apiOf, reportify } from '../../reportify-provider';
import { agentIdProperty } from './agent-id';
import { conversationItem } from './conversation-item';

const properties: INodeProperties[] = [
	agentIdProperty,
	{
		displayName: 'Title',
		name: 'title',
		type: 'string',
		default: '',
		placeholder: 'e.g. Weekly market report',
		description: 'Name of the conversation, as Reportify shows it',
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			{
				displayName: 'Channel',
				name: 'channel',
				type: 'string',
				default: '',
				placeholder: 'e.g. feishu',
				description: 'Where Reportify sends a notice when the agent has finished, such as feishu, wecom or telegram',
			},
			{
				displayName: 'Conversation Type',
				name: 'conversationType',
				type: 'options',
				default: 'agent_chat',
				description: 'What kind of conversation to make',
				options: [
					{ name: 'Agent Chat', value: 'agent_chat' },
					{ name: 'Bot Chat', value: 'bot_chat' },
					{ name: 'Debug Chat', value: 'debug_chat' },
					{ name: 'Task Chat', value: 'task_chat' },
				],
			},
			{
				displayName: 'Meta',
				name: 'meta',
				type: 'json',
				default: '{}',
				placeholder: 'e.g. {"customer": "A-17"}',
				description: 'Data of your own to keep with the conversation, as a JSON object',
			},
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['conversation'], operation: ['create'] } },
	properties,
);

export const routing = operation(reportify, async (call) => {
	const { context } = call;
	const conversation = await apiOf(call).createConversation(
		{
			agentId: optionalIntegerId(context, 'agentId', 'Agent ID'),
			title: optionalText(context, 'title'),
			conversationType: optionalText(context, 'additionalFields.conversationType'),
			channel: optionalText(context, 'additionalFields.channel'),
			meta: jsonObject(context.getNodeParameter('additionalFields.meta', ''), 'Meta', '{"customer": "A-17"}'),
		},
		call.replyDeadline(),
	);
	return [conversationItem(conversation)];
});
