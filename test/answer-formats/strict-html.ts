/** An element of the HTML that the formats write. */
export interface HtmlElement {
	name: string;
	attributes: Map<string, string>;
}

const TOKEN = /<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>|([^<]+)/gy;
const ATTRIBUTE = / ([a-z-]+)(?:="([^"<>]*)")?/g;
const WITHOUT_END = new Set(['br', 'hr', 'img', 'meta']);

/**
 * Reads HTML of the strictest form, in which no parser can see anything else: tags in lower case, attributes in double
 * quotes, every end tag written, no `<` anywhere else, no comment. Throws where the text is not of that form.
 */
export function readStrictHtml(html: string): { elements: HtmlElement[]; text: string } {
	const elements: HtmlElement[] = [];
	const open: string[] = [];
	let text = '';
	let position = 0;
	TOKEN.lastIndex = 0;
	for (let match = TOKEN.exec(html); match !== null; match = TOKEN.exec(html)) {
		position = TOKEN.lastIndex;
		const [, slash, name, attributes, words] = match;
		if (words !== undefined) {
			text += decoded(words);
		} else if (slash === '/') {
			const opened = open.pop();
			if (opened !== name) throw new Error(`</${name}> ends <${opened}>`);
		} else {
			const read = [...attributes!.matchAll(ATTRIBUTE)].map(([, key, value]): [string, string] => [
				key!,
				decoded(value ?? ''),
			]);
			elements.push({ name: name!, attributes: new Map(read) });
			if (name === 'br') text += '\n';
			if (!WITHOUT_END.has(name!)) open.push(name!);
		}
	}
	if (position !== html.length)
		throw new Error(`not strict HTML at ${position}: ${html.slice(position, position + 60)}`);
	if (open.length > 0) throw new Error(`<${open.join('>, <')}> without end`);
	return { elements, text };
}

function decoded(text: string): string {
	return text.replace(
		/&(?:#x([0-9a-f]+)|#([0-9]+)|(lt|gt|amp|quot));?/gi,
		(_, hex?: string, decimal?: string, name?: string) =>
			name !== undefined
				? { lt: '<', gt: '>', amp: '&', quot: '"' }[name]!
				: String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal)),
	);
}
