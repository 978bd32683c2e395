import type { AnswerChange } from '../shared/answer/answer-change';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import { complaintIn } from './reportify-complaint';
import { runIdOf } from './run-frame';
import type { RunText } from './run-text';
import type { TextBlock } from './text-block';

const STARTS = ['tool_start', 'node_start', 'agent_start'];
const ENDS = ['tool_end', 'node_end', 'agent_end'];

/** What the run did on its way: its nodes, agents and tools. Plan and notes are the output of theirs (contract: what the answer is). */
export class RunSteps {
	private readonly takenByAgents = new Set<TextBlock>();
	private readonly takenByNodes = new Set<TextBlock>();

	constructor(private readonly text: RunText) {}

	changes(type: string, event: JsonObject): AnswerChange[] {
		const isStart = STARTS.includes(type);
		if (!isStart && !ENDS.includes(type)) return [];
		const kind = type.slice(0, type.lastIndexOf('_'));
		const name = textMember(event, `${kind}_name`, 'tool_name', 'node_name', 'agent_name', `${kind}_id`) ?? '';
		const key = `${kind}/${runIdOf(event) ?? ''}/${name}`;
		const at = typeof event.timestamp === 'number' ? event.timestamp : undefined;
		if (isStart) return [{ kind: 'stepStarted', key, step: { kind, name, input: event.input ?? null }, at }];
		const failed = complaintIn(event.error) !== undefined;
		const output = this.outputOf(kind, event);
		const status = failed ? ('failed' as const) : ('completed' as const);
		return [{ kind: 'stepEnded', key, step: { kind, name, output, status }, at }];
	}

	/** What the end event states, and what was streamed beside it. */
	private outputOf(kind: string, event: JsonObject): JsonValue {
		const { output = null } = event;
		const nodeId = textMember(event, 'node_id');
		if (kind === 'agent') {
			return withWords(
				output,
				this.text.takeBlocks(this.takenByAgents, nodeId, textMember(event, 'agent_id', 'agent_name')),
			);
		}
		if (kind !== 'node' || nodeId === undefined) return output;
		const blocks = this.text.takeBlocks(this.takenByNodes, nodeId);
		// What an agent in the node said is in its own step.
		return withWords(output, isNothing(output) ? blocks : blocks.filter((block) => !this.takenByAgents.has(block)));
	}
}

/** Streamed words are the output where nothing else is stated, and stand beside it where it does not repeat them. */
function withWords(output: JsonValue, blocks: TextBlock[]): JsonValue {
	const texts = blocks.map((block) => block.toString()).filter((text) => text.trim() !== '');
	if (isNothing(output)) return texts.length > 0 ? texts.join('\n\n') : output;
	if (!isJsonObject(output) || 'text' in output) return output;
	const stated = textMember(output, 'content') ?? '';
	const unsaid = texts.filter((text) => !stated.includes(text.trim()));
	return unsaid.length > 0 ? { ...output, text: unsaid.join('\n\n') } : output;
}

const isNothing = (output: JsonValue) =>
	output === null || output === '' || (typeof output === 'object' && Object.keys(output).length === 0);
