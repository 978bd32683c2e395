import type { JsonObject } from '../exact-json';
import type { Beat, Dialect } from '../run';
import { textOf, type RunResult, type Script, type Step } from '../scripts/script';
import { EventMaker, hexId, toolRunId, type EventForm, type ReportifyEvent } from './events';
import type { FileShelf } from './files';
import {
	PARALLEL,
	PLAN,
	PLANNER,
	SCOPE,
	SUMMARIZER,
	toolOutput,
	writerIn,
	type Research,
	type Voice,
	type Work,
} from './research';

/** What the dialect needs to know about an answer. */
export interface AnswerContext extends EventForm {
	readonly script: Script;
	readonly usage: boolean;
	/** The form of scripts that do not choose one. */
	readonly runForm: 'workflow' | 'single agent';
	/** In a workflow, the writing agent streams what it writes. */
	readonly writerStreams: boolean;
	readonly files: FileShelf;
}

type Told = Generator<Beat<ReportifyEvent>>;

/** ASSUMPTION: how the events of a single speaking agent look is not published (docs/apis/reportify.md §11). */
const SPEAKER: Voice = {
	nodeId: 'agent',
	nodeName: 'Sandbox Research Agent',
	nodeType: 'agent',
	agentId: 'agent_chat',
	agentName: 'Sandbox Research Agent',
	agentType: 'chat_agent',
};

const node = ({ nodeId, nodeName, nodeType }: Voice): JsonObject => ({
	node_id: nodeId,
	node_name: nodeName,
	node_type: nodeType,
});
const agent = (voice: Voice): JsonObject => ({
	...node(voice),
	agent_id: voice.agentId,
	agent_name: voice.agentName,
	agent_type: voice.agentType,
});
const speaker = ({ nodeId, agentId }: Voice): JsonObject => ({ node_id: nodeId, agent_id: agentId });

/**
 * Renders a script as a run of Reportify: a workflow as documented, or a single agent (docs/apis/reportify.md §3d-2).
 */
export class ReportifyDialect implements Dialect<ReportifyEvent> {
	/** The words of the end node. */
	readonly summary: string;
	/** Why the run failed, once it has. */
	failure: string | undefined;
	private readonly maker: EventMaker;
	private readonly made: Array<{ file_id: string; file_name: string }> = [];

	constructor(private readonly context: AnswerContext) {
		this.maker = new EventMaker(context);
		this.summary = this.script.reportify?.summary ?? `报告已完成：**${this.results[0]?.title ?? '—'}**。 It is ready.`;
	}

	get beats(): Iterable<Beat<ReportifyEvent>> {
		if (this.script.bare) return this.steps(this.script.steps, { voice: SPEAKER, streamed: true, framed: false });
		const form = this.script.reportify?.form ?? this.context.runForm;
		return this.run(form === 'workflow' ? this.workflow() : this.singleAgent());
	}

	isTerminal(event: ReportifyEvent): boolean {
		return event.terminal;
	}

	/** ASSUMPTION: the shape of `error` and `cancel` events is not published (§11). */
	failed(message: string): ReportifyEvent[] {
		this.failure = message;
		return [this.maker.make('error', { content: message, error: { code: 'agent_error', message } }, true)];
	}

	cancelled(): ReportifyEvent[] {
		return [this.maker.make('cancel', {}, true)];
	}

	private get script(): Script {
		return this.context.script;
	}

	/** What the run results in, with the provider's names for it. */
	private get results(): Array<Required<RunResult>> {
		const text = answerOf(this.script.steps);
		const given = this.script.reportify?.results ?? (text === '' ? [] : [{ content: text }]);
		return given.map((result, index) => {
			const title = result.title ?? /^#+\s+(.+)$/m.exec(result.content.slice(0, 10_000))?.[1] ?? 'Sandbox report';
			const filetype = result.filetype ?? 'markdown';
			const ending = filetype === 'markdown' ? 'md' : filetype;
			const filename = result.filename ?? `${title.replace(/[/\\]/g, '-')}.${ending}`;
			const place = index === 0 ? writerIn().nodeId : `${writerIn().nodeId}_${index + 1}`;
			return { content: result.content, title, filetype, filename, node: result.node ?? place };
		});
	}

