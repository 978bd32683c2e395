import { ConversationFailure } from '../shared/following/conversation-failure';
import { openStream, type ProviderConnection, requestJson } from '../shared/following/json-request';
import type { HttpReply } from '../shared/following/transport';
import { unnamedConversation } from '../shared/following/unnamed-conversation';
import { isJsonObject, type JsonObject, type JsonValue, textMember, toJsonText } from '../shared/json/json';

export const AI_DOL = 'AI-DOL';

/** A question in a conversation (`providers/aidol.md §4`). */
export interface AiDolQuestion {
	agentId: string;
	text: string;
	/** ASSUMPTION: documented for the image endpoint only, like `metadata`. */
	language?: string;
	/** As parsed by `parseUserObject`. */
	metadata?: Record<string, unknown>;
}

/** A conversation that was made: AI-DOL's object, and the id in it. */
export interface AiDolConversation {
	conversationId: string;
	data: JsonObject;
}

/**
 * The endpoints of the AI-DOL open API that have to do with conversations. Ids are opaque text, checked beforehand.
 * Reading methods throw `RequestRefused`, `TransportFailure` or `ConversationFailure`.
 */
export class AiDolApi {
	constructor(private readonly connection: ProviderConnection) {}

	/** All agents, in one request: whether the list has pages is not published (`providers/aidol.md §6`). */
	async agents(signal?: AbortSignal): Promise<JsonObject[]> {
		const data = await this.data('/v1/agent/list', {}, signal);
		const rows = rowsIn(data);
		if (rows) return rows;
		throw new ConversationFailure('AI-DOL sent its agents in a form that this node does not know', {
			code: 'unknown_form',
			hint: 'AI-DOL does not publish the form of this list. Report what it sent to the makers of this node.',
			providerText: JSON.stringify(data).slice(0, 200),
		});
	}

	/** `providers/aidol.md §3` */
	async createConversation(agentId: string, signal?: AbortSignal): Promise<AiDolConversation> {
		const reply = await this.data('/v1/chat/conversation', { agentId }, signal);
		const data = isJsonObject(reply) ? reply : {};
		const conversationId = textMember(data, 'conversationId', 'conversation_id');
		if (conversationId !== undefined) return { conversationId, data };
		throw unnamedConversation(AI_DOL);
	}

	/** Asks; the answer streams back, in a form that is not published (`providers/aidol.md §4`). */
	async chat(conversationId: string, question: AiDolQuestion, signal: AbortSignal): Promise<HttpReply> {
		const { agentId, text, language, metadata } = question;
		const json = toJsonText({ agentId, conversationId, text, language, metadata });
		const accept = 'text/event-stream, */*';
		return await openStream(this.connection, { method: 'POST', path: '/v1/chat/stream', json, accept }, signal);
	}

	/** What the envelope holds. */
	private async data(path: string, body: Record<string, unknown>, signal?: AbortSignal): Promise<JsonValue> {
		const envelope = await requestJson(this.connection, { method: 'POST', path, json: toJsonText(body) }, signal);
		return isJsonObject(envelope) ? (envelope.data ?? null) : null;
	}
}

/** ASSUMPTION: the form of the list is not published; these are the usual places (`providers/aidol.md §8`). */
const ROW_MEMBERS = ['list', 'agents', 'items', 'records', 'rows', 'results', 'data', 'content'];

/** The rows of a list, wherever they are; undefined when there is nothing like a list. */
function rowsIn(data: JsonValue): JsonObject[] | undefined {
	if (data === null) return [];
	if (Array.isArray(data)) return data.filter(isJsonObject);
	if (!isJsonObject(data)) return undefined;
	const known = ROW_MEMBERS.map((name) => data[name]);
	return [...known, ...Object.values(data)].find(Array.isArray)?.filter(isJsonObject);
}
