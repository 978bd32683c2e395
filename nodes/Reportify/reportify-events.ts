import { type AnswerChange, noChanges, type ProviderEvent, unreadableEvent } from '../shared/answer/answer-change';
import { badEndIn, errorToldIn } from '../shared/answer/error-member';
import { finishReasonIn } from '../shared/answer/finish-reason';
import type { ProviderError } from '../shared/failures/provider-error';
import type { EventDecoder } from '../shared/following/answer-source';
import { type Frame, jsonOf } from '../shared/frames/frame';
import { isJsonObject, type JsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';
import { errorIn } from './reportify-error';
import { filesIn } from './reportify-files';
import { RunFrame } from './run-frame';
import { errorsIn, type StatedText, statedText } from './run-output';
import { RunResult } from './run-result';
import { RunSteps } from './run-steps';
import { RunText } from './run-text';

/**
 * Block of the answer for the result that a failed run states nevertheless; it outranks everything that was streamed.
 */
const STATED = { block: 'stated', rank: 2, replace: true };

/** Names of ends that are not documented. */
const OTHER_ENDS =
	/^(?:(.+)[_.])?(?:(errore?d?|failed|failure|exception|timeout|timed_out|expired)|cancel|cancell?ed|aborted|stopped|interrupted|terminated)$/;

/**
 * Decodes Reportify's `WorkflowStreamEvent`s (`docs/apis/reportify.md §3d`, `§3d-2`, `§3e`). Every field but
 * `event_type` is optional, the enumeration of types is open, and a frame may also hold a whole `{"assistant_events":
 * […]}` reply.
 */
export class ReportifyEvents implements EventDecoder {
	private readonly frame = new RunFrame();
	private readonly text = new RunText(this.frame);
	private readonly result = new RunResult(this.frame, this.text);
	private readonly steps = new RunSteps(this.text);
	/** What went wrong in a part of the run. */
	private warning: ProviderError | undefined;
	private hasNamedMessage = false;
	/** Something was said since the last part went wrong. */
	private isSaid = false;
	private isOver = false;

	/** @param isNamed whether the message has its id already; the events name it as well */
	constructor(private readonly isNamed: () => boolean = () => false) {}

	decode(frame: Frame): ProviderEvent[] {
		const { data, event } = frame;
		if (frame.json === undefined && /^\s*("?)(\[DONE\])?\1\s*$/.test(data)) return [];
		const parsed = jsonOf(frame);
		// Some gateways write the JSON of an event as a JSON string.
		const value = typeof parsed === 'string' && /^\s*[{[]/.test(parsed) ? tryParseJson(parsed) : parsed;
		if (value === undefined) return [unreadableEvent(data)];
		if (Array.isArray(value) && value.some(isJsonObject)) return this.decodeEvents(value);
		if (!isJsonObject(value)) return [{ raw: data, form: 'unknown', changes: noChanges }];
		if (Array.isArray(value.assistant_events)) return this.decodeEvents(value.assistant_events);
		return [this.eventOf(value, event)];
	}

	/** Events of an `assistant_events` list. */
	decodeEvents(events: JsonValue[]): ProviderEvent[] {
		return events.filter(isJsonObject).map((each) => this.eventOf(each));
	}

	/** The text of a run whose end is missing, where the end would not have had another one: a single agent streams its own. */
	get wholeText(): string | undefined {
		return this.text.areNotes || this.text.isUnfinished ? undefined : this.result.at(undefined)?.result.text;
	}

	private eventOf(raw: JsonObject, eventLine?: string): ProviderEvent {
		const type = (textMember(raw, 'event_type') ?? eventLine)?.toLowerCase();
		return {
			id: textMember(raw, 'event_id'),
			offset: typeof raw.offset === 'number' ? raw.offset : undefined,
			raw,
			form: type === undefined ? 'unknown' : undefined,
			changes: () => {
				const name = this.messageName(raw);
				const changes = type === undefined ? errorChanges(raw) : this.untilOver(type, raw);
				return name ? [name, ...changes] : changes;
			},
		};
	}

	/** Every event names the message (`§3d-2`), so that a proxy may drop the header that does. */
	private messageName(event: JsonObject): AnswerChange | undefined {
		const messageId = this.hasNamedMessage ? undefined : textMember(event, 'response_id');
		if (messageId === undefined) return undefined;
		this.hasNamedMessage = true;
		return this.isNamed() ? undefined : { kind: 'ids', messageId };
	}

	/** Behind the end come accounts and files, but no words. */
	private untilOver(type: string, event: JsonObject): AnswerChange[] {
		const changes = this.changesOf(type, event);
		if (this.isOver) return changes.filter(({ kind }) => !['text', 'textRemoved', 'ended', 'failed'].includes(kind));
		this.isOver = changes.some(({ kind }) => kind === 'ended' || kind === 'failed');
		return changes;
	}

	private changesOf(type: string, event: JsonObject): AnswerChange[] {
		switch (type) {
			case 'streaming': // nearly every event is one
				this.isSaid ||= this.frame.partOf(event) !== 'plan';
				return this.text.piece(event);
			case 'stream_start':
				return this.text.blockStarted(event);
			case 'stream_end':
				return this.text.blockEnded(event);
			case 'workflow_start':
				this.frame.workflowStarted(event);
				return [];
			case 'workflow_end':
				return [...fileChanges(event), ...this.workflowEnded(event)];
			case 'node_start':
				this.frame.nodeStarted(event);
				return [...this.steps.changes(type, event), ...this.text.nodeStarted(event)];
			case 'node_end':
				this.isSaid ||= statedText(event.output) !== undefined;
				this.result.nodeEnded(event);
				this.frame.nodeEnded(event);
				return [...this.steps.changes(type, event), ...this.warnings(event)];
			case 'agent_end':
				this.isSaid ||= statedText(event.output) !== undefined;
				this.result.agentEnded(event);
				return [...this.steps.changes(type, event), ...this.warnings(event)];
			case 'tool_end':
			case 'tool_output':
				return [...fileChanges(event), ...this.steps.changes(type, event)];
			case 'agent_start':
			case 'tool_start':
				return this.steps.changes(type, event);
			case 'cancel':
				return this.cancelled(event);
			case 'error':
				return this.failed(event);
			case 'usage':
				return [{ kind: 'usage', usage: usageOf(event) }];
			default:
				return this.otherChanges(type, event);
		}
	}

	/** The enumeration of types is open, and what went wrong has many names. */
	private otherChanges(type: string, event: JsonObject): AnswerChange[] {
		const [found, part = '', failure] = OTHER_ENDS.exec(type) ?? [];
		if (found === undefined) return this.warnings(event);
		const isOfRun = ['', 'workflow', 'run', 'message', 'response'].includes(part);
		if (!isOfRun) return this.warn(errorIn(event.error) ?? { text: textMember(event, 'content') ?? type }, event);
		return failure === undefined ? this.cancelled(event) : this.failed(event);
	}

	private workflowEnded(event: JsonObject): AnswerChange[] {
		if (!this.frame.workflowEnded(event)) return this.warnings(event);
		const stated = this.result.statedBy(event.output);
		const bad = badEndIn(event);
		const error = bad?.kind === 'failed' ? (bad.error ?? event.content) : errorsIn(event.output);
		const providerError = errorIn(error) ?? (bad?.kind === 'failed' ? (this.warning ?? { text: '' }) : undefined);
		if (providerError) return this.brokenOff(stated, providerError);
		if (bad?.kind === 'cancelled') return [{ kind: 'ended', status: 'cancelled' }];
		const { result, finish = finishReasonIn({ ...event, output: null }) } = this.result.at(event.output) ?? {};
		// A part went wrong, and nothing has come of the whole, or nothing but what that part had said until then.
		if (this.warning && (!result || (!stated && !this.isSaid))) return this.brokenOff(stated, this.warning);
		if (finish?.kind === 'failed') return this.brokenOff(stated, { text: `The model stopped: ${finish.word}` });
		const isCut = finish?.kind === 'cut' || finish?.kind === 'cancelled';
		const finishReason = isCut ? finish.word : bad?.kind === 'incomplete' ? bad.word : undefined;
		return [{ kind: 'ended', status: 'completed', result, finishReason }];
	}

	/** The run did not work out; what it states as its result is what there is of an answer. */
	private brokenOff(stated: StatedText | undefined, error: ProviderError): AnswerChange[] {
		const partial: AnswerChange[] = stated ? [{ kind: 'text', text: stated.text, ...STATED }] : [];
		return [...partial, { kind: 'failed', error }];
	}

	/** Notes and plan are not part of the answer. */
	private cancelled(event: JsonObject): AnswerChange[] {
		if (!this.frame.isOfPart(event)) return [{ kind: 'ended', status: 'cancelled' }];
		const name = textMember(event, 'tool_name', 'agent_name', 'node_name', 'agent_id', 'node_id');
		const said = errorIn(event.error) ?? {
			text: textMember(event, 'content') ?? `${name ?? 'a part'} was cancelled`,
		};
		return this.warn(said, event);
	}

	private failed(event: JsonObject): AnswerChange[] {
		const content = textMember(event, 'content');
		const providerError = errorIn(event.error) ?? (content === undefined ? undefined : { text: content });
		if (this.frame.isOfPart(event)) return this.warn(providerError, event);
		return [{ kind: 'failed', error: providerError ?? this.warning ?? { text: '' } }];
	}

	private warnings(event: JsonObject): AnswerChange[] {
		return this.warn(errorIn(event.error), event);
	}

	private warn(error: ProviderError | undefined, { tool_id: tool, tool_name: name }: JsonObject): AnswerChange[] {
		if (!error) return [];
		this.warning = error;
		// An agent can do without a tool, and not without itself.
		this.isSaid &&= Boolean(tool) || Boolean(name);
		return [{ kind: 'warning', error }];
	}
}

const fileChanges = (event: JsonObject): AnswerChange[] =>
	filesIn(event.output).map((file) => ({ kind: 'file', file }));

/** An error in the place of an event: `{"detail": …}` under status 200, what a gateway says in mid-stream. */
function errorChanges(raw: JsonObject): AnswerChange[] {
	const isError =
		'detail' in raw || errorToldIn(raw) !== undefined || isErrorStatus(raw.code) || isErrorStatus(raw.status);
	const error = isError ? errorIn(raw) : undefined;
	return error ? [{ kind: 'failed', error }] : [];
}

const isErrorStatus = (code: JsonValue | undefined): boolean => /^[45]\d\d$/.test(String(code));

/** The shape of `usage` events is not published; what is in the event is handed on. */
function usageOf(event: JsonObject): JsonValue {
	const candidates = [event.usage, event.output, event.content];
	return candidates.find((value) => value !== undefined && value !== null && value !== '') ?? null;
}
