import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { textId } from '../../../shared/parameters/identifier';

/** Which answer an operation works on. */
export const messageIdProperty: INodeProperties = {
	displayName: 'Message ID',
	name: 'messageId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 019b24ef238cc97730971a9a0080c99c',
	description: "The agent's message, as named by messageId in the output of Send",
};

export const messageIdOf = (context: IExecuteSingleFunctions): string =>
	textId(context.getNodeParameter('messageId', ''), 'Message ID');
