import { exactJson, isObject, type JsonObject } from '../exact-json';
import { contentTypeOf, framing } from '../framing';
import { jsonReply, type Call, type Provider, type Reply, type Route } from '../provider';
import type { SandboxRequest } from '../request-log';
import { Run, type RunOptions } from '../run';
import type { ChosenScript } from '../scripts/choice';
import type { Script } from '../scripts/script';
import { ConversationStore, type Answer, type Conversation, type Message } from './conversations';
import { ReportifyDialect } from './dialect';
import { hexId, type ReportifyEvent } from './events';
import { FileShelf } from './files';
import type { ReportifySettings } from './settings';

/** What the stand-in gets from the sandbox. */
export interface ReportifySurroundings {
	settings(): ReportifySettings;
	script(message: string): ChosenScript;
	run(call: Call, pace: number | undefined): RunOptions;
}

/** A document as it arrived at the upload endpoint. */
export interface UploadedDocument {
	readonly id: string;
	readonly title: string;
	/** Name in the file part; undefined for uploads by address. */
	readonly fileName: string | undefined;
	readonly content: Buffer | undefined;
	/** All other form fields, or the JSON object of an upload by address. */
	readonly fields: Readonly<Record<string, unknown>>;
}

const USER_ID = 683242877840089n;
const ID_HEADER = 'X-REPORTIFY-ASSISTANT-MESSAGE-ID';
const C = String.raw`^/v1/agent/conversations/(?<conversation>[^/]+)`;

/** A problem that ends the handling of a request with an error reply. */
class Refusal extends Error {
	constructor(readonly reply: Reply) {
		super('refused');
	}
}

/** Stand-in for the Reportify agent conversation API (providers/reportify.md §10). */
export class ReportifyStandIn implements Provider {
	readonly name = 'reportify';
	readonly files = new FileShelf();
	/** Uploaded documents, oldest first. */
	readonly documents: UploadedDocument[] = [];
	private readonly store = new ConversationStore();

	constructor(private readonly surroundings: ReportifySurroundings) {}

	readonly routes: readonly Route[] = [
		this.route('POST', String.raw`^/v1/agent/conversations/?$`, 'conversation.create', (call) => this.create(call)),
		this.route('GET', `${C}$`, 'conversation.get', (call) => this.get(call)),
		this.route('POST', `${C}/chat$`, 'chat', (call) => this.chat(call), textOfChat),
		this.route('GET', `${C}/messages/(?<message>[^/]+)$`, 'events', (call) => this.events(call)),
		this.route('POST', `${C}/messages/(?<message>[^/]+)/cancel$`, 'cancel', (call) => this.cancel(call)),
		this.route('GET', `${C}/messages$`, 'messages', (call) => this.messages(call)),
		this.route('GET', String.raw`^/v1/agent/files/(?<file>[^/]+)$`, 'file', (call) => this.file(call)),
		this.route('POST', String.raw`^/v1/docs/upload/form$`, 'document.upload', (call) => this.uploadForm(call)),
		this.route('POST', String.raw`^/v1/docs/upload$`, 'document.upload-urls', (call) => this.uploadUrls(call)),
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
		this.documents.length = 0;
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

	// Validation, in FastAPI's form

	private invalid(loc: Array<string | number>, msg: string, type: string): Refusal {
		const detail = this.settings.validationDetail === 'list' ? [{ loc, msg, type }] : `${loc.join('.')}: ${msg}`;
		return new Refusal(jsonReply(422, JSON.stringify({ detail })));
	}

	private body(request: SandboxRequest): JsonObject {
		if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
			throw this.invalid(
				['body'],
				'Input should be a valid dictionary or object to extract fields from',
				'model_attributes_type',
			);
		}
		let body: unknown;
		try {
			body = request.json();
		} catch {
			throw this.invalid(['body', 0], 'JSON decode error', 'json_invalid');
		}
		if (isObject(body)) return body;
		throw this.invalid(['body'], 'Input should be a valid dictionary', 'dict_type');
	}

	private optional(body: JsonObject, field: string, type: 'string' | 'boolean' | 'object'): void {
		const value = body[field];
		if (value === undefined || value === null) return;
		const right = type === 'object' ? isObject(value) : typeof value === type;
		if (!right) throw this.invalid(['body', field], `Input should be a valid ${type}`, `${type}_type`);
	}

	private integerField(body: JsonObject, field: string): string | undefined {
		const value = body[field];
		if (value === undefined || value === null) return undefined;
		if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return String(value);
		if (this.settings.acceptStringIds && typeof value === 'string' && /^\d+$/.test(value)) return value;
		throw this.invalid(['body', field], 'Input should be a valid integer', 'int_type');
	}

	private integerQuery(query: URLSearchParams, name: string, least: bigint, most?: bigint): string | undefined {
		const value = query.get(name);
		if (value === null) return undefined;
		if (!/^-?\d+$/.test(value)) {
			throw this.invalid(
				['query', name],
				'Input should be a valid integer, unable to parse string as an integer',
				'int_parsing',
			);
		}
		if (BigInt(value) < least) {
			throw this.invalid(['query', name], `Input should be greater than or equal to ${least}`, 'greater_than_equal');
		}
		if (most !== undefined && BigInt(value) > most) {
			throw this.invalid(['query', name], `Input should be less than or equal to ${most}`, 'less_than_equal');
		}
		return value;
	}

	private booleanQuery(query: URLSearchParams, name: string, otherwise: boolean): boolean {
		const value = query.get(name)?.toLowerCase();
		if (value === undefined) return otherwise;
		if (['true', '1', 'yes', 'on'].includes(value)) return true;
		if (['false', '0', 'no', 'off'].includes(value)) return false;
		throw this.invalid(['query', name], 'Input should be a valid boolean, unable to interpret input', 'bool_parsing');
	}