	/** The frame that both kinds of run have. */
	private *run(told: Generator<Beat<ReportifyEvent>, RunEnd | undefined>): Told {
		const runId = hexId(32);
		this.maker.outerRunId = runId;
		yield this.event('init', { content: '' });
		yield this.event('workflow_start', { run_id: runId });
		const end = yield* told;
		if (end === undefined) return;
		const { endError } = this.script.reportify ?? {};
		this.failure = endError;
		const error = endError === undefined ? undefined : { code: 'agent_error', message: endError };
		const fields = { run_id: runId, output: end.output, error };
		yield {
			events: [this.maker.make('workflow_end', fields, true)],
			text: end.text,
			failed: error !== undefined,
		};
		if (!this.context.usage) return;
		// ASSUMPTION: only the name of this event is published (§11).
		const content = { model: 'sandbox-1', input_tokens: 128, output_tokens: 512, total_tokens: 640 };
		yield this.event('usage', { output: content });
	}

	/** The documented run: plan, research, writing, summary; the report stands in the output of the run only. */
	private *workflow(): Generator<Beat<ReportifyEvent>, RunEnd | undefined> {
		yield* this.inNode(PLANNER, this.note(PLANNER, PLAN), { content: '计划已定。' });
		yield* this.research(SCOPE);
		yield* inTurns(PARALLEL.map((part) => this.research(part)));
		const results = this.results;
		const written = answerOf(this.script.steps);
		for (const result of results.length > 0 ? results : [undefined]) {
			const voice = writerIn(result?.node);
			const ends = yield* this.writing(voice, result, result === results[0], written);
			if (!ends) return undefined;
		}
		const { summary } = this;
		const telling = summary === '' ? nothing() : this.note(SUMMARIZER, inThree(summary));
		yield* this.inNode(SUMMARIZER, telling, summary === '' ? {} : { content: summary });
		const text = results.map(({ content }) => content).join('\n\n');
		return { output: this.output(results), text };
	}

	/**
	 * The node that writes one of the results; the first one takes the steps of the script. Returns whether the run goes
	 * on.
	 */
	private *writing(
		voice: Voice,
		result: Required<RunResult> | undefined,
		first: boolean,
		written: string,
	): Generator<Beat<ReportifyEvent>, boolean> {
		const runIds = { node: hexId(32), agent: hexId(32) };
		const content = result?.content ?? written;
		yield this.event('node_start', { run_id: runIds.node, ...node(voice) });
		yield this.event('agent_start', { run_id: runIds.agent, ...agent(voice) });
		if (first) {
			const streamed = this.context.writerStreams && this.script.streamed !== false;
			const goesOn = yield* this.steps(this.script.steps, { voice, streamed, framed: true });
			if (!goesOn) return false;
		}
		yield this.event('agent_end', { run_id: runIds.agent, ...agent(voice), output: { content } });
		const file = result === undefined ? {} : { filetype: result.filetype, ...named(result.filename) };
		yield this.event('node_end', { run_id: runIds.node, ...node(voice), output: { content, ...file } });
		return true;
	}

	private output(results: ReadonlyArray<Required<RunResult>>): JsonObject {
		const entries = results.map((result, index): [string, JsonObject] => {
			const { title, filetype, content, filename } = result;
			// ASSUMPTION: file ids may stand in `workflow_end` (§7), where in it is not said.
			const files = index === 0 && this.made.length > 0 ? { files: this.made } : {};
			return [result.node, { title, filetype, content, ...named(filename), ...files }];
		});
		return Object.fromEntries(entries);
	}

