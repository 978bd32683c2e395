import { randomUUID } from 'node:crypto';

import { isObject, parseExact, type JsonObject } from '../exact-json';
import { contentTypeOf, framing } from '../framing';
import { jsonReply, type Call, type Provider, type Reply, type Route } from '../provider';
import type { SandboxRequest } from '../request-log';
import { Run, type RunOptions } from '../run';
import type { ChosenScript } from '../scripts/choice';
import type { ChatContext } from './dialect';
import { LangflowDialect } from './langflow-events';
import { RoleDialect } from './role-events';
import { SessionStore, type Chat, type Session } from './sessions';
import type { WpsSettings } from './settings';
import { signatureProblem, signedTarget } from './signature';
import { TokenOffice } from './tokens';

/** What the stand-in gets from the sandbox. */
export interface WpsSurroundings {
	settings(): WpsSettings;
	script(message: string): ChosenScript;
	run(call: Call, pace: number | undefined): RunOptions;
}

/** Error codes of the published contract (docs/apis/wps.md §2). */
const CODES = {
	ParamFormatError: 400000002,
	InvalidArgument: 400000007,
	ResourceNotFound: 400000103,
	AuthError: 401000001,
	TokenExpired: 401030001,
	TokenInvalid: 401030003,
	NoPermission: 403000001,
	NotFound: 404000001,
	ContentTypeUnsupported: 415000001,
	InvalidPageToken: 400429017,
	TooManyRequests: 429000001,
	InternalServerError: 500000004,
} as const;

type Generation = WpsSettings['generations'][number];
const BASE = String.raw`^(?:/[^/]+)??`; // an optional base path such as /openapi
const APP = '(?<app>[^/]+)';

/** A problem that ends the handling of a request with an error reply. */
class Refusal extends Error {
	constructor(readonly reply: Reply) {
		super('refused');
	}
}

/** Stand-in for the WPS Open Platform's agent chat API (docs/apis/wps.md §6). */
export class WpsStandIn implements Provider {
	readonly name = 'wps';
	readonly tokens = new TokenOffice(() => this.settings);
	private readonly store = new SessionStore();

	constructor(private readonly surroundings: WpsSurroundings) {}

	readonly routes: readonly Route[] = [
		{
			...{ method: 'GET', pattern: RegExp(`${BASE}/oauth2/auth$`), operation: 'authorize' },
			handle: (call) => this.tokens.authorize(call),
		},
		{
			...{ method: 'POST', pattern: RegExp(`${BASE}/oauth2/token$`), operation: 'token' },
			handle: (call) => this.tokens.token(call),
		},
		this.route('app', 'POST', `/v7/devhub/app/${APP}/chat/create`, 'chat', (call) => this.chat(call)),
		this.route('apps', 'POST', `/v7/devhub/apps/${APP}/chats/create`, 'chat', (call) => this.chat(call)),
		this.route('sse', 'POST', `/v7/sse/devhub/apps/${APP}/chats/create`, 'chat', (call) => this.chat(call, true)),
		this.route('app', 'POST', `/v7/devhub/app/${APP}/chat/(?<chat>[^/]+)/cancel`, 'cancel', (call) =>
			this.cancelA(call),
		),
		this.route('apps', 'POST', `/v7/devhub/apps/${APP}/chats/cancel`, 'cancel', (call) => this.cancelB(call)),
		this.route('app', 'POST', `/v7/devhub/app/${APP}/session/create`, 'session.create', (call) =>
			this.createSession(call),
		),
		this.route('apps', 'POST', `/v7/devhub/apps/${APP}/sessions/create`, 'session.create', (call) =>
			this.createSession(call),
		),
		this.route('apps', 'GET', `/v7/devhub/apps/${APP}/sessions/messages`, 'messages', (call) => this.messages(call)),
		this.route('apps', 'GET', `/v7/devhub/apps/${APP}/sessions/list`, 'sessions', (call) => this.sessions(call)),
		// Method and body of these two are not published: ASSUMPTION.
		this.route('apps', 'POST', '/v7/devhub/sessions/(?<session>[^/]+)/delete', 'session.delete', (call) =>
			this.deleteSession(call),
		),
		this.route('apps', 'POST', '/v7/devhub/sessions/(?<session>[^/]+)/name', 'session.name', (call) =>
			this.nameSession(call),
		),
		this.route('apps', 'GET', `/v7/devhub/apps/${APP}/detail`, 'app.detail', (call) => this.detail(call), 'app'),
	];

