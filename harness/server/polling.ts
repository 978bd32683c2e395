import { setTimeout as delay } from 'node:timers/promises';

export interface PollingLimits {
	/** Milliseconds until it is given up. */
	timeoutMs?: number;
	/** Milliseconds between two looks. */
	intervalMs?: number;
	/** Gives up at once, e.g. because the process that is looked at has ended. */
	signal?: AbortSignal;
}

/**
 * Looks again and again until there is something to see. For facts that n8n offers no event for; everything else should
 * wait for the event.
 *
 * @param what what is waited for, for the error: "execution 7 to finish"
 * @param look returns undefined while it is not there yet; what it throws ends the waiting
 * @throws Error when time is up
 */
export async function poll<T>(
	what: string,
	look: () => Promise<T | undefined> | T | undefined,
	{ timeoutMs = 30_000, intervalMs = 50, signal }: PollingLimits = {},
): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const seen = await look();
		if (seen !== undefined) return seen;
		if (signal?.aborted) throw new Error(`Waiting for ${what} was given up: ${String(signal.reason)}`);
		if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
		await delay(intervalMs);
	}
}
