import type { AnswerFile } from '../shared/answer/answer-change';
import { isJsonObject, type JsonObject, textMember } from '../shared/json/json';
import { fingerprint } from './chat-memo';
import { filesIn } from './langflow-events';
import { contentText, isErrorMessage, isPartialState, isUser } from './message-content';

/** A message as the session lists it (`docs/apis/wps.md §4`, B4). */
export interface ListedMessage {
	/** A fingerprint, different for every message. */
	key: string;
	id?: string;
	/** The chat it belongs to; not documented, used if present. */
	chatId?: string;
	author: 'user' | 'agent' | 'unknown';
	/** Name of the author. */
	sender: string;
	text: string;
	files: AnswerFile[];
	/** Whether it is finished; undefined if the list does not say. */
	isFinished?: boolean;
	hasFailed: boolean;
	/** Milliseconds since 1970. */
	at?: number;
}

/** The messages of a session, oldest first. */
export function listedMessages(rows: JsonObject[]): ListedMessage[] {
	const messages = rows.map(listedMessage);
	return isNewestFirst(messages) ? messages.reverse() : messages;
}

function listedMessage(row: JsonObject): ListedMessage {
	const id = textMember(row, 'id', 'message_id');
	const state = isJsonObject(row.properties) ? textMember(row.properties, 'state') : undefined;
	return {
		key: fingerprint(id ?? JSON.stringify(row)),
		id,
		chatId: textMember(row, 'chat_id'),
		author: authorOf(row),
		sender: textMember(row, 'sender_name') ?? '',
		text: contentText(row.text) || contentText(row.content) || '',
		files: filesIn(row.files),
		isFinished: state === undefined ? undefined : !isPartialState(state),
		hasFailed: isErrorMessage(row),
		at: timeOf(row.timestamp),
	};
}

/** Only the name of the sender is documented; the agent's is the one of the stream's rule (`docs/apis/wps.md §4`). */
function authorOf(row: JsonObject): ListedMessage['author'] {
	const { sender_name: name } = row;
	const isMachine = [row.sender, row.role].some((by) => typeof by === 'string' && /^(?:machine|assistant)$/i.test(by));
	if (isMachine || name === 'Agent') return 'agent';
	return isUser(row) || name === 'User' ? 'user' : 'unknown';
}

/** True when the rows are certain to begin with the newest message. */
export const areNewestFirst = (rows: JsonObject[]): boolean => {
	const times = timesOf(rows.map(listedMessage));
	return times !== undefined && times.first > times.last;
};

/**
 * The order of the list is not documented. Times show it; in the only turn of a new session the question comes first.
 */
function isNewestFirst(messages: ListedMessage[]): boolean {
	const times = timesOf(messages);
	if (times) return times.first > times.last;
	return messages[0]?.author !== 'user' && messages.at(-1)?.author === 'user';
}

/** The newest rows, in the order in which they stand. */
export function newestOf(rows: JsonObject[], limit: number): JsonObject[] {
	if (rows.length <= limit) return rows;
	return isNewestFirst(rows.map(listedMessage)) ? rows.slice(0, limit) : rows.slice(-limit);
}

function timesOf(messages: ListedMessage[]): { first: number; last: number } | undefined {
	const times = messages.map(({ at }) => at).filter((at) => at !== undefined);
	const [first, last] = [times[0], times.at(-1)];
	return first === undefined || last === undefined || first === last ? undefined : { first, last };
}

/** A time stamp: ISO text with or without a zone, or Unix time in seconds or milliseconds. */
export function timeOf(value: unknown): number | undefined {
	const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
	if (/^\d{10}$/.test(text)) return Number(text) * 1000;
	if (/^\d{13}$/.test(text)) return Number(text);
	const at = Date.parse(text.replace(/ UTC$/, 'Z').replace(' ', 'T'));
	return Number.isNaN(at) ? undefined : at;
}
