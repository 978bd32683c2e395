/** Work that can be left between two steps: n8n's process serves everybody's editor and webhooks meanwhile. */
export type Work<T> = Generator<void, T, void>;

/** How long work goes on before others get a turn. */
const LONGEST_TURN_MS = 10;

/** How many steps go by before the clock is asked. */
const STEPS_BETWEEN_LOOKS = 16;

/** Does all of it now. */
export function atOnce<T>(work: Work<T>): T {
	for (;;) {
		const step = work.next();
		if (step.done === true) return step.value;
	}
}

/**
 * Does it in turns of some 10 ms.
 *
 * @param pause lets everything else have its turn: a timer of no length, as `sleep(0)` of n8n-workflow is one
 */
export async function inTurns<T>(work: Work<T>, pause: () => Promise<void>): Promise<T> {
	let turnEnds = Date.now() + LONGEST_TURN_MS;
	for (let steps = 1; ; steps++) {
		const step = work.next();
		if (step.done === true) return step.value;
		if (steps % STEPS_BETWEEN_LOOKS !== 0 || Date.now() < turnEnds) continue;
		await pause();
		turnEnds = Date.now() + LONGEST_TURN_MS;
	}
}
