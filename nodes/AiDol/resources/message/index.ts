import type { INodeProperties } from 'n8n-workflow';
import * as send from './send';

export const messageProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['message'] } },
		options: [
			{
				name: 'Send',
				value: 'send',
				action: 'Send message',
				description: 'Ask an agent and return its finished answer as one item',
				routing: send.routing,
			},
		],
		default: 'send',
	},
	...send.description,
];
