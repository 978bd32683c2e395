import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { conversationIdProperty, messageIdProperty } from '../parameters';
import * as cancel from './cancel';
import * as collect from './collect';
import * as getAll from './getAll';
import * as send from './send';

/**
 * What was asked before. Once for all operations: for each item n8n evaluates every property of a name, also those that the
 * form does not show, and an expression is dear.
 */
const knownMessage = [
	...updateDisplayOptions({ show: { resource: ['message'], operation: ['collect', 'getAll', 'cancel'] } }, [
		conversationIdProperty,
	]),
	...updateDisplayOptions({ show: { resource: ['message'], operation: ['collect', 'cancel'] } }, [messageIdProperty]),
];

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
			{
				name: 'Collect',
				value: 'collect',
				action: 'Collect answer',
				description: 'Wait for the answer to a message that was sent earlier, and return it whole',
				routing: collect.routing,
			},
			{
				name: 'Get Many',
				value: 'getAll',
				action: 'Get many messages',
				description: 'List the messages of a conversation, newest first',
				routing: getAll.routing,
			},
			{
				name: 'Cancel',
				value: 'cancel',
				action: 'Cancel message',
				description:
					'Stop an agent that is working on an answer, within seconds; one that has finished cannot be stopped',
				routing: cancel.routing,
			},
		],
		default: 'send',
	},
	...send.description,
	...knownMessage,
	...collect.description,
	...getAll.description,
];
