import { STYLES } from './email-styles';
import { element, endTag, startTag, text, type Html } from './html-text';
import { inlineText, titleText } from './inline-text';
import { toDocument, type AnswerDocument } from './markdown';
import { isTextOfUrl, safeImageUrl, safeLinkUrl } from './safe-url';
import type { Block, Image, Inline, Link, LinkDefinition, List, ListItem, Table, TableRow } from './syntax-tree';
import { answerTitle } from './title';
import { atOnce, type Work } from './work';

const ELEMENT_OF = {
	strong: 'strong',
	emphasis: 'em',
	delete: 'del',
	underline: 'u',
	mark: 'mark',
	superscript: 'sup',
	subscript: 'sub',
} as const;

export interface HtmlOptions {
	/** Pictures as links: a mail client loads the others when the mail is opened, which gives away that it was. */
	imagesAsLinks?: boolean;
}

/**
 * An answer as the HTML body of an e-mail: a fragment in one `<div>`, every style inline. Safe by construction: only
 * the elements that this file makes exist, all text is escaped, links lead to http, https, mailto or tel (others become
 * their text), images come from http or https (others become their alternative text).
 */
export function answerHtml(answer: string | AnswerDocument, options: HtmlOptions = {}): string {
	return atOnce(writeHtml(toDocument(answer), options));
}

/** {@link answerHtml} as work that can be left between two blocks. */
export function writeHtml(document: AnswerDocument, options: HtmlOptions = {}): Work<string> {
	return new HtmlWriter(document, false, options).fragment();
}

/** The same as a whole HTML file, for an attachment; its footnotes are linked, and it may load nothing but images. */
export function answerHtmlDocument(answer: string | AnswerDocument, title?: string): string {
	return atOnce(writeHtmlDocument(toDocument(answer), title));
}

/** {@link answerHtmlDocument} as work that can be left between two blocks. */
export function* writeHtmlDocument(document: AnswerDocument, title?: string): Work<string> {
	const fragment = yield* new HtmlWriter(document, true, {}).fragment();
	const head = element(
		'head',
		{},
		element('meta', { charset: 'utf-8' }),
		element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
		element('meta', {
			'http-equiv': 'Content-Security-Policy',
			content: "default-src 'none'; img-src http: https:; style-src 'unsafe-inline'",
		}),
		element('title', {}, text(title ?? answerTitle(document))),
	);
	const body = element('body', { style: STYLES.page }, fragment);
	return `<!doctype html>${element('html', { lang: languageOf(document.markdown) }, head, body)}\n`;
}

/** Collects the parts of the HTML, so that nothing that was written is copied again at every level of nesting. */
class HtmlWriter {
	private readonly referred = new Set<string>();
	private readonly parts: Html[] = [];
	/** Parts that are joined already: joining all of a large answer at once would take a turn of its own. */
	private readonly joined: Html[] = [];

	/** @param anchors whether footnotes are links (mail clients do not keep the names that they lead to) */
	constructor(
		private readonly document: AnswerDocument,
		private readonly anchors: boolean,
		private readonly options: HtmlOptions,
	) {}

	*fragment(): Work<Html> {
		const { root, notRead, markdown, footnotes } = this.document;
		this.parts.push(startTag('div', { lang: languageOf(markdown), style: STYLES.answer }));
		if (notRead !== null)
			this.parts.push(element('p', { style: STYLES.note }, text(`Shown as it was written: ${notRead}.`)), NEW_LINE);
		for (const block of root.children) {
			this.join(MOST_PARTS);
			const before = this.parts.length + this.joined.length;
			yield* this.block(block, false);
			if (this.parts.length + this.joined.length > before) this.parts.push(NEW_LINE);
		}
		if (footnotes.definitions.length > 0) {
			yield* this.footnotes();
			this.parts.push(NEW_LINE);
		}
		this.parts.push(endTag('div'));
		this.join(0);
		return this.joined.join('') as Html;
	}

	private join(mostParts: number): void {
		if (this.parts.length <= mostParts) return;
		this.joined.push(this.parts.join('') as Html);
		this.parts.length = 0;
	}

