/** The result of work that may fail in ways its caller wants to distinguish. */
export type Attempt<T> = { ok: true; value: T } | { ok: false; error: unknown };

/** Runs the work; never rejects. */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
	try {
		return { ok: true, value: await work() };
	} catch (error) {
		return { ok: false, error };
	}
}

/** @throws what the work threw */
export function valueOf<T>(attempted: Attempt<T>): T {
	if (attempted.ok) return attempted.value;
	throw attempted.error;
}
