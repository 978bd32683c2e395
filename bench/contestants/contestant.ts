import type { IRunExecutionData } from 'n8n-workflow';

/** What to ask: one question per conversation, all at once. */
export interface Questions {
	/** Of the replay server. */
	baseUrl: string;
	conversationIds: string[];
	/** Called when the first live text is handed on; left out when nobody listens. */
	onFirstLiveText?: () => void;
}

export interface Answers {
	/** The whole text of each answer, in the order of the questions; null for one that a contestant does not read. */
	texts: Array<string | null>;
	/** What n8n would save of the execution. */
	executionData?: IRunExecutionData;
}

/** A way to get from questions to whole answers. */
export interface Contestant {
	/** Asks the questions and waits for all answers. */
	ask(questions: Questions): Promise<Answers>;
	/** Process ids of helpers, whose memory and CPU time count as well. */
	readonly helperProcesses: number[];
	stop(): Promise<void>;
}

export const QUESTION = 'Write the weekly report';

export const chatUrl = (baseUrl: string, conversationId: string): string =>
	`${baseUrl}/v1/agent/conversations/${conversationId}/chat`;
