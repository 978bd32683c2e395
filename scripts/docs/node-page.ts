import type { INodeProperties, INodePropertyCollection, INodeTypeDescription } from 'n8n-workflow';
import { choicesOf, type DocumentedOperation, operationsOf } from './operations';
import { fieldsOf, type OutputSchema } from './schemas';

/** Gives the schema of an operation's output. */
type SchemaLookup = (resource: string, operation: string) => OutputSchema;

/** A cell of a Markdown table. */
const cell = (text: string) => text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');

function table(head: string[], rows: string[][]): string {
	const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`;
	return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

const titleOf = ({ resource, operation }: DocumentedOperation) => `${resource.name}: ${operation.name}`;

/** The anchor that GitHub gives to a heading. */
const anchorOf = (title: string) =>
	title
		.toLowerCase()
		.replace(/[^\p{L}\p{N} _-]/gu, '')
		.replaceAll(' ', '-');

const withDot = (text: string) => (text === '' || /[.!?]$/.test(text) ? text : `${text}.`);

/**
 * The table of a node's operations.
 *
 * @param page where the operations are described; empty for the same page
 */
export function operationsTable(description: INodeTypeDescription, page = ''): string {
	const rows = operationsOf(description).map((each) => [
		each.resource.name,
		`[${each.operation.name}](${page}#${anchorOf(titleOf(each))})`,
		withDot(each.operation.description ?? ''),
	]);
	return table(['Resource', 'Operation', 'What it does'], rows);
}

/** Everything that a node's description and its output schemas tell. */
export function nodePage(description: INodeTypeDescription, schemaOf: SchemaLookup): string {
	const common = description.properties.filter(({ name, displayOptions }) => name !== 'resource' && !displayOptions);
	return [
		'## Operations',
		operationsTable(description),
		...(common.length === 0 ? [] : ['All operations have:', parametersTable(common)]),
		...operationsOf(description).map((each) =>
			operationSection(
				{ ...each, parameters: each.parameters.filter((parameter) => !common.includes(parameter)) },
				schemaOf(String(each.resource.value), String(each.operation.value)),
			),
		),
	].join('\n\n');
}

function operationSection(documented: DocumentedOperation, schema: OutputSchema): string {
	const { operation, parameters } = documented;
	const collections = parameters.filter(({ type }) => type === 'collection');
	return [
		`## ${titleOf(documented)}`,
		withDot(operation.description ?? ''),
		parametersTable(parameters.filter(({ type }) => type !== 'collection')),
		...collections.map(
			(collection) =>
				`**${collection.displayName}** (\`${collection.name}\`)\n\n${parametersTable(collection.options as INodeProperties[])}`,
		),
		`**Output**\n\n${fieldsTable(schema)}`,
	].join('\n\n');
}

function parametersTable(parameters: INodeProperties[]): string {
	const rows = parameters.flatMap((parameter) => [parameterRow(parameter), ...partsOf(parameter)]);
	return table(['Parameter', 'Name', 'Default', 'Description'], rows);
}

function parameterRow(parameter: INodeProperties, within = ''): string[] {
	const { displayName, name, required, description = '' } = parameter;
	return [
		`**${within}${displayName}**${required ? ' (required)' : ''}`,
		`\`${name}\``,
		defaultOf(parameter),
		[withDot(description), conditionOf(parameter), choicesText(parameter)].filter((text) => text !== '').join(' '),
	];
}

/** The fields of a list of entries, such as the documents of a question. */
function partsOf(parameter: INodeProperties): string[][] {
	if (parameter.type !== 'fixedCollection') return [];
	const groups = (parameter.options ?? []) as INodePropertyCollection[];
	return groups.flatMap(({ values }) => values.map((value) => parameterRow(value, `${parameter.displayName} → `)));
}

function choicesText(parameter: INodeProperties): string {
	if (!['options', 'multiOptions'].includes(parameter.type)) return '';
	const choices = choicesOf(parameter).map(({ name, value, description }) => {
		const explained = description === undefined ? '' : `: ${description}`;
		return `**${name}** (\`${String(value)}\`)${explained}`;
	});
	return `Choices: ${choices.join('; ')}.`;
}

/** When a parameter is shown, beside its resource and operation. */
function conditionOf({ displayOptions }: INodeProperties): string {
	const conditions = Object.entries(displayOptions?.show ?? {}).filter(
		([name]) => !['resource', 'operation'].includes(name),
	);
	if (conditions.length === 0) return '';
	// An option names a parameter outside of its collection with a slash in front.
	const texts = conditions.map(
		([name, values]) => `\`${name.replace(/^\//, '')}\` is \`${(values ?? []).join('` or `')}\``,
	);
	return `Shown when ${texts.join(' and ')}.`;
}

function defaultOf(parameter: INodeProperties): string {
	const { default: value, type } = parameter;
	if (type === 'options') return choicesOf(parameter).find((choice) => choice.value === value)?.name ?? '';
	if (type === 'boolean') return value === true ? 'on' : 'off';
	if (Array.isArray(value) || typeof value === 'object' || value === undefined) return '';
	return value === '' ? '' : `\`${String(value)}\``;
}

function fieldsTable(schema: OutputSchema): string {
	const rows = fieldsOf(schema).map(({ path, type, description, isOptional }) => [
		`\`${path}\``,
		type,
		isOptional ? 'no' : 'yes',
		withDot(description),
	]);
	return table(['Field', 'Type', 'Always there', 'Meaning'], rows);
}
