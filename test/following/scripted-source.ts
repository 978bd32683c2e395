import { type AnswerChange, type ProviderEvent, unreadableEvent } from '../../nodes/shared/answer/answer-change';
import type { Composition } from '../../nodes/shared/answer/answer-text';
import type { AnswerIds, AnswerPage, AnswerSource, LookedUp } from '../../nodes/shared/following/answer-source';
import type { Frame } from '../../nodes/shared/frames/frame';
import { watched } from '../../nodes/shared/http/idle-timeout';
import { type HttpReply, readText } from '../../nodes/shared/http/transport';
import { isJsonObject, tryParseJson } from '../../nodes/shared/json/json';
import type { FakeClock } from './fake-clock';

/** What a body does next. */
export type Part =
	/** Sends this text. */
	| string
	/** Sends these bytes. */
	| Uint8Array
	/** Sends nothing for a while, milliseconds. */
	| number
	/** Never sends anything again, and does not even notice that it is closed, as n8n's streams do. */
	| 'hang'
	/** Breaks off. */
	| Error;

/** What a call does. */
export type Reply<T> = T | Error | 'no reply';

export interface Script {
	open?: Array<Reply<string>>;
	asks?: Array<Reply<Part[]>>;
	/** The message id that an ask's headers tell; null for none. */
	messageId?: string | null;
	resumes?: Array<Reply<Part[]>>;
	looks?: Array<Reply<LookedUp>>;
	locates?: Array<Reply<AnswerIds | undefined>>;
	cancels?: Array<Reply<void>>;
	/** How long the provider takes to cancel, milliseconds. */
	cancelTakes?: number;
	composition?: Composition;
	cleanEndCompletes?: boolean;
	eventsAfterEnd?: boolean;
	formIsAssumed?: boolean;
	/** HTTP status of what streams. */
	status?: number;
}

const encoder = new TextEncoder();

/** A provider that does what its script says; a call that is not in the script fails the test. */
export class ScriptedSource implements AnswerSource {
	readonly providerName = 'Acme';
	readonly composition: Composition;
	readonly cleanEndCompletes: boolean;
	readonly eventsAfterEnd: boolean;
	readonly formIsAssumed: boolean;
	/** Names of the calls with their offset and their time in milliseconds, as `resume 5 @250`. */
	readonly calls: string[] = [];
	/** The signal of each connection. */
	readonly signals: AbortSignal[] = [];
	readonly surprises: string[] = [];

	readonly openConversation?: AnswerSource['openConversation'];
	readonly resume?: AnswerSource['resume'];
	readonly lookUp?: AnswerSource['lookUp'];
	readonly locate?: AnswerSource['locate'];
	readonly cancel?: AnswerSource['cancel'];

	constructor(
		private readonly script: Script,
		private readonly clock: FakeClock,
		private readonly idleTimeoutMs: number,
	) {
		this.composition = script.composition ?? 'everything';
		this.cleanEndCompletes = script.cleanEndCompletes ?? false;
		this.eventsAfterEnd = script.eventsAfterEnd ?? false;
		this.formIsAssumed = script.formIsAssumed ?? false;
		const { open, resumes, looks, locates, cancels } = script;
		if (open) this.openConversation = async (signal) => ({ conversationId: await this.value('open', open, signal) });
		if (resumes) {
			this.resume = async (_ids, offset, signal) => await this.page(`resume ${offset ?? 'start'}`, resumes, signal);
		}
		if (looks) this.lookUp = async (_ids, signal) => await this.value('lookUp', looks, signal);
		if (locates) this.locate = async (_ids, signal) => await this.value('locate', locates, signal);
		if (cancels) {
			this.cancel = async (_ids, signal) => {
				await this.value('cancel', cancels, signal);
				if (script.cancelTakes !== undefined) await clock.serverSleep(script.cancelTakes);
			};
		}
	}

	createDecoder() {
		return { decode };
	}

	async ask(_ids: AnswerIds, signal: AbortSignal): Promise<AnswerPage> {
		const { messageId = 'm-1', asks = [] } = this.script;
		return { ids: messageId === null ? {} : { messageId }, ...(await this.page('ask', asks, signal)) };
	}

