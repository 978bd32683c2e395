import { TAG_MEANINGS } from './html-tags';
import { collapsed } from './inline-text';
import { HtmlParser, type HtmlNode, type HtmlTree } from './libraries';
import type { Block, Break, Emphasis, Inline, List, ListItem, Paragraph, Root, Table, TableCell } from './syntax-tree';
import type { Work } from './work';

/** What a browser does not show, or what does something. */
const LEFT_OUT = new Set(
	'script style template head title meta link base iframe object embed applet noscript noframes audio video source track canvas dialog portal'.split(
		' ',
	),
);

/** Elements inside each other beyond this are read for their words only. */
const DEEPEST = 200;

/** Cells of one table, counting all that a merged cell spans. */
const MOST_SPAN = 1_000;

interface Reading {
	title: string | null;
}

/** How much of an answer the parser reads in one go. */
const CHUNK = 16_384;

/** An answer in HTML, or a part of one, as a syntax tree: only what the tree knows is left, nothing active can be. */
export function* readHtml(html: string): Work<{ root: Root; title: string | null }> {
	const parser = new HtmlParser<HtmlTree>();
	for (let start = 0; start < html.length; start += CHUNK) {
		parser.tokenizer.write(html.slice(start, start + CHUNK), false);
		yield;
	}
	parser.tokenizer.write('', true);
	const reading: Reading = { title: null };
	noteTitle(parser.document, reading);
	const children = yield* blocksIn(childrenOf(parser.document), 0);
	return { root: { type: 'root', children }, title: reading.title };
}

function noteTitle(start: HtmlNode, reading: Reading): void {
	const waiting: HtmlNode[] = [start];
	for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
		if (nameOf(node) === 'title' && reading.title === null) reading.title = wordsOf(node) || null;
		if (nameOf(node) === 'svg') continue;
		waiting.push(...[...childrenOf(node)].reverse());
	}
}

/** The blocks that a run of nodes makes: what is no block itself is gathered in paragraphs. */
function* blocksIn(nodes: readonly HtmlNode[], depth: number): Work<Block[]> {
	const blocks: Block[] = [];
	let line: Inline[] = [];
	const endParagraph = (): void => {
		const children = tidied(line);
		if (children.length > 0) blocks.push({ type: 'paragraph', children });
		line = [];
	};
	for (const node of nodes) {
		yield;
		const own = yield* blockOf(node, depth);
		if (own === null) {
			line.push(...inlineOf(node, depth));
			continue;
		}
		endParagraph();
		blocks.push(...own);
	}
	endParagraph();
	return blocks;
}

/** What a node is as a block; null when it belongs to a line. */
function* blockOf(node: HtmlNode, depth: number): Work<Block[] | null> {
	const name = nameOf(node);
	if (name === null) return null;
	if (isLeftOut(node)) return [];
	if (depth >= DEEPEST) return [paragraph([{ type: 'text', value: wordsOf(node) }])];
	const children = childrenOf(node);
	switch (name) {
		case 'h1':
		case 'h2':
		case 'h3':
		case 'h4':
		case 'h5':
		case 'h6': {
			const content = tidied(children.flatMap((child) => inlineOf(child, depth + 1)));
			return content.length === 0 ? [] : [{ type: 'heading', depth: Number(name[1]), children: content }];
		}
		case 'ul':
		case 'ol':
		case 'menu':
			return yield* listOf(node, name === 'ol', depth);
		case 'blockquote':
			return [{ type: 'blockquote', children: yield* blocksIn(children, depth + 1) }];
		case 'pre':
		case 'textarea':
			return [{ type: 'code', value: rawText(node).replace(/^\n|\n$/g, '') }];
		case 'hr':
			return [{ type: 'thematicBreak' }];
		case 'table':
			return yield* tableOf(node, depth);
		case 'dt':
			return [
				paragraph([{ type: 'strong', children: tidied(children.flatMap((child) => inlineOf(child, depth + 1))) }]),
			];
		case 'summary':
			return [
				paragraph([{ type: 'strong', children: tidied(children.flatMap((child) => inlineOf(child, depth + 1))) }]),
			];
		default: {
			const isBlock =
				TAG_MEANINGS.get(name) === 'block' ||
				name === 'body' ||
				name === 'html' ||
				name === 'form' ||
				name === 'fieldset';
			// An inline element that holds blocks, as `<a>` and `<font>` around whole tables do, is looked through.
			return isBlock || holdsBlocks(node) ? yield* blocksIn(children, depth + 1) : null;
		}
	}
}

