import { exactJson, isObject, type JsonObject } from '../exact-json';
import { contentTypeOf, framing } from '../framing';
import { jsonReply, type Call, type Provider, type Reply, type Route } from '../provider';
import type { SandboxRequest } from '../request-log';
import { Run, type RunOptions } from '../run';
import type { ChosenScript } from '../scripts/choice';
import type { Script } from '../scripts/script';
import { ConversationStore, type Answer, type Conversation, type Message } from './conversations';
import { ReportifyDialect } from './dialect';
import { DocumentLibrary, type UploadedDocument } from './documents';
import { hexId, type ReportifyEvent } from './events';
import { FileShelf } from './files';
import type { ReportifySettings } from './settings';
import { Refusal, Validation } from './validation';

/** What the stand-in gets from the sandbox. */
export interface ReportifySurroundings {
	settings(): ReportifySettings;
	script(message: string): ChosenScript;
	run(call: Call, pace: number | undefined): RunOptions;
}

const USER_ID = 683242877840089n;
const ID_HEADER = 'X-REPORTIFY-ASSISTANT-MESSAGE-ID';
const C = String.raw`^/v1/agent/conversations/(?<conversation>[^/]+)`;

/** Stand-in for the Reportify agent conversation API (docs/apis/reportify.md §10). */
export class ReportifyStandIn implements Provider {
	readonly name = 'reportify';
	readonly files = new FileShelf();
	private readonly check = new Validation(() => this.settings);
	private readonly library = new DocumentLibrary(() => this.settings, this.check);
	private readonly store = new ConversationStore();

	constructor(private readonly surroundings: ReportifySurroundings) {}

	/** Uploaded documents, oldest first. */
	get documents(): readonly UploadedDocument[] {
		return this.library.uploaded;
	}

	readonly routes: readonly Route[] = [
		this.route('POST', String.raw`^/v1/agent/conversations/?$`, 'conversation.create', (call) => this.create(call)),
		this.route('GET', `${C}$`, 'conversation.get', (call) => this.get(call)),
		this.route('POST', `${C}/chat$`, 'chat', (call) => this.chat(call), textOfChat),
		this.route('GET', `${C}/messages/(?<message>[^/]+)$`, 'events', (call) => this.events(call)),
		this.route('POST', `${C}/messages/(?<message>[^/]+)/cancel$`, 'cancel', (call) => this.cancel(call)),
		this.route('GET', `${C}/messages$`, 'messages', (call) => this.messages(call)),
		this.route('GET', String.raw`^/v1/agent/files/(?<file>[^/]+)$`, 'file', (call) => this.file(call)),
		this.route('POST', String.raw`^/v1/docs/upload/form$`, 'document.upload', (call) => this.library.uploadForm(call)),
		this.route('POST', String.raw`^/v1/docs/upload(?:/async)?$`, 'document.upload-urls', (call) =>
			this.library.uploadUrls(call),
		),
		this.route('GET', String.raw`^/v1/docs/(?<document>[^/]+)/upload/status$`, 'document.status', (call) =>
			this.library.status(call),
		),
		this.route('GET', String.raw`^/v1/docs/(?<document>[^/]+)$`, 'document.get', (call) => this.library.get(call)),
	];

	error(status: number, message: string): Reply {
		return jsonReply(status, JSON.stringify({ detail: message }));
	}

	errorUnder200(message = 'Internal agent error'): Reply {
		return this.error(200, message);
	}

	conversationOf(call: Call): string | undefined {
		return call.params.conversation;
	}

	reset(): void {
		this.store.clear();
		this.files.clear();
		this.library.clear();
	}

	private get settings(): ReportifySettings {
		return this.surroundings.settings();
	}

