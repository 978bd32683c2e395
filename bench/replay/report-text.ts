import type { Random } from '../random';

const MIXED = [
	...['revenue ', 'guidance ', 'grew ', 'year over year, ', 'data center ', 'margin ', 'beat consensus ', 'capex '],
	...[
		'the segment ',
		'of which ',
		'supply ',
		'数据中心',
		'营收',
		'同比增长',
		'毛利率',
		'**Outlook** ',
		'| 57.0 | +22% |\n',
	],
	...['\n\n## Risks\n\n', '- ', '. ', ', ', '1,234.5 ', 'Q3 FY2026 '],
];
const CHINESE_AND_EMOJI = [
	...[
		'数据中心业务',
		'继续超预期',
		'，',
		'。',
		'毛利率',
		'出口管制',
		'维持增持评级',
		'环比增长',
		'🚀',
		'👩‍🔬',
		'⚠️',
		'𠮷野家',
	],
	...['\n\n### 风险\n\n', '客户集中度', '**目标价**', '260 美元', '｜', '「来源」'],
];

/** What the text of an answer is made of. */
export type Vocabulary = 'mixed' | 'chinese';

/** Pieces of a report, about `averageBytes` of UTF-8 each: what a model would send as one delta. */
export function* reportPieces(
	random: Random,
	count: number,
	averageBytes: number,
	vocabulary: Vocabulary,
): Generator<string> {
	const words = vocabulary === 'mixed' ? MIXED : CHINESE_AND_EMOJI;
	let wanted = 0;
	let made = 0;
	for (let at = 0; at < count; at++) {
		wanted += averageBytes;
		let piece = '';
		do {
			const word = random.pick(words);
			piece += word;
			made += Buffer.byteLength(word);
		} while (made < wanted);
		yield piece;
	}
}

/** Tables of 50 rows each, at least `bytes` bytes of UTF-8: what an agent that has read databases answers. */
export function tableText(random: Random, bytes: number): string {
	const tables: string[] = [];
	for (let length = 0, at = 1; length < bytes; at++) {
		const rows = Array.from({ length: 50 }, (_, row) => tableRow(random, row));
		const table = ['| Rank | Company | Revenue | Change | Outlook |', '| --: | :-- | --: | --: | :-- |', ...rows];
		tables.push(`## Table ${at}\n\n${table.join('\n')}\n`);
		length += Buffer.byteLength(tables.at(-1) as string);
	}
	return tables.join('\n');
}

function tableRow(random: Random, row: number): string {
	const word = () =>
		random.pick(['revenue', '**margin**', '数据中心', 'capex', '[source](https://example.com/a)', '维持']);
	const amount = `${random.integer(1, 999)}.${random.integer(0, 9)}`;
	return `| ${row + 1} | ${word()} ${word()} | ${amount} | +${random.integer(0, 99)}% | ${word()}, ${word()} |`;
}

/** A text of at least `bytes` bytes of UTF-8. */
export function reportText(random: Random, bytes: number, vocabulary: Vocabulary): string {
	return [...reportPieces(random, Math.ceil(bytes / 64), 64, vocabulary)].join('');
}
