import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { textId } from '../../../shared/parameters/identifier';

const NAME = 'Agent ID';
const PARAMETER = 'agentId';

/** Which agent an operation works with. Chosen from a list, or by its id. */
export const agentIdProperty: INodeProperties = {
	displayName: NAME,
	name: PARAMETER,
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
	const value: unknown = context.getNodeParameter(PARAMETER, '');
	const id = typeof value === 'object' && value !== null && 'mode' in value && 'value' in value ? value.value : value;
	return textId(id, NAME);
}
