import { isJsonObject, type JsonObject, type JsonValue } from '../json/json';

/**
 * The schema of values that look like an example: the same fields, all of them there, with values of the same kinds.
 * Further fields are allowed; where the example says `null`, or a list is empty, anything may stand.
 */
export function schemaOfExample(example: JsonValue): JsonObject {
	if (example === null) return {};
	if (Array.isArray(example))
		return example.length === 0 ? { type: 'array' } : { type: 'array', items: schemaOfAll(example) };
	if (isJsonObject(example)) {
		const names = Object.keys(example);
		const properties = Object.fromEntries(names.map((name) => [name, schemaOfExample(example[name]!)]));
		return { type: 'object', properties, required: names };
	}
	return { type: typeof example };
}

/** What the members of a list have in common: a field that one of them lacks may be missing in others, too. */
function schemaOfAll(examples: readonly JsonValue[]): JsonObject {
	if (!examples.every(isJsonObject)) return oneOfKinds(examples.map(schemaOfExample));
	const names = [...new Set(examples.flatMap((example) => Object.keys(example)))];
	const properties = Object.fromEntries(
		names.map((name) => {
			const values = examples.filter((example) => Object.hasOwn(example, name)).map((example) => example[name]!);
			return [name, values.every(isJsonObject) ? schemaOfAll(values) : oneOfKinds(values.map(schemaOfExample))];
		}),
	);
	const required = names.filter((name) => examples.every((example) => Object.hasOwn(example, name)));
	return { type: 'object', properties, required };
}

function oneOfKinds(schemas: readonly JsonObject[]): JsonObject {
	const kinds = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
	return kinds.length === 1
		? kinds[0]!
		: kinds.some((schema) => Object.keys(schema).length === 0)
			? {}
			: { anyOf: kinds };
}