	/** One agent that speaks. Without streaming its text stands in the output of the run. */
	private *singleAgent(): Generator<Beat<ReportifyEvent>, RunEnd | undefined> {
		const streamed = this.script.streamed !== false;
		const content = textOf(this.script.steps);
		yield* this.inNode(PLANNER, nothing(), {});
		const runId = hexId(32);
		yield this.event('agent_start', { run_id: runId, ...agent(SPEAKER) });
		const goesOn = yield* this.steps(this.script.steps, { voice: SPEAKER, streamed, framed: true, speaks: true });
		if (!goesOn) return undefined;
		const whole = streamed ? { content } : {};
		yield this.event('agent_end', { run_id: runId, ...agent(SPEAKER), output: whole });
		return { output: streamed ? {} : this.output(this.results), text: streamed ? undefined : content };
	}

	private *inNode(voice: Voice, told: Told, output: JsonObject): Told {
		const runId = hexId(32);
		yield this.event('node_start', { run_id: runId, ...node(voice) });
		yield* told;
		yield this.event('node_end', { run_id: runId, ...node(voice), output });
	}

	private *research(part: Research): Told {
		const { work, file } = part;
		const said = work.flatMap((each) => ('note' in each ? each.note : [])).join('');
		const filed = file === undefined ? {} : { filetype: 'markdown', ...named(file) };
		yield* this.inNode(part, this.working(part, work, said), { content: said, ...filed });
	}

	private *working(voice: Voice, work: readonly Work[], said: string): Told {
		const runId = hexId(32);
		yield this.event('agent_start', { run_id: runId, ...agent(voice) });
		for (const part of work) {
			if ('note' in part) {
				yield* this.note(voice, part.note);
				continue;
			}
			const calls = part.tools.map(({ id, name, input, output }) => {
				const call = { run_id: toolRunId(), ...speaker(voice), tool_id: id, tool_name: name };
				return { call, input, output: toolOutput(output) };
			});
			for (const { call, input } of calls) yield this.event('tool_start', { ...call, input });
			for (const { call, output } of calls) yield this.event('tool_end', { ...call, output });
		}
		yield this.event('agent_end', { run_id: runId, ...agent(voice), output: { content: said } });
	}

	/** A block of streamed text that is not the answer. */
	private *note(voice: Voice, said: readonly string[]): Told {
		const block = { run_id: hexId(32), ...speaker(voice) };
		yield this.event('stream_start', block);
		for (const content of said) yield this.event('streaming', { ...block, content });
		yield this.event('stream_end', { ...block, content: said.join('') });
	}

	/** The steps of a script, played by one agent. Returns whether the run goes on after them. */
	private *steps(steps: readonly Step[], how: Telling): Generator<Beat<ReportifyEvent>, boolean> {
		let voice = how.voice;
		let block: JsonObject | undefined;
		let said = '';
		const closeBlock = (): Array<Beat<ReportifyEvent>> => {
			if (block === undefined) return [];
			const end = this.event('stream_end', { ...block, content: said });
			block = undefined;
			said = '';
			return [end];
		};
		const lastBlock = lastBlockIn(steps);
		for (const [index, step] of steps.entries()) {
			if ('text' in step) {
				// In a workflow, what precedes the last block was said by other agents: notes, which are streamed in any case.
				if (!how.streamed && (how.speaks || index > lastBlock)) continue;
				if (block === undefined && how.framed) {
					block = { run_id: hexId(32), ...speaker(voice) };
					yield this.event('stream_start', block);
				}
				said += step.text;
				const event = this.maker.make('streaming', { run_id: '', ...speaker(voice), ...block, content: step.text });
				yield { events: [event], text: how.speaks || !how.framed ? step.text : undefined };
			} else if ('waitMs' in step) yield { waitMs: step.waitMs };
			else if ('hold' in step) yield { gate: step.hold };
			else if ('raw' in step) {
				const { event, text, failed, cancelled } = this.maker.written(step.raw);
				yield { events: [event], text: how.framed && !how.speaks ? undefined : text, failed, cancelled };
			} else {
				yield* closeBlock();
				if ('block' in step) voice = { ...voice, agentId: step.block };
				else if ('tool' in step) yield* this.tool(voice, step);
				else if ('file' in step) yield* this.file(voice, step);
				else if ('workflow' in step) {
					if (!(yield* this.nested(step, how))) return false;
				} else {
					yield { events: this.failed(step.fail), failed: true };
					return false;
				}
			}
		}
		yield* closeBlock();
		return true;
	}

