import { RunOrder } from '../../nodes/shared/n8n/run-order';
import { fc } from '../fuzz/seed';

/* Items of one conversation one after the other in input order, others side by side up to a limit. */

const item = fc.record({
	conversation: fc.constantFrom(undefined, 'a', 'b'),
	/** How many turns of the event loop pass before it says what it is about, and how many its task takes. */
	hesitates: fc.nat(4),
	takes: fc.nat(4),
	/** It leaves without running. */
	leaves: fc.boolean(),
});

const turns = async (count: number) => {
	for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('every order of items', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(item, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), async (items, limit) => {
			const order = new RunOrder(new AbortController().signal);
			const begun: number[] = [];
			const running = new Set<number>();
			await Promise.all(
				items.map(async ({ conversation, hesitates, takes, leaves }, at) => {
					const turn = order.enter();
					await turns(hesitates);
					if (leaves) return turn.leave();
					await turn.run(conversation, limit, async () => {
						const isBusy = [...running].some((other) => items[other]!.conversation === conversation);
						expect(conversation !== undefined && isBusy).toBe(false);
						begun.push(at);
						running.add(at);
						expect(running.size).toBeLessThanOrEqual(limit);
						await turns(takes);
						running.delete(at);
					});
					turn.leave();
				}),
			);
			expect(begun).toHaveLength(items.filter(({ leaves }) => !leaves).length);
			for (const name of ['a', 'b']) {
				const own = begun.filter((at) => items[at]!.conversation === name);
				expect(own).toEqual([...own].sort((one, other) => one - other));
			}
		}),
		{ numRuns: 300 },
	);
}, 60_000);

test('Stop lets all that wait begin, so that each can see it', async () => {
	const stop = new AbortController();
	const order = new RunOrder(stop.signal);
	const begun: string[] = [];
	const first = order.enter();
	const silent = order.enter(); // never says what it is about
	const others = ['a', 'a', 'b', undefined].map((conversation, at) => ({ conversation, turn: order.enter(), at }));
	const hang = first.run(
		'a',
		1,
		async () => await new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve())),
	);
	const working = others.map(async ({ conversation, turn, at }) => {
		await turn.run(conversation, 1, async () => await Promise.resolve(begun.push(String(at))));
	});
	await turns(3);
	expect(begun).toEqual([]);
	stop.abort();
	await Promise.all([hang, ...working]);
	expect(begun.sort()).toEqual(['0', '1', '2', '3']);
	silent.leave();
});

test('twenty thousand items of one conversation are ordered in no time', async () => {
	const order = new RunOrder(new AbortController().signal);
	const places = Array.from({ length: 20_000 }, () => order.enter());
	const startedAt = process.cpuUsage();
	await Promise.all(places.map(async (turn) => await turn.run('a', 5, async () => await Promise.resolve())));
	const { user } = process.cpuUsage(startedAt);
	expect(user / 1000).toBeLessThan(3000);
}, 30_000);
