import { endAddressesBeforeCjk } from './addresses';
import { definitionOfAddress } from './definition-rule';
import { markdownFence } from './fence-rule';
import { formula, formulaBlock } from './formula';
import { harmlessTag, headingTag, noteTagNames, structureTag } from './html-tags';
import { inlineTreeOf } from './inline-tree';
import {
	cjkFriendlyEmphasis,
	footnotes,
	markdownIt,
	type BlockRule,
	type CoreRule,
	type InlineRule,
	type MarkdownIt,
	type StateInline,
	type Token,
} from './libraries';
import { sectionsOf } from './sections';
import { longUnderline, multiplication, power, signedAmount } from './signs';
import type { Inline } from './syntax-tree';
import { tableAsWritten } from './table-rule';
import type { Work } from './work';

/** The parser stops reading at this depth of quotes and lists (a list takes two levels). */
export const DEEPEST_NESTING = 100;

/** Room for addresses that are written once and used often, in characters beyond the length of the answer itself. */
const SPARE_ADDRESSES = 1_000_000;

const FOOTNOTE_REFERENCE = /\[\^[^\]\s]{1,500}\]/y;

/** What may stand in the way of a paragraph, a definition and a quote that goes on without its mark. */
const INTERRUPTS = { alt: ['paragraph', 'reference', 'blockquote'] };

/**
 * CommonMark with GFM's tables, task lists, strikethrough, autolinks and footnotes, and with what agents write beside
 * it. Each of our own rules has a file of its own.
 */
function markdownParser(): MarkdownIt {
	const parser = markdownIt({ html: false, linkify: true, maxNesting: DEEPEST_NESTING })
		.use(cjkFriendlyEmphasis) // CommonMark alone does not see `**重点：**内容` as bold
		.use(footnotes);

	// Unsafe links are for the formats to drop, where they keep the link's text; here they would stay as raw Markdown.
	parser.validateLink = () => true;
	parser.normalizeLink = (url) => url;
	parser.normalizeLinkText = (url) => url;
	endAddressesBeforeCjk(parser.linkify);

	// Footnotes stay where they are written (footnotes.ts numbers them); `^[inline]` notes are not GFM.
	parser.core.ruler.disable('footnote_tail');
	parser.inline.ruler.disable('footnote_inline');
	parser.inline.ruler.at('footnote_ref', footnoteReference);

	const { block, inline } = parser;
	block.ruler.at('table', tableAsWritten, INTERRUPTS);
	block.ruler.at('fence', markdownFence(blockRule('fence')), { alt: ['paragraph', 'reference', 'blockquote', 'list'] });
	block.ruler.at('reference', definitionOfAddress(blockRule('reference')));
	block.ruler.at('lheading', longUnderline(blockRule('lheading')));
	block.ruler.before('blockquote', 'signed_amount', signedAmount(blockRule('paragraph')));
	block.ruler.after('fence', 'formula', formulaBlock, INTERRUPTS);
	block.ruler.at('html_block', structureTag, INTERRUPTS);
	block.ruler.after('html_block', 'html_heading', headingTag, INTERRUPTS);

	inline.ruler.before('escape', 'formula', formula);
	inline.ruler.before('emphasis', 'multiplication', multiplication);
	inline.ruler.before('emphasis', 'power', power);
	inline.ruler.before('link', 'citations', severalCitations(inlineRule('link')));
	inline.ruler.after('link', 'link_with_blanks', linkWithBlanks);
	inline.ruler.at('autolink', autolinkOfKnownScheme(inlineRule('autolink')));
	inline.ruler.at('html_inline', harmlessTag);
	closeStrongBehindPunctuation(parser);
	return parser;
}

/** The parser, and the steps between its blocks and its lines, which it would do for the whole answer at once. */
interface Reader {
	parser: MarkdownIt;
	normalize: CoreRule;
	linkify: CoreRule;
	joinTexts: CoreRule;
}

let reader: Reader | undefined;

/** The blocks of a text as the parser's tokens, and what reads the words in them. */
export function* readBlocks(markdown: string): Work<{ tokens: Token[]; inline: (content: string) => Inline[] }> {
	reader ??= {
		parser: markdownParser(),
		normalize: coreRule('normalize'),
		linkify: coreRule('linkify'),
		joinTexts: coreRule('text_join'),
	};
	const { parser, normalize } = reader;
	const environment = {};
	const state = new parser.core.State(markdown, parser, environment);
	normalize(state);
	noteTagNames(state.src, environment);
	for (const section of sectionsOf(state.src)) {
		yield;
		parser.block.parse(section, parser, environment, state.tokens);
	}
	return { tokens: state.tokens, inline: inlineReader(reader, environment, markdown.length + SPARE_ADDRESSES) };
}

