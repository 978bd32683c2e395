import { type INodeExecutionData, updateDisplayOptions } from 'n8n-workflow';
import { type JsonObject, textMember } from '../../../shared/json/json';
import { listProperties } from '../../../shared/n8n/list-properties';
import { operation } from '../../../shared/n8n/operation';
import { rowLimit } from '../../../shared/n8n/parameters';
import { aiDol, apiOf } from '../../aidol-provider';

export const description = updateDisplayOptions(
	{ show: { resource: ['agent'], operation: ['getAll'] } },
	listProperties,
);

export const routing = operation(aiDol, async (call) => {
	const limit = rowLimit(call.context);
	const agents = await apiOf(call).agents(call.replyDeadline());
	return agents.slice(0, limit).map(agentItem);
});

/** ASSUMPTION: the name of the id is not published; these are the likely ones. */
const agentItem = (agent: JsonObject): INodeExecutionData => ({
	json: { ...agent, agentId: textMember(agent, 'agentId', 'agent_id', 'id', 'uuid') ?? null },
});
