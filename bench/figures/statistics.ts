/** What is said of a row of measurements. */
export interface Summary {
	median: number;
	least: number;
	most: number;
	count: number;
}

/** Undefined for no measurements. */
export function summaryOf(values: readonly number[]): Summary | undefined {
	if (values.length === 0) return undefined;
	const sorted = [...values].sort((a, b) => a - b);
	return {
		median: quantile(sorted, 0.5),
		least: sorted[0] as number,
		most: sorted.at(-1) as number,
		count: sorted.length,
	};
}

/** @param sorted in rising order, not empty */
export function quantile(sorted: readonly number[], share: number): number {
	const at = (sorted.length - 1) * share;
	const below = sorted[Math.floor(at)] as number;
	const above = sorted[Math.ceil(at)] as number;
	return below + (above - below) * (at - Math.floor(at));
}
