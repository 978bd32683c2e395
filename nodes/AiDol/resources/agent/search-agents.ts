import type { INodeListSearchItems } from 'n8n-workflow';
import type { JsonObject } from '../../../shared/json/json';
import { listSearch } from '../../../shared/n8n/list-search';
import { agentIdIn, agentNameIn } from '../../agent-list';
import { AiDolApi } from '../../aidol-api';
import { aiDol } from '../../aidol-provider';

/** More than that are found by searching. */
const SHOWN = 500;

/** The agents that the credential of the form may talk to, by name; those of a category stand together. */
export const searchAgents = listSearch(
	aiDol,
	() => 'aiDolApi',
	async ({ connection, filter }, signal) => {
		const agents = await new AiDolApi(connection).agents(signal);
		const entries = new Map<string, INodeListSearchItems>();
		// An agent may be in several categories.
		for (const entry of agents.flatMap(entryOf))
			if (!entries.has(String(entry.value))) entries.set(String(entry.value), entry);
		const results = [...entries.values()].filter(({ name, value }) =>
			`${name} ${value}`.toLowerCase().includes(filter),
		);
		return { results: results.slice(0, SHOWN) };
	},
);

function entryOf(agent: JsonObject): INodeListSearchItems[] {
	const value = agentIdIn(agent);
	if (value === undefined) return [];
	const name = agentNameIn(agent) ?? value;
	const { category } = agent;
	return [{ name: typeof category === 'string' && category !== '' ? `${name} (${category})` : name, value }];
}
