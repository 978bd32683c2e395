import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';

/*
 * ASSUMPTION, all of this file: the form of the list of agents is not published; these are the usual ones
 * (docs/apis/aidol.md §8).
 */

const ROW_MEMBERS = ['list', 'agents', 'items', 'records', 'rows', 'results', 'data', 'content'];
const GROUP_NAMES = ['category', 'categoryName', 'group', 'groupName', 'type', 'title', 'name'];
/** Groups can hold groups; nobody nests agents deeper than this. */
const DEEPEST = 4;

/** The agents of a list, wherever they are in it; those of a list in groups have `category`. Undefined for no list. */
export function agentsIn(data: JsonValue): JsonObject[] | undefined {
	return data === null ? [] : rowsIn(data, undefined, DEEPEST);
}

/** The id of an agent; the name of the member is not published. */
export const agentIdIn = (agent: JsonObject): string | undefined =>
	textMember(agent, 'agentId', 'agent_id', 'id', 'uuid', 'characterId', 'character_id');

/** What people call an agent. AI-DOL calls agents characters, too. */
export const agentNameIn = (agent: JsonObject): string | undefined =>
	textMember(agent, 'name', 'agentName', 'agent_name', 'nickname', 'displayName', 'characterName', 'title');

function rowsIn(value: JsonValue, category: string | undefined, depth: number): JsonObject[] | undefined {
	if (depth === 0) return undefined;
	if (Array.isArray(value)) return value.filter(isJsonObject).flatMap((row) => rowOrGroup(row, category, depth));
	if (!isJsonObject(value)) return undefined;
	for (const name of ROW_MEMBERS) {
		const rows =
			value[name] === undefined || value[name] === null ? undefined : rowsIn(value[name], category, depth - 1);
		if (rows) return rows;
	}
	const groups = Object.entries(value).filter(([, member]) => Array.isArray(member) || isJsonObject(member));
	const found = groups.map(([name, member]) => rowsIn(member, groups.length > 1 ? name : category, depth - 1));
	return found.some((rows) => rows !== undefined) ? found.flatMap((rows) => rows ?? []) : undefined;
}

/** A row, or the rows of a group that is a row itself: `{"category": …, "agents": […]}`. */
function rowOrGroup(row: JsonObject, category: string | undefined, depth: number): JsonObject[] {
	const inner = agentIdIn(row) === undefined ? ROW_MEMBERS.map((name) => row[name]).find(Array.isArray) : undefined;
	if (inner) return rowsIn(inner, textMember(row, ...GROUP_NAMES) ?? category, depth - 1) ?? [];
	return [category === undefined || row.category !== undefined ? row : { ...row, category }];
}
