import { type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';
import { conversationProperties } from './resources/conversation';
import { documentProperties } from './resources/document';
import { fileProperties } from './resources/file';
import { messageProperties } from './resources/message';

export class Reportify implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Reportify',
		name: 'reportify',
		icon: { light: 'file:../../icons/reportify.svg', dark: 'file:../../icons/reportify.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Ask a Reportify agent and get its finished answer as one item',
		defaults: { name: 'Reportify' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'reportifyApi', required: true }],
		requestDefaults: { baseURL: '={{ $credentials.baseUrl }}' },
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				// Not alphabetical: the list of actions begins with what most people want.
				options: [
					{ name: 'Message', value: 'message', description: 'A question and the answer to it' },
					{ name: 'Conversation', value: 'conversation', description: 'What is said between a user and an agent' },
					{ name: 'Document', value: 'document', description: 'A file that questions can refer to' },
					{ name: 'File', value: 'file', description: 'A file that an agent made' },
				],
				default: 'message',
			},
			...messageProperties,
			...conversationProperties,
			...documentProperties,
			...fileProperties,
		],
	};
}
