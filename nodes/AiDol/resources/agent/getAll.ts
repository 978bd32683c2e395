import { type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { type JsonObject, textMember } from '../../../shared/json/json';
import { operation } from '../../../shared/n8n/operation';
import { rowLimit } from '../../../shared/n8n/parameters';
import { aiDol, apiOf } from '../../aidol-provider';

const properties: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		displayOptions: { show: { returnAll: [false] } },
		description: 'Max number of results to return',
	},
];

export const description = updateDisplayOptions({ show: { resource: ['agent'], operation: ['getAll'] } }, properties);

export const routing = operation(aiDol, async (call) => {
	const limit = rowLimit(call.context);
	const agents = await apiOf(call).agents(call.replyDeadline());
	return agents.slice(0, limit).map(agentItem);
});

/** ASSUMPTION: the name of the id is not published; these are the likely ones. */
const agentItem = (agent: JsonObject): INodeExecutionData => ({
	json: { ...agent, agentId: textMember(agent, 'agentId', 'agent_id', 'id', 'uuid') ?? null },
});
