import { attempt } from '../shared/following/attempt';
import { openStream, type ProviderConnection, requestJson } from '../shared/following/json-request';
import { readPage } from '../shared/following/page-reader';
import { RequestRefused } from '../shared/following/refusal';
import type { HttpReply, HttpRequest } from '../shared/following/transport';
import { unnamedConversation } from '../shared/following/unnamed-conversation';
import type { Frame } from '../shared/frames/frame';
import {
	isJsonObject,
	type JsonObject,
	type JsonValue,
	textMember,
	toJsonText,
	tryParseJson,
} from '../shared/json/json';
import type { TokenRenewal } from './token-renewal';
import { wpsComplaint, type WpsScope } from './wps-complaint';
import { envelopeComplaint } from './wps-failure-event';
import { type CallForms, type LiveGeneration, wasUnknownPath } from './wps-generation';

export const WPS = 'WPS';

/** The content types that streams are seen with (`providers/wps.md §5.5`). */
const STREAM_TYPES = 'text/event-stream, application/x-ndjson, application/json';

/** Pages to read of a list at most: a server that repeats its page tokens must not hold a workflow for ever. */
const MOST_PAGES = 200;
/** Sessions to ask for at a time; the limit is not published. */
const SESSION_PAGE = 50;

const NO_LISTS_HINT =
	'WPS documents its lists of messages and conversations for the newer addresses only: where just the older ones exist, Get, Get Many and Collect cannot work.';

/** A question to an agent (`providers/wps.md §3`, A1). */
export interface WpsQuestion {
	text: string;
	/** Ids or addresses; which, is not stated. */
	files: string[];
	/** Inputs of the agent app. */
	variables: Array<{ key: string; value: string }>;
}

/** The beginning of a streamed answer. */
export interface OpenedStream {
	/** The first event, where the first bytes held it whole. */
	first?: Frame;
	body: AsyncIterable<Uint8Array>;
}

/** A session that was made: the object of WPS, and the id in it. */
export interface WpsSession {
	sessionId: string;
	data: JsonObject;
}

/** Rows of a list. */
export interface WpsList {
	rows: JsonObject[];
	/** False when there is more than was read. */
	isWhole: boolean;
}

/** The agent endpoints of the WPS Open Platform for one app, in whichever generation of paths is live. */
export class WpsApi {
	private readonly app: string;

	/** @param renewal for the credential that can renew its token */
	constructor(
		private readonly connection: ProviderConnection,
		appId: string,
		private readonly generation: LiveGeneration,
		private readonly renewal?: TokenRenewal,
	) {
		this.app = encodeURIComponent(appId);
	}

	/**
	 * Makes a session (`providers/wps.md §3` A3, `§4` B3).
	 *
	 * @throws ConversationFailure when the reply does not name it: without its id the next node would start another one
	 */
	async createSession(signal?: AbortSignal): Promise<WpsSession> {
		const forms: CallForms = {
			apps: [post(`/v7/devhub/apps/${this.app}/sessions/create`)],
			app: [post(`/v7/devhub/app/${this.app}/session/create`)],
		};
		const reply = await this.generation.find(forms, (form) => this.json(form, 'kso.devhub_session.readwrite', signal));
		const data = dataOf(reply);
		const sessionId = textMember(data, 'session_id', 'id');
		if (sessionId !== undefined) return { sessionId, data };
		throw unnamedConversation(WPS);
	}

	/** Asks; the answer streams back (`providers/wps.md §3` A1, `§4` B1 and its streaming variant). */
	async streamChat(sessionId: string, question: WpsQuestion, signal: AbortSignal): Promise<OpenedStream> {
		const json = chatBody(sessionId, question, true);
		const forms: CallForms = {
			apps: [
				post(`/v7/devhub/apps/${this.app}/chats/create`, json),
				post(`/v7/sse/devhub/apps/${this.app}/chats/create`, json),
			],
			app: [post(`/v7/devhub/app/${this.app}/chat/create`, json)],
		};
		return await this.generation.call(forms, (form) =>
			this.renewed(
				async () => await opened(await openStream(this.for(CHAT), { ...form, accept: STREAM_TYPES }, signal), signal),
			),
		);
	}

