import type { INodeProperties } from 'n8n-workflow';
import * as create from './create';
import * as get from './get';

export const conversationProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['conversation'] } },
		options: [
			{
				name: 'Create',
				value: 'create',
				action: 'Create conversation',
				description: 'Start a new conversation with an agent',
				routing: create.routing,
			},
			{
				name: 'Get',
				value: 'get',
				action: 'Get conversation',
				description: 'Look up a conversation and its last message',
				routing: get.routing,
			},
		],
		default: 'create',
	},
	...create.description,
	...get.description,
];
