import { randomUUID } from 'node:crypto';

import { isObject, type JsonObject } from '../exact-json';
import type { WireEvent } from '../provider';
import type { Beat, Dialect } from '../run';
import { textOf, type Step } from '../scripts/script';
import { envelope } from './envelope';
import type { AiDolSettings } from './settings';

const TERMINAL = new Set(['message_end', 'end', 'done', 'finish', 'complete', 'error']);

/** One piece of text in the selected form (docs/apis/aidol.md §4, "delta candidates"). */
const SHAPES: Record<string, (text: string) => JsonObject> = {
	answer: (answer) => ({ event: 'message', answer }),
	'data-answer': (answer) => ({ event: 'message', data: { answer } }),
	content: (content) => ({ content }),
	'data-content': (content) => ({ data: { content } }),
	text: (text) => ({ text }),
	'data-text': (text) => ({ data: { text } }),
	delta: (delta) => ({ delta }),
	'delta-content': (content) => ({ delta: { content } }),
	choices: (content) => ({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] }),
	'data-string': (data) => ({ data }),
};

/**
 * Renders a script as AI-DOL stream events. ASSUMPTION throughout: the response of /v1/chat/stream is not published; the
 * backend is known to use Dify components, hence the default form.
 */
export class AiDolDialect implements Dialect<WireEvent> {
	private readonly messageId = randomUUID();
	private readonly taskId = randomUUID();

	constructor(
		private readonly script: { steps: Step[]; bare?: boolean; streamed?: boolean },
		private readonly conversationId: string,
		private readonly settings: AiDolSettings,
	) {}

	get beats(): Iterable<Beat<WireEvent>> {
		return this.tell();
	}

	isTerminal(event: WireEvent): boolean {
		return event.terminal;
	}

	failed(message: string): WireEvent[] {
		if (this.settings.errorForm === 'envelope')
			return [{ json: envelope(10500, message), name: 'error', terminal: true }];
		return [this.event({ event: 'error', status: 500, code: 'internal_server_error', message })];
	}

	/** There is no cancel endpoint: the only way to stop is to close the connection. */
	cancelled(): WireEvent[] {
		return [];
	}

	private event(fields: JsonObject): WireEvent {
		const ids = this.settings.messageIds ? { message_id: this.messageId, task_id: this.taskId } : {};
		const event = { ...fields, conversationId: this.conversationId, ...ids };
		const name = typeof fields.event === 'string' ? fields.event : undefined;
		return { json: JSON.stringify(event), name, terminal: name !== undefined && TERMINAL.has(name) };
	}

	private piece(text: string): WireEvent {
		const { shape } = this.settings;
		if (shape === 'plain') return { json: text, terminal: false };
		if (shape === 'envelope') {
			return { json: envelope(10200, 'OK', { content: text, conversationId: this.conversationId }), terminal: false };
		}
		return this.event(SHAPES[shape]?.(text) ?? { answer: text });
	}

	private *tell(): Generator<Beat<WireEvent>> {
		const { script, settings } = this;
		if (script.bare) return yield* this.steps(script.steps);
		const progress = (event: string): Beat<WireEvent> => ({
			events: [this.event({ event, data: { id: this.taskId } })],
		});
		if (settings.workflowEvents) yield progress('workflow_started');
		yield* this.steps(script.steps);
		const text = textOf(script.steps);
		if (script.streamed === false && text !== '') yield { events: [this.piece(text)], text };
		if (settings.workflowEvents) yield progress('workflow_finished');
		const { endMarker } = settings;
		if (endMarker === '[DONE]') yield { events: [{ json: '[DONE]', terminal: true }] };
		else if (endMarker !== 'none') yield { events: [this.event({ event: endMarker })] };
	}

	private *steps(steps: readonly Step[]): Generator<Beat<WireEvent>> {
		for (const step of steps) {
			if ('text' in step) {
				if (this.script.streamed === false) continue;
				if (this.settings.pings) yield { events: [this.event({ event: 'ping' })] };
				yield { events: [this.piece(step.text)], text: step.text };
			} else if ('raw' in step) yield this.raw(step.raw);
			else if ('workflow' in step) yield* this.steps(step.steps);
			else if ('waitMs' in step) yield { waitMs: step.waitMs };
			else if ('hold' in step) yield { gate: step.hold };
			else if ('fail' in step) return yield { events: this.failed(step.fail), failed: true };
			else if ('tool' in step && this.settings.workflowEvents) {
				const node = { id: randomUUID(), node_type: 'tool', title: step.tool };
				yield { events: [this.event({ event: 'node_started', data: { ...node, inputs: step.input ?? {} } })] };
				const outcome = {
					outputs: step.output ?? {},
					status: step.error === undefined ? 'succeeded' : 'failed',
					error: step.error,
				};
				yield { events: [this.event({ event: 'node_finished', data: { ...node, ...outcome } })] };
			}
		}
	}

	private raw(raw: JsonObject | string): Beat<WireEvent> {
		let given: unknown = raw;
		try {
			if (typeof raw === 'string') given = JSON.parse(raw);
		} catch {
			given = {}; // plain text or broken JSON is a legitimate script
		}
		const name = isObject(given) && typeof given.event === 'string' ? given.event : undefined;
		const terminal = raw === '[DONE]' || (name !== undefined && TERMINAL.has(name));
		const json = typeof raw === 'string' ? raw : JSON.stringify(raw);
		return { events: [{ json, name, terminal }], failed: name === 'error' };
	}
}
