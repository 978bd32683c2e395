import type { ProviderComplaint } from '../failures/provider-error';
import type { JsonObject, JsonValue } from '../json/json';

/** A file that the agent made. */
export interface AnswerFile {
	id: string;
	name: string;
}

/** Something that the agent did on the way to its answer: a tool call, a node of its workflow. */
export interface AnswerStep {
	kind: string;
	name: string;
	input: JsonValue;
	output: JsonValue;
	status: 'running' | 'completed' | 'failed';
	/** ISO time, null when the provider gave none. */
	startedAt: string | null;
	durationMs: number | null;
}

/**
 * The result of a run, where the provider states it apart from the text that was streamed
 * (`docs/apis/reportify.md §3e`).
 */
export interface AnswerResult {
	/** The answer; replaces all text before it. */
	text: string;
	/** What the provider calls the result. */
	title?: string;
	/** What the provider says about the result, where that is another text. */
	summary?: string;
	/** The provider's own name for the result as a file; not safe to use as it is. */
	fileName?: string;
	/** The provider's word for what the text is: `markdown`, `html` … Markdown where it says nothing. */
	fileType?: string;
}

/** One effect of a provider's event on the answer; the only vocabulary that the answer knows. */
export type AnswerChange =
	/** Text of a block. `replace`: it is the whole text of its block so far. `rank`: see AnswerText. */
	| { kind: 'text'; block: string; text: string; replace?: boolean; rank?: number }
	/** A block turned out not to be part of the answer. */
	| { kind: 'textRemoved'; block: string }
	| { kind: 'stepStarted'; key: string; step: Pick<AnswerStep, 'kind' | 'name' | 'input'>; at?: number }
	| { kind: 'stepEnded'; key: string; step: Partial<AnswerStep>; at?: number }
	| { kind: 'file'; file: AnswerFile }
	| { kind: 'usage'; usage: JsonValue }
	| { kind: 'ids'; conversationId?: string; messageId?: string }
	/**
	 * The provider's terminal event. `text`: the answer as this event repeats it, used if there was no text before.
	 * `finishReason`: the provider's word where the end was not a natural one, like `length`.
	 */
	| {
			kind: 'ended';
			status: 'completed' | 'cancelled';
			text?: string;
			result?: AnswerResult;
			finishReason?: string;
	  }
	/** Something on the way failed or was abandoned; the run may recover, and if not, this is why. */
	| { kind: 'warning'; complaint: ProviderComplaint }
	/** The provider's terminal event: the run did not work out. */
	| { kind: 'failed'; complaint: ProviderComplaint };

/** A provider's event, decoded. */
export interface ProviderEvent {
	/** The provider's id of the event; events that are delivered twice are known by it. */
	id?: string;
	/** Position in the provider's log of the answer, if it keeps one. Sparse, need not start at 0. */
	offset?: number;
	/** The event as the provider sent it, for `includeEvents`. */
	raw: JsonObject | string;
	/** It is certainly the provider's end marker, whatever came before. */
	isEndMarker?: boolean;
	/** It could not be read; it may have carried text. */
	isUnreadable?: boolean;
	/** Its effects. Called once, and not at all for repeats, so that a decoder may keep count of what it has seen. */
	changes(): AnswerChange[];
}

/** An event without a meaning for the answer. */
export const noChanges = (): AnswerChange[] => [];

/** An event that could not be read. */
export const unreadableEvent = (raw: string): ProviderEvent => ({ raw, isUnreadable: true, changes: noChanges });
