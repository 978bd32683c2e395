import { randomBytes, randomUUID } from 'node:crypto';

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

type ToolStep = Extract<Step, { tool: string }>;

/** Renders a script as Langflow events in the selected mode of growth (docs/apis/wps.md §5.1–§5.4). */
export class LangflowDialect implements WpsDialect {
	readonly messages: StoredMessage[] = [];
	private readonly flowId: string = randomUUID();
	private readonly agentId = `Agent-${randomBytes(3).toString('hex')}`;
	private current: StoredMessage | undefined;
	private contents: JsonObject[] = [];

	constructor(private readonly context: ChatContext) {}

	get beats(): Iterable<Beat<WpsEvent>> {
		return this.tell();
	}

	isTerminal(event: WpsEvent): boolean {
		return event.terminal;
	}

	failed(message: string): WpsEvent[] {
		if (this.settings.errorShape === 'text') return [this.event('error', { error: message })];
		const reason = { type: 'error', component: 'Agent', field: null, reason: message, solution: null, traceback: null };
		const data = this.message(randomUUID(), message, 'complete', [reason]);
		return [this.event('error', { ...data, category: 'error', error: true })];
	}

	cancelled(): WpsEvent[] {
		return this.settings.endOnCancel ? [this.event('end', {})] : [];
	}

	private get settings() {
		return this.context.settings;
	}

	private get growth() {
		return this.context.script.streamed === false ? 'final' : this.settings.growth;
	}

	private event(name: string, data: JsonObject): WpsEvent {
		return wpsEvent(name, data, this.context);
	}

	private *tell(): Generator<Beat<WpsEvent>> {
		const { script, question } = this.context;
		if (script.bare) return yield* this.steps(script.steps);
		const [input, output] = ['ChatInput-sandbox', 'ChatOutput-sandbox'];
		const { invalidNode, userEcho, chatOutput } = this.settings;
		yield { events: [this.event('vertices_sorted', { ids: [input], to_run: [input, this.agentId, output] })] };
		if (userEcho) {
			const data = this.message(randomUUID(), question, 'complete', []);
			yield { events: [this.event('add_message', { ...data, sender: 'User', sender_name: 'User' })] };
		}
		yield { events: [this.endVertex(input, question, this.agentId)] };
		yield* this.openMessage();
		yield* this.steps(script.steps);
		if (invalidNode === 'agent') return yield { events: [this.failedVertex(this.agentId), this.event('end', {})] };
		yield* this.closeMessage();
		const text = this.messages.at(-1)?.text ?? '';
		yield { events: [this.endVertex(this.agentId, text, output)] };
		if (invalidNode === 'output') return yield { events: [this.failedVertex(output), this.event('end', {})] };
		if (chatOutput) {
			const id = this.store(text).id;
			yield { events: [this.event('add_message', this.message(id, text, 'complete', []))] };
		}
		yield { events: [this.endVertex(output, text)] };
		yield { events: [this.event('end', {})] };
	}

	/** The agent's message begins empty, with its "Agent Steps". A plain model sends nothing before its first chunk. */
	private *openMessage(): Generator<Beat<WpsEvent>> {
		if (this.growth === 'model') return;
		this.current = this.store('');
		this.contents = [textContent('Input', this.context.question)];
		yield this.addMessage('partial', '');
	}

	/** The whole text once more, `complete`. A plain model does not send that. */
	private *closeMessage(): Generator<Beat<WpsEvent>> {
		const { current } = this;
		if (current !== undefined && this.growth !== 'model') {
			if (current.text !== '') this.contents.push(textContent('Output', current.text));
			yield this.addMessage('complete', current.text);
		}
		this.current = undefined;
	}

	private addMessage(state: 'partial' | 'complete', text: string, added?: string): Beat<WpsEvent> {
		const { id = '', files = [] } = this.current ?? {};
		const data = { ...this.message(id, text, state, [...this.contents]), files: [...files] };
		return { events: [this.event('add_message', data)], text: added };
	}

	private *steps(steps: readonly Step[]): Generator<Beat<WpsEvent>> {
		for (const step of steps) {
			if ('text' in step) yield* this.piece(step.text);
			else if ('tool' in step) yield* this.tool(step);
			else if ('block' in step) {
				// Another agent turn is another message; an empty one in front of the first block is used for it.
				if (this.current === undefined || this.current.text === '') continue;
				yield* this.closeMessage();
				yield* this.openMessage();
			} else if ('file' in step) {
				const id = step.id ?? `file_${randomBytes(8).toString('hex')}`;
				this.current?.files.push(id);
				yield* this.tool({ tool: 'create_file', input: { name: step.file }, output: { file: id } });
			} else if ('workflow' in step) {
				// A flow used as a tool: its text is the tool's output, not the answer.
				yield* this.tool({ tool: step.workflow, input: {}, output: textOf(step.steps) });
			} else if ('raw' in step) yield this.raw(step.raw);
			else if ('waitMs' in step) yield { waitMs: step.waitMs };
			else if ('hold' in step) yield { gate: step.hold };
			else return yield { events: this.failed(step.fail), failed: true };
		}
	}

