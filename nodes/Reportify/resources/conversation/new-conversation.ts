import type { INodeProperties } from 'n8n-workflow';

/** What a new conversation can be told, besides its agent (`reportify.md §1`). */

export const titleProperty: INodeProperties = {
	displayName: 'Title',
	name: 'title',
	type: 'string',
	default: '',
	placeholder: 'e.g. Weekly market report',
	description: 'Name of the conversation, as Reportify shows it',
};

export const channelProperty: INodeProperties = {
	displayName: 'Channel',
	name: 'channel',
	type: 'string',
	default: '',
	placeholder: 'e.g. telegram',
	description:
		'Where Reportify sends a notice when the agent has finished, such as telegram, openclaw-weixin or universal-bridge',
};

export const conversationTypeProperty: INodeProperties = {
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
