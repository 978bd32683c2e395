import type { OutputSchema } from '../../scripts/docs/schemas';

/** Keywords that the check below understands; a schema with another one would not be checked. */
const KEYWORDS = ['type', 'description', 'const', 'enum', 'properties', 'required', 'items', 'additionalProperties'];

/** What is wrong with a schema itself: parts that say nothing, or that nothing here checks. */
export function schemaFaults(schema: OutputSchema, at = '$'): string[] {
	const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.includes(keyword));
	const properties = Object.entries(schema.properties ?? {});
	return [
		...unknown.map((keyword) => `${at}: unknown keyword ${keyword}`),
		...(schema.type === undefined ? [`${at}: no type`] : []),
		...(at !== '$' && !schema.description && !at.endsWith('[]') ? [`${at}: no description`] : []),
		...(schema.required ?? [])
			.filter((name) => !(name in (schema.properties ?? {})))
			.map((name) => `${at}: requires ${name}, which it does not describe`),
		...(schema.type === 'array' && !schema.items ? [`${at}: an array without items`] : []),
		...properties.flatMap(([name, property]) => schemaFaults(property, `${at}.${name}`)),
		...(schema.items ? schemaFaults(schema.items, `${at}[]`) : []),
	];
}

const typeOf = (value: unknown): string => {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	return Number.isInteger(value) ? 'integer' : typeof value;
};

/**
 * What does not conform to a schema. Members that the schema does not describe count as well, because a builder would not
 * find them in the editor, unless it says that there may be more (where a provider does not publish what it sends).
 */
export function deviations(value: unknown, schema: OutputSchema, at = '$'): string[] {
	const types = [schema.type].flat();
	const type = typeOf(value);
	if (!types.includes(type) && !(type === 'integer' && types.includes('number'))) {
		return [`${at} is ${type}, not ${types.join(' or ')}`];
	}
	if (schema.const !== undefined && value !== schema.const) return [`${at} is ${String(value)}, not ${schema.const}`];
	if (schema.enum && !schema.enum.includes(value as string)) return [`${at} is none of ${schema.enum.join(', ')}`];
	if (Array.isArray(value)) {
		return value.flatMap((item, index) => (schema.items ? deviations(item, schema.items, `${at}[${index}]`) : []));
	}
	// An object without described properties is the provider's own affair.
	if (type !== 'object' || !schema.properties) return [];
	const members = value as Record<string, unknown>;
	const missing = (schema.required ?? []).filter((name) => !(name in members));
	return [
		...missing.map((name) => `${at}.${name} is missing`),
		...Object.entries(members).flatMap(([name, member]) => {
			const described = schema.properties?.[name];
			if (described) return deviations(member, described, `${at}.${name}`);
			return schema.additionalProperties ? [] : [`${at}.${name} is not described`];
		}),
	];
}