	error(status: number, message: string): Reply {
		const known: Record<number, number> = { 401: CODES.AuthError, 403: CODES.NoPermission, 429: CODES.TooManyRequests };
		return jsonReply(status, envelope(known[status] ?? status * 1_000_000 + 1, message));
	}

	errorUnder200(message = 'InternalServerError'): Reply {
		return jsonReply(200, envelope(CODES.InternalServerError, message));
	}

	/** All chats, oldest session first. */
	chats(): Chat[] {
		return this.store.all().flatMap(({ chats }) => chats);
	}

	/** Adds a session that somebody had at another time, with the name that they gave it. */
	addSession(appId: string, known: { name: string; createdAt: number }): Session {
		return this.store.create(appId, known);
	}

	reset(): void {
		this.store.clear();
	}

	private get settings(): WpsSettings {
		return this.surroundings.settings();
	}

	private fail(name: keyof typeof CODES, message: string = name, more: JsonObject = {}): Reply {
		const code = CODES[name];
		const status = this.settings.errorStatus === '200' ? 200 : Math.floor(code / 1_000_000);
		return jsonReply(status, envelope(code, message, undefined, more));
	}

	private refuse(name: keyof typeof CODES, message: string): Refusal {
		return new Refusal(this.fail(name, message));
	}

	private route(
		generation: Generation,
		method: string,
		path: string,
		operation: string,
		handle: (call: Call) => Reply | Promise<Reply>,
		token: 'user' | 'app' = 'user',
	): Route {
		return {
			method,
			operation,
			pattern: RegExp(`${BASE}${path}$`),
			text: operation === 'chat' ? textOfChat : undefined,
			guard: (call) => {
				const { generations, missing } = this.settings;
				const isThere = generations.includes(generation) && !missing.includes(`${operation} ${generation}`);
				if (!isThere) return this.fail('NotFound');
				return this.authenticate(call, token) ?? (token === 'user' ? this.permitted(call, operation) : undefined);
			},
			handle: async (call) => {
				try {
					const { apps } = this.settings;
					if (call.params.app !== undefined && apps.length > 0 && !apps.includes(call.params.app)) {
						throw this.refuse('NotFound', 'app not found');
					}
					return await handle(call);
				} catch (error) {
					if (error instanceof Refusal) return error.reply;
					throw error;
				}
			},
		};
	}

	private authenticate({ request }: Call, needed: 'user' | 'app'): Reply | undefined {
		const { settings } = this;
		if (signedTarget(request.path, settings.basePath) === request.path && !/^\/(v7|oauth2)\//.test(request.path)) {
			return this.fail('NotFound'); // some other prefix than the base path
		}
		const [, token] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
		if (token === undefined) {
			request.refusal = 'no bearer token';
			return this.fail('AuthError', 'missing access token');
		}
		if (settings.checkSignature) {
			const problem = signatureProblem(request, settings);
			if (problem !== undefined) {
				request.refusal = problem;
				return this.fail('AuthError', `signature verification failed: ${problem.split(';')[0]}`);
			}
		}
		const state = this.tokens.stateOf(token);
		if (state === needed) return undefined;
		request.refusal = `the access token is ${state}, needed: ${needed}`;
		if (state === 'expired') return this.fail('TokenExpired');
		return state === 'unknown' ? this.fail('TokenInvalid') : this.fail('NoPermission', 'wrong kind of access token');
	}

