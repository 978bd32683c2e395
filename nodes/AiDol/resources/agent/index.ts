import type { INodeProperties } from 'n8n-workflow';
import * as getAll from './getAll';

export const agentProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['agent'] } },
		options: [
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many agents',
				description: 'List the agents that this API key may talk to',
				routing: getAll.routing,
			},
		],
		default: 'getAll',
	},
	...getAll.description,
];
