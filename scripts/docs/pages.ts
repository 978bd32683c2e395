import { type PublishedPackage, publishedPackages } from '../packages/published';
import { addressOf, readProject } from '../project';
import { demonstration } from './demonstration';
import { nodePage, operationsTable } from './node-page';
import { documentedNodes } from './nodes';
import { withRegion } from './regions';
import { readSchema } from './schemas';

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
	return [...nodePages, readme, ...publishedPackages().flatMap(packagePages)];
}

/** README and VERIFICATION of a package; on npm, the first can link to this repository by whole addresses only. */
function packagePages({ name, folder, manifest }: PublishedPackage): GeneratedPage[] {
	const node = documentedNodes.find((each) =>
		manifest.n8n.nodes.some((file) => file.startsWith(`dist/${each.folder}/`)),
	);
	if (!node) throw new Error(`${folder}/package.json names no node that is documented.`);
	const table = operationsTable(node.description, `${addressOf(readProject())}/blob/main/${node.page}`);
	return [
		{ path: `${folder}/README.md`, update: (text) => withRegion(text, 'operations', table) },
		{
			path: `${folder}/VERIFICATION.md`,
			update: (text) => withRegion(text, 'demonstration', demonstration(name, node.description)),
		},
	];
}
