import type { StateBlock, StateInline, Token } from './libraries';

export type TagMeaning =
	| 'strong'
	| 'emphasis'
	| 'delete'
	| 'underline'
	| 'mark'
	| 'superscript'
	| 'subscript'
	| 'link'
	| 'image'
	| 'break'
	/** It has lines of its own. */
	| 'block'
	| 'item'
	| 'space'
	/** It has no meaning but its look. */
	| 'nothing';

/** What a tag among the Markdown, or in an HTML answer, means inside a line. */
export const TAG_MEANINGS: ReadonlyMap<string, TagMeaning> = new Map<string, TagMeaning>([
	...named('strong', 'b strong'),
	...named('emphasis', 'i em'),
	...named('delete', 's del strike'),
	...named('underline', 'u ins'),
	...named('mark', 'mark'),
	...named('superscript', 'sup'),
	...named('subscript', 'sub'),
	...named('link', 'a'),
	...named('image', 'img'),
	...named('break', 'br'),
	...named(
		'block',
		'p div center details summary figure figcaption section article header footer main aside nav address blockquote ' +
			'h1 h2 h3 h4 h5 h6 ul ol dl dt dd table caption thead tbody tfoot tr hr',
	),
	...named('item', 'li'),
	...named('space', 'td th'),
	...named(
		'nothing',
		'span font small big code kbd samp tt var abbr cite dfn q time label ruby rb rt rp bdi bdo nobr wbr colgroup col input',
	),
]);

/** Further names of HTML, of which the reader knows what to do with them. */
const FURTHER_TAGS = new Set(
	'html head title body style script template meta link base pre textarea form fieldset legend button select option svg math path iframe object embed video audio source track canvas noscript menu'.split(
		' ',
	),
);

/**
 * HTML that stands among words, with what is no tag of HTML as the text that it is: `<td><name></td>` has a placeholder
 * in its cell, of which the rules of HTML would show nothing.
 */
export function withPlaceholders(html: string): string {
	return html.replace(/<(?=\/?([a-z][a-z0-9]*)([-_:.]?))/gi, (angle, name: string, behind: string) => {
		const isTag = behind === '' && (TAG_MEANINGS.has(name.toLowerCase()) || FURTHER_TAGS.has(name.toLowerCase()));
		return isTag ? angle : '&lt;';
	});
}

/** Tags that mean something without another one. */
const ALONE = new Set(['br', 'hr', 'img', 'wbr', 'col', 'input', 'p', 'li', 'td', 'th', 'tr', 'dt', 'dd']);

const LONGEST_TAG = 2_000;
const TAG =
	/<(\/?)([a-z][a-z0-9]*)((?:\s+(?:[a-z_:][-\w:.]*\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+)|open|hidden|checked|disabled|nowrap|noshade|reversed))*)\s*\/?>/iy;
const ATTRIBUTE = /([a-z_:][-\w:.]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))/gi;

/** A tag in a text. */
export interface Tag {
	name: string;
	meaning: TagMeaning;
	closes: boolean;
	attributes: Record<string, string>;
}

interface Environment {
	tagNames?: { opening: Set<string>; closing: Set<string> };
	inVain?: number;
}

/** How often the end of a table or list may be searched for in vain: each time the whole rest is read. */
const MOST_IN_VAIN = 20;

/**
 * The harmless tags that agents mix into Markdown (`<sup>`, `<u>`, `<details>`, `<font>`, `<center>` …) are read for
 * what they say; all others are text: `<name>` may be a placeholder, and `<script>` must be seen, not run.
 */
export function harmlessTag(state: StateInline, silent: boolean): boolean {
	if (state.src.charCodeAt(state.pos) !== 60) return false;
	const tag = tagAt(
		state.src.slice(state.pos, Math.min(state.posMax, state.pos + LONGEST_TAG)),
		state.env as Environment,
	);
	if (tag === null) return false;
	if (!silent) state.push('html_tag', tag.meta.name, 0).meta = { ...tag.meta };
	state.pos += tag.length;
	return true;
}

/** The tag that an `html_tag` token stands for. */
export function tagIn(token: Token): Tag {
	return token.meta as unknown as Tag;
}

/** Remembers which tags an answer opens and closes: one without the other is rather a word in angle brackets. */
export function noteTagNames(markdown: string, environment: object): void {
	const opening = new Set<string>();
	const closing = new Set<string>();
	for (const [, slash, name] of markdown.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi))
		(slash === '/' ? closing : opening).add(name!.toLowerCase());
	(environment as Environment).tagNames = { opening, closing };
}

