/** A map that stays small: when there are more entries than it may hold, the oldest are forgotten. */
export class Recent<V> {
	private readonly entries = new Map<string, V>();
	private weight = 0;

	/**
	 * @param most entries
	 * @param load what the entries may weigh together, and what one of them weighs; the newest is kept whatever it weighs
	 */
	constructor(
		private readonly most: number,
		private readonly load: { most: number; of: (value: V) => number } = { most: Infinity, of: () => 0 },
	) {}

	get(key: string): V | undefined {
		return this.entries.get(key);
	}

	/** Keeps the entry, as the newest one. */
	set(key: string, value: V): void {
		this.forget(key);
		this.entries.set(key, value);
		this.weight += this.load.of(value);
		while (this.entries.size > 1 && (this.entries.size > this.most || this.weight > this.load.most)) {
			this.forget(this.entries.keys().next().value as string);
		}
	}

	private forget(key: string): void {
		const value = this.entries.get(key);
		if (value === undefined) return;
		this.weight -= this.load.of(value);
		this.entries.delete(key);
	}
}
