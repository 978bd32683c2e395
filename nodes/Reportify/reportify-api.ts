import { errorText } from '../shared/answer/error-words';
import { unnamedConversation } from '../shared/failures/unnamed-conversation';
import { openStream, type ProviderConnection, requestJson, requestReply } from '../shared/http/requests';
import { type HttpReply, type HttpRequest, TransportFailure } from '../shared/http/transport';
import { Watchdog } from '../shared/http/watchdog';
import {
	isJsonObject,
	type JsonObject,
	jsonInteger,
	type JsonValue,
	textMember,
	toJsonText,
} from '../shared/json/json';
import { complaintIn } from './reportify-error';

export const REPORTIFY = 'Reportify';

/** Response header that names the assistant message (`docs/apis/reportify.md §3a`). */
export const MESSAGE_ID_HEADER = 'x-reportify-assistant-message-id';

/** Advice of the documentation; the hard limit is 100 (`docs/apis/reportify.md §6`). */
export const LARGEST_MESSAGE_PAGE = 50;

/** How long the server keeps an event stream open, seconds; its own default (`docs/apis/reportify.md §4`). */
const EVENT_STREAM_TIMEOUT_S = 1800;

/** Timeout of reading the log of an answer, milliseconds. */
const EVENT_LOG_PATIENCE_MS = 30_000;

/** A document that a question refers to (`docs/apis/reportify.md §3`). */
export interface ReportifyDocument {
	doc_id: string;
	doc_title: string;
	file_type?: string;
}

export interface NewConversation {
	/** Exact digits. */
	agentId?: string;
	title?: string;
	conversationType?: string;
	channel?: string;
	/** As parsed by `parseUserObject`. */
	meta?: Record<string, unknown>;
}

/** Reads Reportify's error out of a body (`docs/apis/reportify.md §0`). */
export function reportifyComplaint(status: number, body: JsonValue | undefined, text: string) {
	const isSuccess = status >= 200 && status < 300;
	if (isSuccess && !(isJsonObject(body) && 'detail' in body && Object.keys(body).length <= 2)) return undefined;
	return complaintIn(body) ?? { text: errorText(body, text) };
}

/** The endpoints of Reportify's agent conversation API. Ids are exact digits or opaque text, checked beforehand. */
export class ReportifyApi {
	constructor(private readonly connection: ProviderConnection) {}

	/**
	 * `docs/apis/reportify.md §1`
	 *
	 * @throws ConversationFailure when the reply has no id
	 */
	async createConversation(conversation: NewConversation, signal?: AbortSignal): Promise<JsonObject & { id: string }> {
		const { agentId, title, conversationType, channel, meta } = conversation;
		const json = toJsonText({
			agent_id: agentId === undefined ? undefined : jsonInteger(agentId),
			title,
			conversation_type: conversationType,
			channel,
			meta,
		});
		const made = await this.object({ method: 'POST', path: '/v1/agent/conversations', json }, signal);
		const id = textMember(made, 'id');
		if (id !== undefined) return { ...made, id };
		throw unnamedConversation(REPORTIFY);
	}

	/** `docs/apis/reportify.md §2` */
	async getConversation(conversationId: string, signal?: AbortSignal): Promise<JsonObject> {
		return await this.object({ method: 'GET', path: conversationPath(conversationId) }, signal);
	}

	/** Asks; the answer streams back (`docs/apis/reportify.md §3a`). */
	async chat(
		conversationId: string,
		question: { message: string; documents: ReportifyDocument[] },
		signal: AbortSignal,
	): Promise<HttpReply> {
		const { message, documents } = question;
		const json = toJsonText({ message, documents: documents.length > 0 ? documents : undefined, stream: true });
		const path = `${conversationPath(conversationId)}/chat`;
		return await openStream(this.connection, { method: 'POST', path, json, accept: 'text/event-stream' }, signal);
	}

