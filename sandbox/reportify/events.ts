import { randomBytes, randomUUID } from 'node:crypto';

import { exactJson, isObject, type JsonObject } from '../exact-json';
import type { WireEvent } from '../provider';

/** An event in a message's log. */
export interface ReportifyEvent extends WireEvent {
	/** Its place in the log, also where the event itself tells none (`tool_end`, docs/apis/reportify.md §3d-2). */
	readonly position: number;
}

/** An event that a script wrote out, and what it means for the run. */
export interface WrittenEvent {
	readonly event: ReportifyEvent;
	/** The piece of text in it. */
	readonly text: string | undefined;
	readonly failed: boolean;
	readonly cancelled: boolean;
}

/** What all events of a run have in common, and how they are numbered. */
export interface EventForm {
	/** The id of the assistant message; every event names it. */
	readonly responseId: string;
	readonly workflowId: string;
	readonly firstOffset: number;
	/** Offsets with gaps instead of steps of 1. */
	readonly sparseOffsets: boolean;
	/** `tool_end` says its offset as well. */
	readonly toolEndOffset: boolean;
}

const TERMINAL = new Set(['workflow_end', 'cancel', 'error']);
const GAPS = [5, 1, 12, 3, 1, 30, 2];

const ID_START = `019b24ef${randomBytes(4).toString('hex')}`;
let idsMade = 0;

/**
 * A new id that looks like the documented examples: `019b24ef23a1f4da18256b402868fae31764`. `length` is at least 24.
 */
export function hexId(length: number): string {
	return ID_START + (++idsMade).toString(16).padStart(length - ID_START.length, '0');
}

/** A tool call's `run_id` has a suffix. */
export function toolRunId(): string {
	return `${hexId(32)}_${randomBytes(4).readUInt32BE().toString(36).padStart(6, '0').slice(-6)}`;
}

/** Makes the events of one run: `WorkflowStreamEvent`s with rising offsets (docs/apis/reportify.md §3d, §3d-2). */
export class EventMaker {
	/** The outermost workflow: only its end, and what concerns no inner `run_id`, ends the run. */
	outerRunId: string | undefined;
	private nextOffset: number;
	private count = 0;

	constructor(private readonly form: EventForm) {
		this.nextOffset = form.firstOffset;
	}

	/** An event of this type; only `init` names the execution. */
	make(type: string, fields: JsonObject = {}, terminal = false): ReportifyEvent {
		const position = this.takeOffset();
		const silent = type === 'tool_end' && !this.form.toolEndOffset;
		const event = { ...this.common(type), ...fields, ...(silent ? {} : { offset: position }) };
		return { json: exactJson(event), name: type, position, terminal };
	}

	/** Common fields that a written object lacks are filled in; JSON text goes out as it is, valid or not. */
	written(raw: JsonObject | string): WrittenEvent {
		const given = typeof raw === 'string' ? parsed(raw) : raw;
		const type = typeof given.event_type === 'string' ? given.event_type : '';
		const runId = typeof given.run_id === 'string' ? given.run_id : '';
		if (type === 'workflow_start') this.outerRunId ??= runId;
		const inner = runId !== '' && runId !== (this.outerRunId ?? runId);
		const terminal = TERMINAL.has(type) && !inner;
		const text = type === 'streaming' && typeof given.content === 'string' ? given.content : undefined;
		const position = this.positionOf(given);
		const whole = typeof raw === 'string' ? raw : exactJson({ ...this.common(type), offset: position, ...raw });
		const hasError = isObject(given.error) && Object.keys(given.error).length > 0;
		return {
			event: { json: whole, name: type, position, terminal },
			text,
			failed: terminal && (type === 'error' || (type === 'workflow_end' && hasError)),
			cancelled: terminal && type === 'cancel',
		};
	}

	private positionOf({ offset }: JsonObject): number {
		if (typeof offset !== 'number') return this.takeOffset();
		this.nextOffset = offset + 1;
		return offset;
	}

	private takeOffset(): number {
		const offset = this.nextOffset;
		this.nextOffset += this.form.sparseOffsets ? (GAPS[this.count++ % GAPS.length] ?? 1) : 1;
		return offset;
	}

	private common(type: string): JsonObject {
		return {
			event_id: hexId(36),
			event_type: type,
			timestamp: Date.now(),
			response_id: this.form.responseId,
			workflow_id: this.form.workflowId,
			execution_id: type === 'init' ? randomUUID() : '',
			run_id: '',
		};
	}
}

function parsed(json: string): JsonObject {
	try {
		const value: unknown = JSON.parse(json);
		return isObject(value) ? value : {};
	} catch {
		return {};
	}
}
