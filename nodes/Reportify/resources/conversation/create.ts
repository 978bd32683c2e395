import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { operation } from '../../../shared/n8n/operation';
import { jsonObject, optionalIntegerId, optionalText } from '../../../shared/parameters/values';
import { apiOf, reportify } from '../../reportify-provider';
import { agentIdProperty, channelField, conversationFieldsIn, conversationTypeField, titleField } from '../parameters';
import { conversationItem } from './conversation-item';

const properties: INodeProperties[] = [
	agentIdProperty,
	titleField,
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		options: [
			channelField,
			conversationTypeField,
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
			...conversationFieldsIn(context, 'additionalFields'),
			meta: jsonObject(context.getNodeParameter('additionalFields.meta', ''), 'Meta', '{"customer": "A-17"}'),
		},
		call.replyDeadline(),
	);
	return [conversationItem(conversation)];
});