	private route(
		method: string,
		pattern: string,
		operation: string,
		handle: (call: Call) => Reply | Promise<Reply>,
		text?: Route['text'],
	): Route {
		return {
			method,
			pattern: new RegExp(pattern),
			operation,
			text,
			guard: (call) => this.authenticate(call),
			handle: async (call) => {
				try {
					return await handle(call);
				} catch (error) {
					if (error instanceof Refusal) return error.reply;
					throw error;
				}
			},
		};
	}

	private authenticate({ request }: Call): Reply | undefined {
		const [, key] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
		if (key !== undefined && this.settings.apiKeys.includes(key)) return undefined;
		request.refusal = key === undefined ? 'no bearer key' : 'unknown bearer key';
		return this.error(401, key === undefined ? 'Not authenticated' : 'Invalid API key');
	}

	private conversation({ params }: Call): Conversation {
		const id = params.conversation ?? '';
		if (!/^\d+$/.test(id)) {
			const message = 'Input should be a valid integer, unable to parse string as an integer';
			throw this.check.invalid(['path', 'conversation_id'], message, 'int_parsing');
		}
		const conversation = this.store.get(id);
		if (conversation !== undefined) return conversation;
		throw new Refusal(this.error(this.settings.unknownConversationStatus, 'Invalid conversation_id'));
	}

	private answer(call: Call): Answer {
		const answer = this.store.answer(this.conversation(call), call.params.message ?? '');
		if (answer !== undefined) return answer;
		throw new Refusal(this.error(this.settings.unknownMessageStatus, 'Message not found'));
	}

	// Operations

	/** §1 */
	private create({ request }: Call): Reply {
		const body = this.check.body(request);
		for (const field of ['title', 'conversation_type', 'channel']) this.check.optional(body, field, 'string');
		this.check.optional(body, 'meta', 'object');
		const types = ['agent_chat', 'task_chat', 'debug_chat', 'bot_chat'];
		const type = (body.conversation_type ?? 'agent_chat') as string;
		if (!types.includes(type)) {
			throw this.check.invalid(['body', 'conversation_type'], `Input should be one of ${types.join(', ')}`, 'enum');
		}
		const { agents, defaultAgentId, largeIds } = this.settings;
		const agentId = this.check.integerField(body, 'agent_id') ?? defaultAgentId;
		if (agents.length > 0 && !agents.includes(agentId)) throw new Refusal(this.error(400, 'Invalid agent_id'));
		const now = Date.now();
		const conversation: Conversation = {
			id: this.store.nextId(largeIds),
			agentId,
			type,
			title: (body.title ?? undefined) as string | undefined,
			meta: (body.meta ?? undefined) as JsonObject | undefined,
			channel: (body.channel ?? undefined) as string | undefined,
			createdAt: now,
			updatedAt: now,
			messages: [],
		};
		this.store.add(conversation);
		const { id } = conversation;
		const url = `https://reportify.cn/agents/${agentId}/chat/${id}`;
		const shared_url = `https://reportify.cn/share/chat/${agentId}-${id}`;
		return jsonReply(200, exactJson({ ...this.bare(conversation), url, shared_url }));
	}

	private bare({ id, agentId, type, title, createdAt, updatedAt }: Conversation): JsonObject {
		return {
			id: BigInt(id),
			user_id: USER_ID,
			agent_id: BigInt(agentId),
			type,
			title: title ?? '',
			status: 'active',
			created_at: createdAt,
			updated_at: updatedAt,
		};
	}

	/** §2 */
	private get(call: Call): Reply {
		const conversation = this.conversation(call);
		const last = conversation.messages.filter(({ answer }) => answer?.run.over === true).at(-1);
		const last_message = last && {
			id: BigInt(last.id),
			role: 'assistant',
			content: last.answer?.run.text ?? '',
			created_at: last.createdAt,
		};
		return jsonReply(200, exactJson({ ...this.bare(conversation), meta: conversation.meta ?? {}, last_message }));
	}

