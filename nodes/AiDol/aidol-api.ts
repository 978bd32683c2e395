import { ConversationFailure } from '../shared/failures/conversation-failure';
import { unnamedConversation } from '../shared/failures/unnamed-conversation';
import { openStream, type ProviderConnection, requestJson } from '../shared/http/requests';
import type { HttpReply, HttpRequest, Transport } from '../shared/http/transport';
import { utf8Body } from '../shared/http/utf8-body';
import { isJsonObject, type JsonObject, type JsonValue, textMember, toJsonText } from '../shared/json/json';
import { agentsIn } from './agent-list';

export const AI_DOL = 'AI-DOL';

/** A question in a conversation (`docs/apis/aidol.md §4`). */
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

/** The reply to a request for a picture (docs/apis/aidol.md §5). */
export interface AiDolImage {
	/** Should be a data URL. */
	image: JsonValue | undefined;
	/** As it was sent along. */
	metadata: JsonValue;
	traceId: string | undefined;
}

/** Bytes of a reply: a picture in it may have some 20 MB. */
const LARGEST_REPLY = 28 * 1024 * 1024;

/**
 * The endpoints of the AI-DOL open API that have to do with conversations. Ids are opaque text, checked beforehand.
 * Reading methods throw `RequestRefused`, `TransportFailure` or `ConversationFailure`.
 */
export class AiDolApi {
	private readonly headers: Record<string, string>;

	/** @param userId the user of this call, in the place of the credential's (docs/apis/aidol.md §5) */
	constructor(
		private readonly connection: ProviderConnection,
		userId?: string,
	) {
		this.headers = userId === undefined ? {} : { 'X-User-ID': userId };
	}

	/** All agents, in one request: whether the list has pages is not published (docs/apis/aidol.md §6). */
	async agents(signal?: AbortSignal): Promise<JsonObject[]> {
		const { data = null } = await this.envelope('/v1/agent/list', {}, signal);
		const agents = agentsIn(data);
		if (agents) return agents;
		throw new ConversationFailure('AI-DOL sent its agents in a form that this node does not know', {
			code: 'unknown_form',
			hint: 'AI-DOL does not publish the form of this list. Report what it sent to the makers of this node.',
			providerText: JSON.stringify(data).slice(0, 200),
		});
	}

	/** docs/apis/aidol.md §3 */
	async createConversation(agentId: string, signal?: AbortSignal): Promise<AiDolConversation> {
		const { data: reply } = await this.envelope('/v1/chat/conversation', { agentId }, signal);
		const data = isJsonObject(reply) ? reply : {};
		const conversationId = textMember(data, 'conversationId', 'conversation_id');
		if (conversationId !== undefined) return { conversationId, data };
		throw unnamedConversation(AI_DOL);
	}

	/** Asks; the answer streams back, in a form that is not published (docs/apis/aidol.md §4). */
	async chat(conversationId: string, question: AiDolQuestion, signal: AbortSignal): Promise<HttpReply> {
		const request = this.request('/v1/chat/stream', bodyOf(conversationId, question));
		return await openStream(this.connection, { ...request, accept: 'text/event-stream, */*' }, signal);
	}

	/** Has a picture made, which takes 30 to 90 seconds (docs/apis/aidol.md §5). */
	async image(conversationId: string, question: AiDolQuestion, signal: AbortSignal): Promise<AiDolImage> {
		const envelope = await this.envelope('/v1/chat/image', bodyOf(conversationId, question), signal);
		const data = isJsonObject(envelope.data) ? envelope.data : {};
		return {
			image: data.base64Image,
			metadata: data.metadata ?? null,
			traceId: textMember(envelope, 'traceId'),
		};
	}

	private request(path: string, body: Record<string, unknown>): HttpRequest {
		return { method: 'POST', path, json: toJsonText(body), headers: this.headers };
	}

	private async envelope(path: string, body: Record<string, unknown>, signal?: AbortSignal): Promise<JsonObject> {
		const connection = { ...this.connection, transport: limited(this.connection.transport) };
		const envelope = await requestJson(connection, this.request(path, body), signal);
		return isJsonObject(envelope) ? envelope : {};
	}
}

const bodyOf = (conversationId: string, { agentId, text, language, metadata }: AiDolQuestion) => ({
	agentId,
	conversationId,
	text,
	language,
	metadata,
});

/** Reports a reply that is too large, instead of reading the beginning of it. */
const limited =
	(transport: Transport): Transport =>
	async (request, signal) => {
		const reply = await transport(request, signal);
		return { ...reply, body: upTo(LARGEST_REPLY, utf8Body(reply, AI_DOL)) };
	};

async function* upTo(most: number, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	let length = 0;
	for await (const bytes of body) {
		length += bytes.length;
		if (length > most) {
			throw new ConversationFailure('AI-DOL sent more than a reply may have', {
				code: 'too_large',
				hint: `A reply may have ${Math.round(most / 1024 / 1024)} MB, a picture in it about 20 MB. Ask for a smaller one.`,
			});
		}
		yield bytes;
	}
}
