import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { InvalidParameter } from '../../shared/failures/invalid-parameter';
import { textId } from '../../shared/parameters/identifier';
import { jsonObject, optionalText, optionalTextId } from '../../shared/parameters/values';

const AGENT_ID_NAME = 'Agent ID';
const AGENT_ID = 'agentId';

/** Which agent an operation works with. Chosen from a list, or by its id. */
export const agentIdProperty: INodeProperties = {
	displayName: AGENT_ID_NAME,
	name: AGENT_ID,
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'The agent to talk to. Get Many of the resource Agent lists them with their IDs.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select an agent...',
			typeOptions: { searchListMethod: 'searchAgents', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. 6f1c2a34-5b6d-4e7f-8a90-1b2c3d4e5f60',
		},
	],
};

/**
 * The agent of the current item: opaque text. Workflows from before there was a list, expressions and models give the
 * plain id.
 */
export function agentIdOf(context: IExecuteSingleFunctions): string {
	const value: unknown = context.getNodeParameter(AGENT_ID, '');
	const id = typeof value === 'object' && value !== null && 'mode' in value && 'value' in value ? value.value : value;
	return textId(id, AGENT_ID_NAME, 'Choose an agent from the list, or enter its ID.');
}

const CONVERSATION_ID_NAME = 'Conversation ID';
const CONVERSATION_ID = 'conversationId';

/** The conversation to continue; a new one if left empty. */
export const conversationIdProperty: INodeProperties = {
	displayName: CONVERSATION_ID_NAME,
	name: CONVERSATION_ID,
	type: 'string',
	default: '',
	placeholder: 'e.g. a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d',
	hint: 'Leave empty to start a new conversation',
	description:
		'The conversation to continue, which must be one with this agent. Leave it empty to start a new one, whose ID is then in the output.',
};

/** Undefined where it was left empty, for a new conversation. */
export const conversationIdOf = (context: IExecuteSingleFunctions): string | undefined =>
	optionalTextId(context, CONVERSATION_ID, CONVERSATION_ID_NAME);

/** Codes that AI-DOL documents; there are more (docs/apis/aidol.md §5). */
export const languageOption: INodeProperties = {
	displayName: 'Language',
	name: 'language',
	type: 'options',
	default: 'en',
	description:
		'The language of the answer. For another one, enter its code as an expression. AI-DOL documents this for images only.',
	options: [
		{ name: 'Chinese', value: 'zh' },
		{ name: 'English', value: 'en' },
		{ name: 'Japanese', value: 'ja' },
	],
};

export const metadataOption: INodeProperties = {
	displayName: 'Metadata',
	name: 'metadata',
	type: 'json',
	default: '{}',
	placeholder: 'e.g. {"customer": "A-17"}',
	description: 'Data of your own to send along, as a JSON object. AI-DOL documents this for images only.',
};

export const userIdOption: INodeProperties = {
	displayName: 'User ID',
	name: 'userId',
	type: 'string',
	default: '',
	placeholder: 'e.g. user-123',
	description:
		'The person on whose behalf this is asked, instead of the User ID in the credential, so that one workflow serves many users. English letters, digits and punctuation only.',
};

export const languageOf = (context: IExecuteSingleFunctions): string | undefined =>
	optionalText(context, 'options.language');

export const metadataOf = (context: IExecuteSingleFunctions): Record<string, unknown> | undefined =>
	jsonObject(context.getNodeParameter('options.metadata', ''), 'Metadata', '{"customer": "A-17"}');

const LONGEST_USER_ID = 512;

/** The user of the current item; undefined for the one in the credential. It travels in a header, like that one. */
export function userIdOf(context: IExecuteSingleFunctions): string | undefined {
	const value: unknown = context.getNodeParameter('options.userId', '');
	if (typeof value === 'object' && value !== null) {
		throw new InvalidParameter('User ID', 'is not a text', 'Map the one field that has the ID of the user.');
	}
	const userId = String(value ?? '').trim();
	if (userId === '') return undefined;
	if (!/^[\x20-\x7e]+$/.test(userId) || userId.length > LONGEST_USER_ID) {
		throw new InvalidParameter(
			'User ID',
			'may contain only English letters, digits, spaces and common punctuation',
			'It travels in an HTTP header, which cannot carry other characters reliably. Use an account name, an email address or a number.',
		);
	}
	if (typeof value === 'number' && !Number.isSafeInteger(value)) {
		throw new InvalidParameter(
			'User ID',
			'arrived as a number that is too large to be exact, its last digits are already lost',
			'Hand the ID over as text.',
		);
	}
	return userId;
}
