import fc from 'fast-check';
import { InvalidParameter } from '../../nodes/shared/failures/invalid-parameter';
import { integerId, isEmptyId, textId } from '../../nodes/shared/parameters/identifier';

const refusalOf = (work: () => unknown): string => {
	try {
		return `taken: ${String(work())}`;
	} catch (error) {
		if (!(error instanceof InvalidParameter)) throw error;
		return `${error.message} · ${error.hint}`;
	}
};

const ID = '11887655289749511';

describe('both kinds', () => {
	const kinds = [
		['a whole number', integerId],
		['text', textId],
	] as const;

	for (const [kind, idOf] of kinds) {
		test.each([
			ID,
			` ${ID}\n`,
			`\u200b${ID}\u200b`,
			`\u202d${ID}\u202c`,
			`\ufeff${ID}`,
			`\u00a0${ID}\u3000`,
			`\u2066${ID}\u2069`,
		])(`${kind}: %j is that ID`, (value) => expect(idOf(value, 'ID')).toBe(ID));

		test.each([[{ id: ID }], [[ID]], [[]], [{}], [[{ id: ID }]], [true], [false], [1.5], [Number.NaN], [Infinity]])(
			`${kind}: %j cannot be one, and is not called empty`,
			(value) => expect(refusalOf(() => idOf(value, 'ID'))).toMatch(/^The parameter 'ID' cannot be an ID · It /),
		);

		test.each(['1.18876552897495E+16', '1,18877e+16', 1e20])(`${kind}: %j was rounded`, (value) =>
			expect(refusalOf(() => idOf(value, 'ID'))).toContain('its last digits are already lost'),
		);

		test.each(['{{ $json.id }}', '={{ $json.id }}', ' {{$json\n.id}}'])(
			`${kind}: %j is no ID but an expression`,
			(value) =>
				expect(refusalOf(() => idOf(value, 'ID'))).toMatch(
					/holds an expression as plain text · Switch .* to Expression/,
				),
		);

		test.each([`${ID}\u0000${ID}`, `11\u000788`])(`${kind}: %j shows what cannot be seen`, (value) =>
			expect(refusalOf(() => idOf(value, 'ID'))).toContain('has an invisible character inside · It is U+00'),
		);

		test.each([undefined, null, '', ' ', '\u200b', '\ufeff\u00a0'])(`${kind}: %j is empty`, (value) => {
			expect(refusalOf(() => idOf(value, 'ID'))).toContain("'ID' is empty");
			expect(isEmptyId(value)).toBe(true);
		});

		test.each([`1188765\u200b5289749511`, `118\u00ad8765`, `1\u20608`, `118876\u202c55\u202d289`])(
			`${kind}: an invisible character inside %j is named`,
			(value) =>
				expect(refusalOf(() => idOf(value, 'ID'))).toMatch(/has an invisible character inside · It is U\+[0-9A-F]{4}/),
		);

		test(`${kind}: what was rounded is refused, exact numbers are taken`, () => {
			expect(refusalOf(() => idOf(11887655289749512, 'ID'))).toContain('its last digits are already lost');
			expect(idOf(683242877840089, 'ID')).toBe('683242877840089');
			expect(idOf(11887655289749511n, 'ID')).toBe(ID);
		});

		test(`${kind}: property: whatever stands invisibly around an ID is not part of it`, () => {
			const around = fc
				.array(
					fc.constantFrom(
						' ',
						'\t',
						'\n',
						'\u200b',
						'\u200e',
						'\u202d',
						'\u2069',
						'\ufeff',
						'\u00ad',
						'\ufe0f',
						'\u3000',
					),
				)
				.map((signs) => signs.join(''));
			fc.assert(fc.property(around, around, (before, behind) => idOf(`${before}${ID}${behind}`, 'ID') === ID));
		});

		test(`${kind}: a long run of blanks takes no time`, () => {
			const begin = performance.now();
			expect(refusalOf(() => idOf(`1${' '.repeat(200_000)}1`, 'ID'))).toContain('The parameter');
			expect(performance.now() - begin).toBeLessThan(1_000);
		});
	}
});

test.each(['1.1887655289749511E+16', '1,18877E+16', '1e16'])('%s is what a spreadsheet has left of a number', (value) =>
	expect(refusalOf(() => integerId(value, 'Agent ID'))).toContain('its last digits are already lost'),
);

test.each(['0', '-5', '1.0', '0x10', '１２３', 'abc', '"123"', '9223372036854775808', 'undefined', '[object Object]'])(
	'%s is no whole number',
	(value) => expect(refusalOf(() => integerId(value, 'Agent ID'))).toContain('must be a whole number, digits only'),
);

test.each(['a b', 'a\nb', '..', '.', 'x'.repeat(513), 'undefined', 'null', 'NaN', '[object Object]', '\ud800'])(
	'%j is no ID',
	(value) => expect(refusalOf(() => textId(value, 'File ID'))).toContain('cannot be an ID'),
);

test.each(['file_abc123', '019b24ef-238c', '文件', 'a/b', '1e16', '...'])('%s may be an ID', (value) =>
	expect(textId(value, 'File ID')).toBe(value),
);