	private *block(node: Block, inner: boolean): Work<void> {
		yield;
		switch (node.type) {
			case 'paragraph':
				this.parts.push(
					element('p', { style: inner ? STYLES.innerParagraph : STYLES.paragraph }, this.inline(node.children)),
				);
				break;
			case 'heading':
				this.parts.push(
					element(`h${node.depth}`, { style: STYLES.headings[node.depth - 1] }, this.inline(node.children)),
				);
				break;
			case 'blockquote':
				this.parts.push(startTag('blockquote', { style: STYLES.quote }));
				for (const child of node.children) yield* this.block(child, true);
				this.parts.push(endTag('blockquote'));
				break;
			case 'list':
				yield* this.list(node, STYLES.list);
				break;
			case 'code':
				this.parts.push(element('pre', { style: STYLES.codeBlock }, element('code', {}, text(node.value))));
				break;
			case 'verbatim':
				this.parts.push(element('p', { style: STYLES.verbatim }, lines(node.value)));
				break;
			case 'table':
				yield* this.table(node);
				break;
			case 'linkDefinitions':
				if (node.definitions.length > 0) this.parts.push(this.linkDefinitions(node.definitions));
				break;
			case 'thematicBreak':
				this.parts.push(element('hr', { style: STYLES.rule }));
				break;
			case 'footnoteDefinition': // written at the end
				break;
		}
	}

	private *list(list: List, style: string): Work<void> {
		const name = list.start === null ? 'ul' : 'ol';
		const start = list.start === null || list.start === 1 ? undefined : list.start;
		this.parts.push(startTag(name, { start, style }));
		for (const item of list.children) yield* this.item(item);
		this.parts.push(endTag(name));
	}

	private *item(item: ListItem): Work<void> {
		// Mail clients remove form fields.
		const box = item.checked === null ? [] : [text(item.checked ? '☑ ' : '☐ ')];
		const style = item.checked === null ? STYLES.item : STYLES.taskItem;
		this.parts.push(startTag('li', { value: item.number, style }));
		const [first, ...others] = item.children;
		const isLoose = item.spread && first?.type === 'paragraph';
		if (isLoose) this.parts.push(element('p', { style: STYLES.innerParagraph }, box, this.inline(first.children)));
		else this.parts.push(...box);
		for (const child of isLoose ? others : item.children) {
			if (child.type === 'paragraph' && !item.spread) this.parts.push(...this.inline(child.children));
			else if (child.type === 'list') yield* this.list(child, STYLES.innerList);
			else yield* this.block(child, true);
		}
		this.parts.push(endTag('li'));
	}

	private *table(table: Table): Work<void> {
		const headerRows = table.headerRows ?? 1;
		const rows = table.children.slice(headerRows);
		let width = 0;
		let isMerged = false;
		const sentences = new Set<number>();
		for (const [index, row] of table.children.entries()) {
			yield;
			width = Math.max(width, widthOf(row));
			isMerged ||= row.children.some(({ rows: spanned }) => spanned !== undefined);
			if (index >= headerRows) noteSentences(row, sentences);
		}
		const bodyStyle = sentences.size > 0 || isMerged ? STYLES.highCell : STYLES.cell;
		const headerStyle = (column: number): string => (sentences.has(column) ? STYLES.wideHeaderCell : STYLES.headerCell);
		const aligned = (style: string, column: number): string => {
			const side = table.align[column];
			return side === 'right' || side === 'center' ? `${style};text-align:${side}` : style;
		};
		const row = (cells: TableRow, tag: 'th' | 'td', styleOf: (column: number) => string): void => {
			this.parts.push(startTag('tr'));
			cells.children.forEach((cell, column) => {
				const style = aligned(styleOf(column), column);
				this.parts.push(startTag(tag, { colspan: cell.columns, rowspan: cell.rows, style }));
				this.parts.push(...this.inline(cell.children), endTag(tag));
			});
			// One wide empty cell, not many: short rows in a wide table must not multiply.
			const missing = isMerged ? 0 : width - widthOf(cells);
			if (missing > 0)
				this.parts.push(element(tag, { colspan: missing > 1 ? missing : undefined, style: styleOf(width - 1) }));
			this.parts.push(endTag('tr'));
		};
		this.parts.push(startTag('div', { style: STYLES.tableFrame }));
		this.parts.push(startTag('table', { cellspacing: 0, cellpadding: 6, border: 0, style: STYLES.table }));
		this.parts.push(startTag('thead'));
		for (const cells of table.children.slice(0, headerRows)) row(cells, 'th', headerStyle);
		this.parts.push(endTag('thead'), startTag('tbody'));
		for (const cells of rows) {
			row(cells, 'td', () => bodyStyle);
			this.join(MOST_PARTS);
			yield;
		}
		this.parts.push(endTag('tbody'), endTag('table'), endTag('div'));
	}

	private linkDefinitions(definitions: readonly LinkDefinition[]): Html {
		const shown = definitions.flatMap(({ label, url, title }, index): Html[] => {
			const link: Link = {
				type: 'link',
				url,
				title: null,
				children: title === null ? [] : [{ type: 'text', value: title }],
			};
			const own = this.link(link);
			return [...(index > 0 ? [element('br')] : []), text(`[${label}] `), ...(own.length > 0 ? own : [text(url)])];
		});
		return element('p', { style: STYLES.note }, shown);
	}