	/** §3 */
	private async chat(call: Call): Promise<Reply> {
		const conversation = this.conversation(call);
		const body = this.check.body(call.request);
		const { message } = body;
		if (message === undefined) throw this.check.invalid(['body', 'message'], 'Field required', 'missing');
		if (typeof message !== 'string')
			throw this.check.invalid(['body', 'message'], 'Input should be a valid string', 'string_type');
		this.check.optional(body, 'stream', 'boolean');
		this.check.optional(body, 'background', 'boolean');
		const documents = body.documents ?? [];
		if (!Array.isArray(documents))
			throw this.check.invalid(['body', 'documents'], 'Input should be a valid list', 'list_type');
		documents.forEach((document: unknown, index) => {
			for (const field of ['doc_id', 'doc_title']) {
				const value = isObject(document) ? document[field] : undefined;
				if (value === undefined)
					throw this.check.invalid(['body', 'documents', index, field], 'Field required', 'missing');
				if (typeof value !== 'string') {
					throw this.check.invalid(
						['body', 'documents', index, field],
						'Input should be a valid string',
						'string_type',
					);
				}
			}
		});

		const answer = this.ask(call, conversation, message, documents);
		const { idHeaderOn, backgroundReply } = this.settings;
		const headersFor = (mode: 'stream' | 'json' | 'background'): Record<string, string> =>
			idHeaderOn.includes(mode) ? { [ID_HEADER]: answer.assistantMessageId } : {};
		if (body.background === true) return jsonReply(200, exactJson(backgroundReply), headersFor('background'));
		if (body.stream === false) {
			await answer.run.ended;
			return jsonReply(200, eventList(answer.run.events), headersFor('json'));
		}
		return this.stream(headersFor('stream'), (gone) => answer.run.follow(0, gone));
	}

	private ask(call: Call, conversation: Conversation, question: string, documents: unknown): Answer {
		const { settings, files } = this;
		const { largeIds } = settings;
		const { script, pace } = this.surroundings.script(question);
		const userMessageId = this.store.nextId(largeIds);
		const turnId = this.store.nextId(largeIds);
		const responseId = responseIdOf(script) ?? hexId(32);
		const workflowId = conversation.agentId;
		const dialect = new ReportifyDialect({ ...settings, script, responseId, workflowId, files });
		const run = new Run(dialect, this.surroundings.run(call, pace));
		const answer: Answer = { assistantMessageId: responseId, run, dialect };
		const createdAt = Date.now();
		conversation.messages.push(
			{ id: userMessageId, turnId, createdAt, question, documents },
			{ id: this.store.nextId(largeIds), turnId, createdAt, answer, replyTo: userMessageId },
		);
		conversation.updatedAt = createdAt;
		return answer;
	}

	private stream(headers: Record<string, string>, events: (gone: AbortSignal) => AsyncIterable<ReportifyEvent>): Reply {
		const how = this.settings.framing;
		return {
			status: 200,
			headers: { 'Content-Type': contentTypeOf(how), 'Cache-Control': 'no-cache', ...headers },
			stream: { events, ...framing(how) },
		};
	}

	/** §4 */
	private events(call: Call): Reply {
		const { run } = this.answer(call);
		const stream = this.check.booleanQuery(call.query, 'stream', true);
		const timeout = Number(this.check.integerQuery(call.query, 'timeout', 0n) ?? 1800);
		const fromOffset = Number(this.check.integerQuery(call.query, 'from_offset', 0n) ?? 0);
		// An exclusive server still has to give everything when nothing was seen yet.
		const exclusive = this.settings.offsetReading === 'exclusive' && fromOffset > 0;
		const wanted = ({ position }: ReportifyEvent) => (exclusive ? position > fromOffset : position >= fromOffset);
		if (!stream) return jsonReply(200, eventList(run.events.filter(wanted)));
		return this.stream({}, async function* (gone) {
			for await (const event of run.follow(0, gone, Date.now() + timeout * 1000)) if (wanted(event)) yield event;
		});
	}

