/**
 * What an answer consists of, in the names of mdast (the Markdown syntax tree of the unified project), reduced to what
 * the formats can meet: no raw HTML, links and images with their addresses, every line break a node.
 */
export interface Root {
	type: 'root';
	children: Block[];
}

export type Block =
	| Paragraph
	| Heading
	| Blockquote
	| List
	| Code
	| Verbatim
	| Table
	| ThematicBreak
	| FootnoteDefinition
	| LinkDefinitions;

export interface Paragraph {
	type: 'paragraph';
	children: Inline[];
}

export interface Heading {
	type: 'heading';
	/** 1 to 6. */
	depth: number;
	children: Inline[];
}

export interface Blockquote {
	type: 'blockquote';
	children: Block[];
}

export interface List {
	type: 'list';
	/** The number of the first item of an ordered list, null for bullets. */
	start: number | null;
	children: ListItem[];
}

export interface ListItem {
	type: 'listItem';
	/** Whether blank lines separate the item's blocks or the list's items. */
	spread: boolean;
	/** The state of a task's box, null for an item that is no task. */
	checked: boolean | null;
	/** Its number, where that is not one more than the number before it. */
	number?: number;
	children: Block[];
}

export interface Code {
	type: 'code';
	value: string;
}

/** Words that keep their lines and mean nothing else: a formula, a text that is no Markdown, front matter. */
export interface Verbatim {
	type: 'verbatim';
	value: string;
}

export interface Table {
	type: 'table';
	align: Alignment[];
	/** How many rows hold headers, where that is more than one. */
	headerRows?: number;
	/** The first one holds the headers. Rows may be shorter or longer than it. */
	children: TableRow[];
}

export type Alignment = 'left' | 'right' | 'center' | null;

export interface TableRow {
	type: 'tableRow';
	children: TableCell[];
}

export interface TableCell {
	type: 'tableCell';
	/** How many columns and rows the cell spans, if more than one (tables written in HTML). */
	columns?: number;
	rows?: number;
	children: Inline[];
}

export interface ThematicBreak {
	type: 'thematicBreak';
}

export interface FootnoteDefinition {
	type: 'footnoteDefinition';
	identifier: string;
	children: Block[];
}

/** Addresses that the text refers to by a label, shown where they were written: `[1]: https://…`. */
export interface LinkDefinitions {
	type: 'linkDefinitions';
	definitions: LinkDefinition[];
}

export interface LinkDefinition {
	/** As written, and as it is compared. */
	label: string;
	key: string;
	url: string;
	title: string | null;
}

export type Inline = Text | InlineCode | Break | Emphasis | Link | Image | FootnoteReference;

export interface Text {
	type: 'text';
	value: string;
}

export interface InlineCode {
	type: 'inlineCode';
	value: string;
}

export interface Break {
	type: 'break';
}

export interface Emphasis {
	type: 'emphasis' | 'strong' | 'delete' | 'underline' | 'mark' | 'superscript' | 'subscript';
	children: Inline[];
}

export interface Link {
	type: 'link';
	/** As the agent wrote it: not checked, not encoded. */
	url: string;
	title: string | null;
	/** What the link definition is called that the address is from. */
	key?: string;
	/** A number that would join the word before it without its brackets: `120[1]`. */
	bracketed?: boolean;
	/** The address is shown with the link definitions, and need not be repeated here. */
	cites?: boolean;
	children: Inline[];
}

export interface Image {
	type: 'image';
	/** As the agent wrote it: not checked, not encoded. */
	url: string;
	alt: string;
	key?: string;
}

export interface FootnoteReference {
	type: 'footnoteReference';
	identifier: string;
}

export type Node = Root | Block | ListItem | TableRow | TableCell | Inline;

/** All nodes from `start` on, in the order of the text; does not go into those of which `enter` says no. Not recursive. */
export function* nodesFrom(start: Node, enter: (node: Node) => boolean = () => true): Generator<Node> {
	const waiting: Node[] = [start];
	for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
		yield node;
		if (!('children' in node) || !enter(node)) continue;
		for (let index = node.children.length - 1; index >= 0; index--) waiting.push(node.children[index]!);
	}
}
