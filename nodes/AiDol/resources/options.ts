import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { InvalidParameter } from '../../shared/failures/invalid-parameter';
import { jsonObject, optionalText } from '../../shared/parameters/values';

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
