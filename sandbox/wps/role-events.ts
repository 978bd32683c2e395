import { randomUUID } from 'node:crypto';

import { isObject, type JsonObject } from '../exact-json';
import type { Beat } from '../run';
import { textOf, type Step } from '../scripts/script';
import {
	rawWpsEvent,
	sessionMember,
	wpsEvent,
	type ChatContext,
	type StoredMessage,
	type WpsDialect,
	type WpsEvent,
} from './dialect';

/**
 * Renders a script in dialect 2 (docs/apis/wps.md §5.6). ASSUMPTION: the published page breaks off; text field, further
 * types and the terminal event are settings.
 */
export class RoleDialect implements WpsDialect {
	readonly messages: StoredMessage[] = [];

	constructor(private readonly context: ChatContext) {}

	get beats(): Iterable<Beat<WpsEvent>> {
		return this.tell();
	}

	isTerminal(event: WpsEvent): boolean {
		return event.terminal;
	}

	failed(message: string): WpsEvent[] {
		return [wpsEvent('error', { code: 500000004, msg: message }, this.context)];
	}

	cancelled(): WpsEvent[] {
		return this.context.settings.endOnCancel ? this.end() : [];
	}

	private end(): WpsEvent[] {
		const { endEvent } = this.context.settings;
		return endEvent === 'none' ? [] : [wpsEvent(endEvent, {}, this.context)];
	}

	private message(role: 'user' | 'assistant', type: string, text: string): WpsEvent {
		const data = { role, type, [this.context.settings.textField]: text, ...sessionMember(this.context) };
		return wpsEvent('message', data, this.context);
	}

	private *tell(): Generator<Beat<WpsEvent>> {
		const { script, question, settings } = this.context;
		const answer: StoredMessage = { id: randomUUID(), senderName: settings.senderName, text: '', files: [] };
		this.messages.push(answer);
		if (!script.bare && settings.userEcho) yield { events: [this.message('user', 'ack', question)] };
		yield* this.steps(script.steps, answer);
		if (script.bare) return;
		const unstreamed = script.streamed === false || settings.answerForm === 'chunks';
		if (unstreamed && answer.text !== '') yield { events: [this.message('assistant', 'answer', answer.text)] };
		yield { events: this.end() };
	}

	private *steps(steps: readonly Step[], answer: StoredMessage): Generator<Beat<WpsEvent>> {
		const { answerForm } = this.context.settings;
		for (const step of steps) {
			if ('text' in step) {
				answer.text += step.text;
				if (this.context.script.streamed === false) continue;
				const type = answerForm.startsWith('chunks') ? 'answer_chunk' : 'answer';
				const text = answerForm === 'cumulative' ? answer.text : step.text;
				yield { events: [this.message('assistant', type, text)], text: step.text };
			} else if ('tool' in step) yield this.call(step.tool, step.input);
			else if ('file' in step) yield this.call('create_file', { name: step.file });
			else if ('workflow' in step) yield this.call(step.workflow, { text: textOf(step.steps) });
			else if ('raw' in step) {
				const { event, given } = rawWpsEvent(step.raw);
				yield { events: [event], failed: given.event === 'error' };
			} else if ('waitMs' in step) yield { waitMs: step.waitMs };
			else if ('hold' in step) yield { gate: step.hold };
			else if ('fail' in step) return yield { events: this.failed(step.fail), failed: true };
		}
	}

	private call(name: string, input: unknown): Beat<WpsEvent> {
		const call: JsonObject = { name, arguments: isObject(input) ? input : {} };
		return { events: [this.message('assistant', 'function_call', JSON.stringify(call))] };
	}
}
