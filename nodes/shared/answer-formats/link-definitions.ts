import { titleText, words } from './inline-text';
import { nodesFrom, type Inline, type LinkDefinition, type LinkDefinitions, type Root } from './syntax-tree';
import type { Work } from './work';

/** `1`, `注1`, `S2`, `1-3`: what is put in brackets after a sentence to name its source. */
const NUMBER = /^(?:\p{L}{1,6}[ .:-]?)?\d{1,4}(?:[-–,.、]\d{1,4})*$/u;

/** Short enough not to be a year or an amount. */
const SMALL_NUMBER = /^\d{1,3}$/;

/** A word or sign that a number would be read together with. */
const JOINS = /[\p{L}\p{N}%％)）\]】"”’]$/u;
const CJK_AT_END = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]$/u;

/**
 * Settles what links and link definitions show, once all of an answer is known:
 *
 * - a citation (`120[1]` with `[1]: https://…`) keeps its brackets, and its source is shown where it is defined;
 * - a definition that a link has taken its address from (`[report][r]`) is shown by the link, and not again;
 * - one that nothing refers to, or that is the second of its name, is shown: it was written to be read;
 * - a number that links by itself (`120[1](https://…)`) keeps brackets where it would join what is before it.
 */
export function* settleLinks(root: Root): Work<void> {
	const cited = new Set<string>();
	const linked = new Set<string>();
	const lists: LinkDefinitions[] = [];
	const defined = new Map<string, LinkDefinition>();
	for (const node of nodesFrom(root)) {
		yield;
		if (node.type === 'linkDefinitions') {
			lists.push(node);
			for (const definition of node.definitions)
				if (!defined.has(definition.key)) defined.set(definition.key, definition);
		}
		if (node.type === 'image' && node.key !== undefined) linked.add(node.key);
		if ('children' in node && node.children.some(({ type }) => type === 'link'))
			settleLine(node.children as Inline[], cited, linked);
	}
	const isShown = (definition: LinkDefinition): boolean =>
		defined.get(definition.key) !== definition || cited.has(definition.key) || !linked.has(definition.key);
	for (const list of lists) list.definitions = list.definitions.filter(isShown);
}

/** Marks the citations of a line. */
function settleLine(line: readonly Inline[], cited: Set<string>, linked: Set<string>): void {
	line.forEach((node, index) => {
		if (node.type !== 'link') return;
		const own = titleText(node.children);
		const isJoined = joinsWhatIsBefore(line, index);
		// `[1]` and `[1][]` are called what they show; `[report][1]` is an ordinary link.
		const isShortcut = node.key !== undefined && node.key === own.toLowerCase().toUpperCase();
		const isCitation = isShortcut && NUMBER.test(own);
		if (isCitation) cited.add(node.key!);
		else if (node.key !== undefined) linked.add(node.key);
		if (isCitation) node.cites = true;
		const behind = line[index + 1];
		const isOneOfSeveral = behind?.type === 'link' && SMALL_NUMBER.test(titleText(behind.children));
		if (isCitation || (isShortcut && isJoined) || (SMALL_NUMBER.test(own) && (isJoined || isOneOfSeveral)))
			node.bracketed = true;
	});
}

function joinsWhatIsBefore(line: readonly Inline[], index: number): boolean {
	const before = line[index - 1];
	if (before === undefined) return false;
	if (before.type === 'link' && before.bracketed === true) return true;
	const text = words([before]);
	// In Chinese a number may well be a part of its sentence: `第[3](…)章`.
	if (CJK_AT_END.test(text)) return !/^[\p{L}\p{N}]/u.test(words(line.slice(index + 1, index + 2)));
	return JOINS.test(text);
}
