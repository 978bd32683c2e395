import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { INodeType, INodeTypeDescription } from 'n8n-workflow';

/** A node of the package and where its documentation is. */
export interface DocumentedNode {
	description: INodeTypeDescription;
	/** Folder of its source, where `__schema__` is. */
	folder: string;
	/** From the root of the project. */
	page: string;
}

interface Codex {
	resources: { primaryDocumentation: Array<{ url: string }> };
}

const root = join(__dirname, '../..');

// With their full name, because `X.node` would be taken for `X.node.json` or for a native module.
const load = createRequire(__filename);

const readJson = <T>(path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;

function documentedNode(compiled: string): DocumentedNode {
	const folder = dirname(compiled).replace(/^dist\//, '');
	const name = basename(compiled, '.node.js');
	const classes = load(join(root, folder, `${name}.node.ts`)) as Record<string, new () => INodeType>;
	const { resources } = readJson<Codex>(`${folder}/${name}.node.json`);
	const page = /\/blob\/main\/(docs\/[\w-]+\.md)$/.exec(resources.primaryDocumentation[0]?.url ?? '')?.[1];
	const NodeClass = classes[name];
	if (!NodeClass || page === undefined) throw new Error(`${folder}: no class ${name}, or no page in its codex file`);
	return { description: new NodeClass().description, folder, page };
}

/** The nodes that `package.json` names, each with the page that its codex file links to. */
export const documentedNodes: DocumentedNode[] = readJson<{ n8n: { nodes: string[] } }>('package.json').n8n.nodes.map(
	documentedNode,
);
