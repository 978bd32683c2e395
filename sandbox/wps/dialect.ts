import { isObject, type JsonObject } from '../exact-json';
import type { WireEvent } from '../provider';
import type { Dialect } from '../run';
import type { Script } from '../scripts/script';
import type { WpsSettings } from './settings';

export type WpsEvent = WireEvent;

/** A message that has become part of the session (shown by sessions/messages). */
export interface StoredMessage {
	readonly id: string;
	readonly senderName: string;
	text: string;
	files: string[];
}

/** Renders one answer and remembers the agent's messages. */
export interface WpsDialect extends Dialect<WpsEvent> {
	/** The agent's messages, oldest first. */
	readonly messages: readonly StoredMessage[];
}

/** What a dialect needs to know about the chat. */
export interface ChatContext {
	readonly script: Script;
	readonly question: string;
	readonly sessionId: string;
	readonly chatId: string;
	readonly appId: string;
	readonly settings: WpsSettings;
}

const TERMINAL = new Set(['end', 'error', 'done', 'conversation.chat.completed']);

/** `{"event": …, "data": …}` with the ids of chat and session where the settings want them. */
export function wpsEvent(name: string, data: JsonObject, { chatId, sessionId, settings }: ChatContext): WpsEvent {
	const isEmpty = Object.keys(data).length === 0;
	const withId = settings.chatIdIn === 'data' && !isEmpty ? { ...data, chat_id: chatId } : data;
	const event = {
		event: name,
		data: withId,
		...(settings.chatIdIn === 'event' ? { chat_id: chatId } : {}),
		...(settings.sessionIdIn === 'event' ? { session_id: sessionId } : {}),
	};
	return { json: JSON.stringify(event), name, terminal: TERMINAL.has(name) };
}

/** The session id of a message, where the settings want it there. */
export const sessionMember = ({ sessionId, settings }: ChatContext): JsonObject =>
	settings.sessionIdIn === 'data' ? { session_id: sessionId } : {};

/** A scripted raw event: exactly as given. */
export function rawWpsEvent(raw: JsonObject | string): { event: WpsEvent; given: JsonObject } {
	let given: unknown = raw;
	if (typeof raw === 'string') {
		try {
			given = JSON.parse(raw);
		} catch {
			given = {}; // broken JSON is a legitimate script
		}
	}
	const known = isObject(given) ? given : {};
	const name = typeof known.event === 'string' ? known.event : undefined;
	const json = typeof raw === 'string' ? raw : JSON.stringify(raw);
	return { event: { json, name, terminal: name !== undefined && TERMINAL.has(name) }, given: known };
}
