import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { optionalText } from '../../../shared/parameters/values';
import type { NewConversation } from '../../reportify-api';

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
