import type { ILoadOptionsFunctions, INodeListSearchItems } from 'n8n-workflow';
import { InvalidParameter } from '../../../shared/failures/invalid-parameter';
import { type JsonObject, textMember } from '../../../shared/json/json';
import { listSearch } from '../../../shared/n8n/list-search';
import { timeOf } from '../../listed-messages';
import { LiveAddresses } from '../../live-addresses';
import { WpsApi } from '../../wps-api';
import { credentialNamed, wps } from '../../wps-provider';
import { appIdFrom } from '../parameters';

/** More than that are found by searching. */
const SHOWN = 100;
/** How many conversations are searched for a name. */
const SEARCHED = 1000;

/**
 * Names that WPS may give the title and the time of a session; the form of its list is not published
 * (`docs/apis/wps.md §4`, B5).
 */
const NAMES = ['name', 'title', 'session_name', 'topic'];
const TIMES = ['mtime', 'updated_at', 'update_time', 'ctime', 'created_at', 'create_time', 'timestamp'];

/**
 * The conversations with the agent of the form, by time and name, the newest first. The time comes first because the
 * editor cuts off what is too long, and a name is often a whole question.
 */
export const searchConversations = listSearch(
	wps,
	(context) => credentialNamed(context.getCurrentNodeParameter('authentication')),
	async ({ context, credentials, connection, filter }, signal) => {
		const appId = appIdIn(context);
		const addresses = new LiveAddresses(String(credentials.apiGeneration ?? 'auto'));
		const api = new WpsApi(connection, appId, addresses);
		const { rows } = await api.sessions(filter === '' ? SHOWN : SEARCHED, signal);
		const results = rows
			.map((row) => ({ row, at: timeIn(row) ?? 0 }))
			.sort((a, b) => b.at - a.at)
			.flatMap(({ row }) => entryOf(row, context))
			.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(filter));
		return { results: results.slice(0, SHOWN) };
	},
);

/** In the editor an expression may not have been worked out. */
function appIdIn(context: ILoadOptionsFunctions): string {
	const value: unknown = context.getCurrentNodeParameter('appId');
	const isExpression = typeof value === 'string' && value.startsWith('=');
	if (!isExpression) return appIdFrom(value);
	throw new InvalidParameter(
		'App ID',
		'is an expression that has no value yet',
		'Enter the ID itself while you choose, or choose By ID and map the conversation.',
	);
}

function entryOf(row: JsonObject, context: ILoadOptionsFunctions): INodeListSearchItems[] {
	const value = textMember(row, 'session_id', 'id');
	if (value === undefined) return [];
	const at = timeIn(row);
	const name = textMember(row, ...NAMES);
	const time = at === undefined ? undefined : localTime(at, context.getTimezone());
	return [{ name: [time, name ?? (time === undefined ? value : 'Conversation')].filter(Boolean).join(' · '), value }];
}

const timeIn = (row: JsonObject): number | undefined =>
	TIMES.map((member) => timeOf(row[member])).find((at) => at !== undefined);

/** Like `2026-01-05 07:30`, where the workflow is at home. */
const localTime = (at: number, timeZone: string): string =>
	new Date(at).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
