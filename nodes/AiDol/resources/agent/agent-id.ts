import type { IExecuteSingleFunctions, INodeProperties } from 'n8n-workflow';
import { textId } from '../../../shared/identifier';

/** Which agent an operation works with. */
export const agentIdProperty: INodeProperties = {
	displayName: 'Agent ID',
	name: 'agentId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 6f1c2a34-5b6d-4e7f-8a90-1b2c3d4e5f60',
	description: 'The agent to talk to. The operation Get Many of the resource Agent gives the IDs.',
};

/** The agent of the current item: opaque text. */
export const agentIdOf = (context: IExecuteSingleFunctions): string =>
	textId(context.getNodeParameter('agentId', ''), 'Agent ID');
