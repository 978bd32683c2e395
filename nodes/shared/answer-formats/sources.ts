import { titleText } from './inline-text';
import { toDocument, type AnswerDocument } from './markdown';
import { safeLinkUrl } from './safe-url';
import { nodesFrom, type FootnoteDefinition, type Node } from './syntax-tree';

/** Something that an answer rests on, or that a tool found on the way. */
export interface Source {
	/** The words of the link or the title of the document; the address where there are no others. */
	title: string;
	url: string | null;
	id: string | null;
	publishedAt: string | null;
	/** Whether the answer itself names it, or a tool returned it (which does not say that the answer uses it). */
	from: 'answer' | 'tool';
	/** What else is known of a document that a tool returned. */
	category?: string;
	institution?: string;
	author?: string;
	/** Why the address could not be looked up. */
	notLookedUp?: string;
}

/**
 * What an answer names as its sources: links and footnotes in the order of their appearance, each once, with their
 * words. Addresses of pictures and of e-mail are none.
 */
export function answerSources(answer: string | AnswerDocument): Source[] {
	const { root, footnotes } = toDocument(answer);
	const sources = new Map<string, Source>();
	const seen = new Set<FootnoteDefinition>();

	const addLink = (url: string, words: string): void => {
		const address = webAddress(url);
		if (address === null) return;
		const known = sources.get(address);
		// `[1]` says less than the address, and the address less than a title that stands with it elsewhere.
		if (known === undefined) sources.set(address, sourceOf(saysLittle(words) ? url : words, address));
		else if (saysLittle(known.title) && !saysLittle(words)) known.title = words;
	};
	const addNote = (definition: FootnoteDefinition): void => {
		if (seen.has(definition)) return;
		seen.add(definition);
		const nodes = [...nodesFrom(definition)];
		const text = nodes
			.map((node) => (node.type === 'paragraph' ? titleText(node.children) : ''))
			.join(' ')
			.trim();
		const [link, ...others] = nodes.filter((node) => node.type === 'link');
		if (link === undefined && text !== '') sources.set(`note ${seen.size}`, sourceOf(text, null));
		if (link !== undefined && others.length === 0) {
			const words = titleText(link.children);
			addLink(link.url, saysLittle(words) ? withoutAddress(text, words) : words);
		}
		visit(definition, definition.children);
	};
	const visit = (start: Node, nodes: readonly Node[]): void => {
		for (const top of nodes) {
			for (const node of nodesFrom(top, (inner) => inner.type !== 'footnoteDefinition')) {
				if (node.type === 'link') addLink(node.url, node.title ?? titleText(node.children));
				if (node.type === 'linkDefinitions') for (const { url, title } of node.definitions) addLink(url, title ?? '');
				if (node.type === 'footnoteReference') {
					const number = footnotes.numbers.get(node.identifier);
					const definition = number === undefined ? undefined : footnotes.definitions[number - 1];
					if (definition !== undefined && definition !== start) addNote(definition);
				}
			}
		}
	};
	visit(root, root.children);
	for (const definition of footnotes.definitions) addNote(definition);
	return [...sources.values()];
}

/**
 * The sources of an answer, and behind them what tools returned, each once: of a page that the answer names as well, the
 * tool tells ID and date.
 */
export function withToolSources(named: readonly Source[], returned: readonly Source[]): Source[] {
	const sources = named.map((source) => ({ ...source }));
	const known = new Map(sources.map((source) => [source.url, source]));
	const keyOf = ({ id, url }: Source) => JSON.stringify(id === null ? ['url', url] : ['id', id]);
	const seen = new Set<string>();
	for (const source of returned) {
		if (seen.has(keyOf(source))) continue;
		seen.add(keyOf(source));
		const same = source.url === null ? undefined : known.get(source.url);
		if (same === undefined) sources.push(source);
		else Object.assign(same, { ...source, ...withoutNulls(same) });
	}
	return sources;
}

const withoutNulls = (source: Source) =>
	Object.fromEntries(Object.entries(source).filter(([, value]) => value !== null));

function sourceOf(title: string, url: string | null): Source {
	return { title, url, id: null, publishedAt: null, from: 'answer' };
}

function webAddress(url: string): string | null {
	const address = safeLinkUrl(url);
	return address !== null && /^https?:/i.test(address) ? address : null;
}

/** A number, or an address. */
function saysLittle(words: string): boolean {
	return /^(?:\[?[\d\s,.-]{0,8}\]?|https?:\/\/.*|www\..*)$/i.test(words);
}

function withoutAddress(text: string, address: string): string {
	return text
		.replace(address, '')
		.replace(/[\s:：,，.。-]+$/, '')
		.trim();
}