	/** Chats and sessions have a permission of their own (docs/apis/wps.md §1.1). */
	private permitted({ request }: Call, operation: string): Reply | undefined {
		const isChat = operation === 'chat' || operation === 'cancel';
		const scope = isChat ? 'kso.devhub_chat.readwrite' : 'kso.devhub_session.readwrite';
		if (this.settings.scopes.includes(scope)) return undefined;
		request.refusal = `the access token lacks ${scope}`;
		return this.fail('NoPermission', 'NoPermission', { debug: { desc: `scope ${scope} is missing` } });
	}

	private body({ request }: Call): JsonObject {
		if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
			throw this.refuse('ContentTypeUnsupported', 'Content-Type has to be application/json');
		}
		try {
			const body = parseExact(request.text);
			if (isObject(body)) return body;
		} catch {
			// falls through to the refusal
		}
		throw this.refuse('ParamFormatError', 'body is not a JSON object');
	}

	private session(appId: string | undefined, id: unknown): Session {
		const session = typeof id === 'string' ? this.store.get(appId, id) : undefined;
		if (session === undefined) throw this.refuse('ResourceNotFound', 'session not found');
		return session;
	}

	// Operations

	/** §3 A1, §4 B1, §4 B1s */
	private chat(call: Call, alwaysStreams = false): Reply {
		const body = this.body(call);
		const { text, session_id, stream, files, variables } = body;
		if (text === undefined || text === null || text === '') throw this.refuse('InvalidArgument', 'text is required');
		if (typeof text !== 'string') throw this.refuse('ParamFormatError', 'text: string expected');
		if (stream !== undefined && typeof stream !== 'boolean')
			throw this.refuse('ParamFormatError', 'stream: bool expected');
		if (files !== undefined && !(Array.isArray(files) && files.every((file) => typeof file === 'string'))) {
			throw this.refuse('ParamFormatError', 'files: array of string expected');
		}
		const isVariable = (item: unknown) =>
			isObject(item) && typeof item.key === 'string' && typeof item.value === 'string';
		if (variables !== undefined && !(Array.isArray(variables) && variables.every(isVariable))) {
			throw this.refuse('ParamFormatError', 'variables: array of {key, value} expected');
		}
		const appId = call.params.app ?? '';
		const isNew = session_id === undefined || session_id === null || session_id === '';
		const session = isNew ? this.store.create(appId) : this.session(appId, session_id);
		const chat = this.ask(call, session, text);
		if (!alwaysStreams && stream !== true) {
			return jsonReply(200, envelope(0, 'success', { session_id: session.id, chat_id: chat.id }));
		}
		const { framing: how, contentType, stopOnDisconnect } = this.settings;
		const { run } = chat;
		return {
			status: 200,
			headers: { 'Content-Type': contentType || contentTypeOf(how), 'Cache-Control': 'no-cache' },
			stream: {
				...framing(how),
				events: (gone) => {
					if (stopOnDisconnect) gone.addEventListener('abort', () => void run.cancel(), { once: true });
					return run.follow(0, gone);
				},
			},
		};
	}

	private ask(call: Call, session: Session, question: string): Chat {
		const { script, pace } = this.surroundings.script(question);
		const id = randomUUID();
		const { settings } = this;
		const context: ChatContext = {
			script,
			question,
			sessionId: session.id,
			chatId: id,
			appId: session.appId,
			settings,
		};
		const dialect = settings.dialect === 'roles' ? new RoleDialect(context) : new LangflowDialect(context);
		const run = new Run(dialect, this.surroundings.run(call, pace));
		const chat: Chat = { id, session, question, createdAt: Date.now(), dialect, run };
		session.chats.push(chat);
		return chat;
	}

	/** §3 A2: no body */
	private async cancelA({ params }: Call): Promise<Reply> {
		return await this.cancel(params.app ?? '', params.chat ?? '');
	}

	/** §4 B2 */
	private async cancelB(call: Call): Promise<Reply> {
		const { chat_id } = this.body(call);
		if (typeof chat_id !== 'string') throw this.refuse('InvalidArgument', 'chat_id is required');
		return await this.cancel(call.params.app ?? '', chat_id);
	}

	private async cancel(appId: string, chatId: string): Promise<Reply> {
		const chat = this.store.chat(appId, chatId);
		if (chat === undefined) throw this.refuse('ResourceNotFound', 'chat not found');
		await chat.run.cancel();
		return jsonReply(200, envelope(0, 'success'));
	}

	/** §3 A3, §4 B3 */
	private createSession({ params }: Call): Reply {
		const { id } = this.store.create(params.app ?? '');
		return jsonReply(200, envelope(0, 'success', { session_id: id }));
	}

	/** §4 B4; the agent's messages become visible when its run is over. */
	private messages({ params, query }: Call): Reply {
		const session = this.session(params.app, query.get('session_id'));
		const all = session.chats.flatMap((chat) => {
			const common = { timestamp: new Date(chat.createdAt).toISOString(), session_id: session.id };
			const answers = chat.run.over ? chat.dialect.messages : [];
			return [
				{ id: `user-${chat.id}`, ...common, sender_name: 'User', text: chat.question, files: [] },
				...answers.map(({ id, senderName, text, files }) => ({ id, ...common, sender_name: senderName, text, files })),
			];
		});
		const { messagesForm, messagesOrder } = this.settings;
		if (messagesForm === 'object') return jsonReply(200, envelope(0, 'success', all.at(-1) ?? {}));
		const { page, next } = this.page(messagesOrder === 'newest-first' ? all.reverse() : all, query, 1000);
		if (messagesForm === 'array') return jsonReply(200, envelope(0, 'success', page));
		return jsonReply(200, envelope(0, 'success', { [messagesForm]: page, ...next }));
	}

	/** §4 B5; the reply is not published: ASSUMPTION. */
	private sessions({ params, query }: Call): Reply {
		if (query.get('page_size') === null) throw this.refuse('InvalidArgument', 'page_size is required');
		const all = this.store
			.of(params.app ?? '')
			.reverse()
			.map(({ id, name, createdAt }) => ({ session_id: id, name, ctime: Math.floor(createdAt / 1000) }));
		const { page, next } = this.page(all, query, 100);
		return jsonReply(200, envelope(0, 'success', { items: page, ...next }));
	}

	private page<T>(
		all: readonly T[],
		query: URLSearchParams,
		most: number,
	): { page: T[]; next: { next_page_token?: string } } {
		const size = Number(query.get('page_size') ?? most);
		if (!Number.isInteger(size) || size < 1)
			throw this.refuse('InvalidArgument', 'page_size: positive integer expected');
		const token = query.get('next_page_token') ?? '';
		const [, position = token === '' ? '0' : ''] =
			/^page-(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
		if (position === '') throw this.refuse('InvalidPageToken', 'InvalidPageToken');
		const from = Number(position);
		const to = from + Math.min(size, most);
		const next = to < all.length ? { next_page_token: Buffer.from(`page-${to}`).toString('base64url') } : {};
		return { page: all.slice(from, to), next };
	}

	/** §4 B6 */
	private deleteSession({ params }: Call): Reply {
		this.store.delete(this.session(undefined, params.session).id);
		return jsonReply(200, envelope(0, 'success'));
	}

	/** §4 B7 */
	private nameSession(call: Call): Reply {
		const { name } = this.body(call);
		this.session(undefined, call.params.session).name = String(name ?? '');
		return jsonReply(200, envelope(0, 'success'));
	}

	/** §4 B8 */
	private detail({ params }: Call): Reply {
		const scopes = ['kso.devhub_chat.readwrite', 'kso.devhub_session.readwrite'].map((scope) => ({
			type: 'delegated',
			scope,
		}));
		return jsonReply(
			200,
			envelope(0, 'success', { app_id: params.app, app_name: 'Sandbox agent', scopes, variables: [] }),
		);
	}
}

function envelope(code: number, msg: string, data?: unknown, more: JsonObject = {}): string {
	return JSON.stringify({ code, msg, data, ...more });
}

function textOfChat(request: SandboxRequest): string | undefined {
	try {
		const body = request.json();
		return isObject(body) && typeof body.text === 'string' ? body.text : undefined;
	} catch {
		return undefined;
	}
}
