import { attempt } from '../shared/attempt';
import { unnamedConversation } from '../shared/failures/unnamed-conversation';
import { HttpError, statusOf } from '../shared/http/http-error';
import { openStream, type ProviderConnection, requestJson } from '../shared/http/requests';
import type { HttpRequest } from '../shared/http/transport';
import { isJsonObject, type JsonObject, type JsonValue, textMember, toJsonText } from '../shared/json/json';
import { type ChatStream, chatStream } from './chat-stream';
import { type Address, type LiveAddresses, wasUnknownPath } from './live-addresses';
import type { TokenRenewal } from './token-renewal';
import { wpsError, type WpsScope } from './wps-error';
import { messagesIn, readList, sessionsIn, type WpsList } from './wps-list';

export const WPS = 'WPS';

/** The content types that streams are seen with (`docs/apis/wps.md §5.5`). */
const STREAM_TYPES = 'text/event-stream, application/x-ndjson, application/json';

/**
 * Sessions to ask for at a time: the limit is not published, on other lists of the platform it is 50
 * (`docs/apis/wps.md §4`).
 */
const SESSION_PAGE = 50;
/** The platform's own page size, which no list can refuse. */
const SMALL_PAGE = 10;

const NO_LISTS_HINT =
	'WPS documents its lists of messages and conversations for the newer addresses only: where just the older ones exist, Get, Get Many and Collect cannot work.';

const NO_START_HINT =
	'Where WPS knows only the address for streams, a question cannot be asked without waiting: switch Wait for Answer on.';

/** A question to an agent (`docs/apis/wps.md §3`, A1). */
export interface WpsQuestion {
	text: string;
	/** Ids or addresses; which, is not stated. */
	files: string[];
	/** Inputs of the agent app. */
	variables: Array<{ key: string; value: string }>;
}

/** A session that was made: the object of WPS, and the id in it. */
export interface WpsSession {
	sessionId: string;
	data: JsonObject;
}

/** The agent endpoints of the WPS Open Platform for one app, at whichever addresses are live. */
export class WpsApi {
	private readonly app: string;

	/** @param renewal for the credential that can renew its token */
	constructor(
		private readonly connection: ProviderConnection,
		appId: string,
		private readonly addresses: LiveAddresses,
		private readonly renewal?: TokenRenewal,
	) {
		this.app = encodeURIComponent(appId);
	}

	/**
	 * Makes a session (`docs/apis/wps.md §3` A3, `§4` B3).
	 *
	 * @throws ConversationFailure when the reply does not name it: without its id the next node would start another one
	 */
	async createSession(signal?: AbortSignal): Promise<WpsSession> {
		const addresses = [
			apps(post(`/v7/devhub/apps/${this.app}/sessions/create`)),
			app(post(`/v7/devhub/app/${this.app}/session/create`)),
		];
		const reply = await this.addresses.call('session', addresses, (request) => this.json(request, SESSION, signal));
		const data = dataOf(reply);
		const sessionId = textMember(data, 'session_id', 'id');
		if (sessionId !== undefined) return { sessionId, data };
		throw unnamedConversation(WPS);
	}

	/**
	 * Asks; the answer streams back. The address that is for streams only comes first (`docs/apis/wps.md §4`, B1s): the
	 * others may answer with ids alone.
	 *
	 * @param sessionId undefined for a session that the chat makes (`docs/apis/wps.md §3`, A1)
	 */
	async streamChat(sessionId: string | undefined, question: WpsQuestion, signal: AbortSignal): Promise<ChatStream> {
		const json = chatBody(sessionId, question, true);
		const addresses = [
			apps(post(`/v7/sse/devhub/apps/${this.app}/chats/create`, json)),
			apps(post(`/v7/devhub/apps/${this.app}/chats/create`, json)),
			app(post(`/v7/devhub/app/${this.app}/chat/create`, json)),
		];
		return await this.addresses.call('stream', addresses, (request) =>
			this.renewed(() => this.openChat({ ...request, accept: STREAM_TYPES }, signal)),
		);
	}

	/** Asks without waiting: the chat is named at once, its answer appears in the session later. */
	async startChat(sessionId: string | undefined, question: WpsQuestion, signal: AbortSignal): Promise<JsonObject> {
		const json = chatBody(sessionId, question, false);
		const addresses = [
			apps(post(`/v7/devhub/apps/${this.app}/chats/create`, json)),
			app(post(`/v7/devhub/app/${this.app}/chat/create`, json)),
		];
		const call = this.addresses.call('chat', addresses, (request) => this.json(request, CHAT, signal));
		return dataOf(await hintedWhereUnknown(call, NO_START_HINT));
	}

	/** Stops the agent (`docs/apis/wps.md §3` A2, `§4` B2). */
	async cancelChat(chatId: string, signal?: AbortSignal): Promise<JsonObject> {
		const addresses = [
			apps(post(`/v7/devhub/apps/${this.app}/chats/cancel`, toJsonText({ chat_id: chatId }))),
			app(post(`/v7/devhub/app/${this.app}/chat/${encodeURIComponent(chatId)}/cancel`)),
		];
		const reply = await this.addresses.call('cancel', addresses, (request) => this.json(request, CHAT, signal));
		return isJsonObject(reply) ? reply : {};
	}

