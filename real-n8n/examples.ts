import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastGlob from 'fast-glob';
import type { INode } from 'n8n-workflow';
import type { N8nApi, SavedCredential, SavedWorkflow } from './api';
import { projectFolder } from './layout';
import type { WorkflowDefinition } from './workflow';

const PUBLISHED_PREFIX = 'n8n-nodes-agent-conversations.';

/**
 * A node of an installed package is called `n8n-nodes-agent-conversations.reportify`, one that was loaded from a folder
 * `CUSTOM.reportify`; and an example cannot know the ids of this n8n's credentials.
 */
function adapted(node: INode, credentials: SavedCredential[]): INode {
	if (!node.type.startsWith(PUBLISHED_PREFIX)) return node;
	const own = Object.keys(node.credentials ?? {})
		.map((type) => credentials.find((credential) => credential.type === type))
		.filter((credential) => credential !== undefined);
	return {
		...node,
		type: node.type.replace(PUBLISHED_PREFIX, 'CUSTOM.'),
		credentials: Object.fromEntries(own.map(({ id, name, type }) => [type, { id, name }])),
	};
}

/**
 * Imports the workflows of `examples/` and connects their nodes with the given credentials, by type.
 *
 * @throws Error that names the file when one of them is not a workflow
 */
export async function importExamples(api: N8nApi, credentials: SavedCredential[]): Promise<SavedWorkflow[]> {
	const files = await fastGlob('examples/*.json', { cwd: projectFolder });
	const imported: SavedWorkflow[] = [];
	for (const file of files.sort()) {
		const text = await readFile(join(projectFolder, file), 'utf8');
		const example = JSON.parse(text) as Partial<WorkflowDefinition>;
		if (!example.name || !example.nodes || !example.connections) throw new Error(`${file} is not an n8n workflow.`);
		const { name, connections, settings, pinData } = example;
		const nodes = example.nodes.map((node) => adapted(node, credentials));
		imported.push(await api.createWorkflow({ name, nodes, connections, settings, pinData }));
	}
	return imported;
}
