import { sleep } from 'n8n-workflow';
import type { Clock } from '../following/clock';

/** Real time. n8n's `sleep` is the only timer that packages may use on n8n Cloud. */
export const n8nClock: Clock = {
	now: () => Date.now(),
	// n8n before 2.34 ignores the signal: its timer then runs out by itself, which every caller checks for.
	sleep: async (ms, signal) => await sleep(ms, signal).catch(() => undefined),
	random: () => Math.random(),
};
