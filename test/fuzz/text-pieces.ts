import fc from 'fast-check';

/** Text that repeats itself in every way that text does: units, words, table lines, and some change in between. */
const repetitiveText = fc
	.array(
		fc.record({
			unit: fc.oneof(
				fc.constantFrom('-', ' ', '=', '1', '0', 'ha', '哈', '|---', '| 0 ', '10', '\n', '👩‍🔬', 'very ', 'aab'),
				fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }),
			),
			times: fc.integer({ min: 1, max: 60 }),
		}),
		{ minLength: 1, maxLength: 4 },
	)
	.map((parts) => parts.map(({ unit, times }) => unit.repeat(times)).join(''));

/** Lengths of pieces that grow, as those of a server that sends the whole text each time, and any others. */
const lengths = fc.oneof(
	fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 30 }),
	fc
		.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 12 })
		.map((some) => some.sort((one, other) => one - other)),
	fc.integer({ min: 1, max: 4 }).map((unit) => Array.from({ length: 15 }, (_each, at) => unit * (at + 1))),
	fc.integer({ min: 1, max: 4 }).map((unit) => Array.from({ length: 8 }, (_each, at) => unit * 2 ** at)),
);

/** The characters in pieces of these lengths, in turn. */
function split(text: string, sizes: number[]): string[] {
	const characters = Array.from(text);
	const pieces: string[] = [];
	for (let at = 0, turn = 0; at < characters.length; turn++) {
		const size = sizes[turn % sizes.length] as number;
		pieces.push(characters.slice(at, at + size).join(''));
		at += size;
	}
	return pieces;
}

/** Any text, repetitive ones above all, cut into pieces in any way. */
export const textPieces: fc.Arbitrary<string[]> = fc
	.tuple(fc.oneof(repetitiveText, fc.string({ unit: 'grapheme', maxLength: 200 })), lengths)
	.map(([text, sizes]) => split(text, sizes));
