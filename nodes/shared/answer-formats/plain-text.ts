import { cellTexts } from './cell-texts';
import { displayWidth } from './display-width';
import { inlineText, type FootnoteNumbers } from './inline-text';
import { toDocument, type AnswerDocument } from './markdown';
import type { Alignment, Block, List, ListItem, Table } from './syntax-tree';
import { atOnce, type Work } from './work';

/** Deeper text is not indented further: each level would otherwise repeat its spaces on every line below it. */
const MOST_INDENT = 24;

/** A cell that is wider does not push the other columns of its table away; its own row is misaligned instead. */
const WIDEST_ALIGNED_CELL = 48;

/** Lines times cells: a row of many cells one of which has many lines would become mostly spaces. */
const LARGEST_ROW = 10_000;

const RULE = '-'.repeat(10);

/**
 * An answer as one would paste it into a message: every word, no markup. Links are `text (url)`, lists keep their
 * bullets and numbers, tables are aligned with spaces (a Chinese character is two wide), code is as it was, quotes are
 * indented, footnotes follow at the end as `[1] …`, link definitions stand where they were written. Lines are separated
 * by `\n`, none at the end.
 */
export function answerPlainText(answer: string | AnswerDocument): string {
	return atOnce(writePlainText(toDocument(answer)));
}

/** {@link answerPlainText} as work that can be left between two blocks. */
export function* writePlainText({ root, footnotes, kind, markdown }: AnswerDocument): Work<string> {
	if (kind === 'text') return markdown.replace(/\r\n?/g, '\n').replace(/^\n+|\n+$/g, '');
	const writer = new PlainTextWriter(footnotes.numbers);
	yield* writer.blocks(root.children, '', false);
	for (const definition of footnotes.definitions) {
		writer.gap();
		yield* writer.marked(`[${footnotes.numbers.get(definition.identifier)}] `, definition.children, '', false);
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

	*blocks(nodes: readonly Block[], indent: string, tight: boolean): Work<void> {
		const written = nodes.filter((node) => node.type !== 'linkDefinitions' || node.definitions.length > 0);
		for (const [index, node] of written.entries()) {
			if (index > 0 && !tight) this.gap();
			yield* this.block(node, indent);
		}
	}

	/** Blocks of which the first line begins with a marker and the others are indented by its width. */
	*marked(marker: string, nodes: readonly Block[], indent: string, tight: boolean): Work<void> {
		this.pendingMarker = (this.pendingMarker ?? indent) + marker;
		yield* this.blocks(nodes, deeper(indent, displayWidth(marker)), tight);
		if (this.pendingMarker !== null) this.line('', indent); // an item without content still has its bullet
	}

	private *block(node: Block, indent: string): Work<void> {
		yield;
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
				yield* this.blocks(node.children, deeper(indent, 2), false);
				break;
			case 'list':
				yield* this.list(node, indent);
				break;
			case 'table':
				yield* this.table(node, indent);
				break;
			case 'linkDefinitions':
				for (const { label, url, title } of node.definitions)
					this.line(`[${label}] ${title === null ? url : `${title} (${url})`}`, indent);
				break;
			case 'footnoteDefinition': // written at the end
				break;
		}
	}

	private *list(list: List, indent: string): Work<void> {
		const tight = !isLoose(list);
		let number = list.start ?? 0;
		for (const [index, item] of list.children.entries()) {
			number = item.number ?? (index === 0 ? number : number + 1);
			const marker = list.start === null ? '- ' : `${number}. `;
			if (index > 0 && !tight) this.gap();
			yield* this.marked(marker + taskMark(item), item.children, indent, tight);
		}
	}

	private *table(table: Table, indent: string): Work<void> {
		const rows = (yield* cellTexts(table, this.footnotes, false)).map((row) => row.map((cell) => cell.split('\n')));
		const widths: number[] = [];
		for (const row of rows) {
			noteWidths(row, widths);
			yield;
		}
		const headerRows = table.headerRows ?? 1;
		for (const [index, row] of rows.entries()) {
			this.row(row, widths, table.align, indent);
			if (index + 1 === headerRows) this.line(widths.map((width) => '-'.repeat(Math.max(width, 1))).join('  '), indent);
			yield;
		}
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

function noteWidths(row: readonly string[][], widths: number[]): void {
	row.forEach((lines, column) => {
		for (const line of lines) {
			const width = alignedWidth(line);
			if (width <= WIDEST_ALIGNED_CELL) widths[column] = Math.max(widths[column] ?? 0, width);
		}
		widths[column] ??= 0;
	});
}

function padded(text: string, width: number, align: Alignment): string {
	const missing = width - alignedWidth(text);
	if (missing <= 0) return text;
	if (align === 'right') return ' '.repeat(missing) + text;
	const before = align === 'center' ? Math.floor(missing / 2) : 0;
	return ' '.repeat(before) + text + ' '.repeat(missing - before);
}

/** The width of a cell; of those that are too wide to be aligned only that they are. */
function alignedWidth(text: string): number {
	return text.length > WIDEST_ALIGNED_CELL * 10 ? Infinity : displayWidth(text);
}
