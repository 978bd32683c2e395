import { type AnswerChange, noChanges, type ProviderEvent, unreadableEvent } from '../shared/answer/answer-change';
import { type BadEnd, badEndIn } from '../shared/answer/error-member';
import { errorText } from '../shared/answer/error-words';
import { type FinishReason, finishReasonIn } from '../shared/answer/finish-reason';
import type { PieceHint } from '../shared/answer/snapshot-or-delta';
import type { ProviderError } from '../shared/failures/provider-error';
import type { EventDecoder } from '../shared/following/answer-source';
import { type Frame, jsonOf } from '../shared/frames/frame';
import { isJsonObject, type JsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';
import { errorIn, hasErrorIn, isErrorCode, knownError, ofTheRun } from './aidol-error';
import {
	announcesEnd,
	isCancelName,
	isEndName,
	isFailureName,
	isRepetitionName,
	isSignal,
	isWaitingName,
	kindOf,
	kindOfLine,
	namesOf,
	objectIn,
} from './event-kinds';
import { textAt, textIn, textOfOutputs, thoughtIn } from './event-text';
import { PlainAnswer } from './plain-answer';
import { SpokenText } from './spoken-text';
import { ThinkingStep } from './thinking-step';
import { nodeFinished, nodeStarted, runIdOf } from './workflow-steps';

/*
 * ASSUMPTION, all of this file: AI-DOL does not publish what `/v1/chat/stream` answers. The decoder accepts every form
 * that docs/apis/aidol.md §4 finds likely, and goes by the shape of what arrives.
 */

const DONE = /^(?:data:\s*)*(["']?)\[DONE\]\1$/;
const REPLACEMENTS = ['message_replace', 'text_replace'];
const OWN_TEXT = 'text';
/** Words that say that the connection lives, or that it ends; nothing at all as well. */
const SIGN = /^(?:ping|pong|heartbeat|keep-?alive|ok|connected|open|close|end|done|finish(?:ed)?|)$/i;
/** Lines of a plain text in which events would show. */
const LINES_TO_LOOK_AT = 2;

const ended = (text?: string): AnswerChange => ({ kind: 'ended', status: 'completed', text });

/**
 * Decodes the stream of an AI-DOL answer. One frame is one event: a JSON object, the envelope of the other endpoints
 * around one, a list of them, `[DONE]`, or plain text.
 */
export class AiDolEvents implements EventDecoder {
	/** How the text arrives; known from its first piece. */
	private form: 'objects' | 'plain' | undefined;
	private plain = new PlainAnswer();
	private readonly thinking = new ThinkingStep();
	/** What is said, by block: the agent may write several messages. */
	private readonly blocks = new Map<string, SpokenText>();
	private isFirst = true;
	private workflow: { id: string | undefined; isOpen: boolean } | undefined;
	/** The stream announced its beginning in a form that also announces its end. */
	private isAnnounced = false;
	/** The end has come: a word behind it changes nothing, unless it takes the place of all. */
	private isOver = false;
	/** The agent has stopped for a tool and not gone on: the provider's word for it. */
	private waitsFor: string | undefined;
	/** Text of no event was the last thing that came: the words of a gateway that broke off, its page. */
	private isAfterStrayText = false;
	/** An error that was told beside the last text. */
	private remark: ProviderError | undefined;

	/** @param textField steps to the place of the text in an event, where the user has named it */
	constructor(private readonly textField?: string[]) {}

	/** False inside of something that has begun and not ended: a stream that ends there was cut. */
	get mayEndHere(): boolean {
		const isThinking = [...this.blocks.values()].some((block) => block.isThinking);
		const isCutObject = this.form === 'plain' && this.plain.isCutObject;
		const isOpen = this.workflow?.isOpen === true || this.isAnnounced || this.waitsFor !== undefined;
		return !isOpen && !this.remark && !isThinking && !isCutObject && !this.isAfterStrayText;
	}

	decode(frame: Frame): ProviderEvent[] {
		const { data, event, isPlain } = frame;
		const isFirst = this.isFirst;
		this.isFirst = false;
		if (isPlain) return [this.lineOfText(data, isFirst)];
		if (DONE.test(data.trim()))
			return [...this.cutObject(), { raw: data, form: 'any', isEndMarker: true, ...this.end([ended()]) }];
		const value = jsonOf(frame);
		const objects = Array.isArray(value) ? value : [value];
		if (objects.length > 0 && objects.every(isJsonObject) && this.areEvents(objects, event)) {
			return objects.flatMap((each, index) => this.objectEvents(each, event, isFirst && index === 0));
		}
		return this.otherEvents(data, value, event);
	}

	/** In a stream of plain text, an object is text as well, unless it is one of the events that such a stream needs. */
	private areEvents(objects: JsonObject[], eventLine: string | undefined): boolean {
		if (this.form !== 'plain') return true;
		// A single line of text in front of objects is a greeting like "connected", not an answer.
		if (this.plain.count === 1 && objects.some((object) => textIn(payloadOf(object)) !== undefined)) return true;
		return objects.some((object) => {
			const event = payloadOf(object);
			const names = namesOf(event, eventLine);
			return isSignal(names) || failureIn(object, event, names) !== undefined;
		});
	}

	// --- JSON objects ---------------------------------------------------------------------------------------------

	private objectEvents(raw: JsonObject, eventLine: string | undefined, isFirst: boolean): ProviderEvent[] {
		const event = payloadOf(raw);
		const names = namesOf(event, eventLine);
		const failure = failureIn(raw, event, names);
		if (failure) {
			const error = isFirst ? failure : ofTheRun(failure);
			return [{ raw, changes: () => [...idChanges(raw, event, false), { kind: 'failed', error }] }];
		}
		const cut = this.cutObject();
		const changes = this.changesOf(raw, event, names);
		const isEndMarker = changes.some(({ kind }) => kind === 'ended' || kind === 'failed');
		const isSpoken = changes.some(({ kind }) => kind === 'text') || isEndName(names);
		const ids = idChanges(raw, event, isSpoken);
		const isNothing = names.length === 0 && changes.length === 0 && ids.length === 0 && textIn(event) === undefined;
		const decoded: ProviderEvent = {
			raw,
			form: isNothing ? 'unknown' : undefined,
			isEndMarker,
			changes: () => [...ids, ...changes, ...usageChanges(event)],
		};
		return isEndMarker || this.form === 'objects' ? [...cut, decoded] : [decoded];
	}

	private changesOf(raw: JsonObject, event: JsonObject, names: string[]): AnswerChange[] {
		if (announcesEnd(names)) this.isAnnounced = true;
		if (isCancelName(names)) return this.end([{ kind: 'ended', status: 'cancelled' }]).changes();
		if (isWaitingName(names)) return [failed('The agent waits for somebody else to act.')];
		if (isEndName(names) || raw.data === true) return this.endEvent(raw, event, names);
		if (names.includes('workflow_started')) return this.workflowStarted(event);
		if (names.includes('workflow_finished')) return this.workflowFinished(event);
		if (names.includes('node_started')) return nodeStarted(event);
		if (names.includes('node_finished')) return nodeFinished(event);
		const finish = finishReasonIn(event);
		const said = this.said(raw, event, names, finish);
		if (said.some(({ kind }) => kind === 'text')) {
			this.waitsFor = undefined;
			this.isAfterStrayText = false;
			this.remark = hasErrorIn(event) ? ofTheRun(errorIn(event)) : undefined;
		}
		const stop = finish === undefined || this.isOver ? [] : this.stopped(finish);
		if (stop.length > 0) return [...said, ...stop];
		return event.done === true ? [...said, ...this.end([ended()]).changes()] : said;
	}

	/** What the reason of a text's end means for the answer; nothing where it is a natural one. */
	private stopped({ kind, word }: FinishReason): AnswerChange[] {
		this.waitsFor = kind === 'goesOn' ? word : undefined;
		switch (kind) {
			case 'failed':
				return [failed(`The model stopped: ${word}`, word)];
			case 'cancelled':
				return this.end([{ kind: 'ended', status: 'cancelled' }]).changes();
			case 'cut':
				return this.unnaturalEnd(word);
			default:
				return [];
		}
	}

	/** What an event adds to the answer, or to the thinking in front of it. */
	private said(raw: JsonObject, event: JsonObject, names: string[], finish?: FinishReason): AnswerChange[] {
		const isReplaced = names.some((name) => REPLACEMENTS.includes(name));
		if (this.isOver && !isReplaced) return [];
		const kind = kindOf(event, names);
		if (this.textField) {
			const text = kind === 'text' || kind === 'other' ? textAt(this.textField, raw, event) : undefined;
			return text === undefined ? [] : [...this.greetingRemoved(), ...this.blockOf('').take(text)];
		}
		if (kind === 'thinking') {
			const hint = isRepetitionName(names) ? 'whole' : undefined;
			return this.thinking.take(thoughtIn(event) ?? textIn(event) ?? '', hint);
		}
		if (kind !== 'text') return [];
		const thoughts = this.thinking.take(thoughtIn(event) ?? '');
		const text = textIn(event);
		if (text === undefined) return thoughts;
		const block = this.blockOf(blockName(event, names));
		// What Coze says once more under the id of its message is that message, whatever came before.
		const isWhole = isReplaced || (names.includes('conversation.message.completed') && !block.isEmpty);
		const spoken = isWhole ? block.set(text) : block.take(text, hintOf(event, names, finish));
		return [...this.greetingRemoved(), ...thoughts, ...spoken];
	}

	private blockOf(name: string): SpokenText {
		const known = this.blocks.get(name);
		if (known) return known;
		const hasText = [...this.blocks.values()].some((block) => !block.isEmpty);
		const block = new SpokenText(`${OWN_TEXT}${name}`, this.thinking, hasText ? '\n\n' : '');
		this.blocks.set(name, block);
		return block;
	}

	/** No text was received, as far as can be seen. */
	private get isSilent(): boolean {
		return [...this.blocks.values()].every((block) => block.isEmpty);
	}

	private greetingRemoved(): AnswerChange[] {
		const hadGreeting = this.form === 'plain';
		this.form = 'objects';
		if (!hadGreeting) return [];
		this.blocks.clear();
		this.plain = new PlainAnswer();
		return [{ kind: 'textRemoved', block: OWN_TEXT }];
	}

	// --- ends -----------------------------------------------------------------------------------------------------

	/** The end with what is still held back in front of it. */
	private end(end: AnswerChange[]): { changes: () => AnswerChange[] } {
		this.isAnnounced = false;
		this.isOver = true;
		const rest = [...this.blocks.values()].flatMap((block) => block.end());
		const changes = [...rest, ...this.thinking.end(), ...end.map((each) => this.judged(each))];
		return { changes: () => changes };
	}

	/** An end that is called a good one may be none, by what came before it. */
	private judged(end: AnswerChange): AnswerChange {
		if (end.kind !== 'ended' || end.status !== 'completed') return end;
		if (this.remark) return { kind: 'failed', error: this.remark };
		const finishReason = end.finishReason ?? this.waitsFor;
		if (!this.isSilent) return { ...end, finishReason };
		if (finishReason !== undefined) return failed(`The agent ended without an answer (${finishReason}).`, finishReason);
		return this.thinking.hasBegun ? failed('The agent thought, and ended.') : end;
	}

	private endEvent(raw: JsonObject, event: JsonObject, names: string[]): AnswerChange[] {
		const text = this.textField ? textAt(this.textField, raw, event) : textIn(event);
		const bad = badEndOf(event);
		if (bad?.kind === 'cancelled') return this.end([{ kind: 'ended', status: 'cancelled', text }]).changes();
		if (bad?.kind === 'failed') return [{ kind: 'failed', error: ofTheRun(errorIn(event)) }];
		const finish = finishReasonIn(event);
		// The text of an end repeats the whole answer; it counts only where none came before, or where it says more.
		const more = text === undefined || this.isOver ? [] : this.endText(text);
		const stop = finish === undefined ? [] : this.stopped(finish);
		if (stop.length > 0) return [...more, ...stop];
		const incomplete = bad?.word ?? (names.some((name) => name.endsWith('incomplete')) ? 'incomplete' : undefined);
		return [...more, ...(incomplete === undefined ? this.end([ended()]).changes() : this.unnaturalEnd(incomplete))];
	}

	private endText(text: string): AnswerChange[] {
		if (this.isSilent) return this.blockOf('').take(text);
		const [only, ...others] = this.blocks.values();
		return others.length === 0 ? only!.extend(text) : [];
	}

	/** Cut off by a limit or a filter: an answer that says so, if there is any. */
	private unnaturalEnd(finishReason: string): AnswerChange[] {
		return this.end([{ kind: 'ended', status: 'completed', finishReason }]).changes();
	}

	private workflowStarted(event: JsonObject): AnswerChange[] {
		if (!this.workflow) this.workflow = { id: runIdOf(event), isOpen: true };
		return [];
	}

	/** The end of a workflow inside the workflow is not the end of the answer. */
	private workflowFinished(event: JsonObject): AnswerChange[] {
		const id = runIdOf(event);
		if (this.workflow?.id !== undefined && id !== undefined && id !== this.workflow.id) return [];
		if (this.workflow) this.workflow.isOpen = false;
		const data = objectIn(event, 'data');
		const bad = badEndIn(data) ?? badEndIn(event);
		if (bad?.kind === 'failed') {
			const isTold = bad.error !== undefined;
			return [isTold ? { kind: 'failed', error: ofTheRun(errorIn(event)) } : failed('The workflow failed.')];
		}
		if (bad?.kind === 'cancelled') return this.end([{ kind: 'ended', status: 'cancelled' }]).changes();
		const text = textOfOutputs(data.outputs);
		const more = text === undefined || !this.isSilent ? [] : this.blockOf('').take(text);
		return [...more, ...this.end([ended()]).changes()];
	}

	// --- plain text -----------------------------------------------------------------------------------------------

	/** A line of a body that is the text itself. */
	private lineOfText(data: string, isFirst: boolean): ProviderEvent {
		// Gateways and the API itself also report errors in plain text.
		const error = isFirst ? knownError(data) : undefined;
		if (error) return { raw: data, changes: () => [{ kind: 'failed', error }] };
		if (this.isOver) return { raw: data, changes: noChanges };
		if (isNoText(data) || (this.plain.count < LINES_TO_LOOK_AT && isFramedEvent(data))) return unreadableEvent(data);
		this.form = 'plain';
		const read = this.plain.take(data);
		const block = this.blockOf('');
		const changes =
			'all' in read && !block.isEmpty ? block.set(read.all) : block.add('all' in read ? read.all : read.piece);
		return { raw: data, changes: () => changes };
	}

	private otherEvents(data: string, value: JsonValue | undefined, eventLine: string | undefined): ProviderEvent[] {
		const names = namesOf({}, eventLine);
		if (isFailureName(names)) {
			return [{ raw: data, changes: () => [{ kind: 'failed', error: { text: data } }] }];
		}
		if (this.form === 'objects' && value === undefined && /^\s*[{[]/.test(data)) return [unreadableEvent(data)];
		// Not an end marker for certain: its text may have been cut.
		if (isEndName(names)) {
			const cut = this.cutObject();
			const text = data === '' || !this.isSilent ? [] : this.blockOf('').add(data);
			const changes = [...text, ...this.end([ended()]).changes()];
			return [...cut, { raw: data, changes: () => changes }];
		}
		const kind = kindOfLine(names);
		if (kind === 'thinking') {
			const changes = this.thinking.take(data);
			return [{ raw: data, changes: () => changes }];
		}
		if (this.form === 'objects' && kind === 'text' && value === undefined && !SIGN.test(data.trim())) {
			this.isAfterStrayText = true;
			const error = { text: errorText(undefined, data) };
			return [{ raw: data, changes: () => [{ kind: 'warning', error }] }];
		}
		if (data === '' || kind !== 'text' || this.form === 'objects' || this.isOver)
			return [{ raw: data, changes: noChanges }];
		this.form = 'plain';
		const read = this.plain.take(data);
		const block = this.blockOf('');
		const changes =
			'all' in read && !block.isEmpty ? block.set(read.all) : block.take('all' in read ? read.all : read.piece);
		return [{ raw: data, changes: () => changes }];
	}

	/** An object that was cut off looks like text until something else follows: then its content is lost. */
	private cutObject(): ProviderEvent[] {
		return this.form === 'plain' && this.plain.isCutObject ? [unreadableEvent('')] : [];
	}
}

/** Bytes that are no text: compressed ones, another character set. */
const isNoText = (line: string): boolean => /[^\P{Cc}\t-\r\u0080-\u009f]/u.test(line);

/** An event in a framing that is not known: `Data: {…}`, `callback({…});`. It is not what the agent says. */
function isFramedEvent(line: string): boolean {
	const [, json = ''] = /^[^\s{]{0,20} ?(\{.+\})\)?;?$/.exec(line.trim()) ?? [];
	const event = json === '' ? undefined : tryParseJson(json);
	return isJsonObject(event) && namesOf(event, undefined).length > 0 && textIn(event) !== undefined;
}

const failed = (text: string, code?: string): AnswerChange => ({ kind: 'failed', error: { text, code } });

/** What the envelope of docs/apis/aidol.md §2 holds; the object itself when it is none. */
function payloadOf(object: JsonObject): JsonObject {
	const isEnvelope = typeof object.success === 'boolean' && object.code !== undefined;
	return isEnvelope && isJsonObject(object.data) ? object.data : object;
}

/** How the run ended, by what the event that ends it says. */
const badEndOf = (event: JsonObject): BadEnd | undefined =>
	[event, objectIn(event, 'data'), objectIn(event, 'response')].map(badEndIn).find((bad) => bad !== undefined);

/** Messages that have an id of their own in forms that are published: Coze's, OpenAI's, Langflow's. Empty for any other. */
function blockName(event: JsonObject, names: string[]): string {
	const isMessage = names.some((name) => /^(?:conversation\.message\.|response\.|token$|add_message$)/.test(name));
	if (!isMessage) return '';
	const places = [event, objectIn(event, 'data'), objectIn(event, 'item')];
	return places.map((place) => textMember(place, 'item_id', 'id')).find((id) => id !== undefined) ?? '';
}

const LAST = ['is_finish', 'is_end', 'finished', 'final'];

/** What the event says about its text. */
function hintOf(event: JsonObject, names: string[], finish: FinishReason | undefined): PieceHint | undefined {
	if (isRepetitionName(names) || names.includes('add_message')) return 'whole';
	const isLast = [event, objectIn(event, 'data')].some((each) => LAST.some((name) => each[name] === true));
	return finish !== undefined || isLast ? 'last' : undefined;
}

/** Where an object without a text may say what its code means. */
const OTHER_WORDS = ['msg', 'errmsg', 'err_msg', 'error_msg', 'errorMessage', 'error_message', 'detail'];

/** The error that an event reports; undefined for all others. */
function failureIn(raw: JsonObject, event: JsonObject, names: string[]): ProviderError | undefined {
	const isProgress = kindOfLine(names) !== 'text';
	const words = textIn(event) === undefined ? ['message', ...OTHER_WORDS] : ['message'];
	const hasMessage = !/^(?:ok|success|)$/i.test(textMember(raw, ...words) ?? '');
	const isNotAccepted =
		raw.success === false || (raw.success !== true && hasMessage && isErrorCode(raw.code) && !isProgress);
	if (isNotAccepted) {
		const providerError = errorIn(raw);
		// The API's own error has no name; a server error does not prove that the question was not accepted.
		const isOwn = raw.success === false || names.length === 0;
		return isOwn && (providerError.equivalentStatus ?? 500) < 500 ? providerError : ofTheRun(providerError);
	}
	if (isFailureName(names)) return ofTheRun(errorIn(event));
	if (!hasErrorIn(event)) {
		const isFailed = names.length === 0 && badEndOf(event)?.kind === 'failed' && textIn(event) === undefined;
		return isFailed ? ofTheRun(errorIn(event)) : undefined;
	}
	// Beside a text, or what a tool does, it is a remark.
	const isOfTheRun = isEndName(names) || (!isProgress && textIn(event) === undefined);
	return isOfTheRun ? ofTheRun(errorIn(event)) : undefined;
}

/**
 * Only the message's id: the conversation is the one that was asked in, and what a stream calls `conversation_id` may
 * be an id of the backend of AI-DOL. `id` alone is the message's only in events of the message.
 */
function idChanges(raw: JsonObject, event: JsonObject, isSpoken: boolean): AnswerChange[] {
	const places = [event, objectIn(event, 'data'), raw];
	const names = isSpoken ? ['message_id', 'messageId', 'id'] : ['message_id', 'messageId'];
	for (const name of names) {
		for (const place of places) {
			const messageId = textMember(place, name);
			if (messageId !== undefined) return [{ kind: 'ids', messageId }];
		}
	}
	return [];
}

function usageChanges(event: JsonObject): AnswerChange[] {
	const data = objectIn(event, 'data');
	const holders = [objectIn(event, 'metadata'), event, objectIn(data, 'metadata'), data, objectIn(event, 'response')];
	for (const { usage, usageMetadata } of holders) {
		const found = [usage, usageMetadata].find(isJsonObject);
		if (found) return [{ kind: 'usage', usage: found }];
	}
	return [];
}
