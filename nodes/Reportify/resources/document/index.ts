import type { INodeProperties } from 'n8n-workflow';
import * as getStatus from './getStatus';
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
				name: 'Get Status',
				value: 'getStatus',
				action: 'Get document status',
				description: 'See whether Reportify has prepared an uploaded document',
				routing: getStatus.routing,
			},
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
	...getStatus.description,
];
