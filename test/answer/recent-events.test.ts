import type { ProviderEvent } from '../../nodes/shared/answer/answer-change';
import { RecentEvents } from '../../nodes/shared/answer/recent-events';
import { fc } from '../fuzz/seed';

const event = (fields: Partial<ProviderEvent>): ProviderEvent => ({ raw: {}, changes: () => [], ...fields });

/** What is meant, without a thought for speed or memory. */
const words = ({ id, offset, raw }: ProviderEvent) =>
	id === undefined ? (offset === undefined ? undefined : JSON.stringify([offset, raw])) : `id ${id}`;

const anyEvent = fc
	.record({
		id: fc.option(fc.constantFrom('a', 'b', '1', '2'), { nil: undefined }),
		offset: fc.option(fc.nat(3), { nil: undefined }),
		raw: fc.record({ content: fc.constantFrom('x', 'y', 'z') }),
	})
	.map(event);

test('knows what came before, and nothing else', () => {
	fc.assert(
		fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
			const recent = new RecentEvents();
			const seen = new Set<string | undefined>();
			for (const each of events) {
				const isKnown = words(each) !== undefined && seen.has(words(each));
				expect(recent.has(each)).toBe(isKnown);
				if (isKnown) continue;
				recent.add(each);
				seen.add(words(each));
			}
		}),
	);
});

test('remembers the latest 512, however many came before', () => {
	const recent = new RecentEvents();
	for (let offset = 0; offset < 5_000; offset++) recent.add(event({ offset }));
	for (let offset = 5_000 - 512; offset < 5_000; offset++) expect(recent.has(event({ offset }))).toBe(true);
	expect(recent.has(event({ offset: 3_000 }))).toBe(false);
});

test('a server that gives every event the same position costs no more than others, and no memory without end', () => {
	const recent = new RecentEvents();
	for (let at = 0; at < 100_000; at++) {
		const each = event({ offset: 0, raw: { at } });
		expect(recent.has(each) || recent.has(event({ offset: 0, raw: { at: -1 } }))).toBe(false);
		recent.add(each);
	}
	expect(recent.has(event({ offset: 0, raw: { at: 99_999 } }))).toBe(true);
	expect(recent.has(event({ offset: 0, raw: { at: 5 } }))).toBe(false);
});

test('forgets everything when told to', () => {
	const recent = new RecentEvents();
	recent.add(event({ id: 'a' }));
	recent.clear();
	expect(recent.has(event({ id: 'a' }))).toBe(false);
});

test('a large event is put into words once, however many others share its position', () => {
	let times = 0;
	const large = { toJSON: () => `${++times > 0 ? 'large' : ''}` };
	const recent = new RecentEvents();
	recent.add(event({ offset: 1, raw: large as never }));
	for (let at = 0; at < 100; at++) {
		const other = event({ offset: 1, raw: { at } });
		expect(recent.has(other)).toBe(false);
		recent.add(other);
	}
	expect(times).toBe(1);
});
