import * as fc from 'fast-check';
import {
	answerHtml,
	answerPlainText,
	answerTables,
	columnNames,
	looksLikeTable,
	MOST_CELL_CHARACTERS,
	tableRows,
	type AnswerTable,
} from '../../nodes/shared/answer-formats';
import { seed } from './seed';
import { readStrictHtml } from './strict-html';

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
			title: null,
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

	it.each([
		['`p|q`', 'p|q'],
		['``p | `q``', 'p | `q'],
		['[x](https://a.example/p|q)', 'x (https://a.example/p|q)'],
		['$|x|$', '$|x|$'],
		['$P(A|B)$ 和 `a||b`', '$P(A|B)$ 和 a||b'],
	])('keeps the bars of %j in their cell where the header says how many cells there are', (written, cell) => {
		expect(answerTables(`| a | b |\n|---|---|\n| ${written} | 1 |`)[0]!.rows).toEqual([[cell, '1']]);
		expect(answerTables(`| ${written} | b |\n|---|---|\n| 1 | 2 |`)[0]!.headers).toEqual([cell, 'b']);
	});

	it.each([
		['| `a | b | c |', ['`a', 'b', 'c']],
		['| x | $5 | $6 |', ['x', '$5', '$6']],
		['| `x` | `y` | `z` |', ['x', 'y', 'z']],
	])('takes all other bars for those of cells: %j', (row, cells) => {
		expect(answerTables(`| a | b |\n|---|---|\n${row}`)[0]!.rows).toEqual([cells]);
	});

	it.each(['‐', '‑', '‒', '–', '—', '―', '−', '－', '─', '━', '_', '＿'])('knows a rule of %j', (sign) => {
		const rule = sign.repeat(3);
		expect(answerTables(`| a | b |\n|${rule}|${rule}|\n| 1 | 2 |`)).toEqual([
			{ title: null, headers: ['a', 'b'], rows: [['1', '2']] },
		]);
	});

	it('begins another table where a header of another width follows without a blank line', () => {
		const markdown = '| a | b |\n|---|---|\n| 1 | 2 |\n| c | d | e |\n|---|---|---|\n| 3 | 4 | 5 |';
		expect(answerTables(markdown).map(({ headers, rows }) => [headers, rows])).toEqual([
			[['a', 'b'], [['1', '2']]],
			[['c', 'd', 'e'], [['3', '4', '5']]],
		]);
	});

	it('reads tables without outer bars, and one without rows', () => {
		expect(answerTables('a | b\n--|--\n1 | 2\n\n| c |\n|---|')).toEqual([
			{ title: null, headers: ['a', 'b'], rows: [['1', '2']] },
			{ title: null, headers: ['c'], rows: [] },
		]);
	});

	it('finds no table in code, and none in an answer without', () => {
		expect(answerTables('```\n| a |\n|---|\n```\n\n    | b |\n    |---|\n\ntext | with | bars')).toEqual([]);
	});

	const AS_WRITTEN: Array<[string, string, string[], string[][]]> = [
		[
			'a rule that is too short',
			'| 指标 | 2025 | 2024 |\n|---|---|\n| a | 1 | 2 |',
			['指标', '2025', '2024'],
			[['a', '1', '2']],
		],
		['a rule that is too long', '| a | b |\n|---|---|---|\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['a rule of one cell', '| a | b |\n|---|\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['a rule without bars', '| a | b |\n---\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['a rule with an empty cell', '| a | b |\n|---||\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['a rule with blanks between its dashes', '| a | b |\n| - - | -- - |\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['Chinese dashes', '| a | b |\n|——|——|\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['full-width dashes and colons', '| a | b |\n|：－－|－－：|\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['full-width bars', '｜指标｜2025｜\n｜---｜---｜\n｜营收｜120｜', ['指标', '2025'], [['营收', '120']]],
		['a rule of full-width bars', '| a | b |\n｜---｜---｜\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['a full-width bar in a cell', '| a | b |\n|---|---|\n| 1｜2 | 3 |', ['a', 'b'], [['1｜2', '3']]],
		['plus signs in the rule', '| a | b |\n|---+---|\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['double dashes', '| a | b |\n|===|===|\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['a line above the header', '|---|---|\n| a | b |\n|---|---|\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		[
			'lines between and below the rows',
			'| a | b |\n|---|---|\n| 1 | 2 |\n|---|---|\n| 3 | 4 |\n|---|---|',
			['a', 'b'],
			[
				['1', '2'],
				['3', '4'],
			],
		],
		[
			'cells that say "none"',
			'| a | b |\n|---|---|\n| - | — |\n| x | --- |',
			['a', 'b'],
			[
				['-', '—'],
				['x', '---'],
			],
		],
		[
			'blank lines between all rows',
			'| a | b |\n\n|---|---|\n\n| 1 | 2 |\n\n| 3 | 4 |',
			['a', 'b'],
			[
				['1', '2'],
				['3', '4'],
			],
		],
		[
			'a blank line between two rows',
			'| a | b |\n|---|---|\n| 1 | 2 |\n \n| 3 | 4 |\n| 5 | 6 |',
			['a', 'b'],
			[
				['1', '2'],
				['3', '4'],
				['5', '6'],
			],
		],
		['a table right behind a list', '- 要点\n| a | b |\n|---|---|\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		[
			'a table right behind a nested list',
			'* 要点\n  - 细节\n| a | b |\n|---|---|\n| 1 | 2 |',
			['a', 'b'],
			[['1', '2']],
		],
		['a table right behind a quote', '> 摘要\n| a | b |\n|---|---|\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['a table right behind a paragraph', '如下：\n| a | b |\n|---|---|\n| 1 | 2 |', ['a', 'b'], [['1', '2']]],
		['a source below', '| a | b |\n|---|---|\n| 1 | 2 |\n数据来源：公司年报', ['a', 'b'], [['1', '2']]],
		['a source with a bar below', '| a | b |\n|---|---|\n| 1 | 2 |\n来源：Wind | 公司年报', ['a', 'b'], [['1', '2']]],
		['a bold note below', '| a | b |\n|---|---|\n| 1 | 2 |\n**注：** 未经审计', ['a', 'b'], [['1', '2']]],
		['a sentence below a table without outer bars', 'a | b\n--|--\n1 | 2\nThe end.', ['a', 'b'], [['1', '2']]],
		['escaped bars', '| a\\|b | c |\n|---|---|\n| 1 | 2\\|3 |', ['a|b', 'c'], [['1', '2|3']]],
		[
			'a table in HTML',
			'<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>',
			['a', 'b'],
			[['1', '2']],
		],
		[
			'a table in HTML with merged cells',
			'文字\n<table>\n<thead><tr><th rowspan="2">指标</th><th colspan="2">2025</th></tr>\n<tr><th>Q1</th><th>Q2</th></tr></thead>\n\n' +
				'<tbody><tr><td rowspan=2>营收</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></tbody></table>\n**后**',
			['指标', '2025 Q1', '2025 Q2'],
			[
				['营收', '1', '2'],
				['营收', '3', '4'],
			],
		],
	];

	it.each(AS_WRITTEN)('reads %s', (_, markdown, headers, rows) => {
		expect(answerTables(markdown).map((table) => [table.headers, table.rows])).toEqual([[headers, rows]]);
		const text = answerPlainText(markdown);
		const html = readStrictHtml(answerHtml(markdown)).text;
		for (const word of markdown.replace(/<[^>]*>|\\/g, ' ').match(/[\p{L}\p{N}.]+/gu) ?? []) {
			expect(text).toContain(word);
			expect(html).toContain(word);
		}
	});

	it.each([
		['two tables with a blank line between', '| a |\n|---|\n| 1 |\n\n| b |\n|---|\n| 2 |', [['a'], ['b']]],
		[
			'two tables all of whose rows have blank lines between',
			'| a |\n\n|---|\n\n| 1 |\n\n| b |\n\n|---|\n\n| 2 |',
			[['a'], ['b']],
		],
		['a row of another width behind a blank line', '| a | b |\n|---|---|\n| 1 | 2 |\n\n| c | d | e |', [['a', 'b']]],
		['a heading with a bar', 'a | b\n---\n\nc', []],
		['a list with a bar', '- a | b\n- |', []],
		['a sentence between bars', '|x| is the absolute value\n\n|---|', []],
		['rows without names for their columns', '| a | b |\n| 1 | 2 |\n| 3 | 4 |', []],
	])('takes no more for a table than it is: %s', (_, markdown, headers) => {
		expect(answerTables(markdown).map((table) => table.headers)).toEqual(headers);
	});

	it('is called by its caption, or by the heading that it stands under', () => {
		const table = '| a |\n|---|\n| 1 |';
		const titleOf = (before: string): string | null => answerTables(`${before}\n${table}`)[0]!.title;
		expect(titleOf('## 一、**营收**\n\n说明。\n')).toBe('一、营收');
		expect(titleOf('# 报告\n\n表 1：营收情况')).toBe('表 1：营收情况');
		expect(titleOf('# 报告\n\n表1 营收\n（单位：亿元）')).toBe('表1 营收');
		expect(titleOf('# 报告\n\n表1 营收\n\n单位：亿元\n')).toBe('表1 营收');
		expect(titleOf('# 报告\n\n**分部收入：**\n')).toBe('分部收入');
		expect(titleOf('# Report\n\nTable 2. Revenue\n')).toBe('Table 2. Revenue');
		expect(titleOf('各公司数据如下：')).toBe('各公司数据如下');
		expect(titleOf('一段普通的话。')).toBeNull();
		expect(titleOf('')).toBeNull();
		expect(
			answerTables(`- ## 甲\n  ${table.replace(/\n/g, '\n  ')}\n\n## 乙\n${table}`).map(({ title }) => title),
		).toEqual(['甲', '乙']);
	});

	it.each([
		['| a | b |\n| 1 | 2 |', true],
		['+---+---+\n| a | b |\n+---+---+', true],
		['│ a │ b │\n│ 1 │ 2 │', true],
		['a\tb\tc\n1\t2\t3', true],
		['<table>\n<tr><td>', true],
		['text | with | bars', false],
		['| one line |', false],
		['- a\n- b', false],
		['', false],
	])('says whether %j looks like a table that could not be read', (markdown, looksLike) => {
		expect(looksLikeTable(markdown)).toBe(looksLike);
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
				expect(answerTables(tables.map(written).join('\n\ntext\n\n'))).toEqual(
					tables.map((each) => ({ title: null, ...each })),
				);
			}),
			{ numRuns: 500, seed },
		);
	});
});

const tableOf = (headers: string[], ...rows: string[][]): AnswerTable => ({ title: null, headers, rows });

describe('tableRows', () => {
	it('gives one object per row of every table, with the table that it is from', () => {
		expect(tableRows([tableOf(['A', 'B'], ['1', '2'], ['3', '']), tableOf(['C'], ['4'])])).toEqual({
			rows: [
				{ A: '1', B: '2', table: 1 },
				{ A: '3', B: '', table: 1 },
				{ C: '4', table: 2 },
			],
			cutCells: 0,
		});
	});

	it('calls a table by its title, and tells those of one title apart', () => {
		const titles = ['营收', null, '营收', '利润'];
		const { rows } = tableRows(titles.map((title) => ({ title, headers: ['A'], rows: [['1']] })));
		expect(rows.map(({ table }) => table)).toEqual(['营收', 2, '营收 (2)', '利润']);
	});

	it('names the columns of long rows', () => {
		expect(tableRows([tableOf(['A'], ['1', '2', '3'], ['4'])]).rows).toEqual([
			{ A: '1', 'Column 2': '2', 'Column 3': '3', table: 1 },
			{ A: '4', table: 1 },
		]);
	});

	it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'])(
		'takes %s as a column like any other',
		(name) => {
			const [row] = tableRows([tableOf([name, 'B'], ['{"polluted":true}', 'b'])]).rows;
			expect(Object.entries(row!)).toEqual([
				[name, '{"polluted":true}'],
				['B', 'b'],
				['table', 1],
			]);
			expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
			expect(JSON.parse(JSON.stringify(row))).toHaveProperty('B', 'b');
			expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
		},
	);

	it('does not let a column take the place of what an item says itself', () => {
		const headers = ['error', 'error (column)', 'table', 'messageId'];
		const { rows } = tableRows([tableOf(headers, ['1', '2', '3', '4'])], { taken: ['error', 'messageId'] });
		expect(Object.entries(rows[0]!)).toEqual([
			['error (column)', '1'],
			['error (column) (2)', '2'],
			['table (column)', '3'],
			['messageId (column)', '4'],
			['table', 1],
		]);
	});

	it.each([
		[
			['指标', '2025', '2024'],
			['指标', '2025 ', '2024 '],
		],
		[
			['指标', '2025E', '2024A'],
			['指标', '2025E', '2024A'],
		],
		[
			['2023', '2024', '2025'],
			['2023', '2024', '2025'],
		],
		[
			['2025', '2024'],
			['2025 ', '2024 '],
		],
		[
			['a', '0', '01', '-1', '1.5', '4294967296'],
			['a', '0 ', '01', '-1', '1.5', '4294967296 '],
		],
		[
			['a', '2025', '2025', '2025 (2)'],
			['a', '2025 ', '2025 (3)', '2025 (2)'],
		],
		[
			['1', 'a'],
			['1', 'a'],
		],
	])('keeps the order of %j, also when it is stored and read again', (headers, columns) => {
		const { rows } = tableRows([tableOf(headers, headers.map(String))]);
		expect(Object.keys(rows[0]!)).toEqual([...columns, 'table']);
		expect(Object.keys(JSON.parse(JSON.stringify(rows[0])) as object)).toEqual([...columns, 'table']);
		expect(Object.values(rows[0]!).slice(0, -1)).toEqual(headers);
	});

	it('keeps the order of any columns, each with a name that reads as its header', () => {
		const header = fc.oneof(
			fc.integer({ min: 0, max: 2100 }).map(String),
			fc.constantFrom('指标', 'A', '', '01', '__proto__', 'table'),
		);
		fc.assert(
			fc.property(fc.uniqueArray(header, { minLength: 1, maxLength: 8 }), (headers) => {
				const { rows } = tableRows([
					tableOf(
						headers,
						headers.map((_, index) => `cell ${index}`),
					),
				]);
				expect(Object.values(rows[0]!)).toEqual([...headers.map((_, index) => `cell ${index}`), 1]);
				headers.forEach((wanted, index) => {
					const name = Object.keys(rows[0]!)[index]!;
					if (wanted !== '' && wanted !== 'table') expect(name.trim()).toBe(wanted);
				});
			}),
			{ numRuns: 500, seed },
		);
	});

	it('cuts cells at the limit of Excel, says so in the cell and counts them', () => {
		const limit = 'x'.repeat(MOST_CELL_CHARACTERS);
		const { rows, cutCells } = tableRows([tableOf(['A', 'B'], [limit, `${limit}y`])]);
		expect(MOST_CELL_CHARACTERS).toBe(32_767);
		expect(cutCells).toBe(1);
		expect(rows[0]!['A']).toBe(limit);
		expect(rows[0]!['B']).toHaveLength(MOST_CELL_CHARACTERS);
		expect(rows[0]!['B']).toMatch(/x… \[cut at 32,767 characters, .*\]$/);
	});

	it('cuts no character in two', () => {
		for (const shift of ['', 'a']) {
			const cell = tableRows([tableOf(['A'], [shift + '😀'.repeat(30_000)])]).rows[0]!['A'] as string;
			expect(cell.length).toBeLessThanOrEqual(MOST_CELL_CHARACTERS);
			expect(cell).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
		}
	});

	it.each([
		['=IMPORTDATA("https://a.b")', true],
		['+Dri7x', true],
		['@SUM(A1)', true],
		['-cmd|calc', true],
		['- 见附注', true],
		['+5.2%', false],
		['-1,234.5', false],
		['-3e5', false],
		['--', true],
		['5-2', false],
		['a=b', false],
		['', false],
	])('protects %j from being a formula when asked to: %s', (cell, isProtected) => {
		const table = tableOf(['A'], [cell]);
		expect(tableRows([table]).rows[0]!['A']).toBe(cell);
		expect(tableRows([table], { protectFormulas: true }).rows[0]!['A']).toBe(isProtected ? `'${cell}` : cell);
	});

	it('protects the names of columns and of the table as well: they are cells of the sheet, too', () => {
		const table = { title: '=T()', headers: ['=cmd()', '@x', '-5', 'A'], rows: [['1', '2', '3', '4']] };
		expect(tableRows([table], { protectFormulas: true }).rows[0]).toEqual({
			"'=cmd()": '1',
			"'@x": '2',
			'-5': '3',
			A: '4',
			table: "'=T()",
		});
		expect(Object.keys(tableRows([table]).rows[0]!)).toEqual(['=cmd()', '@x', '-5', 'A', 'table']);
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
