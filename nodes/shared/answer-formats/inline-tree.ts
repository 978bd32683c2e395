import { BOUNDARY, tidied } from './html-reader';
import { tagIn, type Tag } from './html-tags';
import type { Token } from './libraries';
import type { Emphasis, Inline, Link } from './syntax-tree';

/** How many levels of emphasis and links inside each other are kept: the parser itself has no limit for them. */
const DEEPEST_EMPHASIS = 50;

/** The parser's tokens of a line as parts of the tree. */
export function inlineTreeOf(
	tokens: readonly Token[],
	addressOf: (token: Token, name: 'href' | 'src') => string,
): Inline[] {
	const top: Inline[] = [];
	/** The children of each open element, innermost last. */
	const open: Inline[][] = [top];
	const add = (node: Inline): void => {
		open.at(-1)!.push(node);
	};
	const enter = (node: Emphasis | Link): void => {
		// Deeper emphasis is invisible, and walking the tree must not overflow the stack.
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

export function labelOf(token: Token): string {
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
