import type { AnswerResult } from '../shared/answer/answer-change';
import { type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import type { RunFrame } from './run-frame';
import { combined, type StatedText, statedResults, statedText } from './run-output';
import type { RunText } from './run-text';

/**
 * The result of a run: what a user calls the answer, and not everything that was streamed (`docs/apis/reportify.md
 * §3e`). The plan is never part of it.
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
		const stated = statedText(event.output);
		const nodeId = textMember(event, 'node_id');
		if (nodeId !== undefined) this.ofNodes.set(nodeId, stated);
		const part = this.frame.partOf(event);
		if (part === 'end') this.ofEndNode = stated ?? this.ofEndNode;
		else if (part === 'work') this.ofLastNode = stated ?? this.ofLastNode;
	}

	agentEnded(event: JsonObject): void {
		if (this.frame.partOf(event) === 'work') this.ofLastAgent = statedText(event.output) ?? this.ofLastAgent;
	}

	/**
	 * The result when the run has ended, in the order of `§3e`; undefined if nothing states it.
	 *
	 * @param output of `workflow_end`
	 */
	at(output: JsonValue | undefined): AnswerResult | undefined {
		const stated = this.statedBy(output) ?? this.ofEndNode ?? this.named(this.ofLastAgent) ?? this.spoken();
		if (!stated) return undefined;
		const summary = this.endWords;
		return summary === undefined || summary.trim() === stated.text.trim() ? stated : { ...stated, summary };
	}

	/** The result as the end of the run states it (`§3e`, 1). */
	statedBy(output: JsonValue | undefined): StatedText | undefined {
		return combined(statedResults(output, (key) => this.ofNodes.has(key)));
	}

	/** What the end node says about the result. */
	get endWords(): string | undefined {
		return this.ofEndNode?.text ?? this.text.endWords;
	}

	private spoken(): StatedText | undefined {
		const text = this.text.lastWords;
		return text === undefined ? this.ofLastNode : { text };
	}

	/** An agent gives no file name; its node does, for the same text. */
	private named(stated: StatedText | undefined): StatedText | undefined {
		const twins = [...this.ofNodes.values()].filter((each) => each !== undefined && each.text === stated?.text);
		return twins.at(-1) ?? stated;
	}
}
