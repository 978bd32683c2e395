import type { INodeProperties } from 'n8n-workflow';
import * as generate from './generate';

export const imageProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['image'] } },
		options: [
			{
				name: 'Generate',
				value: 'generate',
				action: 'Generate image',
				description: 'Have an agent make a picture and return it as a file',
				routing: generate.routing,
			},
		],
		default: 'generate',
	},
	...generate.description,
];
