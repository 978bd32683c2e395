import { nodesFrom, type FootnoteDefinition, type Node, type Root } from './syntax-tree';
import type { Work } from './work';

/** The footnotes of an answer in the order of their numbers. */
export interface Footnotes {
	/** From 1, by identifier: in the order in which the text refers to them, then those it never refers to. */
	numbers: ReadonlyMap<string, number>;
	definitions: readonly FootnoteDefinition[];
}

/** Numbers the footnotes of a document. Of two definitions with the same name the first is meant, as in GFM; both are kept. */
export function* footnotesOf(root: Root): Work<Footnotes> {
	const written: FootnoteDefinition[] = [];
	for (const node of nodesFrom(root)) {
		if (node.type === 'footnoteDefinition') written.push(node);
		yield;
	}
	if (written.length === 0) return { numbers: new Map(), definitions: [] };
	const meant = new Map<string, FootnoteDefinition>();
	for (const definition of written) if (!meant.has(definition.identifier)) meant.set(definition.identifier, definition);

	const ordered = new Set<FootnoteDefinition>();
	function* addThoseOf(start: Node): Work<void> {
		for (const node of nodesFrom(start, (inner) => inner === start || inner.type !== 'footnoteDefinition')) {
			const definition = node.type === 'footnoteReference' ? meant.get(node.identifier) : undefined;
			if (definition !== undefined) ordered.add(definition);
			yield;
		}
	}
	yield* addThoseOf(root);
	for (const definition of ordered) yield* addThoseOf(definition); // the set grows meanwhile: notes refer to notes
	for (const definition of written) ordered.add(definition);

	const definitions = [...ordered];
	const numbers = new Map<string, number>();
	definitions.forEach(({ identifier }, index) => {
		if (!numbers.has(identifier)) numbers.set(identifier, index + 1);
	});
	return { numbers, definitions };
}
