/** Random numbers that a seed decides (mulberry32), so that a benchmark can be repeated exactly. */
export class Random {
	constructor(private state: number) {}

	/** At least `min`, below `max`. */
	integer(min: number, max: number): number {
		this.state = (this.state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return min + (((mixed ^ (mixed >>> 14)) >>> 0) % (max - min));
	}

	pick<T>(choices: readonly T[]): T {
		return choices[this.integer(0, choices.length)] as T;
	}

	shuffled<T>(values: readonly T[]): T[] {
		const mixed = [...values];
		for (let at = mixed.length - 1; at > 0; at--) {
			const other = this.integer(0, at + 1);
			[mixed[at], mixed[other]] = [mixed[other] as T, mixed[at] as T];
		}
		return mixed;
	}
}
