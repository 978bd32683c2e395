import { definitionIn } from './definition-rule';
import { BOUNDARY, readHtml, tidied } from './html-reader';
import { tagIn, type Tag } from './html-tags';
import type { Token } from './libraries';
import type {
	Alignment,
	Block,
	Blockquote,
	Emphasis,
	FootnoteDefinition,
	Heading,
	Inline,
	Link,
	LinkDefinition,
	List,
	ListItem,
	Node,
	Paragraph,
	Root,
	Table,
	TableCell,
	TableRow,
} from './syntax-tree';

type Container = Root | Blockquote | List | ListItem | FootnoteDefinition | Table | TableRow;

/** How many levels of emphasis and links inside each other are kept: the parser itself knows no limit for them. */
const DEEPEST_EMPHASIS = 50;

/** The deepest level at which the parser opened a block; content below its limit is missing from the tokens. */
export function deepestLevel(tokens: readonly Token[]): number {
	return tokens.reduce((deepest, token) => (token.nesting === 1 ? Math.max(deepest, token.level) : deepest), 0);
}

/**
 * The parser's flat list of tokens as a syntax tree.
 * @param addresses how many characters the addresses of all links and images may have; those beyond are left out. An
 * address that is defined once can be used a million times, and every format would write it a million times.
 */
