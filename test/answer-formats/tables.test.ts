import * as fc from 'fast-check';
import { answerTables, columnNames, MOST_CELL_CHARACTERS, tableRows } from '../../nodes/shared/answer-formats';
import { seed } from './seed';

describe('answerTables', () => {
	it('reads every table, wherever it stands', () => {
		const table = (name: string, indent: string): string =>
			['| h |', '|---|', `| ${name} |`].map((row) => indent + row).join('\n');
		const markdown = [
			table('top', ''),
			'- item',
			table('list', '  '),
			table('quote', '> '),
			'1. > deep',
			table('deep', '   > '),
			`a[^n]\n\n[^n]: note\n\n${table('note', '    ')}`,
		];
		expect(answerTables(markdown.join('\n\n')).map(({ rows }) => rows[0]![0])).toEqual([
			'top',
			'list',
			'quote',
			'deep',
			'note',
		]);
	});

	it('gives cells as plain text', () => {
		const [table] = answerTables(
			'| **A** | [b](https://c.d) | ~~e~~ |\n|---|---|---|\n| `x\\|y` | https://c.d/e | f<br>g |\n| ![i](https://c.d/i.png) | <a@b.com> | 中[^1] |\n\n[^1]: n',
		);
		expect(table).toEqual({
			headers: ['A', 'b (https://c.d)', 'e'],
			rows: [
				['x|y', 'https://c.d/e', 'f\ng'],
				['i (https://c.d/i.png)', 'a@b.com', '中[1]'],
			],
		});
	});

	it('fills short rows and keeps long ones', () => {
		const [table] = answerTables('| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 | 4\\|5 |\n| x\n');
		expect(table!.rows).toEqual([
			['1', ''],
			['1', '2', '3', '4|5'],
			['x', ''],
		]);
	});

	it('reads tables without outer bars, and one without rows', () => {
		expect(answerTables('a | b\n--|--\n1 | 2\n\n| c |\n|---|')).toEqual([
			{ headers: ['a', 'b'], rows: [['1', '2']] },
			{ headers: ['c'], rows: [] },
		]);
	});

	it('finds no table in code, and none in an answer without', () => {
		expect(answerTables('```\n| a |\n|---|\n```\n\n    | b |\n    |---|\n\ntext | with | bars')).toEqual([]);
	});

	it('does not multiply a short answer into a large one', () => {
		const rows = 2_000;
		const markdown = `|${'h|'.repeat(1_000)}\n|${'-|'.repeat(1_000)}\n${'|x|\n'.repeat(rows)}`;
		const cells = answerTables(markdown).reduce(
			(sum, table) => sum + table.rows.reduce((most, row) => most + row.length, 0),
			0,
		);
		expect(cells).toBeLessThan(600_000);
	});

	it('gives back the tables that were written', () => {
		const text = fc
			.stringMatching(/^[\w\u4e00-\u9fff ,.%+-]{0,12}$/)
			.map((value) => value.replace(/^[\s\d.+_-]+|[\s_]+/g, ' ').trim());
		const table = fc.integer({ min: 1, max: 6 }).chain((width) =>
			fc.record({
				headers: fc.array(text, { minLength: width, maxLength: width }),
				rows: fc.array(fc.array(text, { minLength: width, maxLength: width }), { maxLength: 5 }),
			}),
		);
		const written = ({ headers, rows }: { headers: string[]; rows: string[][] }): string =>
			[headers, headers.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
		fc.assert(
			fc.property(fc.array(table, { maxLength: 4 }), (tables) => {
				expect(answerTables(tables.map(written).join('\n\ntext\n\n'))).toEqual(tables);
			}),
			{ numRuns: 500, seed },
		);
	});
});

describe('tableRows', () => {
	it('gives one object per row of every table', () => {
		expect(
			tableRows([
				{
					headers: ['A', 'B'],
					rows: [
						['1', '2'],
						['3', ''],
					],
				},
				{ headers: ['C'], rows: [['4']] },
			]),
		).toEqual({ rows: [{ A: '1', B: '2' }, { A: '3', B: '' }, { C: '4' }], cutCells: 0 });
	});

	it('names the columns of long rows', () => {
		expect(tableRows([{ headers: ['A'], rows: [['1', '2', '3'], ['4']] }]).rows).toEqual([
			{ A: '1', 'Column 2': '2', 'Column 3': '3' },
			{ A: '4' },
		]);
	});

	it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'])(
		'takes %s as a column like any other',
		(name) => {
			const [row] = tableRows([{ headers: [name, 'B'], rows: [['{"polluted":true}', 'b']] }]).rows;
			expect(Object.entries(row!)).toEqual([
				[name, '{"polluted":true}'],
				['B', 'b'],
			]);
			expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
			expect(JSON.parse(JSON.stringify(row))).toHaveProperty('B', 'b');
			expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
		},
	);

	it('cuts cells at the limit of the spreadsheets, says so in the cell and counts them', () => {
		const limit = 'x'.repeat(MOST_CELL_CHARACTERS);
		const { rows, cutCells } = tableRows([{ headers: ['A', 'B'], rows: [[limit, `${limit}y`]] }]);
		expect(cutCells).toBe(1);
		expect(rows[0]!['A']).toBe(limit);
		expect(rows[0]!['B']).toHaveLength(MOST_CELL_CHARACTERS);
		expect(rows[0]!['B']).toMatch(/x… \[cut at 50,000 characters, .*\]$/);
	});

	it('cuts no character in two', () => {
		for (const shift of ['', 'a']) {
			const cell = tableRows([{ headers: ['A'], rows: [[shift + '😀'.repeat(30_000)]] }]).rows[0]!['A']!;
			expect(cell.length).toBeLessThanOrEqual(MOST_CELL_CHARACTERS);
			expect(cell).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
		}
	});
});

describe('columnNames', () => {
	it.each([
		[['A', '', 'A', ''], 4, ['A', 'Column 2', 'A (2)', 'Column 4']],
		[['A', 'A', 'A (2)', 'A'], 4, ['A', 'A (3)', 'A (2)', 'A (4)']],
		[['Column 2', ''], 2, ['Column 2', 'Column 2 (2)']],
		[[' a\n b ', '\t'], 3, ['a b', 'Column 2', 'Column 3']],
		[[], 2, ['Column 1', 'Column 2']],
	])('names %j', (headers, width, names) => {
		expect(columnNames(headers, width)).toEqual(names);
	});

	it('gives every column a name of its own, and to those with a name of their own that name', () => {
		const header = fc.oneof(
			fc.constantFrom('', 'A', 'A (2)', 'A (3)', 'Column 1', 'Column 2', '__proto__', 'constructor'),
			fc.string({ maxLength: 3 }),
		);
		fc.assert(
			fc.property(fc.array(header, { maxLength: 12 }), (headers) => {
				const names = columnNames(headers, headers.length);
				expect(new Set(names).size).toBe(headers.length);
				headers.forEach((name, index) => {
					const wanted = name.replace(/\s+/g, ' ').trim();
					if (
						wanted !== '' &&
						headers.filter((other) => other.replace(/\s+/g, ' ').trim() === wanted).length === 1 &&
						!wanted.startsWith('Column')
					) {
						expect(names[index]).toBe(wanted);
					}
				});
				expect(columnNames(headers, headers.length)).toEqual(names);
			}),
			{ numRuns: 500, seed },
		);
	});
});
