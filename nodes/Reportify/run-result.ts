import type { AnswerResult } from '../shared/answer/answer-change';
import { type FinishReason, finishReasonIn } from '../shared/answer/finish-reason';
import { type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import type { RunFrame } from './run-frame';
import { combined, type StatedText, statedResults, statedText } from './run-output';
import type { RunText } from './run-text';

/**
 * The result of a run: what a user calls the answer, and not everything that was streamed
 * (`docs/apis/reportify.md §3e`). The plan is never part of it.
 */
export class RunResult {
	/** What the nodes have produced, by their ids. */
	private readonly ofNodes = new Map<string, StatedText | undefined>();
	private ofEndNode: StatedText | undefined;
	private ofLastAgent: StatedText | undefined;
	private ofLastNode: StatedText | undefined;

	constructor(
		private readonly frame: RunFrame,
		private readonly text: RunText,
	) {}

	nodeEnded(event: JsonObject): void {
		const stated = statedBy(event);
		const nodeId = textMember(event, 'node_id');
		if (nodeId !== undefined) this.ofNodes.set(nodeId, stated);
		const part = this.frame.partOf(event);
		if (part === 'end') this.ofEndNode = stated ?? this.ofEndNode;
		else if (part === 'work') this.ofLastNode = stated ?? this.ofLastNode;
	}

	agentEnded(event: JsonObject): void {
		if (this.frame.partOf(event) === 'work') this.ofLastAgent = statedBy(event) ?? this.ofLastAgent;
	}

	/**
	 * The result when the run has ended, in the order of `§3e`; undefined if nothing states it.
	 *
	 * @param output of `workflow_end`
	 */
	at(output: JsonValue | undefined): { result: AnswerResult; finish?: FinishReason } | undefined {
		const found = this.statedBy(output) ?? this.ofEndNode ?? this.named(this.ofLastAgent) ?? this.spoken();
		if (!found) return undefined;
		const { finish = this.finishOf(found.text), ...stated } = found;
		const summary = this.endWords;
		const isOther = summary !== undefined && summary.trim() !== stated.text.trim();
		return { result: isOther ? { ...stated, summary } : stated, finish };
	}

	/** The result as the end of the run states it (`§3e`, 1). */
	statedBy(output: JsonValue | undefined): StatedText | undefined {
		return combined(statedResults(output, [...this.ofNodes.keys()]));
	}

	/** What the end node says about the result. */
	get endWords(): string | undefined {
		return this.ofEndNode?.text ?? this.text.endWords;
	}

	private spoken(): StatedText | undefined {
		return this.text.lastWords ?? this.ofLastNode;
	}

	/** Why a text ended, as those say who wrote it. */
	private finishOf(text: string): FinishReason | undefined {
		const writers = [this.ofLastAgent, ...this.ofNodes.values(), this.text.lastWords];
		return writers.find((each) => each?.finish !== undefined && each.text.trim() === text.trim())?.finish;
	}

	/** An agent gives no file name; its node does, for the same text. */
	private named(stated: StatedText | undefined): StatedText | undefined {
		const twins = [...this.ofNodes.values()].filter((each) => each !== undefined && each.text === stated?.text);
		return twins.at(-1) ?? stated;
	}
}

/** The text that the end of a node or an agent states, and why it ends. */
function statedBy(event: JsonObject): StatedText | undefined {
	const stated = statedText(event.output);
	return stated && { ...stated, finish: stated.finish ?? finishReasonIn(event) };
}
