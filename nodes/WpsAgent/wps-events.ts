import { type AnswerChange, noChanges, type ProviderEvent, unreadableEvent } from '../shared/answer/answer-change';
import type { EventDecoder } from '../shared/following/answer-source';
import type { Frame } from '../shared/frames/frame';
import { isJsonObject, type JsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';
import { LangflowEvents } from './langflow-events';
import { RoleEvents } from './role-events';
import { codeOf } from './wps-complaint';
import { envelopeComplaint, runComplaint } from './wps-failure-event';

/** Names of the last event: the one of dialect 1, and likely ones of dialect 2 (`providers/wps.md §5.4`, `§5.6`). */
const END = /^(?:end|done|(?:conversation\.)?chat\.completed)$/;
const FAILURE = /^(?:error|(?:conversation\.)?chat\.failed)$/;
const DONE = '[DONE]';

/**
 * Decodes the stream of a chat. Both dialects, and an envelope in place of a stream, are recognised by the shape of each
 * object; nothing has to be set (`providers/wps.md §5.5`).
 */
export class WpsEvents implements EventDecoder {
	/** The id of the chat, where the stream told it (`providers/wps.md §3`). */
	chatId: string | undefined;
	/** WPS has started the chat and sent nothing else: it streams no answer. */
	hasOnlyStarted = false;
	private eventsSeen = 0;
	private readonly langflow = new LangflowEvents();
	private readonly roles = new RoleEvents();

	decode({ data, event }: Frame): ProviderEvent[] {
		const text = data.trim();
		if (text === '') return [];
		if (text === DONE) return [{ raw: DONE, isEndMarker: true, changes: () => this.endChanges() }];
		const values = valuesIn(text);
		return values ? values.map((value) => this.eventOf(value, event)) : [unreadableEvent(data)];
	}

	/** True for a message that came in the stream and was not the user's. */
	hasMessage(id: string): boolean {
		return this.langflow.hasMessage(id) || this.roles.hasMessage(id);
	}

	/** The text of the answer as far as it came; undefined when it was whole, or nothing came. */
	get unfinishedText(): string | undefined {
		return this.langflow.unfinishedText ?? this.roles.unfinishedText;
	}

	private eventOf(value: JsonValue, eventLine: string | undefined): ProviderEvent {
		if (!isJsonObject(value)) return { raw: JSON.stringify(value), changes: noChanges };
		const name = textMember(value, 'event') ?? eventLine;
		const isEnvelope = value.event === undefined && codeOf(value) !== undefined;
		return {
			raw: value,
			isEndMarker: !isEnvelope && name !== undefined && END.test(name),
			changes: () => this.changesOf(value, name, isEnvelope),
		};
	}

	private changesOf(value: JsonObject, name: string | undefined, isEnvelope: boolean): AnswerChange[] {
		this.eventsSeen++;
		const data = dataOf(value);
		this.chatId ??= textMember(value, 'chat_id') ?? textMember(data, 'chat_id');
		// The session is the one that was asked in; the id that Langflow puts into its messages may be one of its own.
		const ids: AnswerChange[] = this.chatId === undefined ? [] : [{ kind: 'ids', messageId: this.chatId }];
		const complaint = isEnvelope ? envelopeComplaint(value) : undefined;
		if (complaint) return [...ids, { kind: 'failed', complaint }];
		this.hasOnlyStarted = isEnvelope && this.eventsSeen === 1;
		return [...ids, ...this.eventChanges(name, data)];
	}

	private eventChanges(name: string | undefined, data: JsonObject): AnswerChange[] {
		if (name !== undefined && END.test(name)) return this.endChanges();
		if (name !== undefined && FAILURE.test(name)) return [{ kind: 'failed', complaint: runComplaint(data) }];
		if (RoleEvents.recognises(data)) return this.roles.changesOf(name ?? '', data);
		return name === undefined ? [] : this.langflow.changesOf(name, data);
	}

	private endChanges(): AnswerChange[] {
		return [{ kind: 'ended', status: this.langflow.statusAtEnd }];
	}
}

/** The JSON values of a frame: one, also as JSON text inside a string, or one on each line; undefined for anything else. */
function valuesIn(text: string): JsonValue[] | undefined {
	const whole = tryParseJson(text);
	// A number with too many digits is a string now as well, but no JSON text.
	if (typeof whole === 'string') return text.startsWith('"') ? valuesIn(whole) : [whole];
	if (whole !== undefined) return Array.isArray(whole) ? whole : [whole];
	const lines = text.split('\n').map((line) => tryParseJson(line));
	return lines.length > 1 && lines.every((line) => line !== undefined) ? lines : undefined;
}

/** The `data` of an event: an object, or one as JSON text; the event itself when it has none, its name being elsewhere. */
function dataOf(value: JsonObject): JsonObject {
	const { data } = value;
	if (isJsonObject(data)) return data;
	const parsed = typeof data === 'string' ? tryParseJson(data) : undefined;
	return isJsonObject(parsed) ? parsed : value;
}
