import { assertNotTooMany } from '../../nodes/shared/n8n/item-limit';

test('more items than n8n can take from one are an error of their own, not a broken run', () => {
	expect(() => assertNotTooMany(Array(100_000))).not.toThrow();
	expect(() => assertNotTooMany(Array(100_001))).toThrow('The result would be 100001 items');
	// What n8n does with them: so many arguments are still fine.
	const taken: unknown[] = [];
	expect(() => taken.push(...Array(100_000))).not.toThrow();
});