	private *piece(chunk: string): Generator<Beat<WpsEvent>> {
		const isFirst = this.current === undefined;
		const message = (this.current ??= this.store(''));
		message.text += chunk;
		switch (this.growth) {
			case 'final':
				return yield { text: chunk, events: [] };
			case 'cumulative':
				return yield this.addMessage('partial', message.text, chunk);
			case 'delta':
				return yield this.addMessage('partial', chunk, chunk);
			case 'token':
				// Chunks of white space only get lost in this version; the final message has them.
				if (chunk.trim() !== '') yield { events: [this.token(message.id, chunk)], text: chunk };
				return;
			case 'model':
				// The first chunk is sent twice: as message text (state "complete" by default) and as a token.
				if (isFirst) yield this.addMessage('complete', chunk);
				return yield { events: [this.token(message.id, chunk)], text: chunk };
		}
	}

	private *tool(step: ToolStep): Generator<Beat<WpsEvent>> {
		const text = this.growth === 'cumulative' ? (this.current?.text ?? '') : '';
		const call: JsonObject = {
			type: 'tool_use',
			duration: 0,
			header: { title: `Accessing **${step.tool}**`, icon: 'Hammer' },
			name: step.tool,
			tool_input: step.input ?? {},
			output: null,
			error: null,
		};
		if (this.growth === 'model') return; // no agent, no tools
		this.contents.push(call);
		yield this.addMessage('partial', text);
		this.contents[this.contents.length - 1] = {
			...call,
			duration: 812,
			header: { title: `Executed **${step.tool}**`, icon: 'Hammer' },
			output: step.error === undefined ? (step.output ?? null) : null,
			error: step.error ?? null,
		};
		yield this.addMessage('partial', text);
	}

	private raw(raw: JsonObject | string): Beat<WpsEvent> {
		const { event, given } = rawWpsEvent(raw);
		const { data } = given;
		if (given.event === 'add_message' && isObject(data) && data.sender === 'Machine' && typeof data.text === 'string') {
			const id = String(data.id);
			const known = this.messages.find((message) => message.id === id);
			if (known !== undefined) known.text = data.text;
			else this.messages.push({ id, senderName: String(data.sender_name), text: data.text, files: [] });
		}
		return { events: [event], failed: given.event === 'error' };
	}

	private store(text: string): StoredMessage {
		const message = { id: randomUUID(), senderName: this.settings.senderName, text, files: [] };
		this.messages.push(message);
		return message;
	}

	private token(id: string, chunk: string): WpsEvent {
		const timestamp = new Date().toISOString().replace('T', ' ').replace('Z', '000 UTC');
		return this.event('token', { chunk, id, timestamp });
	}

	/** A node has ended well: what it put out, and which one may begin. */
	private endVertex(id: string, text: string, next?: string): WpsEvent {
		const outputs = { message: { message: { text }, type: 'message' } };
		return this.vertexEnd(
			id,
			{ valid: true, params: null, next_vertices_ids: next === undefined ? [] : [next] },
			outputs,
		);
	}

	/** Langflow puts the text of an exception into `params`. */
	private failedVertex(id: string): WpsEvent {
		return this.vertexEnd(id, { valid: false, params: 'Error running node', next_vertices_ids: [] }, {});
	}

	private vertexEnd(id: string, build: JsonObject, outputs: JsonObject): WpsEvent {
		const data = { results: {}, outputs, logs: {}, timedelta: 0.1, used_frozen_result: false };
		const build_data = { id, ...build, data, inactivated_vertices: [], top_level_vertices: [] };
		return this.event('end_vertex', { build_data });
	}

	/** docs/apis/wps.md §5.2 */
	private message(id: string, text: string, state: 'partial' | 'complete', contents: JsonObject[]): JsonObject {
		const steps = { title: 'Agent Steps', contents, allow_markdown: true, media_url: null };
		return {
			timestamp: new Date().toISOString().slice(0, 19),
			sender: 'Machine',
			sender_name: this.settings.senderName,
			...sessionMember(this.context),
			text,
			files: [],
			error: false,
			edit: false,
			properties: {
				text_color: '',
				background_color: '',
				edited: false,
				source: { id: this.agentId, display_name: 'Agent', source: 'sandbox-1' },
				icon: 'Bot',
				allow_markdown: false,
				positive_feedback: null,
				state,
				targets: [],
			},
			category: 'message',
			content_blocks: contents.length > 0 ? [steps] : [],
			id,
			flow_id: this.flowId,
		};
	}
}

function textContent(title: string, text: string): JsonObject {
	return { type: 'text', duration: 0, header: { title, icon: 'MessageSquare' }, text };
}
