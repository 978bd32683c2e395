import { sleep } from 'n8n-workflow';
import type { Clock } from '../clock';

/** Real time. n8n's `sleep` is the only timer that packages may use on n8n Cloud. */
export const n8nClock: Clock = {
	now: () => Date.now(),
	ticks: () => performance.now(),
	sleep: async (ms, signal) => {
		if (!signal) return await sleep(ms);
		const over = new AbortController();
		// n8n before 2.34 ignores the signal: its timer runs out by itself, with nothing waiting for it.
		const aborted = new Promise<void>((resolve) => {
			if (signal.aborted) resolve();
			signal.addEventListener('abort', () => resolve(), { signal: over.signal });
		});
		await Promise.race([sleep(ms, signal).catch(() => undefined), aborted]);
		over.abort('over'); // without a reason it would make an error with a stack
	},
	timeout: (ms) => AbortSignal.timeout(ms),
	random: () => Math.random(),
};
