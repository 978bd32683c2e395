import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { isObject, type JsonObject } from '../exact-json';
import { contentTypeOf, framing } from '../framing';
import { jsonReply, type Call, type Provider, type Reply, type Route, type WireEvent } from '../provider';
import type { SandboxRequest } from '../request-log';
import { Run, type RunOptions } from '../run';
import type { ChosenScript } from '../scripts/choice';
import { envelope } from './envelope';
import { AiDolDialect } from './events';
import type { AiDolSettings } from './settings';
import { signatureProblem } from './signature';

/** What the stand-in gets from the sandbox. */
export interface AiDolSurroundings {
	settings(): AiDolSettings;
	script(message: string): ChosenScript;
	run(call: Call, pace: number | undefined): RunOptions;
}

const CLOCK_TOLERANCE_SECONDS = 300;
/** One transparent pixel. */
const JPEG_PIXEL =
	'/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AR//Z';
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** A problem that ends the handling of a request with an error reply. */
class Refusal extends Error {
	constructor(readonly reply: Reply) {
		super('refused');
	}
}

/** A business error: HTTP 200, `success: false` (docs/apis/aidol.md §2). */
function businessError(code: number, message: string): Refusal {
	return new Refusal(jsonReply(200, envelope(code, message)));
}

/**
 * Stand-in for the AI-DOL open API (docs/apis/aidol.md §7). Authentication, envelope and chat/conversation follow the
 * published pages; agent/list and the response of chat/stream are ASSUMPTIONS.
 */
export class AiDolStandIn implements Provider {
	readonly name = 'aidol';
	/** Conversation id → agent id. */
	private readonly conversations = new Map<string, string>();
	private readonly requestIds = new Set<string>();
	/** Every answer since the last reset, oldest first. */
	readonly runs: Array<Run<WireEvent>> = [];
	private calls = 0;

	constructor(private readonly surroundings: AiDolSurroundings) {}

	readonly routes: readonly Route[] = [
		this.route('/v1/agent/list', 'agents', () => this.agents()),
		this.route('/v1/chat/conversation', 'conversation.create', (call) => this.createConversation(call)),
		this.route('/v1/chat/stream', 'chat', (call) => this.chat(call)),
		this.route('/v1/chat/image', 'image', (call) => this.image(call)),
	];

	error(status: number, message: string): Reply {
		return jsonReply(status, envelope(10000 + status, message));
	}

	errorUnder200(message = 'Too many requests, please try again later'): Reply {
		return jsonReply(200, envelope(10400, message));
	}

	reset(): void {
		for (const run of this.runs) void run.cancel();
		this.runs.length = 0;
		this.conversations.clear();
		this.requestIds.clear();
		this.calls = 0;
	}

	private get settings(): AiDolSettings {
		return this.surroundings.settings();
	}

	private route(path: string, operation: string, handle: (call: Call) => Reply | Promise<Reply>): Route {
		return {
			method: 'POST',
			pattern: RegExp(`^${path}$`),
			operation,
			text: operation === 'chat' || operation === 'image' ? textOfChat : undefined,
			guard: (call) => this.authenticate(call),
			handle: async (call) => {
				try {
					const { callsLeft } = this.settings;
					if (callsLeft !== null && this.calls >= callsLeft) throw businessError(10400, 'API key usage limit reached');
					this.calls++;
					return await handle(call);
				} catch (error) {
					if (error instanceof Refusal) return error.reply;
					throw error;
				}
			},
		};
	}

	private authenticate(call: Call): Reply | undefined {
		const { request } = call;
		const { headers } = request;
		const { settings } = this;
		const refuse = (message: string, status = 401): Reply => {
			request.refusal = message;
			const publicText = message.split(';')[0] ?? message;
			return jsonReply(status, envelope(status === 200 ? 10400 : 10401, publicText));
		};
		for (const name of ['Authorization', 'X-Timestamp', 'X-Signature', 'X-Request-ID', 'X-User-ID', 'Content-Type']) {
			if ((headers[name.toLowerCase()] ?? '') === '') return refuse(`Missing header ${name}`);
		}
		if (!/^(?:application\/json|multipart\/form-data)\b/i.test(headers['content-type'] ?? '')) {
			return refuse('Content-Type has to be application/json');
		}
		const [, key] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
		if (key !== settings.apiKey) return refuse('Invalid API key', settings.invalidKeyStatus);
		const timestamp = String(headers['x-timestamp']);
		const now = Date.now() / 1000 + settings.clockSkewSeconds;
		// Milliseconds instead of seconds fall out here too.
		if (!/^\d+$/.test(timestamp) || Math.abs(now - Number(timestamp)) > CLOCK_TOLERANCE_SECONDS) {
			return refuse('Timestamp expired');
		}
		const requestId = String(headers['x-request-id']);
		if (settings.refuseRepeatedRequestIds && this.requestIds.has(requestId)) return refuse('Repeated X-Request-ID');
		this.requestIds.add(requestId);
		const problem = settings.checkSignature ? signatureProblem(call, settings) : undefined;
		return problem === undefined ? undefined : refuse(`Invalid signature: ${problem}`);
	}

