import { tryRun } from './random-runs';

/*
 * Random worlds of a whole run of the node: items, tries, equal questions as a tool, credentials in any order, n8n's own
 * throws, faults of the provider. Every promise settles, nothing is asked twice, and "notSent" is only said of what was not
 * sent. `RUN_SEED=4711` repeats one.
 */

const first = Number(process.env.RUN_SEED ?? Math.floor(Math.random() * 1e9));
const count = process.env.RUN_SEED === undefined ? Number(process.env.RUN_COUNT ?? 600) : 1;

test(`${count} seeds from ${first}: every promise settles, asked once, and "notSent" is true`, async () => {
	const wrong: string[] = [];
	const results = { answers: 0, errors: 0, running: 0 };
	for (let seed = first; seed < first + count; seed++) {
		const { outcome, wrongs } = await tryRun(seed);
		for (const { items, error } of outcome.calls) {
			const json = items?.[0]?.json;
			if (json?.status === 'completed') results.answers++;
			else if (json?.status === 'running') results.running++;
			else if (error ?? json?.error) results.errors++;
		}
		wrong.push(...wrongs.map((each) => `RUN_SEED=${seed}: ${each}`));
	}
	expect(wrong.slice(0, 8)).toEqual([]);
	if (count > 1) for (const each of Object.values(results)) expect(each).toBeGreaterThan(count / 20);
}, 240_000);

test('a seed is repeated exactly', async () => {
	const one = await tryRun(first);
	const other = await tryRun(first);
	expect(other.world).toEqual(one.world);
	expect(other.outcome.acme.takenIn).toEqual(one.outcome.acme.takenIn);
});
