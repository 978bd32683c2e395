import { randomBytes, randomUUID } from 'node:crypto';

import { exactJson, isObject, type JsonObject } from '../exact-json';
import type { WireEvent } from '../provider';
import type { Beat, Dialect } from '../run';
import { textOf, type Script, type Step } from '../scripts/script';
import type { FileShelf } from './files';

/** An event in a message's log. */
export interface ReportifyEvent extends WireEvent {
	/** Undefined for raw events without an offset. */
	readonly offset: number | undefined;
}

const TERMINAL = new Set(['workflow_end', 'cancel', 'error']);
/** Offsets grow in this rhythm: sparse, never by one for long (providers/reportify.md §4). */
const GAPS = [5, 1, 12, 3, 1, 30, 2];

const ID_START = `019b24ef${randomBytes(4).toString('hex')}`;
let idsMade = 0;

/** A new id in the look of the documented examples: `019b24ef23a1f4da18256b402868fae31764`. `length` is at least 24. */
export function hexId(length: number): string {
	return ID_START + (++idsMade).toString(16).padStart(length - ID_START.length, '0');
}

/** What the dialect needs to know about an answer. */
export interface AnswerContext {
	readonly script: Script;
	readonly question: string;
	readonly agentId: string;
	readonly responseId: string;
	readonly firstOffset: number;
	readonly usage: boolean;
	readonly files: FileShelf;
}

/** Renders a script as `WorkflowStreamEvent`s (providers/reportify.md §3d). */
export class ReportifyDialect implements Dialect<ReportifyEvent> {
	private readonly executionId: string = randomUUID();
	private readonly agentName = 'Sandbox Research Agent';
	private nextOffset: number;
	private count = 0;
	private speaker = 'agent';
	private outerRunId: string | undefined;
	private readonly made: Array<{ file_id: string; file_name: string }> = [];

	constructor(private readonly context: AnswerContext) {
		this.nextOffset = context.firstOffset;
	}

	get beats(): Iterable<Beat<ReportifyEvent>> {
		return this.tell();
	}

	isTerminal(event: ReportifyEvent): boolean {
		return event.terminal;
	}

	failed(message: string): ReportifyEvent[] {
		return [this.event('error', { content: message, error: { code: 'agent_error', message } }, true)];
	}

	cancelled(): ReportifyEvent[] {
		return [this.event('cancel', {}, true)];
	}

	private *tell(): Generator<Beat<ReportifyEvent>> {
		const { script, usage, question } = this.context;
		if (script.bare) return yield* this.steps(script.steps);
		const runId = hexId(32);
		yield { events: [this.event('init', { input: { query: question } })] };
		yield { events: [this.event('workflow_start', { run_id: runId, input: { query: question } })] };
		yield { events: [this.node('node_start', 'start', 'Start')] };
		yield { events: [this.node('node_end', 'start', 'Start')] };
		yield { events: [this.node('agent_start', 'agent', this.agentName)] };
		yield* this.steps(script.steps);
		yield { events: [this.node('agent_end', 'agent', this.agentName)] };
		const output = { content: textOf(script.steps), files: this.made };
		yield {
			events: [this.event('workflow_end', { run_id: runId, output }, true)],
			// Unstreamed text arrives with the end.
			text: script.streamed === false ? output.content : undefined,
		};
		if (usage) {
			const output_tokens = script.steps.length;
			const content = { model: 'sandbox-1', input_tokens: 128, output_tokens, total_tokens: 128 + output_tokens };
			yield { events: [this.event('usage', { output: content })] };
		}
	}

	private *steps(steps: readonly Step[]): Generator<Beat<ReportifyEvent>> {
		let block: string | undefined;
		const closeBlock = (): Array<Beat<ReportifyEvent>> => {
			if (block === undefined) return [];
			const end = this.event('stream_end', { run_id: block, node_name: this.speaker });
			block = undefined;
			return [{ events: [end] }];
		};
		for (const step of steps) {
			if ('text' in step) {
				if (this.context.script.streamed === false) continue;
				if (block === undefined && !this.context.script.bare) {
					block = hexId(32);
					yield { events: [this.event('stream_start', { run_id: block, node_name: this.speaker })] };
				}
				const fields = { run_id: block ?? '', node_name: this.speaker, content: step.text };
				yield { events: [this.event('streaming', fields)], text: step.text };
				continue;
			}
			if ('waitMs' in step) yield { waitMs: step.waitMs };
			else if ('hold' in step) yield { gate: step.hold };
			else if ('raw' in step) {
				const { event, text, failed } = this.raw(step.raw);
				yield { events: [event], text, failed };
			} else {
				yield* closeBlock();
				if ('block' in step) this.speaker = step.block;
				else if ('tool' in step) yield* this.tool(step);
				else if ('file' in step) yield* this.file(step);
				else if ('workflow' in step) {
					const runId = hexId(32);
					const nested = { run_id: runId, node_name: step.workflow };
					yield { events: [this.event('workflow_start', nested)] };
					yield* this.steps(step.steps);
					const output = { content: textOf(step.steps) };
					yield { events: [this.event('workflow_end', { ...nested, output })] };
				} else return yield { events: this.failed(step.fail), failed: true };
			}
		}
		yield* closeBlock();
	}

