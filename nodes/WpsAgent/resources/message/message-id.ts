import type { INodeProperties } from 'n8n-workflow';

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
