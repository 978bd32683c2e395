import type { AnswerChange } from '../shared/answer/answer-change';
import type { BlockChange, Speaking, TextBlock } from './text-block';

/** Block of the answer that holds the words of a single speaking agent. */
const AGENT = 'agent';

const RANK_OF_AGENT = 0;
const RANK_OF_END = 1;

/** Who speaks: a node is one voice, whatever agents work in it. */
const voiceOf = ({ nodeId, agentId }: Speaking) => nodeId ?? (agentId === undefined ? undefined : `agent ${agentId}`);

/**
 * Which text can be the answer while the run goes on (README: Live text; `docs/apis/reportify.md §3e`): the words of
 * the end node, and those of an agent as long as it is the only one. Plans never are, nor are the notes of agents in a
 * run of several; words that turn out to be notes are taken back.
 */
export class LiveAnswer {
	private voice: string | undefined;
	/** Agents work towards a later result: what they say are notes. */
	areNotes = false;
	/** What the single agent said, in order; only the last one can still grow. */
	private readonly shown: TextBlock[] = [];
	private readonly wasShown = new Set<TextBlock>();
	/** Blocks that began while another one was open, so that they are not shuffled into each other. */
	private readonly waiting = new Set<TextBlock>();

	/** A block has changed. */
	changed(block: TextBlock, change: BlockChange): AnswerChange[] {
		if (change === undefined) return [];
		if (block.speaking.part === 'plan') return this.turnToNotes();
		if (block.speaking.part === 'end') return [changeOf(block.name, RANK_OF_END, change, () => block.toString())];
		return this.said(block, change);
	}

	/** A block has ended, or was abandoned. */
	closed(block: TextBlock, change: BlockChange): AnswerChange[] {
		const changes = this.changed(block, change);
		if (block !== this.shown.at(-1)) return changes;
		for (const next of this.waiting) {
			if (this.shown.at(-1)?.isOpen) break;
			this.waiting.delete(next);
			changes.push(this.show(next));
		}
		return changes;
	}

	/** A node has begun in which an agent works. */
	agentNodeStarted(nodeId: string | undefined): AnswerChange[] {
		return this.voice !== undefined && nodeId !== undefined && nodeId !== this.voice ? this.turnToNotes() : [];
	}

	private said(block: TextBlock, change: NonNullable<BlockChange>): AnswerChange[] {
		if (this.areNotes) return [];
		const voice = voiceOf(block.speaking);
		if (this.voice !== undefined && voice !== undefined && voice !== this.voice) return this.turnToNotes();
		this.voice ??= voice;
		const current = this.shown.at(-1);
		if (block === current) return [changeOf(AGENT, RANK_OF_AGENT, change, () => joined(this.shown))];
		if (current?.isOpen || this.waiting.has(block)) {
			this.waiting.add(block);
			return [];
		}
		// Of an earlier block nothing more is shown. It is whole in the result.
		return this.wasShown.has(block) ? [] : [this.show(block)];
	}

	private show(block: TextBlock): AnswerChange {
		const text = block.toString();
		const seam = seamBetween(this.shown.at(-1)?.toString() ?? '', text);
		this.shown.push(block);
		this.wasShown.add(block);
		return { kind: 'text', block: AGENT, text: seam + text, rank: RANK_OF_AGENT };
	}

	private turnToNotes(): AnswerChange[] {
		const wasHeard = this.shown.length > 0;
		this.areNotes = true;
		this.shown.length = 0;
		this.wasShown.clear();
		this.waiting.clear();
		return wasHeard ? [{ kind: 'textRemoved', block: AGENT }] : [];
	}
}

function changeOf(block: string, rank: number, change: NonNullable<BlockChange>, whole: () => string): AnswerChange {
	if (change === 'rewritten') return { kind: 'text', block, text: whole(), replace: true, rank };
	return { kind: 'text', block, text: change.appended, rank };
}

/** A block begins on a line of its own, so that a heading stays one. */
function seamBetween(before: string, after: string): string {
	if (before === '') return '';
	const isBroken = /\n[ \t]*$/.test(before.slice(-100)) || /^[ \t]*\r?\n/.test(after.slice(0, 100));
	return isBroken ? '' : '\n\n';
}

function joined(blocks: TextBlock[]): string {
	let before = '';
	const texts = blocks.map((block) => {
		const text = block.toString();
		const seam = seamBetween(before, text);
		before = text;
		return seam + text;
	});
	return texts.join('');
}
