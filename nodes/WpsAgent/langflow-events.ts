import type { AnswerChange, AnswerFile } from '../shared/answer/answer-change';
import type { ProviderError } from '../shared/failures/provider-error';
import { isJsonObject, type JsonObject, type JsonValue, textMember } from '../shared/json/json';
import { ContentSteps } from './content-steps';
import { FlowNodes, validNodeIn } from './flow-nodes';
import { InferredText } from './inferred-text';
import { contentText, isErrorMessage, isPartialState, isUser, isWord } from './message-content';
import { runError } from './wps-failure-event';

/** Which message is the answer: the last one of the highest rank (`docs/apis/wps.md §5.3`). */
const RANK = {
	/** `sender` Machine and `sender_name` Agent: the rule of WPS. */
	agent: 2,
	/** Some other message that is not the user's: the agent node was renamed. */
	machine: 1,
	/** Pieces of a message that itself never arrived. */
	tokens: 0,
};

interface Message {
	rank: number;
	/** From `add_message` events. */
	added: InferredText;
	/** From `token` events, put together. */
	tokens: string;
	/** The last event with text called itself complete. */
	isWhole: boolean;
	/** The last event with text was a message that called itself partial. */
	isOpen: boolean;
	/** As handed on so far. */
	shown: string;
	/** The node that writes it. */
	node?: string;
	/** That node has ended, and was valid. */
	isNodeOver: boolean;
}

/** How a flow ended, which its last event does not say. */
export type FlowEnd = { status: 'completed' | 'cancelled' } | { status: 'failed'; error: ProviderError };

/**
 * Decodes dialect 1, the events of Langflow (`docs/apis/wps.md §5.1`–`§5.4`). The text of a message grows in one of
 * four ways, depending on the version of Langflow behind WPS; none of them is announced.
 */
export class LangflowEvents {
	private readonly messages = new Map<string, Message>();
	private readonly contents = new ContentSteps();
	private readonly nodes = new FlowNodes();

	/** The effects of one event. */
	changesOf(name: string, data: JsonObject): AnswerChange[] {
		switch (name) {
			case 'add_message':
				return this.messageChanges(data);
			case 'token':
				return this.tokenChanges(textMember(data, 'id') ?? '', contentText(data.chunk) ?? '');
			case 'remove_message':
				return this.removal(textMember(data, 'id') ?? '');
			case 'vertices_sorted':
				return this.nodes.sorted(data);
			case 'end_vertex':
				return this.nodeEnd(data);
			default:
				return [];
		}
	}

	/** True for a message that arrived and was not the user's. */
	hasMessage(id: string): boolean {
		return this.messages.has(id);
	}

	/** True when some message has a text. */
	get hasText(): boolean {
		return [...this.messages.values()].some(({ shown }) => shown !== '');
	}

	/**
	 * What the end of the flow means. Every version of Langflow completes the message of an agent before it; one that is
	 * still called partial then was broken off, unless its node has ended. A node that failed ends the flow with the same
	 * event: the answer is whole nevertheless if its own node had ended before.
	 */
	get end(): FlowEnd {
		const last = [...this.messages.values()].filter(({ rank }) => rank === RANK.agent).at(-1);
		const { failure } = this.nodes;
		if (failure && !this.answer?.isNodeOver) return { status: 'failed', error: failure };
		return { status: last?.isOpen && !last.isNodeOver ? 'cancelled' : 'completed' };
	}

	/** The text of the answer so far, if its message had not called itself complete. */
	get unfinishedText(): string | undefined {
		const { answer } = this;
		return answer?.isWhole ? undefined : answer?.shown;
	}

	/** The message that is currently the answer. */
	private get answer(): Message | undefined {
		const messages = [...this.messages.values()];
		const highest = Math.max(...messages.map(({ rank }) => rank));
		return messages.filter(({ rank }) => rank === highest).at(-1);
	}

