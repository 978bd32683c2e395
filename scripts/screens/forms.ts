import type { GenericValue, IDataObject, INodeParameters, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { NodeTypeDescription } from '../../harness/server/api';

/** One form of a node: an operation, filled in one way. */
export interface OperationForm {
	/** E.g. `reportify-message-send`. */
	name: string;
	resource: string;
	operation: string;
	/** As a new node has it. */
	parameters: INodeParameters;
	/** With every optional field added, each with its default. */
	everything: INodeParameters;
	/** As a new node has it but for one choice, which shows fields that were hidden. */
	choices: Array<{ name: string; parameters: INodeParameters }>;
}

/** The entry *Custom API Call*, which only tells to use the HTTP Request node. */
const ADDED_BY_N8N = '__CUSTOM_API_CALL__';

const propertiesOf = (node: NodeTypeDescription) => node.properties as unknown as INodeProperties[];
const valuesOf = (property: INodeProperties | undefined) =>
	((property?.options ?? []) as INodePropertyOptions[]).map(({ value }) => String(value));

function isShown({ displayOptions }: INodeProperties, parameters: IDataObject): boolean {
	const holds = ([name, values]: [string, unknown]) =>
		(values as GenericValue[]).includes(parameters[name] as GenericValue);
	const show = Object.entries(displayOptions?.show ?? {});
	const hide = Object.entries(displayOptions?.hide ?? {});
	return show.every(holds) && !hide.some(holds);
}

/** The value of a collection with all its members in it. */
function withAllMembers(property: INodeProperties): unknown {
	const defaults = (members: INodeProperties[]) =>
		Object.fromEntries(members.map((member) => [member.name, withAllMembers(member)]));
	const isList = property.typeOptions?.multipleValues === true;
	if (property.type === 'collection') {
		const members = defaults(property.options as INodeProperties[]);
		return isList ? [members] : members;
	}
	if (property.type === 'fixedCollection') {
		const groups = property.options as Array<{ name: string; values: INodeProperties[] }>;
		return Object.fromEntries(groups.map(({ name, values }) => [name, isList ? [defaults(values)] : defaults(values)]));
	}
	return property.default;
}

/** Parameters that are part of the operation, or of every one of the node. */
const FIXED = ['resource', 'operation', 'authentication'];

/** The choices of a form that show more fields; some of them are shown by another one, which then comes along. */
function choicesOf(all: INodeProperties[], operation: INodeParameters): OperationForm['choices'] {
	const conditions = ({ displayOptions }: INodeProperties) =>
		Object.entries(displayOptions?.show ?? {}).filter(([name]) => !FIXED.includes(name)) as Array<
			[string, GenericValue[]]
		>;
	const belongs = (each: INodeProperties) =>
		isShown(each, { ...operation, ...Object.fromEntries(conditions(each).map(([name, [value]]) => [name, value])) });
	const dependent = all.filter(belongs);
	const choices = new Map<string, INodeParameters>();
	for (const [name, values] of dependent.flatMap(conditions)) {
		const parameter = dependent.find((each) => each.name === name);
		if (!parameter) continue;
		const needed = Object.fromEntries(conditions(parameter).map(([other, [value]]) => [other, value]));
		for (const value of values.filter((each) => each !== parameter.default)) {
			choices.set(`${name}-${String(value)}`, { ...needed, [name]: value } as INodeParameters);
		}
	}
	return [...choices].map(([name, choice]) => ({ name, parameters: { ...operation, ...choice } }));
}

/** The forms of a node: one for each operation of each resource. */
export function operationForms(node: NodeTypeDescription): OperationForm[] {
	const properties = propertiesOf(node);
	const resources = valuesOf(properties.find(({ name }) => name === 'resource')).filter(
		(value) => value !== ADDED_BY_N8N,
	);
	return resources.flatMap((resource) => {
		const operations = valuesOf(
			properties.find((each) => each.name === 'operation' && isShown(each, { resource })),
		).filter((operation) => operation !== ADDED_BY_N8N);
		return operations.map((operation): OperationForm => {
			const parameters = { resource, operation };
			const optional = properties.filter(
				(each) => (each.type === 'collection' || each.type === 'fixedCollection') && isShown(each, parameters),
			);
			const everything = Object.fromEntries(optional.map((each) => [each.name, withAllMembers(each)]));
			const shortName = node.name.split('.').pop() ?? node.name;
			const name = `${shortName}-${resource}-${operation}`;
			return {
				name,
				resource,
				operation,
				parameters,
				everything: { ...parameters, ...everything } as INodeParameters,
				choices: choicesOf(properties, parameters).map((choice) => ({ ...choice, name: `${name}-${choice.name}` })),
			};
		});
	});
}
