import type { INode, INodeParameters } from 'n8n-workflow';
import { FROM_A_FOLDER, readExample } from '../server/examples';
import type { SavedCredential, WorkflowDefinition } from '../server/workflow';
import type { Stage } from './stage';

/** What a user enters after the import, by the node's name. */
export type FilledIn = Record<string, INodeParameters>;

/**
 * An example as a user has filled it in.
 *
 * @param parameters replace those of the same name
 * @param more credentials of n8n's own nodes
 * @throws Error when a node does not exist
 */
export async function filledIn(
	stage: Stage,
	name: string,
	parameters: FilledIn = {},
	more: SavedCredential[] = [],
): Promise<WorkflowDefinition> {
	const example = await readExample(name, [...stage.savedCredentials, ...more], FROM_A_FOLDER);
	for (const [title, values] of Object.entries(parameters)) {
		const node = nodeOf(example, title);
		node.parameters = { ...node.parameters, ...values };
	}
	return example;
}

/**
 * A node of a workflow, by its name.
 *
 * @throws Error when it does not exist
 */
export function nodeOf(workflow: WorkflowDefinition, title: string): INode {
	const node = workflow.nodes.find((each) => each.name === title);
	if (!node) throw new Error(`${workflow.name} has no node "${title}".`);
	return node;
}
