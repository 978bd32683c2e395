import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { textId } from '../../../shared/identifier';

/** Which conversation an operation works on; WPS calls it a session. */
export const conversationIdProperty: INodeProperties = {
	displayName: 'Conversation ID',
	name: 'conversationId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 0f6c1b5e-9a54-4a0e-8a43-3c1f0c2b7d11',
	description:
		'The conversation, as named by conversationId in the output of another WPS Agent node. WPS calls it a session.',
};

export const conversationIdOf = (context: IExecuteSingleFunctions): string =>
	textId(context.getNodeParameter('conversationId', ''), 'Conversation ID');
