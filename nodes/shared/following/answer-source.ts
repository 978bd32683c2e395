import type { AnswerFile, ProviderEvent } from '../answer/answer-change';
import type { Composition } from '../answer/answer-text';
import type { ProviderComplaint } from '../failures/provider-error';
import type { Frame } from '../frames/frame';

/** The ids that name an answer with its provider. */
export interface AnswerIds {
	conversationId?: string;
	messageId?: string;
	/** The page of the conversation, where the provider names it. */
	conversationUrl?: string;
}

/** One connection's worth of an answer: a page of its event log. */
export interface AnswerPage {
	/** What the response's headers said. */
	ids?: AnswerIds;
	/** Headers of the response, lower-case names, which decide what a body is that looks like text. */
	headers?: Readonly<Record<string, string>>;
	/** Status of the response, which decides what an empty body means. */
	httpStatus?: number;
	body: AsyncIterable<Uint8Array>;
}

/** An answer as a list shows it whole. */
export interface FoundAnswer {
	state: 'completed' | 'cancelled';
	text: string;
	files?: AnswerFile[];
	ids?: AnswerIds;
}

/** What the provider says about an answer outside of its stream. */
export type LookedUp =
	/**
	 * The whole event log of the answer, from its first event; it shows how the run ended, or that it is still running.
	 */
	| { state: 'log'; events: ProviderEvent[] }
	| FoundAnswer
	| { state: 'failed'; complaint: ProviderComplaint; text?: string }
	/**
	 * Still being written, or indistinguishable from it. `said`: the provider itself says so, which is trusted to the
	 * end.
	 */
	| { state: 'running'; text?: string; said?: boolean }
	/** The provider has no such message. `isFinal`: it has been asked for long enough. */
	| { state: 'missing'; isFinal?: boolean }
	/** It has answers, but does not show which one is meant. */
	| { state: 'ambiguous'; hint: string }
	/** It cannot be asked; `reason`: why, as a sentence without its full stop. */
	| { state: 'unavailable'; reason: string };

/** Decodes the frames of one answer. Has state: make a new one for each reading from the start. */
export interface EventDecoder {
	/** Never throws: what cannot be read becomes an event that says so. */
	decode(frame: Frame): ProviderEvent[];
}

/**
 * Where an answer comes from: what a provider has to offer for following a run to its end.
 *
 * All methods throw what the wire throws (`Silence`, `TransportFailure`), `RequestRefused` or `ConversationFailure`.
 */
export interface AnswerSource {
	/** Provider's name for messages, like `Reportify`. */
	readonly providerName: string;
	readonly composition: Composition;
	createDecoder(): EventDecoder;

	/** Makes the conversation, when none is known; a failure here happens before the question is asked. */
	openConversation?(signal: AbortSignal): Promise<AnswerIds>;

	/** Asks the question. Called at most once after it may have reached the provider. */
	ask(ids: AnswerIds, signal: AbortSignal): Promise<AnswerPage>;

	/**
	 * Finds the ids of a question that was sent without getting an answer, so that it need not be asked again.
	 * Undefined when the provider does not have it.
	 */
	locate?(ids: AnswerIds, signal: AbortSignal): Promise<AnswerIds | undefined>;

	/** Reads the event log again, from an offset or from its start. */
	resume?(ids: AnswerIds, fromOffset: number | undefined, signal: AbortSignal): Promise<AnswerPage>;

	/** Reads the finished message. */
	lookUp?(ids: AnswerIds, signal: AbortSignal): Promise<LookedUp>;

	/** Stops the agent. Must work after n8n's Stop: `signal` is its own, not the execution's. */
	cancel?(ids: AnswerIds, signal: AbortSignal): Promise<void>;

	/**
	 * For a provider that documents no terminal event: true when a body that ended cleanly after text counts as a whole
	 * answer.
	 */
	readonly cleanEndCompletes?: boolean;

	/**
	 * True when the form of the answer is not published: events in which no text was recognised are a form that this node
	 * does not know then, and not an answer without words.
	 */
	readonly formIsAssumed?: boolean;

	/** True when events worth having may follow the terminal event, such as `usage`. */
	readonly eventsAfterEnd?: boolean;
}