	/** Asks without waiting: the chat is named at once, its answer appears in the session later. */
	async startChat(sessionId: string, question: WpsQuestion, signal: AbortSignal): Promise<JsonObject> {
		const json = chatBody(sessionId, question, false);
		const forms: CallForms = {
			apps: [post(`/v7/devhub/apps/${this.app}/chats/create`, json)],
			app: [post(`/v7/devhub/app/${this.app}/chat/create`, json)],
		};
		return dataOf(await this.generation.call(forms, (form) => this.json(form, CHAT, signal)));
	}

	/** Stops the agent (`providers/wps.md §3` A2, `§4` B2). */
	async cancelChat(chatId: string, signal?: AbortSignal): Promise<JsonObject> {
		const forms: CallForms = {
			apps: [post(`/v7/devhub/apps/${this.app}/chats/cancel`, toJsonText({ chat_id: chatId }))],
			app: [post(`/v7/devhub/app/${this.app}/chat/${encodeURIComponent(chatId)}/cancel`)],
		};
		const reply = await this.generation.call(forms, (form) => this.json(form, CHAT, signal));
		return isJsonObject(reply) ? reply : {};
	}

	/** All messages of a session, in the order of WPS, which is not stated (`providers/wps.md §4` B4). */
	async messages(sessionId: string, signal?: AbortSignal): Promise<WpsList> {
		const path = `/v7/devhub/apps/${this.app}/sessions/messages?session_id=${encodeURIComponent(sessionId)}`;
		return await this.list(path, messagesIn, Number.POSITIVE_INFINITY, signal);
	}

	/** The sessions with the app (`providers/wps.md §4` B5). */
	async sessions(limit: number, signal?: AbortSignal): Promise<WpsList> {
		const path = `/v7/devhub/apps/${this.app}/sessions/list?page_size=${Math.min(SESSION_PAGE, limit)}`;
		return await this.list(path, sessionsIn, limit, signal);
	}

	/** These lists are documented for the newer generation of paths only, so that is where they are asked for. */
	private async list(
		path: string,
		rowsIn: (data: JsonValue) => JsonObject[],
		limit: number,
		signal: AbortSignal | undefined,
	): Promise<WpsList> {
		const rows: JsonObject[] = [];
		const seen = new Set<string>();
		let token: string | undefined;
		for (let page = 1; page <= MOST_PAGES && rows.length < limit; page++) {
			const next = token === undefined ? '' : `&next_page_token=${encodeURIComponent(token)}`;
			const reply = await this.listPage({ method: 'GET', path: path + next }, signal);
			const data = isJsonObject(reply) ? (reply.data ?? null) : reply;
			rows.push(...rowsIn(data));
			token = nextPageToken(data) ?? nextPageToken(reply);
			if (token === undefined || seen.has(token)) return { rows: rows.slice(0, limit), isWhole: token === undefined };
			seen.add(token);
		}
		return { rows: rows.slice(0, limit), isWhole: false };
	}

	private async listPage(request: HttpRequest, signal: AbortSignal | undefined): Promise<JsonValue> {
		const reply = await attempt(() => this.json(request, 'kso.devhub_session.readwrite', signal));
		if (reply.worked) {
			this.generation.learnFromNewer(true);
			return reply.value;
		}
		if (!wasUnknownPath(reply.error)) throw reply.error;
		this.generation.learnFromNewer(false);
		const { refusal } = reply.error as RequestRefused;
		const hint = `${refusal.complaint.hint ?? ''} ${NO_LISTS_HINT}`.trim();
		throw new RequestRefused({ ...refusal, complaint: { ...refusal.complaint, hint } });
	}

	private async json(request: HttpRequest, scope: WpsScope, signal: AbortSignal | undefined): Promise<JsonValue> {
		return await this.renewed(() => requestJson(this.for(scope), request, signal));
	}

