/** The result of work that may fail in ways its caller wants to distinguish. */
export type Attempt<T> = { worked: true; value: T } | { worked: false; error: unknown };

/** Runs the work; never rejects. */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
	try {
		return { worked: true, value: await work() };
	} catch (error) {
		return { worked: false, error };
	}
}

/** @throws what the work threw */
export function valueOf<T>(attempted: Attempt<T>): T {
	if (attempted.worked) return attempted.value;
	throw attempted.error;
}