export function treeOf(tokens: readonly Token[], addresses: number): Root {
	let addressesLeft = addresses;
	const addressOf = (token: Token, name: 'href' | 'src'): string => {
		const address = String(token.attrGet(name) ?? '');
		addressesLeft -= address.length;
		return addressesLeft < 0 ? '' : address;
	};
	const root: Root = { type: 'root', children: [] };
	const open: Container[] = [root];
	/** The heading, paragraph or cell that the next `inline` token fills. */
	let text: Heading | Paragraph | TableCell | null = null;
	const add = (node: Node): void => {
		(open.at(-1)!.children as Node[]).push(node); // what may be in what is the parser's knowledge
	};
	const enter = (node: Container): void => {
		add(node);
		open.push(node);
	};

	for (const token of tokens) {
		switch (token.type) {
			case 'heading_open':
				add((text = { type: 'heading', depth: Number(token.tag.slice(1)), children: [] }));
				break;
			case 'paragraph_open':
				add((text = { type: 'paragraph', children: [] }));
				if (!token.hidden) loosen(open.at(-1)!); // hidden: the paragraphs of a list without blank lines
				break;
			case 'th_open':
			case 'td_open':
				add((text = { type: 'tableCell', children: [] }));
				if (token.type === 'th_open') (open.at(-2) as Table).align.push(alignmentOf(token));
				break;
			case 'inline':
				if (text !== null) text.children = inlineTreeOf(token.children ?? [], addressOf);
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
			case 'table_open':
				enter({ type: 'table', align: [], children: [] });
				break;
			case 'tr_open':
				enter({ type: 'tableRow', children: [] });
				break;
			case 'blockquote_close':
			case 'bullet_list_close':
			case 'ordered_list_close':
			case 'list_item_close':
			case 'footnote_reference_close':
			case 'table_close':
			case 'tr_close':
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
			default: // the ends of headings, paragraphs and cells, and the parts of a table that are not rows
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

function inlineTreeOf(tokens: readonly Token[], addressOf: (token: Token, name: 'href' | 'src') => string): Inline[] {
	const top: Inline[] = [];
	/** The children of each open element, innermost last. */
	const open: Inline[][] = [top];
	const add = (node: Inline): void => {
		open.at(-1)!.push(node);
	};
	const enter = (node: Emphasis | Link): void => {
		// Deeper emphasis shows no more, and who walks the tree shall not run out of stack.
		const isShown = open.length < DEEPEST_EMPHASIS;
		if (isShown) add(node);
		open.push(isShown ? node.children : open.at(-1)!);
	};
	const tags = pairedTags(tokens);

	for (const token of tokens) {
		switch (token.type) {
			case 'em_open':
				enter({ type: 'emphasis', children: [] });
				break;
			case 'strong_open':
				enter({ type: 'strong', children: [] });
				break;
			case 's_open':
				enter({ type: 'delete', children: [] });
				break;
			case 'link_open':
				enter({ type: 'link', url: addressOf(token, 'href'), title: titleOf(token), ...keyOf(token), children: [] });
				break;
			case 'em_close':
			case 'strong_close':
			case 's_close':
			case 'link_close':
				open.pop();
				break;
			case 'code_inline':
				add({ type: 'inlineCode', value: token.content });
				break;
			case 'softbreak':
			case 'hardbreak':
				add({ type: 'break' });
				break;
			case 'image':
				add({ type: 'image', url: addressOf(token, 'src'), alt: wordsOf(token), ...keyOf(token) });
				break;
			case 'footnote_ref':
				add({ type: 'footnoteReference', identifier: labelOf(token) });
				break;
			case 'html_tag': {
				const tag = tagIn(token);
				if (tags.paired.has(token)) {
					if (tag.closes) open.pop();
					else enter(elementOf(tag));
				} else if (tag.meaning === 'image' && !tag.closes) {
					add({ type: 'image', url: tag.attributes['src'] ?? '', alt: tag.attributes['alt'] ?? '' });
				} else if (tag.meaning === 'break') {
					add({ type: 'break' });
				} else if (tag.meaning === 'block' || tag.meaning === 'item') {
					add(BOUNDARY);
					if (tag.meaning === 'item' && !tag.closes) add({ type: 'text', value: '• ' });
				} else if (tag.meaning === 'space') {
					add({ type: 'text', value: ' ' });
				}
				break;
			}
			default: // text, and whatever a later version of the parser may add: no word gets lost
				if (token.content !== '') add({ type: 'text', value: token.content });
				break;
		}
	}
	return tags.hasBoundaries ? tidied(top) : top;
}

function elementOf({ meaning, attributes }: Tag): Emphasis | Link {
	if (meaning === 'link')
		return { type: 'link', url: attributes['href'] ?? '', title: attributes['title'] ?? null, children: [] };
	return { type: meaning as Emphasis['type'], children: [] };
}

const PAIRED: readonly string[] = [
	'strong',
	'emphasis',
	'delete',
	'underline',
	'mark',
	'superscript',
	'subscript',
	'link',
];

/** The tags of a line that enclose something: those that overlap with Markdown's own marks, or stand alone, do not. */
function pairedTags(tokens: readonly Token[]): { paired: Set<Token>; hasBoundaries: boolean } {
	const paired = new Set<Token>();
	let hasBoundaries = false;
	/** Open tags, and null for an open mark of Markdown. */
	const open: Array<Token | null> = [];
	for (const token of tokens) {
		if (token.type === 'html_tag') {
			const { meaning, closes, name } = tagIn(token);
			hasBoundaries ||= meaning === 'block' || meaning === 'item' || meaning === 'space';
			if (!PAIRED.includes(meaning)) continue;
			if (!closes) {
				if (open.length < DEEPEST_EMPHASIS) open.push(token);
				continue;
			}
			const mark = open.lastIndexOf(null);
			const start = lastIndexIn(open, (other, index) => index > mark && other !== null && tagIn(other).name === name);
			if (start === -1) continue;
			paired.add(open[start]!).add(token);
			open.length = start;
		} else if (token.nesting === 1) {
			open.push(null);
		} else if (token.nesting === -1) {
			open.length = Math.max(0, open.lastIndexOf(null));
		}
	}
	return { paired, hasBoundaries };
}

function titleOf(token: Token): string | null {
	const title = token.attrGet('title');
	return title === null || String(title) === '' ? null : String(title);
}

/** What the definition is called that a link's address is from. */
function keyOf(token: Token): { key?: string } {
	const key: unknown = token.meta?.['label'];
	return typeof key === 'string' ? { key } : {};
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

function alignmentOf(token: Token): Alignment {
	const style = String(token.attrGet('style') ?? '');
	return (['left', 'right', 'center'] as const).find((side) => style.endsWith(side)) ?? null;
}

function labelOf(token: Token): string {
	const label: unknown = token.meta?.['label'];
	return typeof label === 'string' ? label : '';
}

function wordsOf(token: Token): string {
	if (token.children === null) return token.content;
	return token.children.map((child) => (child.type.endsWith('break') ? ' ' : wordsOf(child))).join('');
}

function lastIndexIn<T>(list: readonly T[], test: (item: T, index: number) => boolean): number {
	for (let index = list.length - 1; index >= 0; index--) if (test(list[index]!, index)) return index;
	return -1;
}