	private conversation({ params }: Call): Conversation {
		const id = params.conversation ?? '';
		if (!/^\d+$/.test(id)) {
			const message = 'Input should be a valid integer, unable to parse string as an integer';
			throw this.invalid(['path', 'conversation_id'], message, 'int_parsing');
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
		const body = this.body(request);
		for (const field of ['title', 'conversation_type', 'channel']) this.optional(body, field, 'string');
		this.optional(body, 'meta', 'object');
		const types = ['agent_chat', 'task_chat', 'debug_chat', 'bot_chat'];
		const type = (body.conversation_type ?? 'agent_chat') as string;
		if (!types.includes(type)) {
			throw this.invalid(['body', 'conversation_type'], `Input should be one of ${types.join(', ')}`, 'enum');
		}
		const { agents, defaultAgentId, largeIds } = this.settings;
		const agentId = this.integerField(body, 'agent_id') ?? defaultAgentId;
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
		const body = this.body(call.request);
		const { message } = body;
		if (message === undefined) throw this.invalid(['body', 'message'], 'Field required', 'missing');
		if (typeof message !== 'string')
			throw this.invalid(['body', 'message'], 'Input should be a valid string', 'string_type');
		this.optional(body, 'stream', 'boolean');
		this.optional(body, 'background', 'boolean');
		const documents = body.documents ?? [];
		if (!Array.isArray(documents))
			throw this.invalid(['body', 'documents'], 'Input should be a valid list', 'list_type');
		documents.forEach((document: unknown, index) => {
			for (const field of ['doc_id', 'doc_title']) {
				const value = isObject(document) ? document[field] : undefined;
				if (value === undefined) throw this.invalid(['body', 'documents', index, field], 'Field required', 'missing');
				if (typeof value !== 'string') {
					throw this.invalid(['body', 'documents', index, field], 'Input should be a valid string', 'string_type');
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
		const stream = this.booleanQuery(call.query, 'stream', true);
		const timeout = Number(this.integerQuery(call.query, 'timeout', 0n) ?? 1800);
		const fromOffset = Number(this.integerQuery(call.query, 'from_offset', 0n) ?? 0);
		// An exclusive server still has to give everything when nothing was seen yet.
		const exclusive = this.settings.offsetReading === 'exclusive' && fromOffset > 0;
		const wanted = ({ position }: ReportifyEvent) => (exclusive ? position > fromOffset : position >= fromOffset);
		if (!stream) return jsonReply(200, eventList(run.events.filter(wanted)));
		return this.stream({}, async function* (gone) {
			for await (const event of run.follow(0, gone, Date.now() + timeout * 1000)) if (wanted(event)) yield event;
		});
	}

	/** §5; cancelling a finished answer changes nothing. */
	private async cancel(call: Call): Promise<Reply> {
		const { run, assistantMessageId: responseId } = this.answer(call);
		await run.cancel();
		const status = run.state === 'cancelled' ? this.settings.cancelStatus : run.state;
		return jsonReply(200, JSON.stringify({ response_id: responseId, status }));
	}

	/** §6 */
	private messages(call: Call): Reply {
		const conversation = this.conversation(call);
		const limit = Number(this.integerQuery(call.query, 'limit', 1n, 100n) ?? 10);
		const before = this.integerQuery(call.query, 'before_message_id', 0n);
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
			error_info: state === 'failed' ? { message: 'The agent failed (sandbox).' } : null,
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

	/** §8, multipart */
	private async uploadForm({ request }: Call): Promise<Reply> {
		const contentType = request.headers['content-type'] ?? '';
		if (!/^multipart\/form-data\b/i.test(contentType))
			throw this.invalid(['body', 'file'], 'Field required', 'missing');
		let form: FormData;
		try {
			form = await new Response(new Uint8Array(request.body), { headers: { 'Content-Type': contentType } }).formData();
		} catch {
			throw new Refusal(this.error(400, 'There was an error parsing the body'));
		}
		const file = form.get('file');
		if (file === null) throw this.invalid(['body', 'file'], 'Field required', 'missing');
		if (typeof file === 'string')
			throw this.invalid(['body', 'file'], 'Value error, expected a file upload', 'value_error');
		const fields: Record<string, string> = {};
		for (const [name, value] of form) if (typeof value === 'string') fields[name] = value;
		for (const name of ['tags', 'metadatas']) {
			try {
				if (fields[name] !== undefined) JSON.parse(fields[name]);
			} catch {
				throw this.invalid(['body', name], 'Invalid JSON', 'json_invalid');
			}
		}
		const content = Buffer.from(await file.arrayBuffer());
		return jsonReply(200, this.uploaded(fields.name ?? file.name, file.name, content, fields));
	}

	/** §8, by address */
	private uploadUrls({ request }: Call): Reply {
		const { docs } = this.body(request);
		if (!Array.isArray(docs)) throw this.invalid(['body', 'docs'], 'Field required', 'missing');
		const results = docs.map((document: unknown, index) => {
			if (!isObject(document) || typeof document.url !== 'string') {
				throw this.invalid(['body', 'docs', index, 'url'], 'Field required', 'missing');
			}
			const title = typeof document.name === 'string' ? document.name : document.url;
			return this.uploaded(title, undefined, undefined, document);
		});
		return jsonReply(200, `{"docs":[${results.join(',')}]}`);
	}

	private uploaded(
		title: string,
		fileName: string | undefined,
		content: Buffer | undefined,
		fields: Record<string, unknown>,
	): string {
		const id = String(1182736450918273645n + 2n * BigInt(this.documents.length));
		this.documents.push({ id, title, fileName, content, fields });
		return JSON.stringify({ id, title, original_url: `https://files.reportify.cn/${id}` });
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