function holdsBlocks(start: HtmlNode): boolean {
	const waiting = [...childrenOf(start)];
	for (let count = 0; count < 1_000 && waiting.length > 0; count++) {
		const node = waiting.pop()!;
		const name = nameOf(node) ?? '';
		if (name === 'pre' || name === 'li' || (TAG_MEANINGS.get(name) === 'block' && name !== 'hr')) return true;
		waiting.push(...childrenOf(node));
	}
	return false;
}

function* listOf(node: HtmlNode, isOrdered: boolean, depth: number): Work<Block[]> {
	const start = Number(attributeOf(node, 'start') ?? 1);
	const list: List = {
		type: 'list',
		start: isOrdered ? (Number.isSafeInteger(start) ? start : 1) : null,
		children: [],
	};
	const loose: HtmlNode[] = [];
	const addLoose = function* (): Work<void> {
		const content = yield* blocksIn(loose.splice(0), depth + 1);
		if (content.length > 0) list.children.push(itemOf(content));
	};
	for (const child of childrenOf(node)) {
		if (nameOf(child) !== 'li') {
			loose.push(child);
			continue;
		}
		yield* addLoose();
		const item = itemOf(yield* blocksIn(childrenOf(child), depth + 2));
		const number = Number(attributeOf(child, 'value') ?? NaN);
		list.children.push(isOrdered && Number.isSafeInteger(number) ? { ...item, number } : item);
	}
	yield* addLoose();
	return list.children.length === 0 ? [] : [list];
}

function itemOf(children: Block[]): ListItem {
	const paragraphs = children.filter(({ type }) => type === 'paragraph').length;
	return { type: 'listItem', spread: paragraphs > 1, checked: null, children };
}

function* tableOf(node: HtmlNode, depth: number): Work<Block[]> {
	const rows = rowsOf(node);
	const cells = rows.flatMap(({ cells: own }) => own);
	// A table that holds another one, or one cell only, is there for the layout.
	if (cells.length <= 1 || cells.some(holdsTable)) {
		const blocks: Block[] = [];
		for (const cell of cells) blocks.push(...(yield* blocksIn(childrenOf(cell), depth + 3)));
		return blocks;
	}
	const caption = childrenOf(node).find((child) => nameOf(child) === 'caption');
	const words = caption === undefined ? [] : tidied(childrenOf(caption).flatMap((child) => inlineOf(child, depth + 2)));
	const firstOfBody = rows.findIndex(({ isHeader }) => !isHeader);
	const table: Table = {
		type: 'table',
		align: [],
		...(firstOfBody > 1 ? { headerRows: firstOfBody } : {}),
		children: [],
	};
	for (const row of rows) {
		table.children.push({ type: 'tableRow', children: row.cells.map((cell) => cellOf(cell, depth + 3)) });
		yield;
	}
	return [...(words.length === 0 ? [] : [paragraph([{ type: 'strong', children: words }])]), table];
}

interface HtmlRow {
	isHeader: boolean;
	cells: HtmlNode[];
}

function rowsOf(table: HtmlNode): HtmlRow[] {
	const rows: HtmlRow[] = [];
	for (const part of childrenOf(table)) {
		const own =
			nameOf(part) === 'tr' ? [part] : ['thead', 'tbody', 'tfoot'].includes(nameOf(part) ?? '') ? childrenOf(part) : [];
		for (const row of own) {
			if (nameOf(row) !== 'tr') continue;
			const cells = childrenOf(row).filter((cell) => nameOf(cell) === 'td' || nameOf(cell) === 'th');
			const isHeader = nameOf(part) === 'thead' || (cells.length > 0 && cells.every((cell) => nameOf(cell) === 'th'));
			if (cells.length > 0) rows.push({ isHeader, cells });
		}
	}
	return rows;
}

function cellOf(cell: HtmlNode, depth: number): TableCell {
	const span = (name: string): number => {
		const value = Number(attributeOf(cell, name) ?? 1);
		return Number.isInteger(value) && value > 1 ? Math.min(value, MOST_SPAN) : 1;
	};
	const columns = span('colspan');
	const rows = span('rowspan');
	return {
		type: 'tableCell',
		...(columns > 1 ? { columns } : {}),
		...(rows > 1 ? { rows } : {}),
		children: tidied(childrenOf(cell).flatMap((child) => inlineOf(child, depth))),
	};
}

function holdsTable(cell: HtmlNode): boolean {
	const waiting = [...childrenOf(cell)];
	for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
		if (nameOf(node) === 'table') return true;
		waiting.push(...childrenOf(node));
	}
	return false;
}

