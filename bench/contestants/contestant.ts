import type { IRunExecutionData } from 'n8n-workflow';
import { conversationIdOf } from '../replay/conversation';
import type { ShapeName } from '../replay/shapes';

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
	/** What it is warmed up with, where M does not have what it looks for. */
	readonly warmUpShape?: ShapeName;
	/** Gets what `ask` is to find in memory; not measured. */
	fetchBeforehand?(questions: Questions): Promise<void>;
	/** Asks the questions and waits for all answers. */
	ask(questions: Questions): Promise<Answers>;
	/** Process ids of helpers, whose memory and CPU time count as well. */
	readonly helperProcesses: number[];
	stop(): Promise<void>;
}

export const QUESTION = 'Write the weekly report';

export const chatUrl = (baseUrl: string, conversationId: string): string =>
	`${baseUrl}/v1/agent/conversations/${conversationId}/chat`;

const WARM_UPS = 20;
/** Conversations of warm-ups lie beyond those that are measured. */
const WARM_UP_ITEM = 90_000;

/** Lets a contestant load and compile what it needs: n8n is a process that runs for weeks. */
export async function warmUp(contestant: Contestant, baseUrl: string): Promise<void> {
	for (let turn = 0; turn < WARM_UPS; turn++) {
		const questions = {
			baseUrl,
			conversationIds: [conversationIdOf(contestant.warmUpShape ?? 'M', WARM_UP_ITEM + turn)],
		};
		await contestant.fetchBeforehand?.(questions);
		await contestant.ask(questions);
	}
}
