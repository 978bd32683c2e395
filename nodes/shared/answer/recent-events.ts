import type { ProviderEvent } from './answer-change';

/** At least as many events are remembered, and less than twice as many; a resume overlaps by far less. */
const REMEMBERED = 512;

type Raw = ProviderEvent['raw'];

/**
 * Knows the latest events when they come again: by their id, or else by their position and what they say. Without a
 * position as well, an event could be another one that says the same.
 *
 * The words of an event are turned into a key only where a position occurs a second time; hardly any does.
 */
export class RecentEvents {
	/** Old events are forgotten a generation at a time: taking the oldest out of a Map one by one is slow. */
	private newer = new Map<string | number, Raw>();
	private older = new Map<string | number, Raw>();

	has({ id, offset, raw }: ProviderEvent): boolean {
		if (id !== undefined) return this.find(id) !== undefined;
		const first = offset === undefined ? undefined : this.find(offset);
		if (first === undefined) return false;
		return JSON.stringify(first) === JSON.stringify(raw) || this.find(wordsAt(offset, raw)) !== undefined;
	}

	add({ id, offset, raw }: ProviderEvent): void {
		if (id !== undefined) this.keep(id, '');
		else if (offset !== undefined) this.keep(this.find(offset) === undefined ? offset : wordsAt(offset, raw), raw);
	}

	clear(): void {
		this.newer.clear();
		this.older.clear();
	}

	private find(key: string | number): Raw | undefined {
		return this.newer.get(key) ?? this.older.get(key);
	}

	private keep(key: string | number, raw: Raw): void {
		if (this.newer.size === REMEMBERED) {
			this.older = this.newer;
			this.newer = new Map();
		}
		this.newer.set(key, raw);
	}
}

const wordsAt = (offset: number | undefined, raw: Raw) => `${offset} ${JSON.stringify(raw)}`;
