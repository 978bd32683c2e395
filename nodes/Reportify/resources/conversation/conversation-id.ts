import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { integerId } from '../../../shared/parameters/identifier';

/** Which conversation an operation works on. */
export const conversationIdProperty: INodeProperties = {
	displayName: 'Conversation ID',
	name: 'conversationId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 11887655289749513',
	description: 'The conversation, as named by conversationId in the output of another Reportify node',
};

/** The conversation of the current item: exact digits. */
export const conversationIdOf = (context: IExecuteSingleFunctions): string =>
	integerId(context.getNodeParameter('conversationId', ''), 'Conversation ID');
