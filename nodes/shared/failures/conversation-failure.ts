/** What became of the question, for someone who wants to go on after a failure. */
export type QuestionStatus =
	/** It was never asked; asking again is safe. */
	| 'notSent'
	/** Whether the provider received it is not known. */
	| 'unknown'
	/** The agent may still be working on it; its answer can be collected. */
	| 'running'
	/** The agent has ended without a whole answer. */
	| 'failed'
	/** The answer is whole, but the requested output could not be made of it. */
	| 'completed'
	| 'cancelled';

/** How far an answer had got when it failed. */
export interface FailureProgress {
	conversationId?: string;
	messageId?: string;
	partialAnswer: string;
	lastOffset?: number;
}

export interface FailureDetails {
	/** Short name for branching in a workflow: the provider's code if it gave one, else one of ours. */
	code: string;
	/** What to do about it, for a no-code user. */
	hint: string;
	httpStatus?: number;
	/** The provider's own text. */
	providerText?: string;
	/** Technical detail, for debugging. */
	technicalText?: string;
	traceId?: string;
	status?: QuestionStatus;
}

/** Something did not work out; the message is one line in the user's terms. */
export class ConversationFailure extends Error {
	readonly details: FailureDetails;
	progress: FailureProgress = { partialAnswer: '' };

	constructor(message: string, details: FailureDetails) {
		super(message);
		this.details = details;
	}
}
