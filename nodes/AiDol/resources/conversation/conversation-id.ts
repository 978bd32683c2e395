import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { optionalTextId } from '../../../shared/parameters/values';

const NAME = 'Conversation ID';
const PARAMETER = 'conversationId';

/** The conversation to continue; a new one if left empty. */
export const conversationIdProperty: INodeProperties = {
	displayName: NAME,
	name: PARAMETER,
	type: 'string',
	default: '',
	placeholder: 'e.g. a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d',
	hint: 'Leave empty to start a new conversation',
	description:
		'The conversation to continue, which must be one with this agent. Leave it empty to start a new one, whose ID is then in the output.',
};

/** Undefined where it was left empty, for a new conversation. */
export const conversationIdOf = (context: IExecuteSingleFunctions): string | undefined =>
	optionalTextId(context, PARAMETER, NAME);
