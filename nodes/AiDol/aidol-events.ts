import {
	type AnswerChange,
	type AnswerStep,
	noChanges,
	type ProviderComplaint,
	type ProviderEvent,
	unreadableEvent,
} from '../shared/answer/answer-change';
import type { EventDecoder } from '../shared/following/answer-source';
import type { Frame } from '../shared/frames/frame';
import { isJsonObject, type JsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';
import { complaintIn, isErrorCode } from './aidol-complaint';

/*
 * ASSUMPTION, all of this file: AI-DOL does not publish what `/v1/chat/stream` answers. The decoder accepts every form
 * that `providers/aidol.md §4` finds likely and goes by the shape of what comes.
 */

const DONE = '[DONE]';
const END_MARKERS = ['message_end', 'end', 'done', 'finish', 'complete'];
const REPLACEMENTS = ['message_replace', 'text_replace'];
/** Events that tell what the agent does, never what it says; the first ones are Dify's. */
const WITHOUT_TEXT =
	/^(?:(?:workflow|node|iteration|loop|parallel_branch|tts)_\w+|agent_thought|agent_log|message_file|ping|heartbeat)$/;
const OWN_TEXT = 'text';
const GREETING = 'greeting';

/** Dify's words for how a workflow ended, other than well. */
const WORKFLOW_STOPPED = 'stopped';
const WORKFLOW_FAILED = 'failed';

/**
 * Decodes the stream of an AI-DOL answer. One frame is one event: a JSON object, the envelope of the other endpoints
 * around one, a list of them, `[DONE]`, or plain text.
 */
export class AiDolEvents implements EventDecoder {
	/** How the text comes; known with its first piece. */
	private form: 'objects' | 'plain' | undefined;
	private plainPieces = 0;
	private isFirst = true;
	private workflow: { id: string | undefined; isOpen: boolean } | undefined;

	/** False inside a workflow: a stream that told its beginning tells its end, so one that ends in between was cut. */
	get mayEndHere(): boolean {
		return this.workflow?.isOpen !== true;
	}

	decode({ data, event }: Frame): ProviderEvent[] {
		const isFirst = this.isFirst;
		this.isFirst = false;
		if (data.trim() === DONE) {
			return [{ raw: data, isEndMarker: true, changes: () => [{ kind: 'ended', status: 'completed' }] }];
		}
		const value = tryParseJson(data);
		const objects = Array.isArray(value) ? value : [value];
		if (objects.length > 0 && objects.every(isJsonObject) && this.areEvents(objects, event)) {
			return objects.map((each, index) => this.objectEvent(each, event, isFirst && index === 0));
		}
		return [this.otherEvent(data, value, event)];
	}

	/** In a stream of plain text, an object is text as well, unless it is one of the events that such a stream needs. */
	private areEvents(objects: JsonObject[], eventLine: string | undefined): boolean {
		if (this.form !== 'plain') return true;
		// A single line of text in front of objects is a greeting like "connected", not an answer.
		if (this.plainPieces === 1 && objects.some((object) => textIn(payloadOf(object)) !== undefined)) return true;
		return objects.some((object) => {
			const names = namesOf(payloadOf(object), eventLine);
			return names.some(isSignal) || failureIn(object, names) !== undefined;
		});
	}

	// --- JSON objects ---------------------------------------------------------------------------------------------

	private objectEvent(raw: JsonObject, eventLine: string | undefined, isFirst: boolean): ProviderEvent {
		const event = payloadOf(raw);
		const names = namesOf(event, eventLine);
		const failure = failureIn(raw, names);
		if (failure) {
			const complaint = isFirst ? failure : ofTheRun(failure);
			return { raw, changes: () => [...idChanges(raw, event, false), { kind: 'failed', complaint }] };
		}
		const changes = this.changesOf(event, names);
		const isEndMarker = changes.some(({ kind }) => kind === 'ended');
		const isSpoken = changes.some(({ kind }) => kind === 'text') || names.some((name) => END_MARKERS.includes(name));
		return {
			raw,
			isEndMarker,
			changes: () => [...idChanges(raw, event, isSpoken), ...changes, ...usageChanges(event)],
		};
	}

	private changesOf(event: JsonObject, names: string[]): AnswerChange[] {
		// The text of an end repeats the whole answer; it counts only where none came before.
		if (names.some((name) => END_MARKERS.includes(name))) {
			return [{ kind: 'ended', status: 'completed', text: textIn(event) }];
		}
		if (names.includes('workflow_started')) return this.workflowStarted(event);
		if (names.includes('workflow_finished')) return this.workflowFinished(event);
		if (names.includes('node_started')) return nodeStarted(event);
		if (names.includes('node_finished')) return nodeFinished(event);
		if (names.some((name) => WITHOUT_TEXT.test(name))) return [];
		const text = textIn(event);
		if (text === undefined) return [];
		const replace = names.some((name) => REPLACEMENTS.includes(name));
		return [...this.greetingRemoved(), { kind: 'text', block: OWN_TEXT, text, replace }];
	}

	private greetingRemoved(): AnswerChange[] {
		const hadGreeting = this.form === 'plain';
		this.form = 'objects';
		return hadGreeting ? [{ kind: 'textRemoved', block: GREETING }] : [];
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
		const data = dataOf(event);
		switch (data.status) {
			case WORKFLOW_FAILED:
				return [{ kind: 'failed', complaint: { text: textMember(data, 'error') ?? 'The workflow failed.' } }];
			case WORKFLOW_STOPPED:
				return [{ kind: 'ended', status: 'cancelled' }];
			default:
				return [{ kind: 'ended', status: 'completed', text: textOfOutputs(data.outputs) }];
		}
	}

	// --- everything else ------------------------------------------------------------------------------------------

	private otherEvent(data: string, value: JsonValue | undefined, eventLine: string | undefined): ProviderEvent {
		const names = namesOf({}, eventLine);
		const text = data === '' ? undefined : data;
		if (names.includes('error')) {
			return { raw: data, changes: () => [{ kind: 'failed', complaint: { text: data } }] };
		}
		if (this.isBroken(data, value)) return unreadableEvent(data);
		// Not an end marker for certain: its text may have been cut.
		if (names.some((name) => END_MARKERS.includes(name))) {
			return { raw: data, changes: () => [{ kind: 'ended', status: 'completed', text }] };
		}
		if (text === undefined || names.some(isSignal)) return { raw: data, changes: noChanges };
		if (this.form === 'objects') return { raw: data, changes: noChanges };
		this.form = 'plain';
		// Only the first piece may turn out to be a greeting; the pieces are joined all the same.
		const block = this.plainPieces++ === 0 ? GREETING : OWN_TEXT;
		return { raw: data, changes: () => [{ kind: 'text', block, text }] };
	}

	/** The beginning of an object in a stream of objects, or in front of one. */
	private isBroken(data: string, value: JsonValue | undefined): boolean {
		if (value !== undefined || this.form === 'plain') return false;
		return this.form === 'objects' ? /^\s*[{[]/.test(data) : /^\s*\{\s*"/.test(data);
	}
}

/** The complaint of a run that failed, as opposed to a request that was turned away. */
const ofTheRun = ({ like: _, ...complaint }: ProviderComplaint): ProviderComplaint => complaint;

const dataOf = ({ data }: JsonObject): JsonObject => (isJsonObject(data) ? data : {});

/** What the envelope of `providers/aidol.md §2` holds; the object itself when it is none. */
function payloadOf(object: JsonObject): JsonObject {
	const isEnvelope = typeof object.success === 'boolean' && object.code !== undefined;
	return isEnvelope && isJsonObject(object.data) ? object.data : object;
}

/** An event is named by itself or by the line in front of it. */
function namesOf({ event, type }: JsonObject, eventLine: string | undefined): string[] {
	return [event, type, eventLine].filter((name) => typeof name === 'string').map((name) => name.toLowerCase());
}

/** Names that say something about the run, whatever form the text has. */
const isSignal = (name: string): boolean => name === 'error' || END_MARKERS.includes(name) || WITHOUT_TEXT.test(name);

/** Where the text of a piece may stand, in this order; only the first counts, so that nothing is said twice. */
function textIn(event: JsonObject): string | undefined {
	const data = dataOf(event);
	const delta = isJsonObject(event.delta) ? event.delta : {};
	const choice = Array.isArray(event.choices) && isJsonObject(event.choices[0]) ? event.choices[0] : {};
	const candidates = [
		event.answer,
		data.answer,
		event.content,
		data.content,
		event.text,
		data.text,
		event.delta,
		delta.content,
		isJsonObject(choice.delta) ? choice.delta.content : undefined,
		event.data,
	];
	return candidates.find((candidate): candidate is string => typeof candidate === 'string' && candidate !== '');
}

/** Where a workflow's result may hold the text of the answer. */
function textOfOutputs(outputs: JsonValue | undefined): string | undefined {
	if (typeof outputs === 'string') return outputs;
	return isJsonObject(outputs) ? textMember(outputs, 'answer', 'text', 'content', 'result', 'output') : undefined;
}

/** The complaint of an event that reports an error; undefined for all others. */
function failureIn(raw: JsonObject, names: string[]): ProviderComplaint | undefined {
	const hasMessage = typeof raw.message === 'string' && raw.message !== '';
	const isRefusal = raw.success === false || (raw.success !== true && hasMessage && isErrorCode(raw.code));
	if (isRefusal) {
		const complaint = complaintIn(raw);
		// The API's own refusal has no name; a server fault is no word that the question was not taken in.
		const isOwn = raw.success === false || names.length === 0;
		return isOwn && (complaint.like ?? 500) < 500 ? complaint : ofTheRun(complaint);
	}
	const event = payloadOf(raw);
	const hasError = isJsonObject(event.error) || (typeof event.error === 'string' && event.error !== '');
	const isError = names.includes('error') || (hasError && !names.some(isSignal) && textIn(event) === undefined);
	return isError ? ofTheRun(complaintIn(event)) : undefined;
}

/**
 * Only the message's id: the conversation is the one that was asked in, and what a stream calls `conversation_id` may be
 * an id of the system behind AI-DOL. `id` alone is the message's only where the message speaks.
 */
function idChanges(raw: JsonObject, event: JsonObject, isSpoken: boolean): AnswerChange[] {
	const places = [event, dataOf(event), raw];
	const names = isSpoken ? ['message_id', 'messageId', 'id'] : ['message_id', 'messageId'];
	const messageId = names
		.flatMap((name) => places.map((place) => textMember(place, name)))
		.find((id) => id !== undefined);
	return messageId === undefined ? [] : [{ kind: 'ids', messageId }];
}

function usageChanges(event: JsonObject): AnswerChange[] {
	const holders = [event.metadata, event, dataOf(event).metadata, dataOf(event)].filter(isJsonObject);
	const usage = holders.map((holder) => holder.usage).find(isJsonObject);
	return usage ? [{ kind: 'usage', usage }] : [];
}

const runIdOf = (event: JsonObject): string | undefined =>
	textMember(event, 'workflow_run_id') ?? textMember(dataOf(event), 'id', 'workflow_run_id');

function nodeStarted(event: JsonObject): AnswerChange[] {
	const data = dataOf(event);
	const step = { kind: kindOf(data), name: nameOf(data), input: data.inputs ?? null };
	return [{ kind: 'stepStarted', key: keyOf(data), step, at: milliseconds(data.created_at) }];
}

function nodeFinished(event: JsonObject): AnswerChange[] {
	const data = dataOf(event);
	const hasFailed = data.status === 'failed' || (typeof data.error === 'string' && data.error !== '');
	const step: Partial<AnswerStep> = {
		kind: kindOf(data),
		name: nameOf(data),
		...(data.inputs === undefined || data.inputs === null ? {} : { input: data.inputs }),
		output: data.outputs ?? data.error ?? null,
		status: hasFailed ? 'failed' : 'completed',
		...(typeof data.elapsed_time === 'number' ? { durationMs: Math.round(data.elapsed_time * 1000) } : {}),
	};
	return [{ kind: 'stepEnded', key: keyOf(data), step, at: milliseconds(data.finished_at) }];
}

const kindOf = (node: JsonObject) => textMember(node, 'node_type', 'type') ?? 'node';
const nameOf = (node: JsonObject) => textMember(node, 'title', 'name', 'node_id', 'id') ?? '';
const keyOf = (node: JsonObject) => textMember(node, 'id', 'node_id') ?? `${kindOf(node)}/${nameOf(node)}`;

/** Dify's times are in seconds. */
const milliseconds = (time: JsonValue | undefined): number | undefined =>
	typeof time === 'number' ? Math.round(time * 1000) : undefined;
