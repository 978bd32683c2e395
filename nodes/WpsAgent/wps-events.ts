import { type AnswerChange, noChanges, type ProviderEvent, unreadableEvent } from '../shared/answer/answer-change';
import { errorToldIn } from '../shared/answer/error-member';
import { type FinishReason, finishReasonIn } from '../shared/answer/finish-reason';
import type { ProviderError } from '../shared/failures/provider-error';
import type { EventDecoder } from '../shared/following/answer-source';
import { type Frame, jsonOf } from '../shared/frames/frame';
import { isJsonObject, type JsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';
import { LangflowEvents } from './langflow-events';
import { isOfForeignRole, isUser } from './message-content';
import { RoleEvents } from './role-events';
import { endIn, type WpsEnd } from './run-end';
import { codeOf } from './wps-error';
import { envelopeError, runError } from './wps-failure-event';

/** Names of the last event: the one of dialect 1, and likely ones of dialect 2 (`docs/apis/wps.md §5.4`, `§5.6`). */
const END = /^(?:end|done|(?:conversation\.)?chat\.completed)$/i;
const CANCELLED =
	/^(?:(?:conversation\.)?(?:chat|run|flow|workflow)[._])?(?:cancell?ed|cancel|aborted|stopped|interrupted)$/i;
/** A run that waits for someone else to act gives no answer either. */
const FAILURE =
	/^(?:error|(?:(?:conversation\.)?chat|message|response|run|flow|workflow)[._](?:failed|requires_action|error|timeout|expired)|failed|failure|exception|timeout|timed_out)$/i;
/** Further ones of both dialects. */
const KNOWN =
	/^(?:add_message|remove_message|token|vertices_sorted|(?:build|end)_(?:start|end|vertex)|(?:conversation\.)?(?:chat|message)\.\w+)$/;
const SIGN_OF_LIFE = /^(?:ping|heartbeat|keep[_-]?alive)$/i;
/** Some write it as a JSON string. */
const DONE = /^"?\[DONE\]"?$/;

/**
 * Decodes the stream of a chat. Both dialects, and an envelope in place of a stream, are recognised by the shape of
 * each object; nothing has to be set (`docs/apis/wps.md §5.5`).
 */
export class WpsEvents implements EventDecoder {
	/** The id of the chat, if the stream named it (`docs/apis/wps.md §3`). */
	chatId: string | undefined;
	/** The session, as the stream names it. */
	sessionId: string | undefined;
	/** WPS has started the chat and sent nothing else: it streams no answer. */
	hasOnlyStarted = false;
	/** How many events have arrived. */
	private eventsSeen = 0;
	/** One of them was of a form of WPS: it has the question. */
	hasAnswered = false;
	/** Why the latest text ended, where somebody said so. */
	private finish: FinishReason | undefined;
	private isOver = false;
	private readonly langflow = new LangflowEvents();
	private readonly roles = new RoleEvents();

	/** @param isSessionNew true when the chat made its session, which only its reply names */
	constructor(private readonly isSessionNew: () => boolean = () => false) {}

	decode(frame: Frame): ProviderEvent[] {
		const { data, event } = frame;
		const text = data.trim();
		if (text === '') return [];
		if (DONE.test(text))
			return [
				{ raw: '[DONE]', form: 'any', isEndMarker: true, changes: () => this.untilOver(() => this.lastChanges()) },
			];
		const values = valuesIn(text, jsonOf(frame));
		if (values?.length === 0) return [{ raw: text, form: 'unknown', changes: noChanges }];
		if (values) return values.map((value) => this.eventOf(value, event));
		// The name of such an event says what it is; its text need not be JSON.
		const isLast = event !== undefined && [END, CANCELLED, FAILURE].some((name) => name.test(event));
		const said = isLast ? plainText(text) : undefined;
		return said === undefined ? [unreadableEvent(data)] : [this.eventOf({ data: said }, event)];
	}

	/** True for a message that arrived in the stream and was not the user's. */
	hasMessage(id: string): boolean {
		return this.langflow.hasMessage(id) || this.roles.hasMessage(id);
	}

	/** The text of the answer so far; undefined if it was whole, or nothing arrived. */
	get unfinishedText(): string | undefined {
		return this.langflow.unfinishedText ?? this.roles.unfinishedText;
	}

	private eventOf(value: JsonValue, eventLine: string | undefined): ProviderEvent {
		if (!isJsonObject(value)) return { raw: JSON.stringify(value), form: 'unknown', changes: noChanges };
		const isEnvelope = value.event === undefined && codeOf(value) !== undefined;
		const inner = isEnvelope && codeOf(value) === '0' ? eventIn(value.data) : undefined;
		const event = inner ?? value;
		const name = textMember(event, 'event') ?? eventLine;
		const isReply = isEnvelope && inner === undefined;
		const form = isReply ? formOfReply(value) : formOfEvent(event, name);
		return {
			raw: value,
			form,
			isEndMarker: !isReply && name !== undefined && END.test(name),
			changes: () => this.changesOf(event, name, isReply, form),
		};
	}

	private changesOf(
		value: JsonObject,
		name: string | undefined,
		isEnvelope: boolean,
		form: ProviderEvent['form'],
	): AnswerChange[] {
		this.eventsSeen++;
		this.hasAnswered ||= form === undefined;
		const data = dataOf(value);
		this.chatId ??= textMember(value, 'chat_id') ?? textMember(data, 'chat_id');
		this.sessionId ??= textMember(value, 'session_id') ?? textMember(data, 'session_id');
		const ids = this.ids();
		this.hasOnlyStarted = isEnvelope && this.eventsSeen === 1;
		const error = isEnvelope ? envelopeError(value) : undefined;
		return [...ids, ...this.untilOver(() => (error ? [failed(error)] : this.eventChanges(name, data, value)))];
	}

	/** Text after the end changes nothing. */
	private untilOver(changesOf: () => AnswerChange[]): AnswerChange[] {
		if (this.isOver) return [];
		const changes = changesOf();
		this.isOver = changes.some(({ kind }) => kind === 'failed' || kind === 'ended');
		return changes;
	}

	/** In a session that was given, that one counts: the id that Langflow puts into its messages may be one of its own. */
	private ids(): AnswerChange[] {
		const conversationId = this.isSessionNew() ? this.sessionId : undefined;
		const messageId = this.chatId;
		return conversationId === undefined && messageId === undefined ? [] : [{ kind: 'ids', conversationId, messageId }];
	}

	private eventChanges(name: string | undefined, data: JsonObject, event: JsonObject): AnswerChange[] {
		if (name !== undefined && FAILURE.test(name)) return [failed(runError(data))];
		// Nodes on the way have their own ends.
		const isOther = isUser(data) || isOfForeignRole(data) || name === 'end_vertex';
		if (!isOther) this.finish = finishReasonIn(event.data === data ? event : data) ?? this.finish;
		if (name !== undefined && CANCELLED.test(name)) return this.ended('cancelled');
		if (name !== undefined && END.test(name)) return this.lastChanges(endIn(data) ?? endIn(event));
		if (RoleEvents.recognises(data)) return this.roles.changesOf(name ?? '', data);
		// An error in the place of an event: what came before is no whole answer.
		if (name === undefined) return (errorToldIn(event) ?? event.detail) === undefined ? [] : [failed(runError(event))];
		return this.langflow.changesOf(name, data);
	}

	/** @param said what the last event itself says about how the run went */
	private lastChanges(said?: WpsEnd): AnswerChange[] {
		if (said?.kind === 'cancelled') return this.ended('cancelled');
		if (said?.kind === 'failed') return [failed(said.error)];
		const flow = this.langflow.end;
		if (flow.status === 'failed') return [failed(flow.error)];
		if (said) this.finish = { word: said.word, kind: 'cut' };
		const { kind, word } = this.finish ?? { kind: 'natural' };
		if (kind === 'failed') return [failed({ code: word, text: `The model stopped: ${word}` })];
		if (kind === 'cancelled') return this.ended('cancelled');
		const hasText = this.langflow.hasText || this.roles.hasText;
		if (kind !== 'cut' || hasText) return this.ended(flow.status);
		return [failed({ code: word, text: `The model stopped without a word: ${word}` })];
	}

	private ended(status: 'completed' | 'cancelled'): AnswerChange[] {
		const finishReason = this.finish?.kind === 'cut' ? this.finish.word : undefined;
		return [...this.roles.endCalls(), { kind: 'ended', status, finishReason }];
	}
}

const failed = (error: ProviderError): AnswerChange => ({ kind: 'failed', error });

/** Success that names no chat is no reply to a question (`docs/apis/wps.md §3`, A1). */
const formOfReply = (reply: JsonObject): 'unknown' | undefined =>
	codeOf(reply) === '0' && textMember(dataOf(reply), 'chat_id', 'session_id') === undefined ? 'unknown' : undefined;

/** Events of other agents' APIs have names, too; signs of life say nothing about whose they are. */
function formOfEvent(event: JsonObject, name = ''): 'unknown' | 'any' | undefined {
	if (SIGN_OF_LIFE.test(name)) return 'any';
	const isKnown = [END, CANCELLED, FAILURE, KNOWN].some((known) => known.test(name));
	return isKnown || RoleEvents.recognises(dataOf(event)) ? undefined : 'unknown';
}

/** An event inside an envelope. */
function eventIn(data: JsonValue | undefined): JsonObject | undefined {
	if (!isJsonObject(data)) return undefined;
	const isEvent = textMember(data, 'event') !== undefined || RoleEvents.recognises(data);
	return isEvent ? data : undefined;
}

/** The JSON values of a frame: one, also as JSON text inside a string, or one on each line; undefined for anything else. */
function valuesIn(text: string, whole: JsonValue | undefined): JsonValue[] | undefined {
	// A number with too many digits is a string now as well, but no JSON text.
	if (typeof whole === 'string') return text.startsWith('"') ? valuesIn(whole, tryParseJson(whole)) : [whole];
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

/** Text that is no JSON, or came as a JSON string; undefined for JSON that was cut off. */
function plainText(text: string): string | undefined {
	const value = tryParseJson(text);
	if (typeof value === 'string') return value;
	return /^[{["]/.test(text) ? undefined : text;
}