	/**
	 * Makes a call, once more after the token was renewed. n8n renews it when the refusal is an HTTP 401; WPS may also
	 * say so in an envelope under any other status (`providers/wps.md §2`). A call that was refused for its token has had no
	 * effect.
	 */
	private async renewed<T>(call: () => Promise<T>): Promise<T> {
		const state = this.renewal?.state;
		const called = await attempt(call);
		if (called.worked) return called.value;
		if (state === undefined || !isTokenRefusedInBody(called.error)) throw called.error;
		const renewal = await attempt(() => this.renewal!.renewSince(state));
		if (!renewal.worked) throw called.error; // which says that the account has to be connected again
		return await call();
	}

	/** The connection, telling which permission a refused call needs. */
	private for(scope: WpsScope): ProviderConnection {
		return { ...this.connection, complaintOf: wpsComplaint(scope) };
	}
}

const CHAT: WpsScope = 'kso.devhub_chat.readwrite';

const post = (path: string, json?: string): HttpRequest => ({ method: 'POST', path, json });

/** `stream` is always sent: its default is not stated (`providers/wps.md §3`). */
const chatBody = (sessionId: string, { text, files, variables }: WpsQuestion, stream: boolean): string =>
	toJsonText({
		text,
		session_id: sessionId,
		stream,
		files: files.length > 0 ? files : undefined,
		variables: variables.length > 0 ? variables : undefined,
	});

/**
 * Looks at the first bytes of a stream: WPS may answer with a refusal in their place, under whatever status. A refusal that
 * comes in pieces is left to the decoder.
 *
 * @throws RequestRefused
 */
async function opened(reply: HttpReply, signal: AbortSignal): Promise<OpenedStream> {
	const iterator = reply.body[Symbol.asyncIterator]();
	const read: Uint8Array[] = [];
	let first: Frame | undefined;
	const recorded: AsyncIterable<Uint8Array> = {
		[Symbol.asyncIterator]: () => ({
			async next() {
				const result = await iterator.next();
				if (!result.done) read.push(result.value);
				return result;
			},
		}),
	};
	const end = await readPage(recorded, signal, {
		onBytes: () => undefined,
		onFrames(frames) {
			first = frames[0];
			return false;
		},
	});
	first ??= end?.frames[0];
	const value = first && tryParseJson(first.data);
	const complaint = isJsonObject(value) && value.event === undefined && envelopeComplaint(value, reply.status);
	if (complaint) throw new RequestRefused({ status: reply.status, complaint });
	return { first, body: continued(read, iterator) };
}

async function* continued(read: Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
	yield* read;
	for (;;) {
		const { done, value } = await iterator.next();
		if (done) return;
		yield value;
	}
}

const isTokenRefusedInBody = (error: unknown) =>
	error instanceof RequestRefused && error.refusal.status !== 401 && error.refusal.complaint.like === 401;

const dataOf = (reply: JsonValue): JsonObject => (isJsonObject(reply) && isJsonObject(reply.data) ? reply.data : {});

function nextPageToken(holder: JsonValue): string | undefined {
	return isJsonObject(holder) ? textMember(holder, 'next_page_token') : undefined;
}

/** The contract shows one message where a list is meant, so both are taken (`providers/wps.md §4`). */
function messagesIn(data: JsonValue): JsonObject[] {
	const list = listIn(data, 'items', 'messages');
	if (list) return list;
	return isJsonObject(data) && ('id' in data || 'text' in data) ? [data] : onlyListIn(data);
}

/** The form of this list is not published (`providers/wps.md §4` B5). */
const sessionsIn = (data: JsonValue): JsonObject[] => listIn(data, 'items', 'sessions') ?? onlyListIn(data);

/** A list under a name that is not known; taking it for nothing would tell the user that there is nothing. */
const onlyListIn = (data: JsonValue): JsonObject[] =>
	isJsonObject(data) ? (Object.values(data).find(Array.isArray) ?? []).filter(isJsonObject) : [];

function listIn(data: JsonValue, ...names: string[]): JsonObject[] | undefined {
	const lists = isJsonObject(data) ? names.map((name) => data[name]) : [data];
	const list = lists.find((each) => Array.isArray(each));
	return Array.isArray(list) ? list.filter(isJsonObject) : undefined;
}
