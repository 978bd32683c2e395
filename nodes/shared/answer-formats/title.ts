import { firstCharacters } from './characters';
import { titleText } from './inline-text';
import { toDocument, type AnswerDocument } from './markdown';
import { nodesFrom, type Node, type Root } from './syntax-tree';

/** Long enough for a heading, short enough for a subject line. */
const MOST_TITLE_CHARACTERS = 80;

/**
 * What an answer calls itself: its first heading, else the title in its front matter or of its HTML page. One line
 * without markup, at most 80 characters; null when it says nothing.
 */
export function answerHeading(answer: string | AnswerDocument): string | null {
	const { root, title } = toDocument(answer);
	return shortened(headingIn(root) || (title ?? '')) || null;
}

/** A heading in the first line, of words that nothing in Markdown could mean something else by: most reports begin so. */
const PLAIN_HEADING = /^#{1,6} +([\p{L}\p{N}][\p{L}\p{N} ,;:.()?!%/'’–—-]*)\r?\n/u;
/** Where a heading may end: `# …`, or the `===` or `---` below it. */
const HEADING_SIGN = /^(?: {0,3}| *> *)(?:#{1,6}[ \t][^\n]*|(?:=+|-+)[ \t]*$)/gm;
/** A heading further down is no title of the whole. */
const MOST_HEADING_DISTANCE = 20_000;
const MOST_ATTEMPTS = 20;

/**
 * The same without reading further than to the heading: a report of a megabyte is not worth parsing for its title.
 * Null also if the heading is far down.
 */
export function firstHeading(answer: string): string | null {
	const beginning = answer.slice(0, MOST_HEADING_DISTANCE);
	const plain = PLAIN_HEADING.exec(beginning)?.[1];
	if (plain !== undefined) return shortened(plain);
	// A fence around the whole, front matter, or thinking in front of it, is known by its end only.
	if (/^\s*(?:```|~~~|<|---)/.test(beginning)) return answerHeading(answer);
	let attempts = 0;
	for (const sign of beginning.matchAll(HEADING_SIGN)) {
		if (++attempts > MOST_ATTEMPTS) return null;
		const heading = answerHeading(answer.slice(0, sign.index + sign[0].length));
		if (heading !== null) return heading;
	}
	return null;
}

const headingIn = (root: Root): string =>
	firstText(root, (node) => (node.type === 'heading' ? titleText(node.children) : ''));

/**
 * What an answer is about: {@link answerHeading}, otherwise its first words (cut at a word), otherwise `Answer`.
 * One line without markup, at most 80 characters.
 */
export function answerTitle(answer: string | AnswerDocument): string {
	const document = toDocument(answer);
	return answerHeading(document) ?? (shortened(firstText(document.root, wordsOf)) || 'Answer');
}

function wordsOf(node: Node): string {
	if (node.type === 'code' || node.type === 'verbatim') return node.value.slice(0, 1_000).replace(/\s+/g, ' ').trim();
	return node.type === 'paragraph' || node.type === 'tableCell' ? titleText(node.children) : '';
}

/** The first text that `read` finds, in the order of the document. */
function firstText(root: Root, read: (node: Node) => string): string {
	for (const node of nodesFrom(root)) {
		const text = read(node);
		if (text !== '') return text;
	}
	return '';
}

function shortened(title: string): string {
	const text = title
		.replace(/\p{Cc}+/gu, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	if (text.length <= MOST_TITLE_CHARACTERS) return text;
	const characters = firstCharacters(text, MOST_TITLE_CHARACTERS + 1);
	if (characters.length <= MOST_TITLE_CHARACTERS) return text;
	const kept = characters.slice(0, MOST_TITLE_CHARACTERS - 1).join('');
	const lastSpace = kept.lastIndexOf(' ');
	return `${(lastSpace > MOST_TITLE_CHARACTERS / 2 ? kept.slice(0, lastSpace) : kept).trimEnd()}…`;
}
