import type { INodeProperties } from 'n8n-workflow';
import * as download from './download';

export const fileProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['file'] } },
		options: [
			{
				name: 'Download',
				value: 'download',
				action: 'Download file',
				description: 'Fetch a file that an agent made',
				routing: download.routing,
			},
		],
		default: 'download',
	},
	...download.description,
];
