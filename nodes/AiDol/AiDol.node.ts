import { type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';
import { agentProperties } from './resources/agent';
import { searchAgents } from './resources/agent/search-agents';
import { conversationProperties } from './resources/conversation';
import { imageProperties } from './resources/image';
import { messageProperties } from './resources/message';

export class AiDol implements INodeType {
	methods = { listSearch: { searchAgents } };

	description: INodeTypeDescription = {
		displayName: 'AI-DOL',
		name: 'aiDol',
		icon: { light: 'file:../../icons/aiDol.svg', dark: 'file:../../icons/aiDol.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Ask an AI-DOL agent and get its finished answer as one item',
		defaults: { name: 'AI-DOL' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'aiDolApi', required: true }],
		requestDefaults: { baseURL: '={{ $credentials.baseUrl }}' },
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Agent', value: 'agent', description: 'Someone to talk to' },
					{ name: 'Conversation', value: 'conversation', description: 'What is said between a user and an agent' },
					{ name: 'Image', value: 'image', description: 'A picture that an agent makes' },
					{ name: 'Message', value: 'message', description: 'A question and the answer to it' },
				],
				default: 'message',
			},
			...messageProperties,
			...conversationProperties,
			...imageProperties,
			...agentProperties,
		],
	};
}
