import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { textId } from '../../shared/parameters/identifier';
import { optionalTextId } from '../../shared/parameters/values';

/** Which agent an operation is about; WPS calls it an app. */
export const appIdProperty: INodeProperties = {
	displayName: 'App ID',
	name: 'appId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. AK20250509ABCDEF',
	hint: 'The app_id of the agent in the WPS agent platform; in the addresses for calling the agent it comes after /app/ or /apps/',
	description: 'The agent app to talk to, as WPS names it in the agent platform (not the APPID of the credential)',
};

/** @throws InvalidParameter */
export const appIdFrom = (value: unknown): string =>
	textId(
		value,
		'App ID',
		'Enter the app_id of the agent. In the addresses for calling it, it comes after /app/ or /apps/.',
	);

export const appIdOf = (context: IExecuteSingleFunctions): string => appIdFrom(context.getNodeParameter('appId', ''));

const CONVERSATION_ID = 'conversationId';
const CONVERSATION_ID_NAME = 'Conversation ID';

/** Which conversation an operation works on; WPS calls it a session. Chosen from a list, or by its id. */
export const conversationIdProperty: INodeProperties = {
	displayName: CONVERSATION_ID_NAME,
	name: CONVERSATION_ID,
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
	textId(context.getNodeParameter(CONVERSATION_ID, '', { extractValue: true }), CONVERSATION_ID_NAME);

/** Undefined where it was left empty, for a new conversation. */
export const optionalConversationId = (context: IExecuteSingleFunctions): string | undefined =>
	optionalTextId(context, CONVERSATION_ID, CONVERSATION_ID_NAME);

/** Which question an operation works on; WPS calls it a chat. */
export const messageIdProperty: INodeProperties = {
	displayName: 'Message ID',
	name: 'messageId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 6a0de9f0-50b1-4a4c-9a1e-7f3d2f0c9b22',
	description: 'The message, as named by messageId in the output of Send. WPS calls it a chat.',
};
