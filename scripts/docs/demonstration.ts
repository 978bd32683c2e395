import type { INodeTypeDescription } from 'n8n-workflow';
import { operationsOf } from './operations';

/**
 * The script of a demonstration: install, credential test, each operation, with the pictures that
 * `npm run screens -- verification` takes of it.
 */
export function demonstration(packageName: string, { name, displayName, ...node }: INodeTypeDescription): string {
	const picture = (step: string) => `\`${name}-${step}.png\``;
	const credentials = (node.credentials ?? []).map(
		(credential) =>
			`Create a credential of type \`${credential.name}\` as [the guide](../../docs/credentials.md) says; n8n says that it works. ${picture(`credential-${credential.name}`)}`,
	);
	const operations = operationsOf({ name, displayName, ...node }).map(
		({ resource, operation }) =>
			`_${resource.name}: ${operation.name}._ ${operation.description ?? ''}. ${picture(`${String(resource.value)}-${String(operation.value)}`)}`,
	);
	const steps = [
		`**Settings → Community Nodes → Install**, enter \`${packageName}\`, then search for _${displayName}_ in the nodes panel. ${picture('panel')}`,
		...credentials,
		...operations,
		`Execute _Message: Send_: one item with the finished answer. ${picture('answer')}`,
	];
	return steps.map((step, index) => `${index + 1}. ${step}`).join('\n');
}
