import { type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';
import { conversationProperties } from './resources/conversation';
import { searchConversations } from './resources/conversation/search-conversations';
import { messageProperties } from './resources/message';

export class WpsAgent implements INodeType {
	methods = { listSearch: { searchConversations } };

	description: INodeTypeDescription = {
		displayName: 'WPS Agent',
		name: 'wpsAgent',
		icon: { light: 'file:../../icons/wpsAgent.svg', dark: 'file:../../icons/wpsAgent.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Ask an agent of the WPS Open Platform and get its finished answer as one item',
		defaults: { name: 'WPS Agent' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'wpsOAuth2Api', required: true, displayOptions: { show: { authentication: ['oAuth2'] } } },
			{ name: 'wpsAccessTokenApi', required: true, displayOptions: { show: { authentication: ['accessToken'] } } },
		],
		requestDefaults: { baseURL: '={{ $credentials.baseUrl }}' },
		properties: [
			{
				displayName: 'Authentication',
				name: 'authentication',
				type: 'options',
				options: [
					{ name: 'Access Token', value: 'accessToken' },
					{ name: 'OAuth2', value: 'oAuth2' },
				],
				default: 'oAuth2',
				description: 'How to sign in at WPS. A pasted access token lasts two hours, OAuth2 renews itself.',
			},
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Conversation', value: 'conversation', description: 'What is said between a user and an agent' },
					{ name: 'Message', value: 'message', description: 'A question and the answer to it' },
				],
				default: 'message',
			},
			...messageProperties,
			...conversationProperties,
		],
	};
}
