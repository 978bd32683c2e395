import {
	type AnswerChange,
	type AnswerResult,
	noChanges,
	type ProviderEvent,
	unreadableEvent,
} from '../shared/answer/answer-change';
import type { EventDecoder } from '../shared/following/answer-source';
import type { Frame } from '../shared/frames/frame';
import { isJsonObject, type JsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';
import { complaintIn } from './reportify-complaint';
import { filesIn } from './reportify-files';
import { ReportifyRun } from './reportify-run';
import { joinedOutputs, runOutputs } from './run-output';

const STEP_STARTS = ['tool_start', 'node_start', 'agent_start'];
const STEP_ENDS = ['tool_end', 'node_end', 'agent_end'];

/** Above all that was streamed. */
const RESULT_RANK = 2;

/**
 * Decodes Reportify's `WorkflowStreamEvent`s (`providers/reportify.md §3d`, `§3e`). Every field but `event_type` is
 * optional, the enumeration of types is open, and a frame may also hold a whole `{"assistant_events": […]}` reply.
 */
export class ReportifyEvents implements EventDecoder {
	private rootRunId: string | undefined;
	private hasStarted = false;
	private openWorkflows = 0;
	private readonly run = new ReportifyRun();
	private isNamed = false;

	decode({ data, event }: Frame): ProviderEvent[] {
		if (data.trim() === '[DONE]' || data.trim() === '') return [];
		const value = tryParseJson(data);
		if (value === undefined) return [unreadableEvent(data)];
		if (!isJsonObject(value)) return [{ raw: data, changes: noChanges }];
		if (Array.isArray(value.assistant_events)) return this.decodeEvents(value.assistant_events);
		return [this.eventOf(value, event)];
	}

	/** The result by what has been said so far, where somebody else than the events tells that the run has ended. */
	resultSoFar(): AnswerResult | undefined {
		return this.run.result(undefined);
	}

	/** Events of an `assistant_events` list. */
	decodeEvents(events: JsonValue[]): ProviderEvent[] {
		return events.filter(isJsonObject).map((each) => this.eventOf(each));
	}

	private eventOf(raw: JsonObject, eventLine?: string): ProviderEvent {
		const type = textMember(raw, 'event_type') ?? eventLine;
		return {
			id: textMember(raw, 'event_id'),
			offset: typeof raw.offset === 'number' ? raw.offset : undefined,
			raw,
			changes: () => (type === undefined ? complaintChanges(raw) : this.changesOf(type, raw)),
		};
	}

	private changesOf(type: string, event: JsonObject): AnswerChange[] {
		if (type === 'streaming') return [...this.nameOf(event), ...this.run.piece(event)]; // nearly every event is one
		const files = type === 'tool_end' || type === 'tool_output' || type === 'workflow_end' ? filesIn(event.output) : [];
		return [
			...this.nameOf(event),
			...files.map((file): AnswerChange => ({ kind: 'file', file })),
			...this.textChanges(type, event),
			...this.stepChanges(type, event),
			...this.endChanges(type, event),
		];
	}

	/** Every event names the message: `response_id` is its ID (`reportify.md §3d-2`). */
	private nameOf(event: JsonObject): AnswerChange[] {
		if (this.isNamed) return [];
		const messageId = textMember(event, 'response_id');
		this.isNamed = messageId !== undefined;
		return messageId === undefined ? [] : [{ kind: 'ids', messageId }];
	}

	private textChanges(type: string, event: JsonObject): AnswerChange[] {
		switch (type) {
			case 'node_start':
				return this.run.nodeStarted(event);
			case 'stream_start':
				return this.run.blockStarted(event);
			case 'stream_end':
				return this.run.blockEnded(event);
			case 'node_end':
				this.run.nodeEnded(event);
				return [];
			case 'agent_end':
				this.run.agentEnded(event);
				return [];
			default:
				return [];
		}
	}

	private stepChanges(type: string, event: JsonObject): AnswerChange[] {
		const isStart = STEP_STARTS.includes(type);
		if (!isStart && !STEP_ENDS.includes(type)) return [];
		const kind = type.slice(0, type.lastIndexOf('_'));
		const name = textMember(event, `${kind}_name`, 'tool_name', 'node_name', 'agent_name') ?? '';
		const key = `${kind}/${textMember(event, 'run_id') ?? ''}/${name}`;
		const at = typeof event.timestamp === 'number' ? event.timestamp : undefined;
		if (isStart) return [{ kind: 'stepStarted', key, step: { kind, name, input: event.input ?? null }, at }];
		const failed = complaintIn(event.error) !== undefined;
		const step = {
			kind,
			name,
			output: kind === 'tool' ? (event.output ?? null) : this.run.stepOutput(kind, event),
			status: failed ? ('failed' as const) : ('completed' as const),
		};
		return [{ kind: 'stepEnded', key, step, at }];
	}

	private endChanges(type: string, event: JsonObject): AnswerChange[] {
		const runId = textMember(event, 'run_id');
		switch (type) {
			case 'workflow_start':
				if (!this.hasStarted) this.rootRunId = runId;
				this.hasStarted = true;
				this.openWorkflows++;
				return [];
			case 'workflow_end': {
				this.openWorkflows--;
				const isNested =
					this.rootRunId !== undefined && runId !== undefined ? runId !== this.rootRunId : this.openWorkflows > 0;
				return isNested ? this.warningIn(event) : this.runEnded(event);
			}
			case 'cancel':
				return this.isInner(runId) ? [] : [{ kind: 'ended', status: 'cancelled' }];
			case 'error': {
				if (this.isInner(runId)) return this.warningIn(event);
				const complaint = complaintIn(event.error) ?? { text: textMember(event, 'content') ?? '' };
				return [{ kind: 'failed', complaint }];
			}
			case 'usage':
				return [{ kind: 'usage', usage: usageOf(event) }];
			default:
				return this.warningIn(event);
		}
	}

	/** A run inside of the run, that of a node or a tool: its end is not the end of the whole. */
	private isInner(runId: string | undefined): boolean {
		return this.rootRunId !== undefined && runId !== undefined && runId !== this.rootRunId;
	}

	/** What went wrong inside is the reason, should the whole end badly without one of its own. */
	private warningIn(event: JsonObject): AnswerChange[] {
		const text = event.event_type === 'error' ? textMember(event, 'content') : undefined;
		const complaint = complaintIn(event.error) ?? (text === undefined ? undefined : { text });
		return complaint ? [{ kind: 'warning', complaint }] : [];
	}

	/** The end of the whole run: its result, or what went wrong with what there is of it. */
	private runEnded(event: JsonObject): AnswerChange[] {
		const result = this.run.result(event.output);
		const complaint = complaintIn(event.error);
		if (!complaint) return [{ kind: 'ended', status: 'completed', result }];
		const given = joinedOutputs(runOutputs(event.output))?.text;
		const text: AnswerChange[] =
			given === undefined ? [] : [{ kind: 'text', block: 'result', text: given, replace: true, rank: RESULT_RANK }];
		return [...text, { kind: 'failed', complaint }];
	}
}

/** A body without events: `{"detail": …}` under status 200. */
function complaintChanges(raw: JsonObject): AnswerChange[] {
	const complaint = 'detail' in raw ? complaintIn(raw) : undefined;
	return complaint ? [{ kind: 'failed', complaint }] : [];
}

/** The shape of `usage` events is not published either; what is in the event is handed on. */
function usageOf(event: JsonObject): JsonValue {
	const candidates = [event.usage, event.output, event.content];
	return candidates.find((value) => value !== undefined && value !== null && value !== '') ?? null;
}
