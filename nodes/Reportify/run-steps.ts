import type { AnswerChange } from '../shared/answer/answer-change';
import { type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import { complaintIn } from './reportify-error';
import { runIdOf } from './run-frame';
import { statedText } from './run-output';
import type { RunText } from './run-text';
import type { TextBlock } from './text-block';

const STARTS = ['tool_start', 'node_start', 'agent_start'];
const ENDS = ['tool_end', 'node_end', 'agent_end'];

/** What the run did on its way: its nodes, agents and tools. Plan and notes are outputs of such steps, never the answer. */
export class RunSteps {
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

	/** What was said in a node or by an agent, and what its end states. */
	private outputOf(kind: string, event: JsonObject): JsonValue {
		const { output = null } = event;
		const nodeId = textMember(event, 'node_id');
		const agentId = textMember(event, 'agent_id', 'agent_name');
		if (kind === 'agent') return withWords(output, this.text.takeOfAgent(nodeId, agentId));
		if (kind !== 'node' || nodeId === undefined) return output;
		return withWords(output, this.text.takeOfNode(nodeId));
	}
}

/** One text, without repetitions. */
function withWords(output: JsonValue, blocks: TextBlock[]): JsonValue {
	const texts = blocks.map((block) => block.toString()).filter((text) => text.trim() !== '');
	const stated = statedText(output)?.text;
	if (stated === undefined) return texts.length > 0 ? texts.join('\n\n') : output;
	const said = texts.filter((text) => !stated.includes(text.trim())).join('\n\n');
	if (said === '' || said.includes(stated.trim())) return said || stated;
	return `${said}\n\n${stated}`;
}
