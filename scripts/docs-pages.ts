import { nodePage, operationsTable } from './docs-node-page';
import { documentedNodes } from './docs-nodes';
import { withRegion } from './docs-regions';
import { readSchema } from './docs-schemas';

/** A page with generated parts. */
export interface GeneratedPage {
	/** From the root of the project. */
	path: string;
	/** Gives the page with its generated parts up to date; throws when it has no place for them. */
	update(page: string): string;
}

/** @param root folder of the project */
export function generatedPages(root: string): GeneratedPage[] {
	const nodePages = documentedNodes.map(({ description, folder, page }) => ({
		path: page,
		update: (text: string) => {
			const generated = nodePage(description, (resource, operation) => readSchema(root, folder, resource, operation));
			return withRegion(text, 'node', generated);
		},
	}));
	const operations = documentedNodes.map(
		({ description, page }) => `### [${description.displayName}](${page})\n\n${operationsTable(description, page)}`,
	);
	const readme = {
		path: 'README.md',
		update: (text: string) => withRegion(text, 'operations', operations.join('\n\n')),
	};
	return [...nodePages, readme];
}