	private async reply<T>(name: string, replies: Array<Reply<T>>, signal: AbortSignal): Promise<T> {
		const done = this.calls.filter((call) => call.startsWith(name.split(' ')[0] as string)).length;
		this.calls.push(`${name} @${Math.round(this.clock.elapsed)}`);
		this.signals.push(signal);
		signal.throwIfAborted();
		if (done >= replies.length) {
			this.surprises.push(name);
			throw new Error(`the script has no ${name} number ${done + 1}`);
		}
		const reply = replies[done] as Reply<T>;
		if (reply === 'no reply') {
			return await new Promise((_resolve, reject) => {
				signal.addEventListener('abort', () => reject(new Error('aborted by the HTTP client')), { once: true });
			});
		}
		if (reply instanceof Error) throw reply;
		return reply as T;
	}

	/** A request whose answer streams. */
	private async page(name: string, replies: Array<Reply<Part[]>>, signal: AbortSignal): Promise<AnswerPage> {
		const { status, body } = await this.sent(signal, async (own) => this.body(await this.reply(name, replies, own)));
		return { body, httpStatus: status };
	}

	/** A request that is answered at once. */
	private async value<T>(name: string, replies: Array<Reply<T>>, signal: AbortSignal): Promise<T> {
		let value: { given: T } | undefined;
		const { body } = await this.sent(signal, async (own) => {
			value = { given: await this.reply(name, replies, own) };
			return this.body([]);
		});
		await readText({ status: 200, headers: {}, body });
		return value!.given;
	}

	/** Over a wire that is watched, as it is in n8n. */
	private async sent(
		signal: AbortSignal,
		reply: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
	): Promise<HttpReply> {
		const { status = 200 } = this.script;
		const transport = watched(async (_request, own) => ({ status, headers: {}, body: await reply(own!) }), this.clock, {
			ms: this.idleTimeoutMs,
		});
		return await transport({ method: 'POST', path: '/' }, signal);
	}

	private async *body(parts: Part[]): AsyncGenerator<Uint8Array> {
		for (const part of parts) {
			if (part === 'hang') await new Promise(() => undefined);
			else if (part instanceof Error) throw part;
			else if (typeof part === 'number') await this.clock.serverSleep(part);
			else if (typeof part === 'string') yield encoder.encode(part);
			else yield part;
		}
	}
}

interface ScriptedEvent {
	id?: string;
	offset?: number;
	text?: string;
	block?: string;
	replace?: boolean;
	end?: 'completed' | 'cancelled';
	/** Text that the terminal event repeats. */
	whole?: string;
	finishReason?: string;
	/** Something went wrong on the way. */
	warning?: string;
	error?: string;
	like?: number;
	code?: string;
	usage?: number;
	messageId?: string;
	conversationId?: string;
	marker?: boolean;
}

/** An event in the language of the scripts. */
export const sent = (event: ScriptedEvent): string => `data: ${JSON.stringify(event)}\n\n`;
/** A piece of text at an offset. */
export const say = (offset: number, text: string): string => sent({ offset, text });
export const done = (offset?: number): string => sent({ offset, end: 'completed' });

export function decode({ data }: Frame): ProviderEvent[] {
	const value = tryParseJson(data);
	if (!isJsonObject(value)) return [unreadableEvent(data)];
	const event = value as ScriptedEvent;
	const changes = (): AnswerChange[] => {
		const {
			text,
			block = '',
			replace,
			end,
			whole,
			finishReason,
			warning,
			error,
			like,
			code,
			usage,
			messageId,
			conversationId,
		} = event;
		return [
			...(messageId || conversationId ? [{ kind: 'ids' as const, messageId, conversationId }] : []),
			...(text === undefined ? [] : [{ kind: 'text' as const, block, text, replace }]),
			...(end === undefined ? [] : [{ kind: 'ended' as const, status: end, text: whole, finishReason }]),
			...(warning === undefined ? [] : [{ kind: 'warning' as const, complaint: { text: warning } }]),
			...(error === undefined ? [] : [{ kind: 'failed' as const, complaint: { text: error, like, code } }]),
			...(usage === undefined ? [] : [{ kind: 'usage' as const, usage }]),
		];
	};
	return [{ id: event.id, offset: event.offset, raw: value, isEndMarker: event.marker, changes }];
}
