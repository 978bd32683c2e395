import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fastGlob from 'fast-glob';
import type { INode } from 'n8n-workflow';
import type { N8nApi, SavedCredential, SavedWorkflow } from './api';
import { projectFolder } from './layout';
import type { WorkflowDefinition } from './workflow';

const PUBLISHED_PREFIX = 'n8n-nodes-agent-conversations.';

/** The names of the workflows in `examples/`, without `.json`, in alphabetical order. */
export async function exampleNames(): Promise<string[]> {
	const files = await fastGlob('examples/*.json', { cwd: projectFolder });
	return files.map((file) => basename(file, '.json')).sort();
}

/**
 * A workflow of `examples/`, ready to be saved in an n8n that loads this package from a folder: there a node is called
 * `CUSTOM.reportify`, where an installed package has `n8n-nodes-agent-conversations.reportify`; and an example cannot know
 * the ids of this n8n's credentials.
 *
 * @param credentials what its nodes are connected with, by type; a node whose type is missing stays without
 * @throws Error that names the file when it is not a workflow
 */
export async function readExample(name: string, credentials: SavedCredential[]): Promise<WorkflowDefinition> {
	const file = `examples/${name}.json`;
	const example = JSON.parse(await readFile(join(projectFolder, file), 'utf8')) as Partial<WorkflowDefinition>;
	const { name: title, nodes, connections, settings, pinData } = example;
	if (!title || !nodes || !connections) throw new Error(`${file} is not an n8n workflow.`);
	return { name: title, nodes: nodes.map((node) => adapted(node, credentials)), connections, settings, pinData };
}

function adapted(node: INode, credentials: SavedCredential[]): INode {
	const own = Object.keys(node.credentials ?? {})
		.map((type) => credentials.find((credential) => credential.type === type))
		.filter((credential) => credential !== undefined);
	return {
		...node,
		type: node.type.replace(PUBLISHED_PREFIX, 'CUSTOM.'),
		credentials: Object.fromEntries(own.map(({ id, name, type }) => [type, { id, name }])),
	};
}

/** Saves all workflows of `examples/`, connected with the given credentials. */
export async function importExamples(api: N8nApi, credentials: SavedCredential[]): Promise<SavedWorkflow[]> {
	const imported: SavedWorkflow[] = [];
	for (const name of await exampleNames())
		imported.push(await api.createWorkflow(await readExample(name, credentials)));
	return imported;
}