	private body({ request }: Call): JsonObject {
		if (request.body.length === 0) return {};
		try {
			const body = request.json();
			if (isObject(body)) return body;
		} catch {
			// falls through to the refusal
		}
		throw businessError(10400, 'Invalid request body');
	}

	private field(body: JsonObject, name: string): string {
		const value = body[name];
		if (typeof value === 'string' && value.trim() !== '') return value.trim();
		throw businessError(10400, `${name} is required`);
	}

	private agentOf(body: JsonObject): string {
		const id = this.field(body, 'agentId');
		if (this.settings.agents.some((agent) => agent.id === id)) return id;
		throw businessError(10404, 'Agent not found');
	}

	private conversationOfBody(body: JsonObject): string {
		const agentId = this.agentOf(body);
		const id = this.field(body, 'conversationId');
		if (this.conversations.get(id) === agentId) return id;
		throw businessError(10404, 'Conversation not found');
	}

	/** ASSUMPTION: parameters, paging and fields are not published. */
	private agents(): Reply {
		const { agents, agentListForm } = this.settings;
		const rowsOf = (some: typeof agents) =>
			some.map(({ id, name, description }) => ({ agentId: id, name, description }));
		const rows = rowsOf(agents);
		const groups = [...new Set(agents.map(({ category }) => category))].map((category) => [
			category,
			rowsOf(agents.filter((agent) => agent.category === category)),
		]);
		if (agentListForm === 'grouped') return jsonReply(200, envelope(10200, 'OK', Object.fromEntries(groups)));
		const data = agentListForm === 'array' ? rows : { [agentListForm]: rows, total: rows.length };
		return jsonReply(200, envelope(10200, 'OK', data));
	}

	/** §3 */
	private createConversation(call: Call): Reply {
		const agentId = this.agentOf(this.body(call));
		const uuid = randomUUID();
		const conversationId = this.settings.hyphens ? uuid : uuid.replaceAll('-', '');
		this.conversations.set(conversationId, agentId);
		return jsonReply(200, envelope(10200, 'OK', { conversationId }));
	}

	/** §4, ASSUMPTION */
	private async chat(call: Call): Promise<Reply> {
		const body = this.body(call);
		const conversationId = this.conversationOfBody(body);
		const text = this.field(body, 'text');
		const { settings } = this;
		const { script, pace } = this.surroundings.script(text);
		const run = new Run(new AiDolDialect(script, conversationId, settings), this.surroundings.run(call, pace));
		this.runs.push(run);
		if (settings.shape === 'one-shot') {
			await run.ended;
			if (run.state !== 'completed') throw businessError(10500, 'Agent failed');
			return jsonReply(200, envelope(10200, 'OK', { answer: run.text, conversationId }));
		}
		return {
			status: 200,
			headers: { 'Content-Type': contentTypeOf(settings.framing), 'Cache-Control': 'no-cache' },
			stream: {
				...framing(settings.framing),
				events: (gone) => {
					gone.addEventListener('abort', () => void run.cancel(), { once: true });
					return run.follow(0, gone);
				},
			},
		};
	}

	/** §5. A prompt with the word `invalid_prompt` is refused by the image service. */
	private async image(call: Call): Promise<Reply> {
		const body = this.body(call);
		this.conversationOfBody(body);
		const text = this.field(body, 'text');
		const { agents, imageDelayMs, imageForm } = this.settings;
		const agent = agents.find(({ id }) => id === body.agentId);
		if (agent?.images === false) throw businessError(10500, 'Agent missing image generation config');
		if (imageDelayMs > 0) await pause(imageDelayMs);
		if (text.includes('invalid_prompt')) throw businessError(10400, 'invalid_prompt');
		const data = { base64Image: IMAGES[imageForm](), metadata: body.metadata ?? null };
		return jsonReply(200, envelope(10200, 'OK', data));
	}
}

const IMAGES: Record<AiDolSettings['imageForm'], () => string | null> = {
	png: () => `data:image/png;base64,${PIXEL}`,
	jpeg: () => `data:image/png;base64,${JPEG_PIXEL}`,
	bare: () => PIXEL,
	address: () => 'https://images.example/picture.png',
	none: () => null,
	huge: () => `data:image/png;base64,${Buffer.alloc(30 * 1024 * 1024, 1).toString('base64')}`,
};

function textOfChat(request: SandboxRequest): string | undefined {
	try {
		const body = request.json();
		return isObject(body) && typeof body.text === 'string' ? body.text : undefined;
	} catch {
		return undefined;
	}
}
