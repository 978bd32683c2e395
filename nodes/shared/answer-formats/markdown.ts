import { reportInBareFence } from './fence-rule';
import { footnotesOf, type Footnotes } from './footnotes';
import { frontMatterOf } from './front-matter';
import { htmlIn } from './html-answer';
import { readHtml } from './html-reader';
import { settleLinks } from './link-definitions';
import { DEEPEST_NESTING, readBlocks } from './markdown-parser';
import { deepestLevel, treeOf } from './markdown-tree';
import { isTooCostlyToRead } from './reading-cost';
import type { Block, Root } from './syntax-tree';
import { withoutThinking } from './thinking';
import { atOnce, type Work } from './work';

/** How an answer is written. */
export type AnswerKind = 'markdown' | 'html' | 'text';

/** An answer that was read once and can be written in every format. */
export interface AnswerDocument {
	/** The answer as the agent wrote it. */
	markdown: string;
	kind: AnswerKind;
	root: Root;
	footnotes: Footnotes;
	/** What the answer says about itself to be its title (front matter, the title of an HTML page), apart from headings. */
	title: string | null;
	/** Why the answer was not read as Markdown but kept as one preformatted text; null in all ordinary cases. */
	notRead: string | null;
}

/**
 * Reads an answer. Markdown is CommonMark with GFM's tables, task lists, strikethrough, autolinks and footnotes; a line
 * break in the agent's text is a line break (as chat windows show it), harmless HTML tags mean what they say, all others
 * are text, thinking before the answer is left out. An answer that is HTML all through is read as such. Never throws: an answer that nests too deeply or is made of too many
 * parts is kept as one preformatted text, with the reason in `notRead`.
 *
 * @param fileType what the provider calls the form of the answer (`markdown`, `html`, `text`, a MIME type or a file's
 * extension); Markdown where it says nothing. A form that is neither Markdown nor HTML is never read as Markdown.
 */
export function parseAnswer(answer: string, fileType?: string | null): AnswerDocument {
	return atOnce(readAnswer(answer, fileType));
}

/** {@link parseAnswer} as work that can be left between two lines. */
export function* readAnswer(answer: string, fileType?: string | null): Work<AnswerDocument> {
	const kind = kindOf(fileType);
	if (kind === 'text') return yield* documentOf(answer, kind, textBlocks(answer));
	if (isTooCostlyToRead(answer)) return yield* asWritten(answer, kind, 'it is made of too many parts');
	try {
		return yield* kind === 'html' ? fromHtml(answer, withoutThinking(answer).text) : fromMarkdown(answer);
	} catch (error) {
		// No input is known that gets here; an answer that was paid for must not be lost to the first one.
		const name = kind === 'html' ? 'HTML' : 'Markdown';
		return yield* asWritten(
			answer,
			kind,
			`its ${name} could not be read (${error instanceof Error ? error.message : 'unknown error'})`,
		);
	}
}

/** For functions that take either: Markdown, or what was read before. */
export function toDocument(answer: string | AnswerDocument): AnswerDocument {
	return typeof answer === 'string' ? parseAnswer(answer) : answer;
}

/** How an answer is written, by what its provider calls it. */
export function kindOf(fileType: string | null | undefined): AnswerKind {
	const name = (fileType ?? '')
		.trim()
		.toLowerCase()
		.replace(/^\.|;.*$/g, '')
		.replace(/^(?:text|application)\//, '');
	if (/^(?:|md|mdx|markdown|x-markdown|gfm)$/.test(name)) return 'markdown';
	return /^(?:html?|xhtml|xhtml\+xml)$/.test(name) ? 'html' : 'text';
}

function* fromMarkdown(answer: string): Work<AnswerDocument> {
	const text = withoutThinking(answer).text;
	const html = htmlIn(text);
	if (html !== null) return yield* fromHtml(answer, html);
	const frontMatter = frontMatterOf(text);
	const body = frontMatter?.text ?? text;
	const markdown = reportInBareFence(body) ?? body;

	const { tokens, inline } = yield* readBlocks(markdown);
	if (deepestLevel(tokens) >= DEEPEST_NESTING - 1) {
		return yield* asWritten(
			answer,
			'markdown',
			`it nests quotes or lists more than ${DEEPEST_NESTING / 2} levels deep`,
		);
	}
	const root = yield* treeOf(tokens, inline);
	yield* settleLinks(root);
	if (frontMatter !== null && frontMatter.lines !== '')
		root.children.unshift({ type: 'verbatim', value: frontMatter.lines });
	return { ...(yield* documentOf(answer, 'markdown', root.children)), title: frontMatter?.title ?? null };
}

function* fromHtml(answer: string, html: string): Work<AnswerDocument> {
	const { root, title } = yield* readHtml(html);
	yield* settleLinks(root);
	return { ...(yield* documentOf(answer, 'html', root.children)), title };
}

/** Paragraphs of a text that is no Markdown, every line as it is. */
function textBlocks(text: string): Block[] {
	const paragraphs = text
		.replace(/\r\n?/g, '\n')
		.trimEnd()
		.split(/\n(?:[ \t]*\n)+/);
	return paragraphs
		.map((value): Block => ({ type: 'verbatim', value }))
		.filter((block) => block.type !== 'verbatim' || block.value.trim() !== '');
}

function* documentOf(markdown: string, kind: AnswerKind, children: Block[]): Work<AnswerDocument> {
	const root: Root = { type: 'root', children };
	return { markdown, kind, root, footnotes: yield* footnotesOf(root), title: null, notRead: null };
}

function* asWritten(markdown: string, kind: AnswerKind, notRead: string): Work<AnswerDocument> {
	return { ...(yield* documentOf(markdown, kind, [{ type: 'code', value: markdown }])), notRead };
}
