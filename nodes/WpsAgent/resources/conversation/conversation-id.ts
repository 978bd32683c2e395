import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { textId } from '../../../shared/parameters/identifier';
import { optionalTextId } from '../../../shared/parameters/values';

const PARAMETER = 'conversationId';
const NAME = 'Conversation ID';

/** Which conversation an operation works on; WPS calls it a session. Chosen from a list, or by its id. */
export const conversationIdProperty: INodeProperties = {
	displayName: NAME,
	name: PARAMETER,
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	typeOptions: { loadOptionsDependsOn: ['authentication', 'appId'] },
	description:
		'The conversation, as named by conversationId in the output of another WPS Agent node. WPS calls it a session.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a conversation...',
			typeOptions: { searchListMethod: 'searchConversations', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 0f6c1b5e-9a54-4a0e-8a43-3c1f0c2b7d11',
		},
	],
};

/**
 * The id. Workflows from before there was a list, expressions and models give it as plain text.
 *
 * @throws InvalidParameter when it is empty, or cannot be an id
 */
export const conversationIdOf = (context: IExecuteSingleFunctions): string =>
	textId(context.getNodeParameter(PARAMETER, '', { extractValue: true }), NAME);

/** Undefined where it was left empty, for a new conversation. */
export const optionalConversationId = (context: IExecuteSingleFunctions): string | undefined =>
	optionalTextId(context, PARAMETER, NAME);
