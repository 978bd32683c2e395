import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fastGlob from 'fast-glob';
import type { INode } from 'n8n-workflow';
import type { N8nApi, SavedWorkflow } from './api';
import { projectFolder } from './layout';
import type { SavedCredential, WorkflowDefinition } from './workflow';

/** How the types of our nodes begin in an n8n where their packages are installed. */
export const PUBLISHED_PREFIX = /^n8n-nodes-(reportify|wps-agent|ai-dol)\./;

/** How they begin where n8n loads them from a folder. */
export const FROM_A_FOLDER = 'CUSTOM.';

/** The names of the workflows in `examples/`, without `.json`, in alphabetical order. */
export async function exampleNames(): Promise<string[]> {
	const files = await fastGlob('examples/*.json', { cwd: projectFolder });
	return files.map((file) => basename(file, '.json')).sort();
}

/**
 * A workflow of `examples/`, ready to be saved in an n8n: an example cannot know the ids of its credentials.
 *
 * @param credentials what its nodes are connected with, by type; a node whose type is missing stays without
 * @param prefix how the types of our nodes begin there: `CUSTOM.` where n8n loads them from a folder; as in the example when
 * it is left out
 * @throws Error that names the file when it is not a workflow
 */
export async function readExample(
	name: string,
	credentials: SavedCredential[],
	prefix?: string,
): Promise<WorkflowDefinition> {
	const file = `examples/${name}.json`;
	const example = JSON.parse(await readFile(join(projectFolder, file), 'utf8')) as Partial<WorkflowDefinition>;
	const { name: title, nodes, connections, settings, pinData } = example;
	if (!title || !nodes || !connections) throw new Error(`${file} is not an n8n workflow.`);
	return {
		name: title,
		nodes: nodes.map((node) => adapted(node, credentials, prefix)),
		connections,
		settings,
		pinData,
	};
}

function adapted(node: INode, credentials: SavedCredential[], prefix?: string): INode {
	const own = Object.keys(node.credentials ?? {})
		.map((type) => credentials.find((credential) => credential.type === type))
		.filter((credential) => credential !== undefined);
	return {
		...node,
		type: prefix === undefined ? node.type : node.type.replace(PUBLISHED_PREFIX, prefix),
		credentials: Object.fromEntries(own.map(({ id, name, type }) => [type, { id, name }])),
	};
}

/** Saves all workflows of `examples/`, connected with the given credentials, in an n8n that loads our nodes from a folder. */
export async function importExamples(api: N8nApi, credentials: SavedCredential[]): Promise<SavedWorkflow[]> {
	const imported: SavedWorkflow[] = [];
	for (const name of await exampleNames())
		imported.push(await api.createWorkflow(await readExample(name, credentials, FROM_A_FOLDER)));
	return imported;
}