	/** The event log of an answer, from an offset on, live until its end (`docs/apis/reportify.md §4`). */
	async messageEvents(
		conversationId: string,
		messageId: string,
		fromOffset: number | undefined,
		signal: AbortSignal,
	): Promise<HttpReply> {
		const query = `stream=true&timeout=${EVENT_STREAM_TIMEOUT_S}&from_offset=${fromOffset ?? 0}`;
		const path = `${messagePath(conversationId, messageId)}?${query}`;
		return await openStream(this.connection, { method: 'GET', path, accept: 'text/event-stream' }, signal);
	}

	/**
	 * The whole event log of an answer as it is stored, during the run and after it (`docs/apis/reportify.md §4`, `§6`).
	 * Whether a server waits for the end of the run here is not said, hence the limit.
	 */
	async eventLog(conversationId: string, messageId: string, signal?: AbortSignal): Promise<JsonValue[]> {
		const tooLate = new AbortController();
		const watchdog = new Watchdog(this.connection.clock, EVENT_LOG_PATIENCE_MS, () =>
			tooLate.abort(new TransportFailure('maybe', 'The log of the events did not come.')),
		);
		try {
			const path = `${messagePath(conversationId, messageId)}?stream=false`;
			const within = AbortSignal.any([tooLate.signal, ...(signal ? [signal] : [])]);
			const { assistant_events: events } = await this.object({ method: 'GET', path }, within);
			return Array.isArray(events) ? events : [];
		} finally {
			watchdog.stop();
		}
	}

	/** `docs/apis/reportify.md §5` */
	async cancel(conversationId: string, messageId: string, signal?: AbortSignal): Promise<JsonObject> {
		return await this.object({ method: 'POST', path: `${messagePath(conversationId, messageId)}/cancel` }, signal);
	}

	/** One page of messages, newest first (`docs/apis/reportify.md §6`). */
	async messages(
		conversationId: string,
		page: { limit: number; beforeMessageId?: string },
		signal?: AbortSignal,
	): Promise<JsonObject[]> {
		const before = page.beforeMessageId === undefined ? '' : `&before_message_id=${page.beforeMessageId}`;
		const path = `${conversationPath(conversationId)}/messages?limit=${page.limit}${before}`;
		const reply = await this.object({ method: 'GET', path }, signal);
		return Array.isArray(reply.messages) ? reply.messages.filter(isJsonObject) : [];
	}

	/** The raw bytes of a file that the agent made (`docs/apis/reportify.md §7`). */
	async file(fileId: string, signal?: AbortSignal): Promise<HttpReply> {
		const path = `/v1/agent/files/${encodeURIComponent(fileId)}`;
		return await requestReply(this.connection, { method: 'GET', path, accept: '*/*' }, signal);
	}

	/** `docs/apis/reportify.md §8` */
	async uploadDocument(form: FormData, signal?: AbortSignal): Promise<JsonObject> {
		return await this.object({ method: 'POST', path: '/v1/docs/upload/form', form }, signal);
	}

	/**
	 * What Reportify knows of a document, its text included (`GET /v1/docs/{doc_id}` of its documentation; that it takes the
	 * IDs that tools return is an ASSUMPTION: they look the same).
	 */
	async document(documentId: string, signal?: AbortSignal): Promise<JsonObject> {
		return await this.object({ method: 'GET', path: `/v1/docs/${encodeURIComponent(documentId)}` }, signal);
	}

	/** How far an uploaded document is (`docs/apis/reportify.md §8`). */
	async documentStatus(documentId: string, signal?: AbortSignal): Promise<JsonObject> {
		const path = `/v1/docs/${encodeURIComponent(documentId)}/upload/status`;
		return await this.object({ method: 'GET', path }, signal);
	}

	private async object(request: HttpRequest, signal: AbortSignal | undefined): Promise<JsonObject> {
		const value = await requestJson(this.connection, request, signal);
		return isJsonObject(value) ? value : {};
	}
}

const conversationPath = (conversationId: string) => `/v1/agent/conversations/${conversationId}`;
const messagePath = (conversationId: string, messageId: string) =>
	`${conversationPath(conversationId)}/messages/${encodeURIComponent(messageId)}`;
