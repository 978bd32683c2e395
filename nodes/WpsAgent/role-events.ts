import type { AnswerChange } from '../shared/answer/answer-change';
import { isJsonObject, type JsonObject, textMember, tryParseJson } from '../shared/json/json';
import { InferredText } from './inferred-text';
import { isOfForeignRole, textOfMessage } from './message-content';

/** Kinds of messages that are known (`docs/apis/wps.md §5.6`); the published list breaks off. */
const TYPES = ['ack', 'answer', 'answer_chunk', 'function_call'];
/** What a called function gave, by the names of the message object that this dialect resembles. */
const RESULT_TYPES = ['tool_response', 'tool_output'];

/** A message that is being written. */
interface Message {
	block: string;
	/** From `answer` events. */
	answers: InferredText;
	/** It arrived in `answer_chunk` events; an `answer` after them is the whole text. */
	isChunked: boolean;
	isWhole: boolean;
	shown: string;
}

/**
 * Decodes dialect 2 (`docs/apis/wps.md §5.6`). Assumption, since the page breaks off: names and meanings are those of
 * the message object that it resembles in every word that can be read, Coze's.
 */
export class RoleEvents {
	private readonly messages = new Map<string, Message>();
	private messageCount = 0;
	private callCount = 0;
	/** Keys of the calls without a result so far, oldest first. */
	private openCalls: string[] = [];

	/** True for data of this dialect. */
	static recognises({ role, type }: JsonObject): boolean {
		return typeof role === 'string' || (typeof type === 'string' && TYPES.includes(type));
	}

	/** The effects of one message. */
	changesOf(name: string, data: JsonObject): AnswerChange[] {
		if (isOfForeignRole(data)) return [];
		const text = textOfMessage(data);
		const type = textMember(data, 'type') ?? 'answer';
		if (RESULT_TYPES.includes(type)) return this.result(text);
		switch (type) {
			case 'answer_chunk':
				return [...this.endCalls(), ...this.chunk(data, text)];
			case 'answer':
				return [...this.endCalls(), ...(name.endsWith('.delta') ? this.chunk(data, text) : this.answer(data, text))];
			case 'function_call':
				return [this.call(text)];
			default:
				return [];
		}
	}

	/** Calls without a result are over at the latest when the agent speaks or ends. */
	endCalls(): AnswerChange[] {
		const keys = this.openCalls;
		this.openCalls = [];
		return keys.map((key) => ({ kind: 'stepEnded', key, step: {} }));
	}

	/** True when some message has a text. */
	get hasText(): boolean {
		return [...this.messages.values()].some(({ shown }) => shown !== '');
	}

	/** True for a message that arrived and was not the user's. */
	hasMessage(id: string): boolean {
		return this.messages.has(id);
	}

	/** The text of the answer so far, if nothing said that it was whole. */
	get unfinishedText(): string | undefined {
		const last = [...this.messages.values()].at(-1);
		return last?.isWhole ? undefined : last?.shown;
	}

	private chunk(data: JsonObject, chunk: string): AnswerChange[] {
		const message = this.message(data, ({ isWhole }) => isWhole);
		message.isChunked = true;
		message.shown += chunk;
		return [{ kind: 'text', block: message.block, text: chunk }];
	}

	private answer(data: JsonObject, text: string): AnswerChange[] {
		const message = this.message(data, ({ isWhole, shown }) => isWhole && !text.startsWith(shown));
		if (message.isChunked) {
			message.isWhole = true;
			return this.show(message, text);
		}
		message.answers.take(text);
		return this.show(message, message.answers.toString());
	}

	private show(message: Message, text: string): AnswerChange[] {
		const { block, shown } = message;
		if (text === shown || text === '') return [];
		message.shown = text;
		if (text.startsWith(shown)) return [{ kind: 'text', block, text: text.slice(shown.length) }];
		return [{ kind: 'text', block, text, replace: true }];
	}

	/** The message that an event is about; a new one when the one before is whole. */
	private message(data: JsonObject, isOver: (message: Message) => boolean): Message {
		const id = textMember(data, 'id', 'message_id') ?? '';
		const known = this.messages.get(id);
		if (known && !isOver(known)) return known;
		const message: Message = {
			block: `${id}/${++this.messageCount}`,
			answers: new InferredText(),
			isChunked: false,
			isWhole: false,
			shown: '',
		};
		this.messages.set(id, message);
		return message;
	}

	private call(text: string): AnswerChange {
		const call = tryParseJson(text);
		const known = isJsonObject(call) ? call : {};
		const name = textMember(known, 'name') ?? '';
		const input = known.arguments ?? known.input ?? (text === '' ? null : text);
		const key = `call/${++this.callCount}`;
		this.openCalls.push(key);
		return { kind: 'stepStarted', key, step: { kind: 'tool', name, input } };
	}

	private result(text: string): AnswerChange[] {
		const key = this.openCalls.shift();
		return key === undefined ? [] : [{ kind: 'stepEnded', key, step: { output: tryParseJson(text) ?? text } }];
	}
}
