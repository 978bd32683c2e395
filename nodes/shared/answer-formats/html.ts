import { STYLES } from './email-styles';
import { answerTitle } from './title';
import { inlineText, titleText } from './inline-text';
import { toHtml, type Element, type ElementContent, type Properties } from './libraries';
import { toDocument, type AnswerDocument } from './markdown';
import { isTextOfUrl, safeImageUrl, safeLinkUrl } from './safe-url';
import type { Block, Image, Inline, Link, LinkDefinition, List, ListItem, Table, TableRow } from './syntax-tree';

const CONTROL_CHARACTERS = /(?![\t\n])\p{Cc}/gu;
const ELEMENT_OF = {
	strong: 'strong',
	emphasis: 'em',
	delete: 'del',
	underline: 'u',
	mark: 'mark',
	superscript: 'sup',
	subscript: 'sub',
} as const;

/**
 * An answer as the HTML body of an e-mail: a fragment in one `<div>`, every style inline. Safe by construction: only
 * the elements that this file makes exist, all text is escaped, links lead to http, https, mailto or tel (others become
 * their text), images come from http or https (others become their alternative text).
 */
export function answerHtml(answer: string | AnswerDocument): string {
	return toHtml(new HtmlWriter(toDocument(answer), false).fragment());
}

/** The same as a whole HTML file, for an attachment; its footnotes are linked, and it may load nothing but images. */
export function answerHtmlDocument(answer: string | AnswerDocument, title?: string): string {
	const document = toDocument(answer);
	const fragment = new HtmlWriter(document, true).fragment();
	const head = element('head', {}, [
		element('meta', { charSet: 'utf-8' }),
		element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
		element('meta', {
			httpEquiv: ['Content-Security-Policy'],
			content: "default-src 'none'; img-src http: https:; style-src 'unsafe-inline'",
		}),
		element('title', {}, [text(title ?? answerTitle(document))]),
	]);
	const language = languageOf(document.markdown);
	const page = element('html', language === null ? {} : { lang: language }, [
		head,
		element('body', { style: STYLES.page }, [fragment]),
	]);
	return toHtml({ type: 'root', children: [{ type: 'doctype' }, page, text('\n')] });
}

class HtmlWriter {
	private readonly referred = new Set<string>();

	/** @param anchors whether footnotes are links (mail clients do not keep the names that they lead to) */
	constructor(
		private readonly document: AnswerDocument,
		private readonly anchors: boolean,
	) {}

	fragment(): Element {
		const { root, notRead, markdown, footnotes } = this.document;
		const blocks = this.blocks(root.children);
		if (notRead !== null)
			blocks.unshift(element('p', { style: STYLES.note }, [text(`Shown as it was written: ${notRead}.`)]));
		if (footnotes.definitions.length > 0) blocks.push(this.footnotes());
		const language = languageOf(markdown);
		return element(
			'div',
			{ ...(language === null ? {} : { lang: language }), style: STYLES.answer },
			blocks.flatMap((block) => [block, text('\n')]),
		);
	}

	private blocks(nodes: readonly Block[], inner = false): ElementContent[] {
		return nodes.flatMap((node) => this.block(node, inner));
	}

	private block(node: Block, inner: boolean): ElementContent[] {
		switch (node.type) {
			case 'paragraph':
				return [element('p', { style: inner ? STYLES.innerParagraph : STYLES.paragraph }, this.inline(node.children))];
			case 'heading':
				return [element(`h${node.depth}`, { style: STYLES.headings[node.depth - 1]! }, this.inline(node.children))];
			case 'blockquote':
				return [element('blockquote', { style: STYLES.quote }, this.blocks(node.children, true))];
			case 'list':
				return [this.list(node, STYLES.list)];
			case 'code':
				return [element('pre', { style: STYLES.codeBlock }, [element('code', {}, [text(node.value)])])];
			case 'verbatim':
				return [element('p', { style: STYLES.verbatim }, lines(node.value))];
			case 'table':
				return [this.table(node)];
			case 'linkDefinitions':
				return this.linkDefinitions(node.definitions);
			case 'thematicBreak':
				return [element('hr', { style: STYLES.rule })];
			case 'footnoteDefinition': // written at the end
				return [];
		}
	}