	/** A workflow inside the workflow: its result belongs to its caller. */
	private *nested(step: Extract<Step, { workflow: string }>, how: Telling): Generator<Beat<ReportifyEvent>, boolean> {
		const inner = { run_id: hexId(32), node_id: step.workflow, node_name: step.workflow };
		yield this.event('workflow_start', inner);
		if (!(yield* this.steps(step.steps, { ...how, streamed: true }))) return false;
		const title = step.workflow;
		const result = { title, filetype: 'markdown', content: textOf(step.steps), ...named(`${title}.md`) };
		yield this.event('workflow_end', { ...inner, output: { [title]: result } });
		return true;
	}

	private *tool(voice: Voice, step: Extract<Step, { tool: string }>): Told {
		const call = { run_id: toolRunId(), ...speaker(voice), tool_id: `tool_${step.tool}`, tool_name: step.tool };
		yield this.event('tool_start', { ...call, input: step.input ?? {} });
		const result =
			step.error === undefined
				? { output: toolOutput(step.output ?? {}) }
				: { output: {}, error: { message: step.error } };
		yield this.event('tool_end', { ...call, ...result });
	}

	/** Which key names the file is not published (§7); `tool_output` is named as the place. */
	private *file(voice: Voice, step: Extract<Step, { file: string }>): Told {
		const id = this.context.files.add(step);
		const reference = { file_id: id, file_name: step.file };
		this.made.push(reference);
		const call = { run_id: toolRunId(), ...speaker(voice), tool_id: 'tool_create_file', tool_name: 'create_file' };
		yield this.event('tool_start', { ...call, input: { file_name: step.file } });
		yield this.event('tool_output', { ...call, output: reference });
		yield this.event('tool_end', { ...call, output: toolOutput(reference) });
	}

	private event(type: string, fields: JsonObject): Beat<ReportifyEvent> {
		return { events: [this.maker.make(type, fields)] };
	}
}

/** How a run ends when nothing went wrong. */
interface RunEnd {
	readonly output: JsonObject;
	/** Answer text that is sent only with the end. */
	readonly text: string | undefined;
}

interface Telling {
	readonly voice: Voice;
	/** The text is streamed. */
	readonly streamed: boolean;
	/** Texts are blocks with a start and an end. */
	readonly framed: boolean;
	/** What is streamed is the answer. */
	readonly speaks?: boolean;
}

/** Where the last text block begins; -1 where the steps name none. */
function lastBlockIn(steps: readonly Step[]): number {
	return steps.map((step) => 'block' in step).lastIndexOf(true);
}

/** The text of the last block, without what inner workflows say. */
function answerOf(steps: readonly Step[]): string {
	return steps
		.slice(lastBlockIn(steps) + 1)
		.map((step) => ('text' in step ? step.text : ''))
		.join('');
}

function named(filename: string): { filename: string; filepath: string } {
	return { filename, filepath: `/${filename}` };
}

function inThree(text: string): string[] {
	const points = [...text];
	const third = Math.ceil(points.length / 3);
	return [0, 1, 2].map((part) => points.slice(part * third, (part + 1) * third).join('')).filter((part) => part !== '');
}

function* nothing(): Told {}

/** Several parts of a run at the same time: one beat of each in turn. */
function* inTurns(parts: readonly Told[]): Told {
	let running = [...parts];
	while (running.length > 0) {
		const next = running.map((part) => ({ part, step: part.next() }));
		for (const { step } of next) if (!step.done) yield step.value;
		running = next.filter(({ step }) => !step.done).map(({ part }) => part);
	}
}
