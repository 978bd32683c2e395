interface Waiting {
	conversation: string | undefined;
	limit: number;
	start: () => void;
}

/**
 * The order in which the items of one run are worked on: n8n starts them all at once. Messages to the same conversation
 * run one after the other in input order, different conversations side by side up to a limit (contract: order).
 */
export class RunOrder {
	private readonly waiting: Waiting[] = [];
	private readonly busy = new Set<string>();
	private running = 0;

	/**
	 * Runs the task when its turn has come.
	 *
	 * @param conversation id of its conversation; undefined when the task makes a new one
	 * @param limit how many tasks may run at the same time
	 */
	async run<T>(conversation: string | undefined, limit: number, task: () => Promise<T>): Promise<T> {
		await new Promise<void>((start) => {
			this.waiting.push({ conversation, limit, start });
			this.startNext();
		});
		try {
			return await task();
		} finally {
			this.running--;
			if (conversation !== undefined) this.busy.delete(conversation);
			this.startNext();
		}
	}

	private startNext(): void {
		for (let at = 0; at < this.waiting.length;) {
			const { conversation, limit, start } = this.waiting[at] as Waiting;
			if (this.running >= limit) return;
			if (conversation !== undefined && this.busy.has(conversation)) {
				at++;
				continue;
			}
			this.waiting.splice(at, 1);
			this.running++;
			if (conversation !== undefined) this.busy.add(conversation);
			start();
		}
	}
}