	private list(list: List, style: string): Element {
		const start = list.start === null || list.start === 1 ? {} : { start: list.start };
		const items = list.children.map((item) => this.item(item));
		return element(list.start === null ? 'ul' : 'ol', { ...start, style }, items);
	}

	private item(item: ListItem): Element {
		const content = item.children.flatMap((child) => {
			if (child.type === 'paragraph' && !item.spread) return this.inline(child.children);
			if (child.type === 'list') return [this.list(child, STYLES.innerList)];
			return this.block(child, true);
		});
		if (item.checked === null) return element('li', { style: STYLES.item }, content);
		const box = text(item.checked ? '☑ ' : '☐ '); // mail clients remove form fields
		const first = content[0];
		if (first?.type === 'element' && first.tagName === 'p') first.children.unshift(box);
		else content.unshift(box);
		return element('li', { style: STYLES.taskItem }, content);
	}

	private table(table: Table): Element {
		const headerRows = table.headerRows ?? 1;
		const rows = table.children.slice(headerRows);
		const width = table.children.reduce((most, row) => Math.max(most, widthOf(row)), 0);
		const isMerged = table.children.some(({ children }) => children.some(({ rows }) => rows !== undefined));
		const sentences = this.columnsOfSentences(rows);
		const bodyStyle = sentences.size > 0 || isMerged ? STYLES.highCell : STYLES.cell;
		const row = (cells: TableRow, tag: 'th' | 'td', styleOf: (column: number) => string): Element => {
			const written = cells.children.map((cell, column) => {
				const side = table.align[column];
				const style = styleOf(column);
				const aligned = side === 'right' || side === 'center' ? `${style};text-align:${side}` : style;
				const spans = {
					...(cell.columns === undefined ? {} : { colSpan: cell.columns }),
					...(cell.rows === undefined ? {} : { rowSpan: cell.rows }),
				};
				return element(tag, { ...spans, style: aligned }, this.inline(cell.children));
			});
			// One wide empty cell, not many: short rows in a wide table must not multiply.
			const missing = isMerged ? 0 : width - widthOf(cells);
			if (missing > 0)
				written.push(element(tag, { ...(missing > 1 ? { colSpan: missing } : {}), style: styleOf(width - 1) }));
			return element('tr', {}, written);
		};
		const headerStyle = (column: number): string => (sentences.has(column) ? STYLES.wideHeaderCell : STYLES.headerCell);
		const headers = table.children.slice(0, headerRows).map((cells) => row(cells, 'th', headerStyle));
		const body = rows.map((cells) => row(cells, 'td', () => bodyStyle));
		// What every cell has in common is said once, by the table: Gmail clips a message at 102 kB.
		return element('div', { style: STYLES.tableFrame }, [
			element('table', { cellSpacing: '0', cellPadding: '6', border: '0', style: STYLES.table }, [
				element('thead', {}, headers),
				element('tbody', {}, body),
			]),
		]);
	}

	private linkDefinitions(definitions: readonly LinkDefinition[]): ElementContent[] {
		if (definitions.length === 0) return [];
		const lines = definitions.flatMap(({ label, url, title }, index): ElementContent[] => {
			const link: Link = {
				type: 'link',
				url,
				title: null,
				children: title === null ? [] : [{ type: 'text', value: title }],
			};
			const shown = this.link(link);
			const mark = text(`[${label}] `);
			return [...(index > 0 ? [element('br')] : []), mark, ...(shown.length > 0 ? shown : [text(url)])];
		});
		return [element('p', { style: STYLES.note }, lines)];
	}

	private columnsOfSentences(rows: readonly TableRow[]): Set<number> {
		const columns = new Set<number>();
		for (const { children } of rows) {
			children.forEach((cell, column) => {
				if (!columns.has(column) && isLong(titleText(cell.children))) columns.add(column);
			});
		}
		return columns;
	}

	private inline(nodes: readonly Inline[]): ElementContent[] {
		return nodes.flatMap((node) => this.phrase(node));
	}

