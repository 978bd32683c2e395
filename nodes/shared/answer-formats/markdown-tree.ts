import { definitionIn } from './definition-rule';
import { readHtml } from './html-reader';
import { withPlaceholders } from './html-tags';
import { labelOf } from './inline-tree';
import type { Token } from './libraries';
import type {
	Block,
	Blockquote,
	FootnoteDefinition,
	Heading,
	Inline,
	LinkDefinition,
	List,
	ListItem,
	Node,
	Paragraph,
	Root,
	Table,
	TableCell,
} from './syntax-tree';
import { tableIn } from './table-rule';
import type { Work } from './work';

type Container = Root | Blockquote | List | ListItem | FootnoteDefinition;

/** The deepest level at which the parser opened a block; content below its limit is missing from the tokens. */
export function deepestLevel(tokens: readonly Token[]): number {
	return tokens.reduce((deepest, token) => (token.nesting === 1 ? Math.max(deepest, token.level) : deepest), 0);
}

/**
 * The parser's flat list of block tokens as a syntax tree.
 *
 * @param inline reads the words of a heading, a paragraph or a cell
 */
export function* treeOf(tokens: readonly Token[], inline: (content: string) => Inline[]): Work<Root> {
	const root: Root = { type: 'root', children: [] };
	const open: Container[] = [root];
	/** The heading or paragraph that the next `inline` token fills. */
	let text: Heading | Paragraph | null = null;
	/** The numbers that the items of each open list were given. */
	const numbers: number[][] = [];
	const add = (node: Node): void => {
		(open.at(-1)!.children as Node[]).push(node); // what may be in what is the parser's knowledge
	};
	const enter = (node: Container): void => {
		add(node);
		open.push(node);
	};

	for (const token of tokens) {
		yield;
		switch (token.type) {
			case 'heading_open':
				add((text = { type: 'heading', depth: Number(token.tag.slice(1)), children: [] }));
				break;
			case 'paragraph_open':
				add((text = { type: 'paragraph', children: [] }));
				if (!token.hidden) loosen(open.at(-1)!); // hidden: the paragraphs of a list without blank lines
				break;
			case 'inline':
				if (text?.type === 'paragraph' && TABLE_IN_LINE.test(token.content)) {
					const parent = open.at(-1)!;
					parent.children.pop();
					for (const block of yield* aroundTable(token.content, inline)) add(block);
					text = null;
					break;
				}
				if (text !== null) text.children = inline(token.content);
				if (text?.type === 'paragraph') {
					readTask(text, open.at(-1)!);
					if (text.children.length === 0) open.at(-1)!.children.pop(); // it was made of tags
				}
				text = null;
				break;
			case 'blockquote_open':
				enter({ type: 'blockquote', children: [] });
				break;
			case 'bullet_list_open':
				enter({ type: 'list', start: null, children: [] });
				numbers.push([]);
				break;
			case 'ordered_list_open':
				enter({ type: 'list', start: Number(token.attrGet('start') ?? 1), children: [] });
				numbers.push([]);
				break;
			case 'list_item_open':
				numbers.at(-1)?.push(token.info === '' ? NaN : Number(token.info));
				enter({ type: 'listItem', spread: false, checked: null, children: [] });
				break;
			case 'footnote_reference_open':
				enter({ type: 'footnoteDefinition', identifier: labelOf(token), children: [] });
				break;
			case 'written_table': {
				const { sides, rows } = tableIn(token);
				const table: Table = { type: 'table', align: sides, children: [] };
				add(table);
				for (const row of rows) {
					const cells = row.map((cell): TableCell => ({ type: 'tableCell', children: inline(cell) }));
					table.children.push({ type: 'tableRow', children: cells });
					yield;
				}
				break;
			}
			case 'ordered_list_close':
			case 'bullet_list_close':
				numberItems(open.pop() as List, numbers.pop()!);
				break;
			case 'blockquote_close':
			case 'list_item_close':
			case 'footnote_reference_close':
				open.pop();
				break;
			case 'fence':
			case 'code_block':
				add({ type: 'code', value: token.content.replace(/\n$/, '') });
				break;
			case 'verbatim':
				add({ type: 'verbatim', value: token.content });
				break;
			case 'html_structure':
				for (const block of (yield* readHtml(withPlaceholders(token.content))).root.children) add(block);
				break;
			case 'reference_definition':
				addDefinition(definitionIn(token), open.at(-1)!);
				break;
			case 'hr':
				add({ type: 'thematicBreak' });
				break;
			default: // the ends of headings and paragraphs
				break;
		}
	}
	return root;
}

/** A table in HTML behind words of the same paragraph, from its first to its last tag. */
const TABLE_IN_LINE = /^((?:[^`<]|<(?!table[\s>]))*)(<table[\s>][^]*<\/table\s*>)([^]*)$/i;

/** The blocks of a paragraph in which a table stands. */
function* aroundTable(content: string, inline: (content: string) => Inline[]): Work<Block[]> {
	const [, before = '', table = '', behind = ''] = TABLE_IN_LINE.exec(content) ?? [];
	const paragraphOf = (words: string): Block[] => {
		const children = inline(words.trim());
		return children.length === 0 ? [] : [{ type: 'paragraph', children }];
	};
	return [...paragraphOf(before), ...(yield* readHtml(withPlaceholders(table))).root.children, ...paragraphOf(behind)];
}

/** Definitions that follow each other stand together. */
function addDefinition(definition: LinkDefinition, parent: Container): void {
	const blocks = parent.children as Block[];
	const last = blocks.at(-1);
	if (last?.type === 'linkDefinitions') last.definitions.push(definition);
	else blocks.push({ type: 'linkDefinitions', definitions: [definition] });
}

/**
 * Keeps the numbers as they were written: `2025.`, `2024.` are years, and `1.`, `3.` leave one out on purpose. (CommonMark
 * counts up from the first.) A list whose items all have one and the same number wants to be counted.
 */
function numberItems(list: List, numbers: readonly number[]): void {
	if (list.start === null || numbers.every((number) => number === numbers[0])) return;
	numbers.forEach((number, index) => {
		if (index > 0 && number !== numbers[index - 1]! + 1) list.children[index]!.number = number;
	});
}

/** GFM's task lists: `[ ]` or `[x]` and a space at the beginning of an item. */
function readTask(paragraph: Paragraph, parent: Container): void {
	const first = paragraph.children[0];
	if (parent.type !== 'listItem' || parent.children.length !== 1 || first?.type !== 'text') return;
	const box =
		/^\[([ xX])\]\s+(?=\S)/.exec(first.value) ??
		(paragraph.children.length > 1 ? /^\[([ xX])\]\s+$/.exec(first.value) : null);
	if (box === null) return;
	parent.checked = box[1] !== ' ';
	first.value = first.value.slice(box[0].length);
}

function loosen(container: Container): void {
	if (container.type === 'listItem') container.spread = true;
}
