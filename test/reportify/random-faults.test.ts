import { tryFaults } from './random-faults';

/*
 * Up to six random faults per answer: cuts, resets within characters, stalls, repeats, unreadable events, 4xx and 5xx on
 * asking, resuming and looking up; both readings of `from_offset`; all line ends. Thousands of them: `npm run test:faults`.
 */

const first = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 1e9));
const count = process.env.FAULT_SEED === undefined ? 1500 : 1;

test(`${count} seeds from ${first}: the same answer byte for byte, or an honest error; asked once`, async () => {
	const wrong: string[] = [];
	const results = { answers: 0, errors: 0 };
	for (let seed = first; seed < first + count; seed++) {
		const { outcome, wrongs } = await tryFaults(seed);
		if (outcome.answer) results.answers++;
		else results.errors++;
		wrong.push(...wrongs.map((each) => `FAULT_SEED=${seed}: ${each}`));
	}
	expect(wrong.slice(0, 5)).toEqual([]);
	if (count > 1) expect(results.answers).toBeGreaterThan(count / 2);
	if (count > 1) expect(results.errors).toBeGreaterThan(count / 20);
}, 120_000);

test('a seed is repeated exactly', async () => {
	const one = await tryFaults(first);
	const other = await tryFaults(first);
	expect(other.world).toEqual(one.world);
	expect(other.outcome.model.requests).toEqual(one.outcome.model.requests);
	expect(other.outcome.answer).toEqual(one.outcome.answer);
});
