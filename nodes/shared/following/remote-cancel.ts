import { attempt } from '../attempt';
import { backOff } from '../http/retry-delay';
import { MAX_SEARCHES } from './asking';
import type { Course } from './course';

const CANCEL_TIMEOUT_MS = 15_000;

/**
 * Tells the provider to stop the agent, at most once for all tries. Resolves with whether the provider was told; never
 * rejects.
 *
 * Works after Stop as well: it has its own signal.
 */
export async function tellToStop(course: Course): Promise<boolean> {
	return await course.question.cancelOnce(async () => {
		const told = await attempt(() => cancel(course));
		return told.ok && told.value;
	});
}

/** A question that is still being sent may have to be found first. */
async function cancel({ source, question, clock }: Course): Promise<boolean> {
	if (!source.cancel) return false;
	const signal = clock.timeout(CANCEL_TIMEOUT_MS);
	for (let tries = 1; question.ids.messageId === undefined && source.findQuestion && tries <= MAX_SEARCHES; tries++) {
		if (tries > 1) await clock.sleep(backOff(tries, clock), signal);
		const look = await attempt(() => source.findQuestion!(question.ids, signal));
		if (look.ok && look.value) question.arrived(look.value);
	}
	if (question.ids.messageId === undefined) return false;
	await source.cancel(question.ids, signal);
	return true;
}
