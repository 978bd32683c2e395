import type { INodeProperties } from 'n8n-workflow';
import * as create from './create';
import * as get from './get';
import * as getAll from './getAll';

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
				description: 'Look up a conversation and its messages',
				routing: get.routing,
			},
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many conversations',
				description: 'List the conversations with an agent',
				routing: getAll.routing,
			},
		],
		default: 'create',
	},
	...create.description,
	...get.description,
	...getAll.description,
];
