import { cellTexts } from './cell-texts';
import { inlineText, type FootnoteNumbers } from './inline-text';
import { stringWidth } from './libraries';
import { toDocument, type AnswerDocument } from './markdown';
import type { Alignment, Block, List, ListItem, Table } from './syntax-tree';

/** Deeper text is not indented further: each level would otherwise repeat its spaces on every line below it. */
const MOST_INDENT = 24;

/** A cell that is wider does not push the other columns of its table away; its own row goes out of line instead. */
const WIDEST_ALIGNED_CELL = 48;

/** Lines times cells: a row of many cells one of which has many lines would become mostly spaces. */
const LARGEST_ROW = 10_000;

const RULE = '-'.repeat(10);

/**
 * An answer as one would paste it into a message: every word, no markup. Links are `text (url)`, lists keep their
 * bullets and numbers, tables are aligned with spaces (a Chinese character is two wide), code is as it was, quotes are
 * indented, footnotes follow at the end as `[1] …`, and so do link definitions where they were written. Lines are separated by `\n`, none at the end.
 */
export function answerPlainText(answer: string | AnswerDocument): string {
	const { root, footnotes, kind, markdown } = toDocument(answer);
	if (kind === 'text') return markdown.replace(/\r\n?/g, '\n').replace(/^\n+|\n+$/g, '');
	const writer = new PlainTextWriter(footnotes.numbers);
	writer.blocks(root.children, '', false);
	for (const definition of footnotes.definitions) {
		writer.gap();
		writer.marked(`[${footnotes.numbers.get(definition.identifier)}] `, definition.children, '', false);
	}
	return writer.text();
}

/** Collects lines, so that nothing that was written is copied again at every level of nesting. */
class PlainTextWriter {
	private readonly lines: string[] = [];
	/** What stands before the next line instead of its indent: the bullets and numbers that were opened on it. */
	private pendingMarker: string | null = null;

	constructor(private readonly footnotes: FootnoteNumbers) {}

	text(): string {
		let first = 0;
		let end = this.lines.length;
		while (this.lines[first] === '') first += 1;
		while (end > first && this.lines[end - 1] === '') end -= 1;
		return this.lines.slice(first, end).join('\n');
	}

	blocks(nodes: readonly Block[], indent: string, tight: boolean): void {
		const written = nodes.filter((node) => node.type !== 'linkDefinitions' || node.definitions.length > 0);
		written.forEach((node, index) => {
			if (index > 0 && !tight) this.gap();
			this.block(node, indent);
		});
	}

	/** Blocks of which the first line begins with a marker and the others are indented by its width. */
	marked(marker: string, nodes: readonly Block[], indent: string, tight: boolean): void {
		this.pendingMarker = (this.pendingMarker ?? indent) + marker;
		this.blocks(nodes, deeper(indent, stringWidth(marker)), tight);
		if (this.pendingMarker !== null) this.line('', indent); // an item without content still has its bullet
	}

	private block(node: Block, indent: string): void {
		switch (node.type) {
			case 'heading':
			case 'paragraph':
				this.write(inlineText(node.children, this.footnotes), indent);
				break;
			case 'verbatim':
			case 'code':
				this.write(node.value, indent);
				break;
			case 'thematicBreak':
				this.line(RULE, indent);
				break;
			case 'blockquote':
				this.blocks(node.children, deeper(indent, 2), false);
				break;
			case 'list':
				this.list(node, indent);
				break;
			case 'table':
				this.table(node, indent);
				break;
			case 'linkDefinitions':
				for (const { label, url, title } of node.definitions)
					this.line(`[${label}] ${title === null ? url : `${title} (${url})`}`, indent);
				break;
			case 'footnoteDefinition': // written at the end
				break;
		}
	}

	private list(list: List, indent: string): void {
		const tight = !isLoose(list);
		list.children.forEach((item, index) => {
			const marker = list.start === null ? '- ' : `${list.start + index}. `;
			if (index > 0 && !tight) this.gap();
			this.marked(marker + taskMark(item), item.children, indent, tight);
		});
	}

	private table(table: Table, indent: string): void {
		const rows = cellTexts(table, this.footnotes, false).map((row) => row.map((cell) => cell.split('\n')));
		const headerRows = table.headerRows ?? 1;
		const widths = columnWidths(rows);
		rows.forEach((row, index) => {
			this.row(row, widths, table.align, indent);
			if (index + 1 === headerRows) this.line(widths.map((width) => '-'.repeat(Math.max(width, 1))).join('  '), indent);
		});
	}

	private row(cells: string[][], widths: number[], align: Alignment[], indent: string): void {
		const height = cells.reduce((most, lines) => Math.max(most, lines.length), 1);
		if (height > 1 && height * cells.length > LARGEST_ROW) {
			const flat = cells.map((lines) => [lines.join(' ')]);
			this.row(flat, widths, align, indent);
			return;
		}
		for (let line = 0; line < height; line++) {
			const texts = cells.map((lines, column) => padded(lines[line] ?? '', widths[column] ?? 0, align[column] ?? null));
			this.line(texts.join('  ').trimEnd(), indent);
		}
	}

	gap(): void {
		// A bullet waits for its first line: nothing may come between the two.
		if (this.pendingMarker === null && this.lines.at(-1) !== '') this.lines.push('');
	}

	private write(text: string, indent: string): void {
		for (const line of text.split('\n')) this.line(line, indent);
	}

	private line(text: string, indent: string): void {
		const before = this.pendingMarker ?? indent;
		this.pendingMarker = null;
		this.lines.push(text === '' ? before.trimEnd() : before + text);
	}
}

function isLoose(list: List): boolean {
	return list.children.some((item) => item.spread);
}

function taskMark(item: ListItem): string {
	if (item.checked === null) return '';
	return item.checked ? '☑ ' : '☐ ';
}

function deeper(indent: string, width: number): string {
	return ' '.repeat(Math.min(indent.length + width, MOST_INDENT));
}

function columnWidths(rows: string[][][]): number[] {
	const widths: number[] = [];
	for (const row of rows) {
		row.forEach((lines, column) => {
			for (const line of lines) {
				const width = alignedWidth(line);
				if (width <= WIDEST_ALIGNED_CELL) widths[column] = Math.max(widths[column] ?? 0, width);
			}
			widths[column] ??= 0;
		});
	}
	return widths;
}

function padded(text: string, width: number, align: Alignment): string {
	const missing = width - alignedWidth(text);
	if (missing <= 0) return text;
	if (align === 'right') return ' '.repeat(missing) + text;
	const before = align === 'center' ? Math.floor(missing / 2) : 0;
	return ' '.repeat(before) + text + ' '.repeat(missing - before);
}

/** The width of a cell in columns of a fixed-width font; of cells that are too wide to be aligned only that they are. */
function alignedWidth(text: string): number {
	if (/^[\x20-\x7e]*$/.test(text)) return text.length;
	return text.length > WIDEST_ALIGNED_CELL * 10 ? Infinity : stringWidth(text);
}
