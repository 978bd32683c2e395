import type { INodeProperties, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';

/** An operation of a node, as its description tells. */
export interface DocumentedOperation {
	resource: INodePropertyOptions;
	operation: INodePropertyOptions;
	/** In order of appearance; those that choose the resource and the operation are left out. */
	parameters: INodeProperties[];
}

/** The choices of an `options` property. */
export const choicesOf = ({ options = [] }: INodeProperties): INodePropertyOptions[] =>
	options.filter((option): option is INodePropertyOptions => 'value' in option);

const isShownFor = ({ displayOptions }: INodeProperties, chosen: Record<string, unknown>): boolean =>
	Object.entries(chosen).every(([name, value]) => displayOptions?.show?.[name]?.includes(value as string) ?? true);

/** All operations of a node, in the order of its menus. */
export function operationsOf({ properties }: INodeTypeDescription): DocumentedOperation[] {
	const resources = properties.find(({ name }) => name === 'resource');
	if (!resources) return [];
	return choicesOf(resources).flatMap((resource) => {
		const menu = properties.find(
			(property) => property.name === 'operation' && isShownFor(property, { resource: resource.value }),
		);
		return (menu ? choicesOf(menu) : []).map((operation) => ({
			resource,
			operation,
			parameters: properties.filter(
				(property) =>
					!['resource', 'operation'].includes(property.name) &&
					isShownFor(property, { resource: resource.value, operation: operation.value }),
			),
		}));
	});
}
