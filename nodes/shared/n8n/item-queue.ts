/** One item's place in the order of its run. */
export interface Slot {
	/**
	 * Runs the task when it is its turn. To be called at most once.
	 *
	 * @param conversation id of its conversation; undefined when the task makes a new one
	 * @param limit how many tasks may run at the same time
	 */
	run<T>(conversation: string | undefined, limit: number, task: () => Promise<T>): Promise<T>;
	/** Lets the next ones pass; to be called when the item is done, whether it ran or not. */
	leave(): void;
}

/** What a place waits for. */
interface Waiting {
	conversation: string | undefined;
	limit: number;
	begin: () => void;
}

interface Entry {
	/** Undefined until the conversation of the item is known. */
	waiting?: Waiting;
}

/**
 * The order in which the items of one run are worked on: n8n starts them all at once. Messages to the same conversation
 * run one after the other in input order, different conversations side by side up to a limit (README: Order).
 */
export class ItemQueue {
	/** Items that have arrived but not begun, in input order; without those whose conversation is busy. */
	private readonly entries = new Set<Entry>();
	/** By conversation that is being worked on: those that wait for its end, in input order. */
	private readonly busy = new Map<string, Set<Entry>>();
	private running = 0;

	/**
	 * @param stop ends all waiting: the tasks, which have to observe it as well, then begin out of turn
	 */
	constructor(private readonly stop: AbortSignal) {
		// One listener for all: Node warns of more than ten, and there may be thousands of items.
		stop.addEventListener('abort', () => this.beginAll(), { once: true });
	}

	/** Takes a place in the order. Must be called without waiting for anything first: n8n comes in input order. */
	join(): Slot {
		const entry: Entry = {};
		this.entries.add(entry);
		return {
			run: async (conversation, limit, task) => {
				await new Promise<void>((begin) => {
					entry.waiting = { conversation, limit, begin };
					if (this.stop.aborted) begin();
					else this.beginNext();
				});
				try {
					return await task();
				} finally {
					if (!this.stop.aborted) this.done(conversation);
				}
			},
			leave: () => this.leave(entry),
		};
	}

	private beginAll(): void {
		for (const entry of [this.entries, ...this.busy.values()].flatMap((queue) => [...queue])) entry.waiting?.begin();
	}

	private done(conversation: string | undefined): void {
		this.running--;
		this.release(conversation);
		this.beginNext();
	}

	/** The conversation is free: the first item that waits for it takes it, when there is room. */
	private release(conversation: string | undefined): void {
		const queue = conversation === undefined ? undefined : this.busy.get(conversation);
		if (!queue || conversation === undefined) return;
		const [next] = queue;
		if (!next) {
			this.busy.delete(conversation);
			return;
		}
		queue.delete(next);
		this.running++;
		next.waiting!.begin();
	}

	private leave(entry: Entry): void {
		const { conversation } = entry.waiting ?? {};
		if (conversation !== undefined) this.busy.get(conversation)?.delete(entry);
		if (this.entries.delete(entry)) this.beginNext();
	}

	private beginNext(): void {
		for (const entry of this.entries) {
			// An item whose conversation is not known yet may have the same one as the items after it.
			if (!entry.waiting) return;
			const { conversation, limit, begin } = entry.waiting;
			const queue = conversation === undefined ? undefined : this.busy.get(conversation);
			if (queue) {
				this.entries.delete(entry);
				queue.add(entry);
				continue;
			}
			if (this.running >= limit) return;
			this.entries.delete(entry);
			this.running++;
			if (conversation !== undefined) this.busy.set(conversation, new Set());
			begin();
		}
	}
}