	private nodeEnd(data: JsonObject): AnswerChange[] {
		const valid = validNodeIn(data);
		for (const message of this.messages.values()) {
			if (message.node === valid && valid !== undefined) message.isNodeOver = true;
		}
		return this.nodes.ended(data);
	}

	private messageChanges(data: JsonObject): AnswerChange[] {
		if (isUser(data)) return [];
		if (isErrorMessage(data)) return [{ kind: 'failed', error: runError(data) }];
		const id = textMember(data, 'id') ?? '';
		const isPartial = isJsonObject(data.properties) && isPartialState(textMember(data.properties, 'state'));
		const message = this.message(id);
		const ranking = this.rank(id, message, rankOf(data));
		const source = isJsonObject(data.properties) && isJsonObject(data.properties.source) ? data.properties.source : {};
		message.node = textMember(source, 'id') ?? message.node;
		if (message.node !== undefined) this.nodes.name(message.node, textMember(source, 'display_name'));
		message.isNodeOver = false;
		const text = contentText(data.text) ?? '';
		if (isPartial) message.added.take(text);
		// Messages that only report a tool carry no text, and "complete" is what a state is called by default.
		else if (text !== '') message.added.set(text);
		message.isWhole = !isPartial && text !== '';
		message.isOpen = isPartial;
		return [
			...ranking,
			...this.textChanges(id, message),
			...this.contents.changesOf(id, data.content_blocks, !isPartial, message.shown),
			...filesIn(data.files).map((file): AnswerChange => ({ kind: 'file', file })),
		];
	}

	/** The first chunk may be in the message already, so tokens are counted apart and the longer text wins. */
	private tokenChanges(id: string, chunk: string): AnswerChange[] {
		const message = this.message(id);
		const wasShown = message.tokens !== '' && message.shown === message.tokens;
		message.tokens += chunk;
		message.isWhole = message.isOpen = message.isNodeOver = false;
		if (!wasShown) return this.textChanges(id, message);
		message.shown = message.tokens;
		return [{ kind: 'text', block: id, text: chunk, rank: message.rank }];
	}

	private removal(id: string): AnswerChange[] {
		return this.messages.delete(id) ? [{ kind: 'textRemoved', block: id }] : [];
	}

	private message(id: string): Message {
		const known = this.messages.get(id);
		if (known) return known;
		const message: Message = {
			rank: RANK.tokens,
			added: new InferredText(),
			tokens: '',
			isWhole: false,
			isOpen: false,
			shown: '',
			isNodeOver: false,
		};
		this.messages.set(id, message);
		return message;
	}

	/** Text that arrived before its author was known is put in its place again. */
	private rank(id: string, message: Message, rank: number): AnswerChange[] {
		if (rank <= message.rank) return [];
		message.rank = rank;
		if (message.shown === '') return [];
		message.shown = '';
		return [{ kind: 'textRemoved', block: id }];
	}

	private textChanges(block: string, message: Message): AnswerChange[] {
		const { added, tokens, shown, rank } = message;
		const text = message.isWhole || added.length >= tokens.length ? added.toString() : tokens;
		if (text === shown) return [];
		message.shown = text;
		if (text.startsWith(shown)) return [{ kind: 'text', block, text: text.slice(shown.length), rank }];
		return [{ kind: 'text', block, text, replace: true, rank }];
	}
}

function rankOf({ sender, sender_name: name }: JsonObject): number {
	return isWord(sender, 'machine') && isWord(name, 'agent') ? RANK.agent : RANK.machine;
}

/** What the strings in `files` are is not stated; each is taken for an id, and for a path when it looks like one. */
export function filesIn(files: JsonValue | undefined): AnswerFile[] {
	return (Array.isArray(files) ? files : []).flatMap((file) => {
		const id = isJsonObject(file) ? textMember(file, 'id', 'file_id', 'path', 'url') : file;
		if (typeof id !== 'string' || id === '') return [];
		const name = isJsonObject(file) ? textMember(file, 'name', 'file_name') : undefined;
		return [{ id, name: name ?? (id.split('/').at(-1) || id) }];
	});
}
