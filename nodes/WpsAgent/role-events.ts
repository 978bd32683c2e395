import type { AnswerChange } from '../shared/answer/answer-change';
import { isJsonObject, type JsonObject, textMember, tryParseJson } from '../shared/json/json';
import { InferredText } from './inferred-text';

/** Kinds of messages that are known (`providers/wps.md §5.6`); the published list breaks off. */
const TYPES = ['ack', 'answer', 'answer_chunk', 'function_call'];

/** A message that is being written. */
interface Message {
	block: string;
	/** From `answer` events. */
	answers: InferredText;
	/** It came in `answer_chunk` events; an `answer` behind them is the whole text. */
	isChunked: boolean;
	isWhole: boolean;
	shown: string;
}

/**
 * Decodes dialect 2 (`providers/wps.md §5.6`). Assumption, since the page breaks off: names and meanings are those of the
 * message object that it resembles in every word that can be read, Coze's.
 */
export class RoleEvents {
	private readonly messages = new Map<string, Message>();
	private messageCount = 0;
	private callCount = 0;

	/** True for data of this dialect. */
	static recognises({ role, type }: JsonObject): boolean {
		return typeof role === 'string' || (typeof type === 'string' && TYPES.includes(type));
	}

	/** The effects of one message. */
	changesOf(name: string, data: JsonObject): AnswerChange[] {
		if (data.role === 'user') return [];
		const text = contentOf(data);
		switch (data.type ?? 'answer') {
			case 'answer_chunk':
				return this.chunk(data, text);
			case 'answer':
				return name.endsWith('.delta') ? this.chunk(data, text) : this.answer(data, text);
			case 'function_call':
				return [this.call(text)];
			default:
				return [];
		}
	}

	/** True for a message that came and was not the user's. */
	hasMessage(id: string): boolean {
		return this.messages.has(id);
	}

	/** The text of the answer as far as it came, where nothing said that it was whole. */
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

	/** Progress only; what the call gave is not told. */
	private call(text: string): AnswerChange {
		const call = tryParseJson(text);
		const known = isJsonObject(call) ? call : {};
		const name = textMember(known, 'name') ?? '';
		const input = known.arguments ?? known.input ?? (text === '' ? null : text);
		return { kind: 'stepEnded', key: `call/${++this.callCount}`, step: { kind: 'tool', name, input } };
	}
}

/** The name of the text field cannot be read in the published page. */
function contentOf(data: JsonObject): string {
	const { content } = data;
	if (isJsonObject(content)) return textMember(content, 'text', 'content') ?? '';
	return textMember(data, 'content', 'text') ?? '';
}
