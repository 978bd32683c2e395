import type { INodeProperties } from 'n8n-workflow';
import * as upload from './upload';

export const documentProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['document'] } },
		options: [
			{
				name: 'Upload',
				value: 'upload',
				action: 'Upload document',
				description: 'Upload a file that questions can then refer to',
				routing: upload.routing,
			},
		],
		default: 'upload',
	},
	...upload.description,
];