	/** §5: only what runs can be cancelled. ASSUMPTION: status and words of the refusal, which are not published (§11). */
	private async cancel(call: Call): Promise<Reply> {
		const { run, assistantMessageId } = this.answer(call);
		const { cancelTakes, cancelFinished, cancelStatus } = this.settings;
		if (run.state !== 'running' && cancelFinished === 'refuse') {
			return this.error(400, `Only a running task can be cancelled, this one is ${run.state}`);
		}
		const cancelled = run.cancel(cancelTakes);
		if (cancelTakes === 0) await cancelled;
		const status = cancelTakes !== 0 || run.state === 'cancelled' ? cancelStatus : run.state;
		return jsonReply(200, JSON.stringify({ response_id: assistantMessageId, status }));
	}

	/** §6 */
	private messages(call: Call): Reply {
		const conversation = this.conversation(call);
		const limit = Number(this.check.integerQuery(call.query, 'limit', 1n, 100n) ?? 10);
		const before = this.check.integerQuery(call.query, 'before_message_id', 0n);
		const newestFirst = conversation.messages
			.filter(({ id }) => before === undefined || BigInt(id) < BigInt(before))
			.reverse()
			.slice(0, limit);
		const messages = newestFirst.map((message) => this.listed(conversation, message));
		return jsonReply(200, `{"messages":[${messages.join(',')}]}`);
	}

	private listed(conversation: Conversation, message: Message): string {
		const { answer } = message;
		const { listEvents, listContent, listText } = this.settings;
		const state = answer?.run.state ?? 'completed';
		const told = listText === 'summary' ? answer?.dialect.summary : answer?.run.text;
		const text = answer === undefined ? message.question : told;
		const form = answer === undefined ? 'object' : state === 'running' || text === '' ? 'null' : listContent;
		const content = { object: { text }, string: text, null: null }[form];
		const fields = exactJson({
			id: BigInt(message.id),
			user_id: USER_ID,
			conversation_id: BigInt(conversation.id),
			turn_id: BigInt(message.turnId),
			role: answer === undefined ? 'user' : 'assistant',
			reply_to_message_id: message.replyTo === undefined ? null : BigInt(message.replyTo),
			content,
			status: state,
			error_info: state === 'failed' ? { message: answer?.dialect.failure ?? 'The agent failed (sandbox).' } : null,
			assistant_message_id: answer?.assistantMessageId ?? null,
			created_at: message.createdAt,
			updated_at: answer?.run.updatedAt ?? message.createdAt,
		});
		const events =
			answer !== undefined && listEvents ? `[${answer.run.events.map(({ json }) => json).join(',')}]` : 'null';
		return `${fields.slice(0, -1)},"assistant_events":${events}}`;
	}

	/** §7 */
	private file({ params }: Call): Reply {
		const file = this.files.get(params.file ?? '');
		if (file === undefined) return this.error(404, 'File not found');
		const headers: Record<string, string> = { 'Content-Type': 'application/octet-stream' };
		if (this.settings.contentDisposition) {
			const plain = file.name.replace(/[^\x20-\x7e]|["\\]/g, '_');
			headers['Content-Disposition'] =
				`attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.name)}`;
		}
		return { status: 200, headers, body: file.content };
	}
}

/** The id in a run that was recorded: it stays the message's id when it is played. */
function responseIdOf({ bare, steps: [first] }: Script): string | undefined {
	if (!bare || first === undefined || !('raw' in first) || typeof first.raw !== 'string') return undefined;
	return /"response_id"\s*:\s*"([^"]+)"/.exec(first.raw)?.[1];
}

function textOfChat(request: SandboxRequest): string | undefined {
	try {
		const body = request.json();
		return isObject(body) && typeof body.message === 'string' ? body.message : undefined;
	} catch {
		return undefined;
	}
}

function eventList(events: readonly ReportifyEvent[]): string {
	return `{"assistant_events":[${events.map(({ json }) => json).join(',')}]}`;
}
