import type { INodeProperties } from 'n8n-workflow';

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
