/** The fields that make lines between two rules front matter, and not a paragraph of the report. */
const KNOWN_FIELDS =
	/^(?:title|subtitle|date|author|authors|tags|categories|category|keywords|layout|lang|language|slug|draft|created|updated|version|description|summary|标题|题目|日期|作者|标签|分类|关键词)$/i;

const FIELD = /^([\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,40}?)[ \t]*(?::$|(?::[ \t]|：)[ \t]*(.*)$)/u;
const MORE_OF_A_FIELD = /^(?:[ \t]+\S.*|- .*|#.*|[\]}],?)$/;

const MOST_LINES = 60;

/** Front matter, as static sites have it at the beginning of a page, and the text after it. */
export interface FrontMatter {
	/** Its lines without the rules around them. */
	lines: string;
	/** What its field `title` says. */
	title: string | null;
	text: string;
}

/** The front matter at the beginning of an answer, or null. Lines between rules that are no metadata are none. */
export function frontMatterOf(markdown: string): FrontMatter | null {
	const opening = /^\s*?(---|\+\+\+)[ \t]*\r?\n/.exec(markdown);
	if (opening === null) return null;
	const isToml = opening[1] === '+++';
	let position = opening[0].length;
	let title: string | null = null;
	let isKnown = false;
	for (let count = 0; count < MOST_LINES && position < markdown.length; count++) {
		const newline = markdown.indexOf('\n', position);
		const end = newline === -1 ? markdown.length : newline;
		const line = markdown.slice(position, end).replace(/\s+$/, '');
		if (line === opening[1] || (!isToml && line === '...')) {
			if (!isKnown) return null;
			const lines = markdown.slice(opening[0].length, position).trim();
			return { lines, title, text: markdown.slice(end + 1) };
		}
		const field = FIELD.exec(isToml ? line.replace(/[ \t]*=[ \t]*/, ': ') : line);
		if (field === null && line !== '' && !MORE_OF_A_FIELD.test(line)) return null;
		if (field !== null && KNOWN_FIELDS.test(field[1]!)) isKnown = true;
		if (field !== null && /^(?:title|标题|题目)$/i.test(field[1]!)) title ??= unquoted(field[2] ?? '') || null;
		position = end + 1;
	}
	return null;
}

function unquoted(value: string): string {
	const text = value.trim();
	const quoted = /^(["'])(.*)\1$/.exec(text)?.[2];
	return (quoted ?? text).trim();
}