/** What a text must have that is more than a text: most cells of a table have nothing of it. */
const MARKUP = /[\\`*_~[<&\n$@]|\/\/|www\./i;
const ADDRESS = /@|\/\/|www\./i;

/**
 * Reads the words of one block.
 *
 * @param addresses how many characters the addresses of all links and images may have; those beyond are left out. An
 * address that is defined once can be used a million times, and every format would write it a million times.
 */
function inlineReader(
	{ parser, linkify, joinTexts }: Reader,
	environment: Record<string, unknown>,
	addresses: number,
): (content: string) => Inline[] {
	let addressesLeft = addresses;
	const addressOf = (token: Token, name: 'href' | 'src'): string => {
		const address = String(token.attrGet(name) ?? '');
		addressesLeft -= address.length;
		return addressesLeft < 0 ? '' : address;
	};
	return (content) => {
		if (!MARKUP.test(content)) return content === '' ? [] : [{ type: 'text', value: content }];
		const state = new parser.core.State('', parser, environment);
		const token = new state.Token('inline', '', 0);
		token.content = content;
		token.children = [];
		state.tokens.push(token);
		parser.inline.parse(content, parser, environment, token.children);
		if (ADDRESS.test(content)) linkify(state);
		joinTexts(state);
		return inlineTreeOf(token.children, addressOf);
	};
}

/** One of the parser's own rules, for those that stand around it. */
function blockRule(name: string): BlockRule {
	const plain = markdownIt();
	plain.block.ruler.enableOnly(name);
	return plain.block.ruler.getRules('')[0]!;
}

function coreRule(name: string): CoreRule {
	const plain = markdownIt();
	plain.core.ruler.enableOnly(name);
	return plain.core.ruler.getRules('')[0]!;
}

function inlineRule(name: string): InlineRule {
	const plain = markdownIt();
	plain.inline.ruler.enableOnly(name);
	return plain.inline.ruler.getRules('')[0]!;
}

const TWO_CITATIONS = /\[((?:\p{L}{1,6}[ .:-]?)?\d{1,4})\](?=\[((?:\p{L}{1,6}[ .:-]?)?\d{1,4})\])/uy;

/** `120[1][2]` cites two sources. To Markdown it is one link with the word 1 and the address of 2. */
function severalCitations(link: InlineRule): InlineRule {
	return (state, silent) => {
		if (state.src.charCodeAt(state.pos) !== 91) return false;
		TWO_CITATIONS.lastIndex = state.pos;
		const [first, ...labels] = TWO_CITATIONS.exec(state.src) ?? [];
		const { references = {} } = state.env as { references?: Record<string, unknown> };
		if (first === undefined || !labels.every((label) => references[label!.toLowerCase().toUpperCase()] !== undefined))
			return false;
		const { posMax } = state;
		state.posMax = state.pos + first.length;
		const isLink = link(state, silent);
		state.posMax = posMax;
		return isLink;
	};
}

/** Stands in for the plugin's rule, which searches the rest of the paragraph for the end of the name at every `[^`. */
function footnoteReference(state: StateInline, silent: boolean): boolean {
	FOOTNOTE_REFERENCE.lastIndex = state.pos;
	const reference = FOOTNOTE_REFERENCE.exec(state.src)?.[0];
	if (reference === undefined) return false;
	const label = reference.slice(2, -1);
	if (!isDefined(state.env, label)) return false;
	if (!silent) state.push('footnote_ref', '', 0).meta = { label };
	state.pos += reference.length;
	return true;
}

/** Whether the plugin has seen `[^label]:` while it read the blocks. */
function isDefined(environment: object, label: string): boolean {
	const { footnotes: seen } = environment as { footnotes?: { refs?: Record<string, number> } };
	return seen?.refs?.[`:${label}`] !== undefined;
}

const IN_ANGLES = /<(?!(?:https?|ftp|mailto|tel):)[a-z][a-z0-9+.-]*:/iy;

/** `<host:port>` is a placeholder; to CommonMark it is an address, of which the angles are not shown. */
function autolinkOfKnownScheme(autolink: InlineRule): InlineRule {
	return (state, silent) => {
		IN_ANGLES.lastIndex = state.pos;
		return !IN_ANGLES.test(state.src) && autolink(state, silent);
	};
}

const LINK_WITH_BLANKS = /\[([^[\]\n]{1,500})\]\((https?:\/\/[^\s()<>"]+(?: [^\s()<>"]+){1,20})\)/iy;

/** `[a](https://x/a b)`: CommonMark allows no blank in an address, and would make half of it a link. */
function linkWithBlanks(state: StateInline, silent: boolean): boolean {
	if (state.src.charCodeAt(state.pos) !== 91 || state.linkLevel > 0) return false;
	LINK_WITH_BLANKS.lastIndex = state.pos;
	const [written, label, address] = LINK_WITH_BLANKS.exec(state.src.slice(0, state.posMax)) ?? [];
	if (written === undefined || label === undefined || address === undefined) return false;
	const { pos, posMax } = state;
	if (!silent) {
		state.push('link_open', 'a', 1).attrs = [['href', address.replace(/ /g, '%20')]];
		state.linkLevel++;
		state.pos = pos + 1;
		state.posMax = pos + 1 + label.length;
		state.md.inline.tokenize(state);
		state.linkLevel--;
		state.push('link_close', 'a', -1);
		state.posMax = posMax;
	}
	state.pos = pos + written.length;
	return true;
}

/** `**Revenue:**12` is bold; CommonMark wants a blank after a mark that follows punctuation. */
function closeStrongBehindPunctuation(parser: MarkdownIt): void {
	class State extends parser.inline.State {
		override scanDelims(start: number, canSplitWord: boolean): ReturnType<StateInline['scanDelims']> {
			const scanned = super.scanDelims(start, canSplitWord);
			if (scanned.length !== 2 || scanned.can_close || !canSplitWord || start === 0) return scanned;
			const isBehindPunctuation = /[:：.,;!?%)\]}"'”’]/.test(this.src[start - 1]!);
			return isBehindPunctuation && /[\p{L}\p{N}$€£¥]/u.test(this.src[start + 2] ?? '')
				? { ...scanned, can_close: true }
				: scanned;
		}
	}
	parser.inline.State = State;
}
