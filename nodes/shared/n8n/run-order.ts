/** One item's place in the order of its run. */
export interface Turn {
	/**
	 * Runs the task when its turn has come. To be called at most once.
	 *
	 * @param conversation id of its conversation; undefined when the task makes a new one
	 * @param limit how many tasks may run at the same time
	 */
	run<T>(conversation: string | undefined, limit: number, task: () => Promise<T>): Promise<T>;
	/** Lets those behind pass; to be called when the item is done with, whether it ran or not. */
	leave(): void;
}

interface Place {
	/** What it waits for; undefined as long as the item has not said what it is about. */
	waitsFor?: { conversation: string | undefined; limit: number; start: () => void };
}

/**
 * The order in which the items of one run are worked on: n8n starts them all at once. Messages to the same conversation
 * run one after the other in input order, different conversations side by side up to a limit (contract: order).
 */
export class RunOrder {
	/** Items that have come and not begun, in input order. */
	private readonly waiting = new Set<Place>();
	private readonly busy = new Set<string>();
	private running = 0;

	/** Takes a place in the order. Must be called without waiting for anything first: n8n comes in input order. */
	enter(): Turn {
		const place: Place = {};
		this.waiting.add(place);
		return {
			run: async (conversation, limit, task) => {
				await new Promise<void>((start) => {
					place.waitsFor = { conversation, limit, start };
					this.startNext();
				});
				try {
					return await task();
				} finally {
					this.running--;
					if (conversation !== undefined) this.busy.delete(conversation);
					this.startNext();
				}
			},
			leave: () => {
				if (this.waiting.delete(place)) this.startNext();
			},
		};
	}

	private startNext(): void {
		for (const place of this.waiting) {
			// An item that has not said yet what it is about may be about the same conversation as those behind it.
			if (!place.waitsFor) return;
			const { conversation, limit, start } = place.waitsFor;
			if (this.running >= limit) return;
			if (conversation !== undefined && this.busy.has(conversation)) continue;
			this.waiting.delete(place);
			this.running++;
			if (conversation !== undefined) this.busy.add(conversation);
			start();
		}
	}
}
