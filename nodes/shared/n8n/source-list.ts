import { type AnswerDocument, answerSources, type Source, withToolSources } from '../answer-formats';
import type { AnswerStep } from '../answer/answer-change';
import type { FollowedAnswer } from '../following/follow';
import type { AnswerOptions } from '../parameters/answer-options';

/** What the tools of the agent returned as sources, in the order of the steps. Never throws: the answer is paid for. */
export type ToolSources = (steps: readonly AnswerStep[]) => Promise<Source[]>;

/** Whether sources are asked for; those of tools are in the steps of the answer. */
export const wantsSources = ({ output, answerFormats }: AnswerOptions): boolean =>
	output === 'sources' || answerFormats.includes('sources');

/** What the answer names as its sources, then what tools returned; each once. */
export async function sourcesOf(
	{ steps }: FollowedAnswer,
	document: AnswerDocument,
	toolSources: ToolSources | undefined,
): Promise<Source[]> {
	return withToolSources(answerSources(document), (await toolSources?.(steps)) ?? []);
}
