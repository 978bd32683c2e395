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
	endlessTables?: number;
}

/** How often the search for a table's end may fail: each time all the rest is read. */
const MOST_ENDLESS_TABLES = 20;

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

/** Tags that may stand before a table without saying anything. */
const TABLE = /^(?:<\/?(?:div|center|p|details|figure|section|article)(?:\s[^<>]*)?>\s*)*<table[\s>]/i;

/** A table in HTML, as agents write it for merged cells: read by the rules of HTML. */
export function tableTag(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
	if (state.sCount[startLine]! - state.blkIndent >= 4) return false;
	const start = state.bMarks[startLine]! + state.tShift[startLine]!;
	if (state.src.charCodeAt(start) !== 60) return false;
	if (!TABLE.test(state.src.slice(start, Math.min(state.eMarks[startLine]!, start + LONGEST_TAG)))) return false;
	const environment = state.env as Environment;
	if ((environment.endlessTables ?? 0) >= MOST_ENDLESS_TABLES) return false;
	const last = lastLineOfTable(state, startLine, endLine);
	if (last === null) {
		environment.endlessTables = (environment.endlessTables ?? 0) + 1;
		return false;
	}
	if (silent) return true;
	state.line = last + 1;
	state.push('html_table', '', 0).content = state.getLines(startLine, last + 1, state.blkIndent, false);
	return true;
}

function lastLineOfTable(state: StateBlock, startLine: number, endLine: number): number | null {
	let open = 0;
	for (let line = startLine; line < endLine; line++) {
		if (!state.isEmpty(line) && state.sCount[line]! < state.blkIndent) return null;
		for (const [, slash] of state.src.slice(state.bMarks[line], state.eMarks[line]).matchAll(/<(\/?)table[\s>]/gi))
			open += slash === '/' ? -1 : 1;
		if (open <= 0) return line;
	}
	return null;
}

function named(meaning: TagMeaning, names: string): Array<[string, TagMeaning]> {
	return names.split(' ').map((name) => [name, meaning]);
}
