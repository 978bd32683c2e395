import { type AnswerChange, noChanges, type ProviderEvent, unreadableEvent } from '../shared/answer/answer-change';
import type { EventDecoder } from '../shared/following/answer-source';
import type { Frame } from '../shared/frames/frame';
import { isJsonObject, type JsonObject, type JsonValue, textMember, tryParseJson } from '../shared/json/json';
import { complaintIn } from './reportify-complaint';
import { filesIn } from './reportify-files';

const STEP_STARTS = ['tool_start', 'node_start', 'agent_start'];
const STEP_ENDS = ['tool_end', 'node_end', 'agent_end'];

/**
 * Pieces that each repeat all text of their block so far, before they are read as cumulative. Honest text that begins
 * like that, `a`, `ab`, `abc`, `abcd`, `abcde`, `abcdef` in just these pieces, is not to be expected.
 */
const CUMULATIVE_EVIDENCE = 5;

/** How the pieces of one text block relate to each other. */
interface Block {
	name: string;
	/** The piece before. */
	latest: string;
	/** Every piece so far began with the one before it. */
	grows: boolean;
	evidence: number;
	isCumulative: boolean;
}

/** Dashes, blanks, `haha`: one repeats the other in honest text as well. */
const isRepetition = (text: string) => `${text}${text}`.indexOf(text, 1) < text.length;

/**
 * Decodes Reportify's `WorkflowStreamEvent`s (`providers/reportify.md §3d`, `§3e`). Every field but `event_type` is
 * optional, the enumeration of types is open, and a frame may also hold a whole `{"assistant_events": […]}` reply.
 */
export class ReportifyEvents implements EventDecoder {
	private rootRunId: string | undefined;
	private hasStarted = false;
	private openWorkflows = 0;
	private readonly blocks = new Map<string, Block>();
	private blockCount = 0;

	decode({ data, event }: Frame): ProviderEvent[] {
		if (data.trim() === '[DONE]' || data.trim() === '') return [];
		const value = tryParseJson(data);
		if (value === undefined) return [unreadableEvent(data)];
		if (!isJsonObject(value)) return [{ raw: data, changes: noChanges }];
		if (Array.isArray(value.assistant_events)) return this.decodeEvents(value.assistant_events);
		return [this.eventOf(value, event)];
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
		if (type === 'streaming') return this.textChanges(event); // nearly every event is one
		if (type === 'stream_start') this.blocks.delete(blockOf(event));
		const files = type === 'tool_end' || type === 'tool_output' || type === 'workflow_end' ? filesIn(event.output) : [];
		return [
			...files.map((file): AnswerChange => ({ kind: 'file', file })),
			...this.stepChanges(type, event),
			...this.endChanges(type, event),
		];
	}

	private textChanges(event: JsonObject): AnswerChange[] {
		if (typeof event.content !== 'string' || event.content === '') return [];
		const key = blockOf(event);
		const block = this.blocks.get(key) ?? this.newBlock();
		this.blocks.set(key, block);
		return [textChange(block, event.content)];
	}

	private newBlock(): Block {
		this.blockCount++;
		return { name: String(this.blockCount), latest: '', grows: true, evidence: 0, isCumulative: false };
	}

	/** The provider repeats the whole text in the end: where that is a block's last piece, the pieces were cumulative. */
	private corrections(whole: string | undefined): AnswerChange[] {
		return [...this.blocks.values()]
			.filter(({ grows, latest }) => grows && latest === whole)
			.map(({ name, latest }) => ({ kind: 'text', block: name, text: latest, replace: true }));
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
			output: event.output ?? null,
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
				if (isNested) return [];
				const text = textOfOutput(event.output);
				return [...this.corrections(text), { kind: 'ended', status: 'completed', text }];
			}
			case 'cancel':
				return [{ kind: 'ended', status: 'cancelled' }];
			case 'error': {
				const isNested = this.rootRunId !== undefined && runId !== undefined && runId !== this.rootRunId;
				if (isNested) return [];
				const complaint = complaintIn(event.error) ?? { text: textMember(event, 'content') ?? '' };
				return [{ kind: 'failed', complaint }];
			}
			case 'usage':
				return [{ kind: 'usage', usage: usageOf(event) }];
			default:
				return [];
		}
	}
}

const blockOf = (event: JsonObject) => `${textMember(event, 'run_id') ?? ''}/${textMember(event, 'node_id') ?? ''}`;

/**
 * Pieces are appended (`§3e`: delta by name and example). Should a server send the whole text each time, its pieces
 * betray that by each beginning with the one before, from the first one on.
 */
function textChange(block: Block, piece: string): AnswerChange {
	const { name, latest } = block;
	const grows = block.grows && piece.startsWith(latest);
	if (!block.isCumulative && grows && latest !== '' && piece !== latest && !isRepetition(latest)) block.evidence++;
	block.isCumulative ||= block.evidence >= CUMULATIVE_EVIDENCE;
	if (block.isCumulative && !grows) {
		const isOld = latest.startsWith(piece);
		if (!isOld) block.latest += piece;
		return { kind: 'text', block: name, text: isOld ? '' : piece };
	}
	block.grows = grows;
	block.latest = grows ? piece : '';
	return { kind: 'text', block: name, text: piece, replace: block.isCumulative };
}

/** A body without events: `{"detail": …}` under status 200. */
function complaintChanges(raw: JsonObject): AnswerChange[] {
	const complaint = 'detail' in raw ? complaintIn(raw) : undefined;
	return complaint ? [{ kind: 'failed', complaint }] : [];
}

/** The shape of `workflow_end.output` is not published (`§3e`); these are the likely places of the text. */
function textOfOutput(output: JsonValue | undefined): string | undefined {
	if (typeof output === 'string') return output;
	return isJsonObject(output) ? textMember(output, 'content', 'text', 'answer', 'result') : undefined;
}

/** The shape of `usage` events is not published either; what is in the event is handed on. */
function usageOf(event: JsonObject): JsonValue {
	const candidates = [event.usage, event.output, event.content];
	return candidates.find((value) => value !== undefined && value !== null && value !== '') ?? null;
}
