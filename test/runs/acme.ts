import type { IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';
import type { AnswerIds, AnswerPage, AnswerSource, LookedUp } from '../../nodes/shared/following/answer-source';
import { openStream, type ProviderConnection, requestJson } from '../../nodes/shared/http/requests';
import { isJsonObject, type JsonObject } from '../../nodes/shared/json/json';
import type { FakeClock } from '../following/fake-clock';
import { decode, done, say } from '../following/scripted-source';
import type { Random } from '../reportify/random';

/** What goes wrong with one request. */
export type Fault =
	/** No connection comes about. */
	| 'refused'
	/** The connection is reset before the request has arrived. */
	| 'lost'
	/** The connection is reset when the request has arrived. */
	| 'reset'
	/** The request has arrived, and nothing comes back. */
	| 'silent'
	/** The header that names the message is missing. */
	| 'nameless'
	/** The stream breaks off in the middle. */
	| 'cut'
	/** The stream ends in the middle, cleanly. */
	| 'ended'
	/** The agent fails. */
	| 'failing'
	/** Something else answers. */
	| 401
	| 404
	| 429
	/** A fault of the server, before the request is taken in and after. */
	| 500
	| 503;

/** One question that was taken in. */
export interface TakenIn {
	id: string;
	conversation: string;
	text: string;
	at: number;
	cancels: number;
	isFailing: boolean;
}

/** A provider in memory: conversations, a log for each answer, a list; everything can go wrong. */
export class Acme {
	readonly takenIn: TakenIn[] = [];
	private conversations = 0;

	/**
	 * @param pace milliseconds between two events of an answer
	 * @param draw the fault of the next request
	 */
	constructor(
		private readonly clock: FakeClock,
		private readonly random: Random,
		private readonly pace: number,
		private readonly draw: (kind: string) => Fault | undefined,
	) {}

	/** What n8n's HTTP helper does with a request. */
	async serve({ url, body }: IHttpRequestOptions, signal: AbortSignal | undefined): Promise<IN8nHttpFullResponse> {
		await this.clock.serverSleep(this.random.int(0, 20));
		signal?.throwIfAborted();
		const [kind = '', conversation = '', id = ''] = url.split('/').filter(Boolean);
		const fault = kind === 'cancel' ? undefined : this.draw(kind);
		if (fault === 'refused') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
		if (fault === 'lost') throw reset();
		if (typeof fault === 'number' && (fault < 500 || this.random.chance(0.5)))
			return reply(fault, { error: `${fault}` });
		const message = this.handle(kind, conversation, id, body as string, fault);
		if (fault === 'reset') throw reset();
		if (fault === 'silent') return await untilAborted(signal);
		if (typeof fault === 'number') return reply(fault, { error: `${fault}` });
		if (kind === 'open') return reply(200, { id: conversation || `c-${this.conversations}` });
		if (kind === 'cancel') return reply(200, {});
		if (kind === 'list')
			return reply(200, {
				messages: this.takenIn.filter((each) => each.conversation === conversation).map((each) => this.listed(each)),
			});
		if (!message) return reply(404, { error: 'no such message' });
		const headers: Record<string, string> = kind === 'ask' && fault !== 'nameless' ? { 'x-id': message.id } : {};
		return { statusCode: 200, headers, body: this.stream(message, fault) as never };
	}

	private handle(kind: string, conversation: string, id: string, body: string, fault: Fault | undefined) {
		if (kind === 'open') this.conversations++;
		if (kind === 'ask') {
			const { text } = JSON.parse(body) as { text: string };
			const isFailing = fault === 'failing';
			const own = {
				id: `m-${this.takenIn.length + 1}`,
				conversation,
				text,
				at: this.clock.now(),
				cancels: 0,
				isFailing,
			};
			this.takenIn.push(own);
			return own;
		}
		const message = this.takenIn.find((each) => each.id === id);
		if (kind === 'cancel' && message) message.cancels++;
		return message;
	}

	private events({ text, isFailing }: TakenIn): string[] {
		const words = answerTo(text).match(/\S+\s*/g) ?? [];
		const said = words.map((word, at) => say(at, word));
		return isFailing ? [...said.slice(0, 2), FAILED] : [...said, done(words.length)];
	}

	hasEnded(message: TakenIn): boolean {
		return message.cancels > 0 || this.clock.now() >= message.at + this.events(message).length * this.pace;
	}

	private listed(message: TakenIn): JsonObject {
		const isOver = this.hasEnded(message);
		const state = !isOver ? 'running' : message.cancels > 0 ? 'cancelled' : message.isFailing ? 'failed' : 'completed';
		return { id: message.id, question: message.text, state, text: state === 'completed' ? answerTo(message.text) : '' };
	}

	private async *stream(message: TakenIn, fault: Fault | undefined): AsyncGenerator<Uint8Array> {
		const events = this.events(message);
		const cut = fault === 'cut' || fault === 'ended' ? this.random.int(0, events.length - 1) : Infinity;
		for (const [at, event] of events.entries()) {
			if (at >= cut && fault === 'ended') return;
			if (at >= cut) throw reset();
			const wait = message.at + at * this.pace - this.clock.now();
			if (wait > 0) await this.clock.serverSleep(wait);
			yield new TextEncoder().encode(event);
		}
	}
}

export const answerTo = (text: string): string => `This is what there is to say about ${text} and no more.`;

const FAILED = 'data: {"offset":2,"error":"boom"}\n\n';

const reset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });

function reply(statusCode: number, json: JsonObject): IN8nHttpFullResponse {
	async function* body() {
		yield new TextEncoder().encode(JSON.stringify(json));
	}
	return { statusCode, headers: {}, body: body() as never };
}

const untilAborted = async (signal: AbortSignal | undefined) =>
	await new Promise<never>((_resolve, reject) => {
		const abort = () => reject(new Error('canceled'));
		if (signal?.aborted) abort();
		signal?.addEventListener('abort', abort, { once: true });
	});

/** An answer of that provider. */
export class AcmeSource implements AnswerSource {
	readonly providerName = 'Acme';
	readonly composition = 'everything';

	constructor(
		private readonly connection: ProviderConnection,
		private readonly text: string,
	) {}

	createDecoder() {
		return { decode };
	}

	async openConversation(signal: AbortSignal): Promise<AnswerIds> {
		const made = await requestJson(this.connection, { method: 'POST', path: '/open', json: '{}' }, signal);
		return { conversationId: String((made as JsonObject).id) };
	}

	async ask({ conversationId }: AnswerIds, signal: AbortSignal): Promise<AnswerPage> {
		const json = JSON.stringify({ text: this.text });
		const { headers, body } = await openStream(
			this.connection,
			{ method: 'POST', path: `/ask/${conversationId}`, json },
			signal,
		);
		return { ids: { messageId: headers['x-id'] }, body };
	}

	async locate(ids: AnswerIds, signal: AbortSignal): Promise<AnswerIds | undefined> {
		const own = (await this.messages(ids, signal)).find(({ question }) => question === this.text);
		return own && { messageId: String(own.id) };
	}

	async resume(ids: AnswerIds, _offset: number | undefined, signal: AbortSignal): Promise<AnswerPage> {
		const path = `/log/${ids.conversationId}/${ids.messageId}`;
		return await openStream(this.connection, { method: 'GET', path }, signal);
	}

	async lookUp(ids: AnswerIds, signal: AbortSignal): Promise<LookedUp> {
		const own = (await this.messages(ids, signal)).find(({ id }) => id === ids.messageId);
		if (!own) return { state: 'missing' };
		const text = String(own.text);
		if (own.state === 'failed') return { state: 'failed', complaint: { text: 'boom' } };
		if (own.state === 'running') return { state: 'running', said: true };
		return { state: own.state as 'completed' | 'cancelled', text };
	}

	async cancel({ conversationId, messageId }: AnswerIds, signal: AbortSignal): Promise<void> {
		await requestJson(
			this.connection,
			{ method: 'POST', path: `/cancel/${conversationId}/${messageId}`, json: '{}' },
			signal,
		);
	}

	private async messages({ conversationId }: AnswerIds, signal: AbortSignal): Promise<JsonObject[]> {
		const listed = await requestJson(this.connection, { method: 'GET', path: `/list/${conversationId}` }, signal);
		const { messages } = listed as JsonObject;
		return Array.isArray(messages) ? messages.filter(isJsonObject) : [];
	}
}
