import type { Clock } from '../clock';
import type { AnswerPage, AnswerSource } from './answer-source';
import { FINISHED, type PageEnd } from './interruption';
import type { Limits } from './limits';
import type { Question } from './question';
import type { Reading } from './reading';

/** What the steps of following a run have in common; each part has an owner of its own. */
export interface Course {
	source: AnswerSource;
	clock: Clock;
	/** Whether it may be asked, and what became of it. */
	question: Question;
	/** What has been read of the answer. */
	reading: Reading;
	/** Stop and the maximum duration. */
	limits: Limits;
}

/**
 * Opens a stream of the answer and reads it.
 *
 * @param isEnough asked after every piece, for callers that do not need all of it
 * @throws when it did not open; how it ended afterwards is returned
 */
export async function readStream(
	{ limits, question, reading }: Course,
	open: (signal: AbortSignal) => Promise<AnswerPage>,
	isEnough: () => boolean = () => false,
): Promise<PageEnd> {
	return await limits.connected(async (signal) => {
		const page = await open(signal);
		question.arrived(page.ids);
		if (isEnough()) return FINISHED;
		const end = await reading.read(page, signal, isEnough);
		if (end.kind !== 'finished') limits.throwIfOver();
		return end;
	});
}