	private *tool(step: Extract<Step, { tool: string }>): Generator<Beat<ReportifyEvent>> {
		const call = { run_id: hexId(32), node_type: 'tool', tool_id: `tool_${step.tool}`, tool_name: step.tool };
		yield { events: [this.event('tool_start', { ...call, input: step.input ?? {} })] };
		const result =
			step.error === undefined
				? { output: { content: exactJson(step.output ?? {}) } }
				: { output: {}, error: { message: step.error } };
		yield { events: [this.event('tool_end', { ...call, input: step.input ?? {}, ...result })] };
	}

	/** Which key names the file is not published (§7); `tool_output` is named as the place. */
	private *file(step: Extract<Step, { file: string }>): Generator<Beat<ReportifyEvent>> {
		const id = this.context.files.add(step);
		const reference = { file_id: id, file_name: step.file };
		this.made.push(reference);
		const call = { run_id: hexId(32), node_type: 'tool', tool_id: 'tool_create_file', tool_name: 'create_file' };
		const input = { file_name: step.file };
		yield { events: [this.event('tool_start', { ...call, input })] };
		yield { events: [this.event('tool_output', { ...call, output: reference })] };
		yield { events: [this.event('tool_end', { ...call, input, output: { content: exactJson(reference) } })] };
	}

	private node(type: string, nodeType: string, name: string): ReportifyEvent {
		return this.event(type, { node_id: `node_${nodeType}`, node_name: name, node_type: nodeType });
	}

	private common(type: string): JsonObject {
		return {
			event_id: hexId(36),
			event_type: type,
			timestamp: Date.now(),
			response_id: this.context.responseId,
			workflow_id: this.context.agentId,
			execution_id: this.executionId,
			run_id: '',
		};
	}

	private takeOffset(): number {
		const offset = this.nextOffset;
		this.nextOffset += GAPS[this.count++ % GAPS.length] ?? 1;
		return offset;
	}

	private event(type: string, fields: JsonObject, terminal = false): ReportifyEvent {
		const agent = { agent_id: this.context.agentId, agent_name: this.agentName, agent_type: 'workflow' };
		const offset = this.takeOffset();
		const event = { ...this.common(type), ...agent, input: {}, output: {}, content: '', error: {}, ...fields, offset };
		return { json: JSON.stringify(event), name: type, offset, terminal };
	}

	/** Common fields that a raw object lacks are filled in; JSON text goes out as it is, valid or not. */
	private raw(raw: JsonObject | string): RawEvent {
		const given = typeof raw === 'string' ? parsed(raw) : raw;
		const type = typeof given.event_type === 'string' ? given.event_type : '';
		const runId = typeof given.run_id === 'string' ? given.run_id : '';
		if (type === 'workflow_start') this.outerRunId ??= runId;
		const nested = type === 'workflow_end' && runId !== (this.outerRunId ?? runId);
		const terminal = TERMINAL.has(type) && !nested;
		const text = type === 'streaming' && typeof given.content === 'string' ? given.content : undefined;
		const whole = typeof raw === 'string' ? given : { ...this.common(type), ...this.missingOffset(raw), ...raw };
		const offset = typeof whole.offset === 'number' ? whole.offset : undefined;
		const json = typeof raw === 'string' ? raw : exactJson(whole);
		return { event: { json, name: type, offset, terminal }, text, failed: type === 'error' };
	}

	private missingOffset(raw: JsonObject): JsonObject {
		return 'offset' in raw ? {} : { offset: this.takeOffset() };
	}
}

interface RawEvent {
	readonly event: ReportifyEvent;
	readonly text: string | undefined;
	readonly failed: boolean;
}

function parsed(json: string): JsonObject {
	try {
		const value: unknown = JSON.parse(json);
		return isObject(value) ? value : {};
	} catch {
		return {};
	}
}
