import type { AnswerFile } from '../shared/answer/answer-change';
import { isJsonObject, type JsonObject, textMember } from '../shared/json/json';
import type { ChatTrace } from './chat-trace';
import { filesIn } from './langflow-events';

/** A message as the session lists it (`providers/wps.md §4`, B4). */
export interface ListedMessage {
	/** Tells it from all others. */
	key: string;
	id?: string;
	/** The chat it belongs to; not documented, taken where it is there. */
	chatId?: string;
	author: 'user' | 'agent' | 'unknown';
	text: string;
	files: AnswerFile[];
	/** Whether it is finished, where the list tells; undefined where it does not. */
	isFinished?: boolean;
	hasFailed: boolean;
	/** Milliseconds since 1970. */
	at?: number;
}

/** The part of a conversation that belongs to one question. */
export interface Turn {
	/** The question, or something that answers it, is there. */
	hasBegun: boolean;
	answer?: ListedMessage;
	/** Nothing in the list tells to which question its answers belong. */
	isAmbiguous?: boolean;
}

/** The messages of a session, oldest first. Key of a message: see {@link ListedMessage.key}. */
export function listedMessages(rows: JsonObject[]): ListedMessage[] {
	const messages = rows.map(listedMessage);
	return isNewestFirst(messages) ? messages.reverse() : messages;
}

/**
 * Finds a question's turn. An answer counts as its own only when that is certain, because a conversation that goes on
 * holds the answers to earlier questions, too, and nothing links a chat to its messages (`providers/wps.md §4`):
 *
 * 1. messages that name the chat;
 * 2. messages that came in the stream of this very answer, and those that were not there before the question was asked,
 *    from the question to the next one;
 * 3. for a question that was asked elsewhere: what follows the last question.
 *
 * @param chatId of the question, where it is known
 * @param wasStreamed tells the messages that came in the stream of the answer
 */
export function turnOf(
	messages: ListedMessage[],
	{ earlier, text }: ChatTrace,
	chatId: string | undefined,
	wasStreamed: (messageId: string) => boolean,
): Turn {
	const named = messages.filter((message) => chatId !== undefined && message.chatId === chatId);
	if (named.length > 0) return turn(named);
	if (text === undefined) return lastTurn(messages);
	const streamed = (message: ListedMessage) => message.id !== undefined && wasStreamed(message.id);
	const own = messages.filter((message) => streamed(message) || earlier?.has(message.key) === false);
	const question = own.findIndex((message) => message.author !== 'agent' && message.text.trim() === text.trim());
	if (question >= 0) return turn(own.slice(question));
	// Somebody else's question is there and ours is not: what answers that one is not for us.
	return turn(own.some(({ author }) => author === 'user') ? own.filter(streamed) : own);
}

/** A question that was asked elsewhere is taken for the last one of its conversation. */
function lastTurn(messages: ListedMessage[]): Turn {
	const authors = messages.map(({ author }) => author);
	// Users may be listed by their own names; whoever is not the agent is one then.
	const question = authors.lastIndexOf(authors.includes('user') || !authors.includes('agent') ? 'user' : 'unknown');
	if (question >= 0) return turn(messages.slice(question));
	return messages.length > 1 ? { hasBegun: true, isAmbiguous: true } : turn(messages);
}

/** The turn that begins with the first message: its answer is the agent's last one before the next question. */
function turn(messages: ListedMessage[]): Turn {
	const next = messages.findIndex(({ author }, at) => at > 0 && author === 'user');
	const own = messages.slice(0, next < 0 ? undefined : next);
	const answers = own.filter(({ author }, at) => author === 'agent' || (author === 'unknown' && at > 0));
	// Should the agent have been renamed, its message is the one that is nobody else's.
	const answer = answers.filter(({ author }) => author === 'agent').at(-1) ?? answers.at(-1);
	return { hasBegun: own.length > 0, answer };
}

function listedMessage(row: JsonObject): ListedMessage {
	const id = textMember(row, 'id', 'message_id');
	const state = isJsonObject(row.properties) ? textMember(row.properties, 'state') : undefined;
	return {
		key: id ?? JSON.stringify(row),
		id,
		chatId: textMember(row, 'chat_id'),
		author: authorOf(row),
		text: textMember(row, 'text', 'content') ?? '',
		files: filesIn(row.files),
		isFinished: state === undefined ? undefined : state !== 'partial',
		hasFailed: row.error === true || row.category === 'error',
		at: timeOf(row.timestamp),
	};
}

/** Only the name of the sender is documented; the agent's is the one of the stream's rule (`providers/wps.md §4`). */
function authorOf({ sender, sender_name: name, role }: JsonObject): ListedMessage['author'] {
	if (sender === 'Machine' || role === 'assistant' || name === 'Agent') return 'agent';
	return sender === 'User' || role === 'user' || name === 'User' ? 'user' : 'unknown';
}

/** The order of the list is not stated. Times tell it; in the one turn of a new session the question comes first. */
function isNewestFirst(messages: ListedMessage[]): boolean {
	const times = messages.map(({ at }) => at).filter((at) => at !== undefined);
	const [first, last] = [times[0], times.at(-1)];
	if (first !== undefined && last !== undefined && first !== last) return first > last;
	return messages[0]?.author !== 'user' && messages.at(-1)?.author === 'user';
}

/** A time stamp: ISO text with or without a zone, or Unix time in seconds or milliseconds. */
function timeOf(value: unknown): number | undefined {
	const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
	if (/^\d{10}$/.test(text)) return Number(text) * 1000;
	if (/^\d{13}$/.test(text)) return Number(text);
	const at = Date.parse(text.replace(/ UTC$/, 'Z').replace(' ', 'T'));
	return Number.isNaN(at) ? undefined : at;
}
