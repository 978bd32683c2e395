import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';

/** Pages to read of a list at most: a server that makes up page tokens must not hold a workflow for ever. */
const MOST_PAGES = 200;

/** Rows of a list. */
export interface WpsList {
	rows: JsonObject[];
	/** False when there is more than was read. */
	isWhole: boolean;
}

/** How a list is read. */
export interface ListReading {
	/** @param token of the page; undefined for the first one */
	page: (token: string | undefined) => Promise<JsonValue>;
	rowsIn: (data: JsonValue) => JsonObject[];
	/** What identifies a row; undefined if it has no id. */
	idOf: (row: JsonObject) => string | undefined;
	/** True when no rows after these are needed. */
	isEnough: (rows: JsonObject[]) => boolean;
}

/**
 * Reads a list page by page. A server may repeat a token, or ignore it: rows that were there before are left out, and
 * a page without any news is the end.
 */
export async function readList({ page, rowsIn, idOf, isEnough }: ListReading): Promise<WpsList> {
	const rows: JsonObject[] = [];
	const ids = new Set<string | undefined>();
	const tokens = new Set<string>();
	const pages = new Set<string>();
	let token: string | undefined;
	for (let nth = 1; nth <= MOST_PAGES; nth++) {
		const reply = await page(token);
		const data = isJsonObject(reply) ? (reply.data ?? null) : reply;
		const found = rowsIn(data);
		const news = found.filter((row) => !ids.has(idOf(row)));
		// Rows without an id are distinguished by their page.
		const isRepeated = found.length > 0 && (news.length === 0 || pages.has(JSON.stringify(found)));
		if (!isRepeated) rows.push(...news);
		for (const id of found.map(idOf)) if (id !== undefined) ids.add(id);
		pages.add(JSON.stringify(found));
		token = nextPageToken(data) ?? nextPageToken(reply);
		if (token === undefined) return { rows, isWhole: true };
		if (isRepeated || tokens.has(token) || isEnough(rows)) return { rows, isWhole: false };
		tokens.add(token);
	}
	return { rows, isWhole: false };
}

/** The published contract shows one message where a list is meant, so both are taken (`docs/apis/wps.md §4`). */
export function messagesIn(data: JsonValue): JsonObject[] {
	const list = listIn(data, 'items', 'messages');
	if (list) return list;
	return isJsonObject(data) && ('id' in data || 'text' in data) ? [data] : onlyListIn(data);
}

/** The form of this list is not published (`docs/apis/wps.md §4` B5). */
export const sessionsIn = (data: JsonValue): JsonObject[] => listIn(data, 'items', 'sessions') ?? onlyListIn(data);

/** A list under an unknown name; ignoring it would tell the user that there is nothing. */
const onlyListIn = (data: JsonValue): JsonObject[] =>
	isJsonObject(data) ? (Object.values(data).find(Array.isArray) ?? []).filter(isJsonObject) : [];

function listIn(data: JsonValue, ...names: string[]): JsonObject[] | undefined {
	const lists = isJsonObject(data) ? names.map((name) => data[name]) : [data];
	const list = lists.find((each) => Array.isArray(each));
	return Array.isArray(list) ? list.filter(isJsonObject) : undefined;
}

function nextPageToken(holder: JsonValue): string | undefined {
	return isJsonObject(holder) ? textMember(holder, 'next_page_token') : undefined;
}
