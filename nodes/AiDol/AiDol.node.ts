import { type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';
import { agentProperties } from './resources/agent';
import { conversationProperties } from './resources/conversation';
import { messageProperties } from './resources/message';

export class AiDol implements INodeType {
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
					{ name: 'Message', value: 'message', description: 'A question and the answer to it' },
				],
				default: 'message',
			},
			...messageProperties,
			...conversationProperties,
			...agentProperties,
		],
	};
}
