import { cellTexts } from './cell-texts';
import { collapsed, titleText, words, type FootnoteNumbers } from './inline-text';
import { toDocument, type AnswerDocument } from './markdown';
import type { Block, Table } from './syntax-tree';
import { atOnce, type Work } from './work';

/** A table: every cell as the text that a spreadsheet user wants to see (links as `text (url)`, line breaks as `\n`). */
export interface AnswerTable {
	/** The caption above it, else the heading that it stands under; null where there is neither. */
	title: string | null;
	headers: string[];
	/** As long as `headers`; longer where the agent wrote more cells than headers. */
	rows: string[][];
}

/** Every table of an answer, in the order of the text, also those inside lists, quotes and footnotes. */
export function answerTables(answer: string | AnswerDocument): AnswerTable[] {
	return atOnce(readTables(toDocument(answer)));
}

/** {@link answerTables} as work that can be left between two rows. */
export function* readTables({ root, footnotes }: AnswerDocument): Work<AnswerTable[]> {
	const tables: AnswerTable[] = [];
	let heading: string | null = null;
	const visit = function* (blocks: readonly Block[]): Work<void> {
		for (const [index, block] of blocks.entries()) {
			yield;
			if (block.type === 'heading') heading = titleText(block.children) || heading;
			else if (block.type === 'table')
				tables.push({ title: titleOf(blocks, index, heading), ...(yield* contentOf(block, footnotes.numbers)) });
			else if (block.type === 'list') for (const item of block.children) yield* visit(item.children);
			else if (block.type === 'blockquote' || block.type === 'footnoteDefinition') yield* visit(block.children);
		}
	};
	yield* visit(root.children);
	return tables;
}

function* contentOf(table: Table, footnotes: FootnoteNumbers): Work<{ headers: string[]; rows: string[][] }> {
	const texts = yield* cellTexts(table, footnotes, true);
	const headers = joined(texts.slice(0, table.headerRows ?? 1));
	const rows = texts.slice(table.headerRows ?? 1);
	// As many as table-rule.ts lets be missing.
	for (const row of rows) while (row.length < headers.length) row.push('');
	return { headers, rows };
}

/** Several rows of headers as one: `2025` above `Q1` is `2025 Q1`. */
function joined(rows: readonly string[][]): string[] {
	const [first = [], ...more] = rows;
	if (more.length === 0) return first;
	const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
	return Array.from({ length: width }, (_, column) => {
		const texts = rows.map((row) => row[column] ?? '').filter((text) => text !== '');
		return [...new Set(texts)].join(' ');
	});
}

const NUMBERED =
	/^(?:(?:附|续|图)?表(?:格)?|图表|图|table|tab\.|exhibit|chart|figure|fig\.)\s*[-\dA-Z一二三四五六七八九十]+(?:[\s.:：、—–-]|$)/iu;
const UNIT = /^[（(【]?\s*(?:单位|货币|币种|unit|in )/i;

/** Longer than what one would call a caption. */
const LONGEST_CAPTION = 80;

function titleOf(blocks: readonly Block[], index: number, heading: string | null): string | null {
	const before = blocks[index - 1];
	const above = captionOf(before);
	if (above !== null) return above;
	// `单位：亿元` may stand between the caption and its table.
	if (before?.type === 'paragraph' && UNIT.test(words(before.children).trim())) {
		const further = captionOf(blocks[index - 2]);
		if (further !== null) return further;
	}
	if (heading !== null || before?.type !== 'paragraph') return heading;
	const introduction = collapsed(words(before.children).trim().split('\n').at(-1) ?? '');
	return /[:：]$/.test(introduction) && introduction.length <= LONGEST_CAPTION ? withoutColon(introduction) : null;
}

/** The caption that a paragraph is, or ends with: `表 1：营收`, or all of it bold. */
function captionOf(block: Block | undefined): string | null {
	if (block?.type !== 'paragraph') return null;
	const lines = words(block.children)
		.split('\n')
		.map(collapsed)
		.filter((line) => line !== '' && !UNIT.test(line));
	const last = lines.at(-1) ?? '';
	if (last.length > LONGEST_CAPTION) return null;
	if (NUMBERED.test(last)) return withoutColon(last);
	const content = block.children.filter((node) => node.type !== 'text' || !/^[\s:：]*$/.test(node.value));
	const isEmphasized = content.length === 1 && (content[0]!.type === 'strong' || content[0]!.type === 'emphasis');
	return isEmphasized && lines.length === 1 ? withoutColon(last) || null : null;
}

function withoutColon(caption: string): string {
	return caption.replace(/\s*[:：]$/, '');
}