	private inline(nodes: readonly Inline[]): Html[] {
		return nodes.flatMap((node) => this.phrase(node));
	}

	private phrase(node: Inline): Html | Html[] {
		switch (node.type) {
			case 'text':
				return text(node.value);
			case 'break':
				return element('br');
			case 'inlineCode':
				return element('code', { style: STYLES.code }, text(node.value));
			case 'link':
				return this.link(node);
			case 'image':
				return this.image(node);
			case 'footnoteReference':
				return this.footnoteReference(node.identifier);
			default:
				return element(ELEMENT_OF[node.type], {}, this.inline(node.children));
		}
	}

	private link(link: Link): Html[] {
		const href = safeLinkUrl(link.url);
		const own = this.inline(link.children);
		const content = link.bracketed === true ? [text('['), ...own, text(']')] : own;
		if (href === null) return content;
		const words = inlineText(link.children, this.document.footnotes.numbers);
		const style = isTextOfUrl(words, link.url) ? STYLES.address : STYLES.link;
		const title = link.title === null ? undefined : withoutAngles(link.title);
		return [element('a', { href, title, style }, content.length > 0 ? content : text(link.url))];
	}

	private image(image: Image): Html[] {
		const src = safeImageUrl(image.url);
		if (src === null) return image.alt === '' ? [] : [text(image.alt)];
		if (this.options.imagesAsLinks === true)
			return [element('a', { href: src, style: STYLES.link }, text(image.alt === '' ? image.url : image.alt))];
		return [element('img', { src, alt: withoutAngles(image.alt), style: STYLES.image })];
	}

	private footnoteReference(identifier: string): Html[] {
		const number = this.document.footnotes.numbers.get(identifier);
		if (number === undefined) return [];
		const mark = text(`[${number}]`);
		if (!this.anchors) return [element('sup', { style: STYLES.footnoteMark }, mark)];
		const isFirst = !this.referred.has(identifier);
		this.referred.add(identifier);
		const id = isFirst ? `reference-${number}` : undefined; // the note leads back to the first place only
		const link = element('a', { id, href: `#footnote-${number}`, style: STYLES.link }, mark);
		return [element('sup', { style: STYLES.footnoteMark }, link)];
	}

	private *footnotes(): Work<void> {
		this.parts.push(startTag('div', { style: STYLES.footnotes }), startTag('ol', { style: STYLES.footnoteList }));
		for (const [index, definition] of this.document.footnotes.definitions.entries()) {
			const number = index + 1;
			this.parts.push(startTag('li', { id: this.anchors ? `footnote-${number}` : undefined, style: STYLES.item }));
			for (const child of definition.children) yield* this.block(child, true);
			if (this.anchors && this.referred.has(definition.identifier)) {
				const back = element('a', { href: `#reference-${number}`, style: STYLES.link }, text('↩'));
				const last = this.parts.at(-1);
				if (definition.children.at(-1)?.type === 'paragraph' && last?.endsWith('</p>') === true)
					this.parts[this.parts.length - 1] = `${last.slice(0, -'</p>'.length)} ${back}</p>` as Html;
				else this.parts.push(back);
			}
			this.parts.push(endTag('li'));
		}
		this.parts.push(endTag('ol'), endTag('div'));
	}
}

const NEW_LINE = text('\n');
const MOST_PARTS = 8_192;

/** Line breaks as elements: Outlook for Windows shows no others. */
function lines(value: string): Html[] {
	return value.split('\n').flatMap((line, index) => [...(index > 0 ? [element('br')] : []), text(line)]);
}

/** How many columns a row spans. */
function widthOf(row: TableRow): number {
	return row.children.reduce((sum, { columns = 1 }) => sum + columns, 0);
}

/** The columns that hold more than what one reads in a narrow one: some 40 letters or 20 Chinese characters. */
function noteSentences(row: TableRow, columns: Set<number>): void {
	row.children.forEach(({ children }, column) => {
		if (columns.has(column)) return;
		const cell = titleText(children);
		if (cell.length > 20 && cell.length > (/\p{Script=Han}/u.test(cell) ? 20 : 40)) columns.add(column);
	});
}

/** In an attribute `<` is harmless to a browser, but not to every mail filter that looks for tags. */
function withoutAngles(attribute: string): string {
	return attribute.replace(/[<>\n]/g, ' ');
}

/** The language that decides how Chinese characters are drawn: `zh` unless Japanese or Korean letters are among them. */
function languageOf(markdown: string): 'zh' | undefined {
	const beginning = markdown.slice(0, 5_000);
	if (!/\p{Script=Han}/u.test(beginning)) return undefined;
	return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(beginning) ? undefined : 'zh';
}
