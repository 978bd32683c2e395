import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { isEmptyId, textId } from '../../../shared/identifier';

const PARAMETER = 'conversationId';
const NAME = 'Conversation ID';

/** Which conversation an operation works on; WPS calls it a session. Chosen from a list, or by its id. */
export const conversationIdProperty: INodeProperties = {
	displayName: NAME,
	name: PARAMETER,
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
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

/** @throws InvalidParameter when it is empty, or cannot be an id */
export const conversationIdOf = (context: IExecuteSingleFunctions): string => textId(given(context), NAME);

/** Undefined where it was left empty, for a new conversation. */
export function optionalConversationId(context: IExecuteSingleFunctions): string | undefined {
	const value = given(context);
	return isEmptyId(value) ? undefined : textId(value, NAME);
}

/** Workflows from before there was a list, expressions and models give the plain id. */
function given(context: IExecuteSingleFunctions): unknown {
	const value: unknown = context.getNodeParameter(PARAMETER, '');
	return typeof value === 'object' && value !== null && 'mode' in value && 'value' in value ? value.value : value;
}