/** The parts of a line; the boundary of a block is a line break between words. */
function inlineOf(node: HtmlNode, depth: number): Inline[] {
	if (node.nodeName === '#text' && 'value' in node)
		return [{ type: 'text', value: node.value.replace(/[ \t\n\r\f]+/g, ' ') }];
	const name = nameOf(node);
	if (name === null || isLeftOut(node)) return [];
	if (depth >= DEEPEST) return [{ type: 'text', value: wordsOf(node) }];
	const inside = (): Inline[] => childrenOf(node).flatMap((child) => inlineOf(child, depth + 1));
	const meaning = TAG_MEANINGS.get(name) ?? 'nothing';
	switch (meaning) {
		case 'break':
			return [{ type: 'break' }];
		case 'link': {
			const url = attributeOf(node, 'href')?.trim() ?? '';
			const children = inside();
			return url === '' ? children : [{ type: 'link', url, title: attributeOf(node, 'title') ?? null, children }];
		}
		case 'image':
			return [
				{ type: 'image', url: attributeOf(node, 'src')?.trim() ?? '', alt: collapsed(attributeOf(node, 'alt') ?? '') },
			];
		case 'block':
			return [BOUNDARY, ...inside(), BOUNDARY];
		case 'item':
			return [BOUNDARY, { type: 'text', value: '• ' }, ...inside(), BOUNDARY];
		case 'space':
			return [{ type: 'text', value: ' ' }, ...inside(), { type: 'text', value: ' ' }];
		case 'nothing':
			if (name === 'code' || name === 'kbd' || name === 'samp' || name === 'tt') {
				const value = wordsOf(node);
				return value === '' ? [] : [{ type: 'inlineCode', value }];
			}
			if (name === 'input' && attributeOf(node, 'type') === 'checkbox')
				return [{ type: 'text', value: attributeOf(node, 'checked') === undefined ? '☐ ' : '☑ ' }];
			return inside();
		default: {
			const emphasis: Emphasis = { type: meaning, children: inside() };
			return [emphasis];
		}
	}
}

/** A line break that is none at the beginning, at the end and beside another one. */
export const BOUNDARY: Break = { type: 'break' };

/** A line without blanks and breaks at its ends, and with the boundaries of blocks as single breaks. */
export function tidied(line: readonly Inline[]): Inline[] {
	const kept: Inline[] = [];
	for (const node of line) {
		const last = kept.at(-1);
		if (node.type === 'break' && (last === undefined || (node === BOUNDARY && last.type === 'break'))) continue;
		if (node.type === 'text') {
			const atStart = last === undefined || last.type === 'break' || (last.type === 'text' && last.value.endsWith(' '));
			const value = atStart ? node.value.replace(/^ +/, '') : node.value;
			if (value === '') continue;
			if (last?.type === 'text') kept[kept.length - 1] = { type: 'text', value: last.value + value };
			else kept.push({ type: 'text', value });
			continue;
		}
		if (node.type === 'break' && last === BOUNDARY) kept.pop();
		kept.push(node);
	}
	while (kept.at(-1)?.type === 'break' || isBlank(kept.at(-1))) kept.pop();
	const last = kept.at(-1);
	if (last?.type === 'text') kept[kept.length - 1] = { type: 'text', value: last.value.replace(/ +$/, '') };
	return kept.map((node) => (node === BOUNDARY ? { type: 'break' } : node));
}

function isBlank(node: Inline | undefined): boolean {
	return node?.type === 'text' && node.value.trim() === '';
}

function paragraph(children: Inline[]): Paragraph {
	return { type: 'paragraph', children };
}

function isLeftOut(node: HtmlNode): boolean {
	if (LEFT_OUT.has(nameOf(node) ?? '') || attributeOf(node, 'hidden') !== undefined) return true;
	return /(?:^|;)\s*display\s*:\s*none/i.test(attributeOf(node, 'style') ?? '');
}

function nameOf(node: HtmlNode): string | null {
	return 'tagName' in node ? node.tagName : null;
}

function attributeOf(node: HtmlNode, name: string): string | undefined {
	return 'attrs' in node ? node.attrs.find((attribute) => attribute.name === name)?.value : undefined;
}

function childrenOf(node: HtmlNode): readonly HtmlNode[] {
	return 'childNodes' in node ? node.childNodes : [];
}

function wordsOf(node: HtmlNode): string {
	return collapsed(rawText(node));
}

/** Not recursive: it reads what is nested too deeply. */
function rawText(start: HtmlNode): string {
	const waiting: HtmlNode[] = [start];
	const parts: string[] = [];
	for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
		if ('value' in node && node.nodeName === '#text') parts.push(node.value);
		if (nameOf(node) === 'br') parts.push('\n');
		if (node !== start && isLeftOut(node)) continue;
		waiting.push(...[...childrenOf(node)].reverse());
	}
	return parts.join('');
}
