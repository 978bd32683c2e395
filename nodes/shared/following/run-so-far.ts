import type { StepInBrief } from '../answer/last-step';
import type { AnswerIds } from './answer-source';

/** A run that is being followed, for somebody who looks at it from time to time: looking costs the run nothing. */
export interface RunSoFar {
	readonly ids: AnswerIds;
	/** What can be the answer, as it stands, as live text shows it; joined anew each time. */
	readonly text: string;
	/** What the agent began last. */
	readonly lastStep: StepInBrief | undefined;
}