	/**
	 * The messages of a session, in the order of WPS, which is not stated (`docs/apis/wps.md §4` B4).
	 *
	 * @param isEnough true when no more of them are needed
	 */
	async messages(
		sessionId: string,
		signal?: AbortSignal,
		isEnough: (rows: JsonObject[]) => boolean = () => false,
	): Promise<WpsList> {
		const path = `/v7/devhub/apps/${this.app}/sessions/messages?session_id=${encodeURIComponent(sessionId)}`;
		return await readList({
			page: (token) => this.listPage(path, token, signal),
			rowsIn: messagesIn,
			idOf: (row) => textMember(row, 'id', 'message_id'),
			isEnough,
		});
	}

	/** The sessions with the app (`docs/apis/wps.md §4` B5). */
	async sessions(limit: number, signal?: AbortSignal): Promise<WpsList> {
		let size = Math.min(SESSION_PAGE, limit);
		const page = async (token: string | undefined) => {
			const path = () => `/v7/devhub/apps/${this.app}/sessions/list?page_size=${size}`;
			const reply = await attempt(() => this.listPage(path(), token, signal));
			if (reply.ok) return reply.value;
			const isTooLarge = token === undefined && size > SMALL_PAGE && isParameterRefused(reply.error);
			if (!isTooLarge) throw reply.error;
			size = SMALL_PAGE;
			return await this.listPage(path(), token, signal);
		};
		const { rows, isWhole } = await readList({
			page,
			rowsIn: sessionsIn,
			idOf: (row) => textMember(row, 'session_id', 'id'),
			isEnough: (read) => read.length >= limit,
		});
		return { rows: rows.slice(0, limit), isWhole };
	}

	/** A page of one of the lists, which are documented for the newer generation only: it is asked there, whatever is set. */
	private async listPage(path: string, token: string | undefined, signal: AbortSignal | undefined): Promise<JsonValue> {
		const next = token === undefined ? '' : `&next_page_token=${encodeURIComponent(token)}`;
		const page = this.json({ method: 'GET', path: path + next }, SESSION, signal);
		return await hintedWhereUnknown(page, NO_LISTS_HINT);
	}

	private async json(request: HttpRequest, scope: WpsScope, signal: AbortSignal | undefined): Promise<JsonValue> {
		return await this.renewed(() => requestJson(this.for(scope), request, signal));
	}

	/**
	 * Makes a call, once more after the token was renewed. n8n renews it when the error is an HTTP 401; WPS may also
	 * say so in an envelope under any other status (`docs/apis/wps.md §2`). A call that was refused for its token has had
	 * no effect.
	 */
	private async renewed<T>(call: () => Promise<T>): Promise<T> {
		const state = this.renewal?.state;
		const called = await attempt(call);
		if (called.ok) return called.value;
		// What is thrown otherwise says that the account has to be connected again.
		if (!(await this.renewAfter(called.error, state))) throw called.error;
		return await call();
	}

	/** Renews the token where this error says that it was refused; true when there is a newer one now. */
	private async renewAfter(error: unknown, state: number | undefined): Promise<boolean> {
		if (state === undefined || !isTokenRefusedInBody(error)) return false;
		return (await attempt(() => this.renewal!.renewSince(state))).ok;
	}

	/** The reply to a question; a token that is refused after signs of life is renewed as well. */
	private async openChat(request: HttpRequest, signal: AbortSignal): Promise<ChatStream> {
		const state = this.renewal?.state;
		const reply = await openStream(this.for(CHAT), request, signal);
		return await chatStream(reply, signal, async (error) => {
			if (!(await this.renewAfter(error, state))) return undefined;
			return await this.openChat(request, signal);
		});
	}

	/** The connection; its errors name the permission that a refused call needs. */
	private for(scope: WpsScope): ProviderConnection {
		return { ...this.connection, errorOf: wpsError(scope) };
	}
}

const CHAT: WpsScope = 'kso.devhub_chat.readwrite';
const SESSION: WpsScope = 'kso.devhub_session.readwrite';

const post = (path: string, json?: string): HttpRequest => ({ method: 'POST', path, json });
const apps = (request: HttpRequest): Address => ({ generation: 'apps', request });
const app = (request: HttpRequest): Address => ({ generation: 'app', request });

/** `stream` is always sent: its default is not stated (`docs/apis/wps.md §3`). */
const chatBody = (sessionId: string | undefined, { text, files, variables }: WpsQuestion, stream: boolean): string =>
	toJsonText({
		text,
		session_id: sessionId,
		stream,
		files: files.length > 0 ? files : undefined,
		variables: variables.length > 0 ? variables : undefined,
	});

const isTokenRefusedInBody = (error: unknown) =>
	error instanceof HttpError && error.response.status !== 401 && error.response.error.equivalentStatus === 401;

const isParameterRefused = (error: unknown) => error instanceof HttpError && statusOf(error.response) === 400;

const dataOf = (reply: JsonValue): JsonObject => (isJsonObject(reply) && isJsonObject(reply.data) ? reply.data : {});

/** @throws what the call throws; with this hint where WPS knows no address for it */
async function hintedWhereUnknown<T>(call: Promise<T>, added: string): Promise<T> {
	const called = await attempt(() => call);
	if (called.ok) return called.value;
	if (!wasUnknownPath(called.error)) throw called.error;
	const { response } = called.error;
	const hint = `${response.error.hint ?? ''} ${added}`.trim();
	throw new HttpError({ ...response, error: { ...response.error, hint } });
}
