import { titleText } from './inline-text';
import { toDocument, type AnswerDocument } from './markdown';
import { nodesFrom, type Node, type Root } from './syntax-tree';

/** Long enough for a heading, short enough for a subject line. */
const MOST_TITLE_CHARACTERS = 80;

/** File systems allow 255 bytes; what a node or a mail server puts before or after needs room. */
const MOST_FILE_NAME_BYTES = 180;

/** Names that Windows keeps for devices, whatever follows the first dot. */
const RESERVED_ON_WINDOWS = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

/**
 * What an answer is about: its first heading, otherwise its first words (cut at a word), otherwise `Answer`.
 * One line without markup, at most 80 characters.
 */
export function answerTitle(answer: string | AnswerDocument): string {
	const { root } = toDocument(answer);
	return shortened(headingIn(root) || firstText(root, wordsOf)) || 'Answer';
}

/** Where a heading may begin: `# …`, or a line with `===` or `---` below it. */
const HEADING_SIGN = /^(?: {0,3}| *> *)(?:#{1,6}[ \t].*|(?:=+|-+)[ \t]*)$/gm;
/** A heading further down is no title of the whole. */
const MOST_HEADING_DISTANCE = 20_000;
const MOST_ATTEMPTS = 20;

/**
 * The first heading of an answer; undefined when there is none. Reads no further than to it: a report of a megabyte is
 * not worth parsing for its title.
 */
export function firstHeading(answer: string): string | undefined {
	const beginning = answer.slice(0, MOST_HEADING_DISTANCE);
	// A fence around the whole, or thinking in front of it, is known by its end only.
	if (/^\s*(?:```|~~~|<)/.test(beginning)) return shortened(headingIn(toDocument(answer).root)) || undefined;
	let attempts = 0;
	for (const sign of beginning.matchAll(HEADING_SIGN)) {
		if (++attempts > MOST_ATTEMPTS) return undefined;
		const heading = headingIn(toDocument(answer.slice(0, sign.index + sign[0].length)).root);
		if (heading) return shortened(heading);
	}
	return undefined;
}

const headingIn = (root: Root): string =>
	firstText(root, (node) => (node.type === 'heading' ? titleText(node.children) : ''));

/**
 * A file name that is safe on Windows, macOS and Linux: the title (Chinese kept; no path separators, control or
 * direction characters, reserved names; at most 180 bytes in all), the day, the extension: `Q3 report 2026-01-01.md`.
 * @param date a Date (its day in UTC) or a text that starts with an ISO day; left out of the name when it is neither
 */
export function reportFileName(title: string, date: Date | string, extension: 'md' | 'html'): string {
	const day = isoDay(date);
	const ending = `${day === null ? '' : ` ${day}`}.${extension}`;
	const stem = cutToBytes(safeStem(title), MOST_FILE_NAME_BYTES - byteLength(ending)).replace(/[. ]+$/, '') || 'report';
	const beforeFirstDot = (stem + ending).split('.')[0]!.trim();
	return `${RESERVED_ON_WINDOWS.test(beforeFirstDot) ? '_' : ''}${stem}${ending}`;
}

function wordsOf(node: Node): string {
	if (node.type === 'code') return node.value.slice(0, 1_000).replace(/\s+/g, ' ').trim();
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
	const characters = charactersOf(text, MOST_TITLE_CHARACTERS + 1);
	if (characters.length <= MOST_TITLE_CHARACTERS) return text;
	const kept = characters.slice(0, MOST_TITLE_CHARACTERS - 1).join('');
	const lastSpace = kept.lastIndexOf(' ');
	return `${(lastSpace > MOST_TITLE_CHARACTERS / 2 ? kept.slice(0, lastSpace) : kept).trimEnd()}…`;
}

function safeStem(title: string): string {
	return title
		.slice(0, 1_000)
		.normalize('NFC')
		.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
		.replace(/[\p{Cs}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\uFFFE\uFFFF]+/gu, '')
		.replace(/[/\\:*?"<>|]+/g, '-')
		.replace(/\s+/g, ' ')
		.replace(/^[-. ~]+|[-. ]+$/g, '');
}

function isoDay(date: Date | string): string | null {
	if (typeof date === 'string') return /^\d{4}-\d{2}-\d{2}(?!\d)/.exec(date)?.[0] ?? null;
	return Number.isNaN(date.getTime()) ? null : (/^\d{4}-\d{2}-\d{2}/.exec(date.toISOString())?.[0] ?? null);
}

/** The first `most` characters as a reader counts them, so that no emoji or accented letter is cut in two. */
function charactersOf(text: string, most: number): string[] {
	const characters: string[] = [];
	for (const { segment } of new Intl.Segmenter().segment(text.slice(0, most * 20))) {
		if (characters.length === most) break;
		characters.push(segment);
	}
	return characters;
}

function cutToBytes(text: string, bytes: number): string {
	let kept = '';
	let left = bytes;
	for (const character of charactersOf(text, bytes)) {
		left -= byteLength(character);
		if (left < 0) break;
		kept += character;
	}
	return kept;
}

function byteLength(text: string): number {
	return new TextEncoder().encode(text).length;
}
