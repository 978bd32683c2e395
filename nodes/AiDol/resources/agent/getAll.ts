import { type INodeExecutionData, updateDisplayOptions } from 'n8n-workflow';
import type { JsonObject } from '../../../shared/json/json';
import { operation } from '../../../shared/n8n/operation';
import { listProperties } from '../../../shared/parameters/list-properties';
import { rowLimit } from '../../../shared/parameters/values';
import { agentIdIn } from '../../agent-list';
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

const agentItem = (agent: JsonObject): INodeExecutionData => ({
	json: { ...withoutError(agent), agentId: agentIdIn(agent) ?? null },
});

/** n8n takes an item with a key `error` for a failed one. */
const withoutError = ({ error, ...agent }: JsonObject): JsonObject =>
	error === undefined ? agent : { ...agent, error_: error };
