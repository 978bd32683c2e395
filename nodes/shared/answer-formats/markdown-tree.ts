import { definitionIn } from './definition-rule';
import { readHtml } from './html-reader';
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
				break;
			case 'ordered_list_open':
				enter({ type: 'list', start: Number(token.attrGet('start') ?? 1), children: [] });
				break;
			case 'list_item_open':
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
			case 'blockquote_close':
			case 'bullet_list_close':
			case 'ordered_list_close':
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
			case 'html_table':
				for (const block of readHtml(token.content).root.children) add(block);
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

/** Definitions that follow each other stand together. */
function addDefinition(definition: LinkDefinition, parent: Container): void {
	const blocks = parent.children as Block[];
	const last = blocks.at(-1);
	if (last?.type === 'linkDefinitions') last.definitions.push(definition);
	else blocks.push({ type: 'linkDefinitions', definitions: [definition] });
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
