import type { INodeProperties } from 'n8n-workflow';

const SHOWN = { requireSpecificOutputFormat: [true] };

export const requireSpecificOutputFormatProperty = {
	displayName: 'Require Specific Output Format',
	name: 'requireSpecificOutputFormat',
	type: 'boolean',
	default: false,
	description:
		'Whether the answer must be JSON in the format that you specify. The item then has it in the field structuredOutput; an answer in another format is an error that carries the whole answer. The agent is never asked a second time.',
} satisfies INodeProperties;

export const schemaTypeProperty = {
	displayName: 'Schema Type',
	name: 'schemaType',
	type: 'options',
	noDataExpression: true,
	default: 'fromJson',
	displayOptions: { show: SHOWN },
	description: 'How to specify the schema for the answer',
	options: [
		{
			name: 'Generate From JSON Example',
			value: 'fromJson',
			description: 'Generate a schema from an example JSON object',
		},
		{
			name: 'Define Using JSON Schema',
			value: 'manual',
			description: 'Define the JSON schema manually',
		},
	],
} satisfies INodeProperties;

export const jsonSchemaExampleProperty = {
	displayName: 'JSON Example',
	name: 'jsonSchemaExample',
	type: 'json',
	typeOptions: { rows: 10 },
	default: '{\n\t"state": "California",\n\t"cities": ["Los Angeles", "San Francisco", "San Diego"]\n}',
	displayOptions: { show: { ...SHOWN, schemaType: ['fromJson'] } },
	hint: "All properties will be required. To make them optional, choose 'Define Using JSON Schema' instead.",
	description:
		'Example JSON object to use to generate the schema. For several rows, a list with one object as its example.',
} satisfies INodeProperties;

export const inputSchemaProperty = {
	displayName: 'Input Schema',
	name: 'inputSchema',
	type: 'json',
	typeOptions: { rows: 10 },
	default:
		'{\n\t"type": "object",\n\t"properties": {\n\t\t"state": {\n\t\t\t"type": "string"\n\t\t},\n\t\t"cities": {\n\t\t\t"type": "array",\n\t\t\t"items": {\n\t\t\t\t"type": "string"\n\t\t\t}\n\t\t}\n\t}\n}',
	displayOptions: { show: { ...SHOWN, schemaType: ['manual'] } },
	hint: 'Use <a target="_blank" href="https://json-schema.org/">JSON Schema</a> format (<a target="_blank" href="https://json-schema.org/learn/miscellaneous-examples.html">examples</a>)',
	description: 'The JSON schema that the answer must match',
} satisfies INodeProperties;

/** The format that an answer must have, beside the options of Send and Collect; in the words of n8n's own AI nodes. */
export const outputFormatProperties: INodeProperties[] = [
	requireSpecificOutputFormatProperty,
	schemaTypeProperty,
	jsonSchemaExampleProperty,
	inputSchemaProperty,
];

/** Send alone can tell the agent. */
export const addFormatToMessageOption = {
	displayName: 'Add Format to Message',
	name: 'addFormatToMessage',
	type: 'boolean',
	default: true,
	displayOptions: { show: { '/requireSpecificOutputFormat': [true] } },
	description:
		'Whether the format that Require Specific Output Format asks for is added at the end of the message. The output then has the field question, with all that was sent. Turn it off for an agent that knows the format already.',
} satisfies INodeProperties;
