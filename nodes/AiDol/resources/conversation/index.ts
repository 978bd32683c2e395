import type { INodeProperties } from 'n8n-workflow';
import * as create from './create';

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
		],
		default: 'create',
	},
	...create.description,
];
