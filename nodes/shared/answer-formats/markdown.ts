import { footnotesOf, type Footnotes } from './footnotes';
import { cjkFriendlyEmphasis, footnotes, markdownIt, type StateInline } from './libraries';
import { deepestLevel, treeOf } from './markdown-tree';
import { isTooCostlyToRead } from './reading-cost';
import type { Root } from './syntax-tree';
import { tableOfRowsAsWritten } from './table-rule';

/** An answer that was read once and can be written in every format. */
export interface AnswerDocument {
	/** The answer as the agent wrote it. */
	markdown: string;
	root: Root;
	footnotes: Footnotes;
	/** Why the answer was not read as Markdown but kept as one preformatted text; null in all ordinary cases. */
	notRead: string | null;
}

/** The parser stops reading at this depth of quotes and lists (a list takes two levels). */
const DEEPEST_NESTING = 100;

const LONGEST_ADDRESS = 2_000;

/** Room for addresses that are written once and used often, in characters beyond the length of the answer itself. */
const SPARE_ADDRESSES = 1_000_000;

const LINE_BREAK_TAG = /<br *\/?>/iy;
const FOOTNOTE_REFERENCE = /\[\^[^\]\s]{1,500}\]/y;

const parser = markdownIt({ html: false, linkify: true, maxNesting: DEEPEST_NESTING })
	.use(cjkFriendlyEmphasis) // CommonMark alone does not see `**重点：**内容` as bold
	.use(footnotes);

// Unsafe links are for the formats to drop, where they keep the link's text; here they would stay as raw Markdown.
parser.validateLink = () => true;
parser.normalizeLink = (url) => url;
parser.normalizeLinkText = (url) => url;

// Footnotes stay where they are written (footnotes.ts numbers them); `^[inline]` notes are not GFM.
parser.core.ruler.disable('footnote_tail');
parser.inline.ruler.disable('footnote_inline');
parser.inline.ruler.at('footnote_ref', footnoteReference);

parser.block.ruler.at('table', tableOfRowsAsWritten, { alt: ['paragraph', 'reference'] });

// `<br>` is how agents break a line inside a table cell; all other HTML is text.
parser.inline.ruler.push('line_break_tag', lineBreakTag);

parser.linkify.add('www.', {
	validate: (text, position, linkify) => {
		const address = `http://www.${text.slice(position, position + LONGEST_ADDRESS)}`;
		return Math.max(0, linkify.testSchemaAt(address, 'http:', 'http:'.length) - '//www.'.length);
	},
	normalize: (match) => {
		match.url = `http://${match.url}`;
	},
});

/**
 * Reads an answer's Markdown: CommonMark with GFM's tables, task lists, strikethrough, autolinks and footnotes. A line
 * break in the agent's text is a line break (as chat windows show it), raw HTML is text. Never throws: an answer that
 * nests too deeply or is made of too many parts is kept as one preformatted text, with the reason in `notRead`.
 */
export function parseAnswer(markdown: string): AnswerDocument {
	if (isTooCostlyToRead(markdown)) return asWritten(markdown, 'it is made of too many parts');
	try {
		const tokens = parser.parse(markdown, {});
		if (deepestLevel(tokens) >= DEEPEST_NESTING - 1) {
			return asWritten(markdown, `it nests quotes or lists more than ${DEEPEST_NESTING / 2} levels deep`);
		}
		const root = treeOf(tokens, markdown.length + SPARE_ADDRESSES);
		return { markdown, root, footnotes: footnotesOf(root), notRead: null };
	} catch (error) {
		// No input is known that gets here; an answer that was paid for shall not be lost to the first one.
		return asWritten(
			markdown,
			`its Markdown could not be read (${error instanceof Error ? error.message : 'unknown error'})`,
		);
	}
}

/** For functions that take either: Markdown, or what was read before. */
export function toDocument(answer: string | AnswerDocument): AnswerDocument {
	return typeof answer === 'string' ? parseAnswer(answer) : answer;
}

function asWritten(markdown: string, notRead: string): AnswerDocument {
	const root: Root = { type: 'root', children: [{ type: 'code', value: markdown }] };
	return { markdown, root, footnotes: footnotesOf(root), notRead };
}

function lineBreakTag(state: StateInline, silent: boolean): boolean {
	const tag = textAt(LINE_BREAK_TAG, state);
	if (tag === null) return false;
	if (!silent) state.push('hardbreak', 'br', 0);
	state.pos += tag.length;
	return true;
}

/** Stands in for the plugin's rule, which searches the rest of the paragraph for the end of the name at every `[^`. */
function footnoteReference(state: StateInline, silent: boolean): boolean {
	const reference = textAt(FOOTNOTE_REFERENCE, state);
	if (reference === null) return false;
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

function textAt(pattern: RegExp, state: StateInline): string | null {
	pattern.lastIndex = state.pos;
	return pattern.exec(state.src)?.[0] ?? null;
}