	private phrase(node: Inline): ElementContent[] {
		switch (node.type) {
			case 'text':
				return [text(node.value)];
			case 'break':
				return [element('br')];
			case 'inlineCode':
				return [element('code', { style: STYLES.code }, [text(node.value)])];
			case 'link':
				return this.link(node);
			case 'image':
				return this.image(node);
			case 'footnoteReference':
				return this.footnoteReference(node.identifier);
			default:
				return [element(ELEMENT_OF[node.type], {}, this.inline(node.children))];
		}
	}

	private link(link: Link): ElementContent[] {
		const href = safeLinkUrl(link.url);
		const own = this.inline(link.children);
		const content = link.bracketed === true ? [text('['), ...own, text(']')] : own;
		if (href === null) return content;
		const words = inlineText(link.children, this.document.footnotes.numbers);
		const style = isTextOfUrl(words, link.url) ? STYLES.address : STYLES.link;
		const title = link.title === null ? {} : { title: withoutAngles(link.title) };
		const visible = content.length > 0 ? content : [text(link.url)];
		return [element('a', { href, ...title, style }, visible)];
	}

	private image(image: Image): ElementContent[] {
		const src = safeImageUrl(image.url);
		if (src === null) return image.alt === '' ? [] : [text(image.alt)];
		return [element('img', { src, alt: withoutAngles(image.alt), style: STYLES.image })];
	}

	private footnoteReference(identifier: string): ElementContent[] {
		const number = this.document.footnotes.numbers.get(identifier);
		if (number === undefined) return [];
		const mark = text(`[${number}]`);
		if (!this.anchors) return [element('sup', { style: STYLES.footnoteMark }, [mark])];
		const isFirst = !this.referred.has(identifier);
		this.referred.add(identifier);
		const id = isFirst ? { id: `reference-${number}` } : {}; // the note leads back to the first place only
		const link = element('a', { ...id, href: `#footnote-${number}`, style: STYLES.link }, [mark]);
		return [element('sup', { style: STYLES.footnoteMark }, [link])];
	}

	private footnotes(): Element {
		const notes = this.document.footnotes.definitions.map((definition, index): Element => {
			const content = this.blocks(definition.children, true);
			if (!this.anchors) return element('li', { style: STYLES.item }, content);
			const number = index + 1;
			if (this.referred.has(definition.identifier)) {
				const back = element('a', { href: `#reference-${number}`, style: STYLES.link }, [text('↩')]);
				const last = content.at(-1);
				if (last?.type === 'element' && last.tagName === 'p') last.children.push(text(' '), back);
				else content.push(back);
			}
			return element('li', { id: `footnote-${number}`, style: STYLES.item }, content);
		});
		return element('div', { style: STYLES.footnotes }, [element('ol', { style: STYLES.footnoteList }, notes)]);
	}
}

function element(tagName: string, properties: Properties = {}, children: ElementContent[] = []): Element {
	return { type: 'element', tagName, properties, children };
}

function text(value: string): { type: 'text'; value: string } {
	return { type: 'text', value: withoutControls(value) };
}

/** Line breaks as elements: Outlook for Windows shows no others. */
function lines(value: string): ElementContent[] {
	return value.split('\n').flatMap((line, index) => [...(index > 0 ? [element('br')] : []), text(line)]);
}

/** How many columns a row goes over. */
function widthOf(row: TableRow): number {
	return row.children.reduce((sum, { columns = 1 }) => sum + columns, 0);
}

/** No HTML document may contain them. */
function withoutControls(value: string): string {
	return value.replace(CONTROL_CHARACTERS, '');
}

/** Longer than what one reads in a narrow column: some 40 letters or 20 Chinese characters. */
function isLong(cell: string): boolean {
	return cell.length > (/\p{Script=Han}/u.test(cell) ? 20 : 40);
}

/** In an attribute `<` is harmless to a browser, but not to every mail filter that looks for tags. */
function withoutAngles(attribute: string): string {
	return withoutControls(attribute.replace(/[<>\n]/g, ' '));
}

/** The language that decides how Chinese characters are drawn: `zh` unless Japanese or Korean letters are among them. */
function languageOf(markdown: string): 'zh' | null {
	const beginning = markdown.slice(0, 5_000);
	if (!/\p{Script=Han}/u.test(beginning)) return null;
	return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(beginning) ? null : 'zh';
}
