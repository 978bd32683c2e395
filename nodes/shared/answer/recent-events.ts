import type { ProviderEvent } from './answer-change';

/** At least as many events are remembered, and less than twice as many; a resume overlaps by far less. */
const REMEMBERED = 512;

/** An event that was seen, and its text if it was needed. */
interface Seen {
	raw?: ProviderEvent['raw'];
	words?: string;
}

/** Of an event with an id nothing else is needed: one for all, because every waiting answer remembers hundreds. */
const NO_MORE: Seen = {};

/**
 * Recognises the latest events when they come again: by their id, or else by their position and content. Without a
 * position as well, an event could be another one that says the same.
 *
 * The words of an event are turned into a key only where a position occurs a second time; hardly any does.
 */
export class RecentEvents {
	/** Old events are forgotten a generation at a time: taking the oldest out of a Map one by one is slow. */
	private newer = new Map<string | number, Seen>();
	private older = new Map<string | number, Seen>();

	has({ id, offset, raw }: ProviderEvent): boolean {
		if (id !== undefined) return this.find(id) !== undefined;
		const first = offset === undefined ? undefined : this.find(offset);
		if (first === undefined) return false;
		const words = JSON.stringify(raw);
		return wordsOf(first) === words || this.find(keyOf(offset, words)) !== undefined;
	}

	add({ id, offset, raw }: ProviderEvent): void {
		if (id !== undefined) this.keep(id, NO_MORE);
		else if (offset !== undefined && this.find(offset) === undefined) this.keep(offset, { raw });
		else if (offset !== undefined) this.keep(keyOf(offset, JSON.stringify(raw)), NO_MORE);
	}

	clear(): void {
		this.newer.clear();
		this.older.clear();
	}

	private find(key: string | number): Seen | undefined {
		return this.newer.get(key) ?? this.older.get(key);
	}

	private keep(key: string | number, seen: Seen): void {
		if (this.newer.size === REMEMBERED) {
			this.older = this.newer;
			this.newer = new Map();
		}
		this.newer.set(key, seen);
	}
}

/** Many events may share a position with a large one: its text is made once. */
const wordsOf = (seen: Seen): string => (seen.words ??= JSON.stringify(seen.raw));

const keyOf = (offset: number | undefined, words: string) => `${offset} ${words}`;
