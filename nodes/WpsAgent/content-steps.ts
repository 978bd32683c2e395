import type { AnswerChange, AnswerStep } from '../shared/answer/answer-change';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';

/** An item of a message's content blocks, and what distinguishes it from the others. */
interface Content {
	key: string;
	item: JsonObject;
	/** It does not change any more: its message is complete, or another item follows it. */
	isOver: boolean;
}

/** The agent's question and its answer stand among its steps as well (`docs/apis/wps.md §5.3`, the sample). */
const QUESTION_TITLE = 'Input';

/**
 * What an agent did on the way to its message: the items of `content_blocks`, which each event of the message lists
 * again and fills in (`docs/apis/wps.md §5.3`). None of it is the answer.
 */
export class ContentSteps {
	private readonly told = new Map<string, 'running' | 'ended'>();

	/**
	 * The steps that an event adds or changes.
	 *
	 * @param id of the message
	 * @param text the text of the message so far
	 */
	changesOf(id: string, blocks: JsonValue | undefined, isComplete: boolean, text: string): AnswerChange[] {
		return contentsIn(id, blocks, isComplete).flatMap((content) =>
			content.item.type === 'tool_use' ? this.toolChanges(content, isComplete) : this.noteChanges(content, text),
		);
	}

	private toolChanges({ key, item }: Content, isComplete: boolean): AnswerChange[] {
		const before = this.told.get(key);
		if (before === 'ended') return [];
		const hasFailed = isGiven(item.error);
		const isOver = hasFailed || isGiven(item.output) || isComplete;
		this.told.set(key, isOver ? 'ended' : 'running');
		const step = { kind: 'tool', name: textMember(item, 'name') ?? '', input: item.tool_input ?? item.input ?? null };
		const changes: AnswerChange[] = before ? [] : [{ kind: 'stepStarted', key, step }];
		if (!isOver) return changes;
		const output = (hasFailed ? item.error : item.output) ?? null;
		const status = hasFailed ? 'failed' : 'completed';
		return [...changes, { kind: 'stepEnded', key, step: { output, status, durationMs: durationOf(item) } }];
	}

	private noteChanges({ key, item, isOver }: Content, text: string): AnswerChange[] {
		if (!isOver || this.told.has(key)) return [];
		const step = noteIn(item);
		const isOther = step !== undefined && !(typeof step.output === 'string' && step.output.trim() === text.trim());
		if (!isOther) return [];
		this.told.set(key, 'ended');
		return [{ kind: 'stepEnded', key, step }];
	}
}

function contentsIn(id: string, blocks: JsonValue | undefined, isComplete: boolean): Content[] {
	const contents = (Array.isArray(blocks) ? blocks : [])
		.filter(isJsonObject)
		.flatMap(({ contents: items }, block) =>
			(Array.isArray(items) ? items : []).map((item, place) => ({ item, key: `${id}/${block}/${place}` })),
		);
	return contents.flatMap(({ item, key }, at) =>
		isJsonObject(item) ? [{ item, key, isOver: isComplete || at < contents.length - 1 }] : [],
	);
}

/** An item that is no call of a tool, as a step; undefined for an empty one, and for the question. */
function noteIn(item: JsonObject): Partial<AnswerStep> | undefined {
	const title = isJsonObject(item.header) ? textMember(item.header, 'title') : undefined;
	if (title === QUESTION_TITLE) return undefined;
	const common = { name: title ?? textMember(item, 'title', 'component') ?? '', durationMs: durationOf(item) };
	switch (item.type) {
		case 'text': {
			const output = textMember(item, 'text');
			return output === undefined ? undefined : { ...common, kind: 'text', output };
		}
		case 'code':
			return { ...common, kind: 'code', output: item.code ?? null };
		case 'json':
			return { ...common, kind: 'json', output: item.data ?? null };
		case 'media':
			return { ...common, kind: 'media', output: item.urls ?? null };
		case 'error':
			return { ...common, kind: 'error', output: textMember(item, 'reason') ?? null, status: 'failed' };
		default:
			return undefined;
	}
}

const durationOf = ({ duration }: JsonObject) => (typeof duration === 'number' ? duration : null);

const isGiven = (value: JsonValue | undefined) => value !== undefined && value !== null && value !== false;
