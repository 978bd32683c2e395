import type { AnswerChange } from '../shared/answer/answer-change';
import { type FinishReason, finishReasonIn } from '../shared/answer/finish-reason';
import { type JsonObject, textMember } from '../shared/json/json';
import { LiveAnswer } from './live-answer';
import { type RunFrame, runIdOf } from './run-frame';
import { TextBlock } from './text-block';

/**
 * Everything that the agents of a run stream, each block for itself: nodes that run in parallel write in turns
 * (`docs/apis/reportify.md §3d-2`).
 */
export class RunText {
	private readonly live = new LiveAnswer();
	/** In the order in which they began. */
	private readonly blocks: TextBlock[] = [];
	private readonly byKey = new Map<string, TextBlock>();
	private readonly byRun = new Map<string, TextBlock>();
	/** By node, as far as no step has taken them. */
	private readonly ofNodes = new Map<string | undefined, TextBlock[]>();
	private readonly ofAgents = new Map<string | undefined, TextBlock[]>();

	constructor(private readonly frame: RunFrame) {}

	nodeStarted(event: JsonObject): AnswerChange[] {
		const isAgent = this.frame.partOf(event) === 'work' && event.node_type !== 'tool' && !this.frame.isNested(event);
		return isAgent ? this.live.agentNodeStarted(textMember(event, 'node_id')) : [];
	}

	blockStarted(event: JsonObject): AnswerChange[] {
		const before = this.byKey.get(keyOf(event));
		const changes = before ? this.live.closed(before, before.close(undefined)) : [];
		this.newBlock(event).isOpen = true;
		return changes;
	}

	piece(event: JsonObject): AnswerChange[] {
		// A server that takes pieces like "42" for numbers.
		const text = typeof event.content === 'number' ? String(event.content) : event.content;
		if (typeof text !== 'string' || text === '') return [];
		const block = this.blockOf(event) ?? this.newBlock(event);
		return this.live.changed(block, block.add(text));
	}

	blockEnded(event: JsonObject): AnswerChange[] {
		const whole = textMember(event, 'content');
		const block = this.blockOf(event) ?? (whole === undefined ? undefined : this.newBlock(event));
		if (!block) return [];
		block.finish = finishReasonIn(event);
		return this.live.closed(block, block.close(whole));
	}

	/** Agents work towards a result at the end: what they say is not the answer. */
	get areNotes(): boolean {
		return this.live.areNotes;
	}

	/** A block was announced whose end is still to come: its text may be half of it. */
	get isUnfinished(): boolean {
		return this.blocks.some(({ isOpen }) => isOpen);
	}

	/** The last text that can be the answer: no plan (`§3e`, 3). */
	get lastWords(): { text: string; finish?: FinishReason } | undefined {
		return this.lastOf(({ speaking }) => speaking.part !== 'plan');
	}

	/** What the end node said. */
	get endWords(): string | undefined {
		return this.lastOf(({ speaking }) => speaking.part === 'end')?.text;
	}

	/** The blocks of a node that were not taken by an earlier run of it. */
	takeOfNode(nodeId: string | undefined): TextBlock[] {
		const found = this.ofNodes.get(nodeId) ?? [];
		this.ofNodes.delete(nodeId);
		return found;
	}

	/** The blocks of an agent in a node that no earlier run of it has taken; where none is named, those of all agents there. */
	takeOfAgent(nodeId: string | undefined, agentId: string | undefined): TextBlock[] {
		const all = this.ofAgents.get(nodeId) ?? [];
		const isOwn = ({ speaking }: TextBlock) => agentId === undefined || speaking.agentId === agentId;
		this.ofAgents.set(
			nodeId,
			all.filter((block) => !isOwn(block)),
		);
		return all.filter(isOwn);
	}

	private lastOf(isWanted: (block: TextBlock) => boolean): { text: string; finish?: FinishReason } | undefined {
		for (let at = this.blocks.length - 1; at >= 0; at--) {
			const block = this.blocks[at] as TextBlock;
			const text = isWanted(block) ? block.toString() : '';
			if (text.trim() !== '') return { text, finish: block.finish };
		}
		return undefined;
	}

	private newBlock(event: JsonObject): TextBlock {
		const block = new TextBlock(`block ${this.blocks.length}`, {
			part: this.frame.partOf(event),
			nodeId: this.frame.nodeOf(event),
			agentId: textMember(event, 'agent_id', 'agent_name'),
		});
		const runId = runIdOf(event);
		this.blocks.push(block);
		this.byKey.set(keyOf(event), block);
		this.byKey.set(keyOfNode(event), block);
		for (const blocks of [this.ofNodes, this.ofAgents]) {
			const before = blocks.get(block.speaking.nodeId);
			if (before) before.push(block);
			else blocks.set(block.speaking.nodeId, [block]);
		}
		if (runId !== undefined) this.byRun.set(runId, block);
		return block;
	}

	/** Pieces have the `run_id` of their block; whose it is, they need not repeat. */
	private blockOf(event: JsonObject): TextBlock | undefined {
		const exact = this.byKey.get(keyOf(event));
		if (exact || textMember(event, 'node_id') !== undefined) return exact;
		return this.byRun.get(runIdOf(event) ?? '');
	}
}

/** Where no `run_id` tells the blocks of a node apart, its agents do. */
function keyOf(event: JsonObject): string {
	const runId = runIdOf(event);
	const agentId = runId === undefined ? textMember(event, 'agent_id', 'agent_name') : undefined;
	return agentId === undefined
		? `${runId ?? ''}/${textMember(event, 'node_id') ?? ''}`
		: `${agentId}${keyOfNode(event)}`;
}

/** Of the latest block of a node. */
const keyOfNode = (event: JsonObject) => `/${textMember(event, 'node_id') ?? ''}`;
