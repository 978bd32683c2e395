import type { AnswerChange, AnswerResult } from '../shared/answer/answer-change';
import { type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import { joinedOutputs, type RunOutput, runOutput, runOutputs } from './run-output';
import { type BlockChange, TextBlock } from './text-block';

/** What a block of text is to the one who asked. */
type Role =
	/** Of the planner: thinking. Never the answer. */
	| 'plan'
	/** Of an agent: the answer when it is the only one that speaks, else notes on the way. */
	| 'agent'
	/** Of the last node: a summary, or the answer where there is no other. */
	| 'end';

interface SpokenBlock {
	text: TextBlock;
	role: Role;
	nodeId: string;
	agentId: string;
}

const RANKS = { agent: 0, end: 1 };

/**
 * What a run has said so far, and which of it is the answer (`reportify.md §3e`). Blocks are kept apart by `run_id`,
 * because nodes work in parallel.
 */
export class ReportifyRun {
	private readonly nodeTypes = new Map<string, string>();
	/** In the order in which they began. */
	private readonly blocks: SpokenBlock[] = [];
	private readonly openBlocks = new Map<string, SpokenBlock>();
	private readonly agentNodes = new Set<string>();
	/** What agents said that was taken for the answer. */
	private readonly shownOfAgents: SpokenBlock[] = [];
	private hasPlan = false;
	private endOutput: RunOutput | undefined;
	private lastAgentOutput: RunOutput | undefined;
	/** What nodes said about their results, for the results that `agent_end` repeats without it. */
	private readonly nodeOutputs: RunOutput[] = [];

	nodeStarted(event: JsonObject): AnswerChange[] {
		const nodeId = nodeIdOf(event);
		const type = textMember(event, 'node_type');
		if (type !== undefined) this.nodeTypes.set(nodeId, type);
		if (type === 'agent' && nodeId !== '') this.agentNodes.add(nodeId);
		return this.withoutNotes();
	}

	blockStarted(event: JsonObject): AnswerChange[] {
		this.openBlocks.delete(blockKey(event));
		return [];
	}

	piece(event: JsonObject): AnswerChange[] {
		if (typeof event.content !== 'string' || event.content === '') return [];
		const key = blockKey(event);
		const block = this.openBlocks.get(key) ?? this.newBlock(key, event);
		const change = block.text.add(event.content);
		return [...this.withoutNotes(), ...this.shown(block, change)];
	}

	/** The end of a block states its whole text. */
	blockEnded(event: JsonObject): AnswerChange[] {
		const { content } = event;
		if (typeof content !== 'string' || content === '') return [];
		const key = blockKey(event);
		const block = this.openBlocks.get(key) ?? this.newBlock(key, event);
		if (block.text.toString() === content) return this.withoutNotes();
		return [...this.withoutNotes(), ...this.shown(block, block.text.correct(content))];
	}

	nodeEnded(event: JsonObject): void {
		const output = runOutput(event.output);
		if (!output) return;
		this.nodeOutputs.push(output);
		if (this.typeOf(event) === 'end') this.endOutput = output;
	}

	agentEnded(event: JsonObject): void {
		if (this.roleOf(event) === 'plan') return;
		this.lastAgentOutput = runOutput(event.output) ?? this.lastAgentOutput;
	}

	/** What a node or agent brought, for its step: what it said, and what its end says it gave. */
	stepOutput(kind: string, event: JsonObject): JsonValue {
		const given = runOutput(event.output)?.content;
		const id = textMember(event, kind === 'node' ? 'node_id' : 'agent_id') ?? '';
		const own = this.blocks.filter(({ nodeId, agentId }) =>
			kind === 'node' ? nodeId === id : agentId === id && nodeId === nodeIdOf(event),
		);
		const said = id === '' ? '' : own.map(({ text }) => text.toString()).join('\n\n');
		if (given === undefined) return said === '' ? (event.output ?? null) : said;
		if (said === '' || given.includes(said)) return given;
		return said.includes(given) ? said : `${said}\n\n${given}`;
	}

	/**
	 * The result of the run by the rule of `reportify.md §3e`; undefined when it has none.
	 *
	 * @param output of `workflow_end`
	 */
	result(output: JsonValue | undefined): AnswerResult | undefined {
		const result = joinedOutputs(runOutputs(output)) ?? this.resultOfNodes() ?? this.lastText();
		if (!result) return undefined;
		const endWords = this.lastOf('end')?.text.toString() || this.endOutput?.content;
		const isAnother = endWords !== undefined && endWords.trim() !== '' && endWords.trim() !== result.text.trim();
		return isAnother ? { ...result, summary: endWords } : result;
	}

	private resultOfNodes(): AnswerResult | undefined {
		const output = this.endOutput ?? this.lastAgentOutput;
		if (!output) return undefined;
		const named = this.nodeOutputs.findLast(({ content, fileName }) => content === output.content && fileName);
		const { content, ...about } = named ?? output;
		return { text: content, ...about };
	}

	private lastText(): AnswerResult | undefined {
		const block = this.blocks.findLast(({ role, text }) => role !== 'plan' && text.toString().trim() !== '');
		return block && { text: block.text.toString() };
	}

	private lastOf(role: Role): SpokenBlock | undefined {
		return this.blocks.findLast((block) => block.role === role);
	}

	private newBlock(key: string, event: JsonObject): SpokenBlock {
		const role = this.roleOf(event);
		const nodeId = nodeIdOf(event);
		const text = new TextBlock(String(this.blocks.length + 1));
		const block = { text, role, nodeId, agentId: textMember(event, 'agent_id') ?? '' };
		this.blocks.push(block);
		this.openBlocks.set(key, block);
		if (role === 'plan') this.hasPlan = true;
		if (role === 'agent' && nodeId !== '') this.agentNodes.add(nodeId);
		return block;
	}

	/** A change of a block's text, as far as it may be the answer. */
	private shown(block: SpokenBlock, change: BlockChange): AnswerChange[] {
		const { role, text } = block;
		if (role === 'plan' || (role === 'agent' && this.hasNotes())) return [];
		if (role === 'agent' && !this.shownOfAgents.includes(block)) this.shownOfAgents.push(block);
		const rank = RANKS[role];
		return 'replaced' in change
			? [{ kind: 'text', block: text.name, text: change.replaced, replace: true, rank }]
			: [{ kind: 'text', block: text.name, text: change.appended, rank }];
	}

	/** Where there is a plan, or more than one agent that works on it, what they say are notes. */
	private hasNotes(): boolean {
		return this.hasPlan || this.agentNodes.size > 1;
	}

	/** Takes back what turned out to be notes. */
	private withoutNotes(): AnswerChange[] {
		if (!this.hasNotes()) return [];
		const notes = this.shownOfAgents.splice(0);
		return notes.map(({ text }) => ({ kind: 'textRemoved', block: text.name }));
	}

	private typeOf(event: JsonObject): string | undefined {
		return textMember(event, 'node_type') ?? this.nodeTypes.get(nodeIdOf(event));
	}

	private roleOf(event: JsonObject): Role {
		const agent = textMember(event, 'agent_id', 'agent_name');
		const type = this.typeOf(event);
		if (type === 'start' || agent === 'workflow_planner') return 'plan';
		return type === 'end' || agent === 'workflow_summarizer' ? 'end' : 'agent';
	}
}

const nodeIdOf = (event: JsonObject) => textMember(event, 'node_id') ?? '';

/** A block has a run ID of its own; where a server gives none, its node and agent tell it. */
function blockKey(event: JsonObject): string {
	const runId = textMember(event, 'run_id') ?? '';
	return runId !== '' ? runId : `${nodeIdOf(event)}/${textMember(event, 'agent_id') ?? ''}`;
}
