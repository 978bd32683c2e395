import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of JSON Schema that the output schemas are written in. */
export interface OutputSchema {
	type: string | string[];
	description?: string;
	const?: string;
	enum?: string[];
	properties?: Record<string, OutputSchema>;
	required?: string[];
	items?: OutputSchema;
	/** There may be members that are not described. */
	additionalProperties?: boolean;
}

/** Where n8n looks for the schema of an operation's output, version 1 of the node. */
export const schemaPath = (folder: string, resource: string, operation: string): string =>
	join(folder, '__schema__/v1.0.0', resource, `${operation}.json`);

/** @throws Error when there is none */
export function readSchema(root: string, folder: string, resource: string, operation: string): OutputSchema {
	return JSON.parse(readFileSync(join(root, schemaPath(folder, resource, operation)), 'utf8')) as OutputSchema;
}

/** One line of a table of output fields. */
export interface OutputField {
	/** With its place, e.g. `files[].id`. */
	path: string;
	type: string;
	description: string;
	isOptional: boolean;
}

/** The fields of an output, nested ones behind the field that they are in. */
export function fieldsOf(schema: OutputSchema, prefix = ''): OutputField[] {
	return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
		const path = `${prefix}${name}`;
		const types = [field.type].flat();
		return [
			{
				path,
				type: types.join(' or '),
				description: field.description ?? '',
				isOptional: !(schema.required ?? []).includes(name),
			},
			...fieldsOf(field, `${path}.`),
			...(field.items ? fieldsOf(field.items, `${path}[].`) : []),
		];
	});
}