function tagAt(source: string, { tagNames }: Environment): { meta: Tag; length: number } | null {
	TAG.lastIndex = 0;
	const [written, slash, tagName, given] = TAG.exec(source) ?? [];
	const name = tagName?.toLowerCase();
	const meaning = name === undefined ? undefined : TAG_MEANINGS.get(name);
	if (written === undefined || name === undefined || meaning === undefined) return null;
	const closes = slash === '/';
	if (!ALONE.has(name) && tagNames?.[closes ? 'opening' : 'closing'].has(name) !== true) return null;
	const attributes: Record<string, string> = {};
	for (const [, key, double, single, bare] of (given ?? '').matchAll(ATTRIBUTE))
		attributes[key!.toLowerCase()] ??= double ?? single ?? bare ?? '';
	return { meta: { name, meaning, closes, attributes }, length: written.length };
}

const HEADING = /^<h([1-6])(?:\s[^<>]*)?>(.*)<\/h\1\s*>$/i;

/** `<h1 align="center">…</h1>` in a line of its own. */
export function headingTag(state: StateBlock, startLine: number, _endLine: number, silent: boolean): boolean {
	if (state.sCount[startLine]! - state.blkIndent >= 4) return false;
	const start = state.bMarks[startLine]! + state.tShift[startLine]!;
	if (state.src.charCodeAt(start) !== 60) return false;
	const [, level, content] = HEADING.exec(state.src.slice(start, state.eMarks[startLine]).trim()) ?? [];
	if (level === undefined || content === undefined) return false;
	if (silent) return true;
	state.line = startLine + 1;
	state.push('heading_open', `h${level}`, 1);
	const inline = state.push('inline', '', 0);
	inline.content = content.trim();
	inline.children = [];
	state.push('heading_close', `h${level}`, -1);
	return true;
}

/** A table or a list, and the tags that may stand before it without saying anything. */
const STRUCTURE = /^(?:<\/?(?:div|center|p|details|figure|section|article)(?:\s[^<>]*)?>\s*)*<(table|[uod]l)(?=[\s>])/i;

/** Marks that only Markdown gives a meaning: in a list they are rather meant than in a table. */
const MARKDOWN = /\*\*|`|\]\(|^[ \t]*(?:[-*+]|\d{1,9}[.)]|#{1,6})[ \t]/m;

/** A table in HTML, as agents write it for merged cells, or a list: read by the rules of HTML. */
export function structureTag(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
	if (state.sCount[startLine]! - state.blkIndent >= 4) return false;
	const start = state.bMarks[startLine]! + state.tShift[startLine]!;
	if (state.src.charCodeAt(start) !== 60) return false;
	const name = STRUCTURE.exec(state.src.slice(start, Math.min(state.eMarks[startLine]!, start + LONGEST_TAG)))?.[1];
	if (name === undefined) return false;
	const environment = state.env as Environment;
	if ((environment.inVain ?? 0) >= MOST_IN_VAIN) return false;
	const last = lastLineOf(state, startLine, endLine, name);
	if (last === null) {
		environment.inVain = (environment.inVain ?? 0) + 1;
		return false;
	}
	const content = state.getLines(startLine, last + 1, state.blkIndent, false);
	if (name.toLowerCase() !== 'table' && MARKDOWN.test(content)) {
		environment.inVain = (environment.inVain ?? 0) + 1;
		return false;
	}
	if (silent) return true;
	state.line = last + 1;
	state.push('html_structure', '', 0).content = content;
	return true;
}

function lastLineOf(state: StateBlock, startLine: number, endLine: number, name: string): number | null {
	const tags = new RegExp(`<(/?)${name}[\\s>]`, 'gi');
	let open = 0;
	for (let line = startLine; line < endLine; line++) {
		if (!state.isEmpty(line) && state.sCount[line]! < state.blkIndent) return null;
		for (const [, slash] of state.src.slice(state.bMarks[line], state.eMarks[line]).matchAll(tags))
			open += slash === '/' ? -1 : 1;
		if (open <= 0) return line;
	}
	return null;
}

function named(meaning: TagMeaning, names: string): Array<[string, TagMeaning]> {
	return names.split(' ').map((name) => [name, meaning]);
}
