import type { StepInBrief } from '../answer/last-step';
import type { QuestionStatus } from '../failures/conversation-failure';

/** What is told of a run while the agent works, and once at its end. Names are fixed: workflows map them. */
export interface ProgressReport {
	/** Null as long as it is not known. */
	conversationId: string | null;
	/** Null as long as it is not known. */
	messageId: string | null;
	/** What can be the answer, as far as it is written; in the last call all of it, or all that there is. */
	textSoFar: string;
	/** The text does not go on from that of the call before: all of it is to be shown anew. */
	isRewritten: boolean;
	/** Null before the first one. */
	lastStep: StepInBrief | null;
	/** Milliseconds since the agent was asked. */
	elapsedMs: number;
	/** 1, 2, 3 … */
	sequence: number;
	/** Nothing comes after this one. */
	isFinal: boolean;
	/** `running` until the last one, which has what the item has, or its error. */
	status: QuestionStatus;
}
