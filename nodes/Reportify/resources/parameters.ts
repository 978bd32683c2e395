import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { integerId, textId } from '../../shared/parameters/identifier';
import { optionalText } from '../../shared/parameters/values';
import type { NewConversation } from '../reportify-api';

/** Which agent a new conversation is with. */
export const agentIdProperty: INodeProperties = {
	displayName: 'Agent ID',
	name: 'agentId',
	type: 'string',
	default: '',
	placeholder: 'e.g. 11887655289749511',
	hint: 'Leave empty for the default agent',
	description:
		"The agent that a new conversation is with: the number in the agent's web address at Reportify. Leave it empty for the default agent.",
};

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

/** Name of a new conversation. */
export const titleField: INodeProperties = {
	displayName: 'Title',
	name: 'title',
	type: 'string',
	default: '',
	placeholder: 'e.g. Weekly market report',
	description: 'Name of the conversation, as Reportify shows it',
};

/**
 * Where a new conversation comes from (`docs/apis/reportify.md §1`; the values that are named there are no closed
 * list).
 */
export const channelField: INodeProperties = {
	displayName: 'Channel',
	name: 'channel',
	type: 'string',
	default: '',
	placeholder: 'e.g. telegram',
	description:
		'Where Reportify sends a notice when the agent has finished, such as universal-bridge, openclaw-weixin or telegram',
};

/** What kind of conversation to make (`docs/apis/reportify.md §1`). */
export const conversationTypeField: INodeProperties = {
	displayName: 'Conversation Type',
	name: 'conversationType',
	type: 'options',
	default: 'agent_chat',
	description: 'What kind of conversation to make',
	options: [
		{ name: 'Agent Chat', value: 'agent_chat' },
		{ name: 'Bot Chat', value: 'bot_chat' },
		{ name: 'Debug Chat', value: 'debug_chat' },
		{ name: 'Task Chat', value: 'task_chat' },
	],
};

/**
 * The fields of a new conversation, read from a collection.
 *
 * @param collection name of the parameter that holds them
 */
export const conversationFieldsIn = (
	context: IExecuteSingleFunctions,
	collection: string,
): Pick<NewConversation, 'channel' | 'conversationType'> => ({
	conversationType: optionalText(context, `${collection}.conversationType`),
	channel: optionalText(context, `${collection}.channel`),
});

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

/** Only Reportify's agents make files. */
export const downloadFilesOption: INodeProperties = {
	displayName: 'Download Files',
	name: 'downloadFiles',
	type: 'boolean',
	default: false,
	description: 'Whether to put the files that the agent made into the binary data of the item, each up to 100 MB',
};
