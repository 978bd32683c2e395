import { InvalidParameter } from '../failures/invalid-parameter';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json';
import { inexactNumberIn, type ExactJson } from './exact-json';

/** The display name of the parameter, which is n8n's own. */
export const SCHEMA = 'Input Schema';

/** Something in a schema that cannot be checked, and where. */
function refused(place: string, problem: string): InvalidParameter {
	return new InvalidParameter(
		SCHEMA,
		`cannot be checked at ${place}: ${problem}`,
		'Only what is checked may stand in the schema, so that nothing of it is passed over. Change or remove that part.',
	);
}

type Check = (value: JsonValue, schema: JsonObject) => string | null;

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

/** The formats that the validator knows; it takes no notice of others. */
const FORMATS = [
	...['date', 'time', 'date-time', 'duration', 'uri', 'uri-reference', 'uri-template', 'url', 'email', 'hostname'],
	...['ipv4', 'ipv6', 'regex', 'uuid', 'json-pointer', 'json-pointer-uri-fragment', 'relative-json-pointer'],
];

const DRAFTS = /^https?:\/\/json-schema\.org\/(?:draft-0[467]|draft\/(?:2019-09|2020-12))\/schema#?$/;

/** Members that say something about a value and demand nothing. */
const DESCRIBING = [
	'title',
	'description',
	'default',
	'examples',
	'$comment',
	'deprecated',
	'readOnly',
	'writeOnly',
	'$id',
];

const isCount: Check = (value) =>
	typeof value === 'number' && Number.isInteger(value) && value >= 0 ? null : 'must be a whole number from 0';
const isNumber: Check = (value) => (typeof value === 'number' ? null : 'must be a number');
const isFlag: Check = (value) => (typeof value === 'boolean' ? null : 'must be true or false');
const isNames: Check = (value) =>
	Array.isArray(value) && value.every((name) => typeof name === 'string') ? null : 'must be a list of names';
const isPattern: Check = (value) => {
	try {
		new RegExp(String(value), 'u');
		return typeof value === 'string' ? null : 'must be a text';
	} catch {
		return 'is no regular expression';
	}
};
const needs =
	(keyword: string, check: Check, isThere = (schema: JsonObject) => Object.hasOwn(schema, keyword)): Check =>
	(value, schema) =>
		isThere(schema) ? check(value, schema) : `means nothing without "${keyword}"`;
const anything: Check = () => null;

/** Every keyword that is checked, and what it may hold. Subschemas are in {@link SUBSCHEMAS}. */
const KEYWORDS: Readonly<Record<string, Check>> = {
	type: (value) => {
		const types = Array.isArray(value) ? value : [value];
		const unknown = types.find((type) => !TYPES.includes(String(type)) || typeof type !== 'string');
		return types.length > 0 && unknown === undefined ? null : `must be one of ${TYPES.join(', ')}`;
	},
	enum: (value) => (Array.isArray(value) && value.length > 0 ? null : 'must be a list of values'),
	const: anything,
	required: isNames,
	dependentRequired: (value) =>
		isJsonObject(value) && Object.values(value).every((names) => isNames(names, value) === null)
			? null
			: 'must be lists of names by name',
	minProperties: isCount,
	maxProperties: isCount,
	minItems: isCount,
	maxItems: isCount,
	minContains: needs('contains', isCount),
	maxContains: needs('contains', isCount),
	uniqueItems: isFlag,
	minLength: isCount,
	maxLength: isCount,
	pattern: isPattern,
	format: (value) => (FORMATS.includes(String(value)) ? null : `must be one of ${FORMATS.join(', ')}`),
	minimum: isNumber,
	maximum: isNumber,
	exclusiveMinimum: isNumber,
	exclusiveMaximum: isNumber,
	multipleOf: (value) => (typeof value === 'number' && value > 0 ? null : 'must be a number above 0'),
	$schema: (value) => (DRAFTS.test(String(value)) ? null : 'names a version of JSON Schema that is not known'),
	$ref: anything,
};

type Shape = 'one' | 'list' | 'oneOrList' | 'named';

/** The keywords that hold schemas. */
const SUBSCHEMAS: Readonly<Record<string, { shape: Shape; check?: Check }>> = {
	properties: { shape: 'named' },
	patternProperties: {
		shape: 'named',
		check: (value) =>
			Object.keys(value as JsonObject).every((name) => isPattern(name, {}) === null)
				? null
				: 'must be named by regular expressions',
	},
	additionalProperties: { shape: 'one' },
	propertyNames: { shape: 'one' },
	dependentSchemas: { shape: 'named' },
	items: {
		shape: 'oneOrList',
		check: (value, schema) =>
			Array.isArray(value) && Object.hasOwn(schema, 'prefixItems') ? 'must be one schema beside "prefixItems"' : null,
	},
	prefixItems: { shape: 'list' },
	additionalItems: { shape: 'one', check: needs('items', anything, ({ items }) => Array.isArray(items)) },
	contains: { shape: 'one' },
	allOf: { shape: 'list' },
	anyOf: { shape: 'list' },
	oneOf: { shape: 'list' },
	not: { shape: 'one' },
	if: { shape: 'one' },
	then: { shape: 'one', check: needs('if', anything) },
	else: { shape: 'one', check: needs('if', anything) },
	$defs: { shape: 'named' },
	definitions: { shape: 'named' },
};

/**
 * Reads a JSON Schema for the validator: what it describes only is left out, and what would not be checked is refused
 * rather than passed over.
 *
 * @throws InvalidParameter naming the place
 */
export function readSchema(json: ExactJson): JsonObject {
	if (!isJsonObject(json.numbers)) throw refused('$', 'a schema is an object');
	const inexact = inexactNumberIn(json);
	if (inexact !== null) throw refused(inexact, 'a number with so many digits cannot be compared exactly');
	const schema = schemaAt(json.numbers, '$') as JsonObject;
	checkReferences(schema, schema, '$');
	return schema;
}

function schemaAt(written: JsonValue, place: string): JsonValue {
	if (typeof written === 'boolean') return written;
	if (!isJsonObject(written)) throw refused(place, 'a schema is an object, true or false');
	const schema: JsonObject = {};
	for (const [keyword, value] of Object.entries(written)) {
		const at = `${place}.${keyword}`;
		if (DESCRIBING.includes(keyword)) continue;
		const holds = Object.hasOwn(SUBSCHEMAS, keyword) ? SUBSCHEMAS[keyword] : undefined;
		const check =
			holds === undefined
				? Object.hasOwn(KEYWORDS, keyword)
					? KEYWORDS[keyword]
					: undefined
				: (holds.check ?? anything);
		if (check === undefined) throw refused(at, `the keyword "${keyword}" is not checked`);
		if (holds !== undefined) schema[keyword] = subschemas(holds.shape, value, at);
		const problem = check(value, written);
		if (problem !== null) throw refused(at, problem);
		if (holds === undefined && keyword !== '$schema') schema[keyword] = value;
	}
	return schema;
}

function subschemas(shape: Shape, value: JsonValue, place: string): JsonValue {
	if (Array.isArray(value) && (shape === 'list' || shape === 'oneOrList')) {
		if (value.length === 0 && shape === 'list') throw refused(place, 'must be a list of schemas');
		return value.map((each, index) => schemaAt(each, `${place}[${index}]`));
	}
	if (shape === 'list') throw refused(place, 'must be a list of schemas');
	if (shape !== 'named') return schemaAt(value, place);
	if (!isJsonObject(value)) throw refused(place, 'must hold a schema for each name');
	return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, schemaAt(each, `${place}.${name}`)]));
}

/** Every `$ref` leads to a schema in the same text, and not back to itself. */
function checkReferences(node: JsonValue, root: JsonObject, place: string): void {
	if (Array.isArray(node)) node.forEach((each, index) => checkReferences(each, root, `${place}[${index}]`));
	if (!isJsonObject(node)) return;
	for (const [name, member] of Object.entries(node)) {
		if (name === 'enum' || name === 'const') continue;
		if (name === '$ref' && typeof member === 'string') {
			const seen = new Set<string>();
			for (let reference: JsonValue | undefined = member; reference !== undefined;) {
				const target: JsonValue | undefined = typeof reference === 'string' ? referredTo(root, reference) : undefined;
				if (target === undefined) throw refused(`${place}.$ref`, 'leads to nothing in this schema');
				if (seen.has(String(reference))) throw refused(`${place}.$ref`, 'leads back to itself');
				seen.add(String(reference));
				reference = isJsonObject(target) ? target['$ref'] : undefined;
			}
		}
		checkReferences(member, root, `${place}.${name}`);
	}
}

/** What a reference inside a schema (`#/$defs/row`) leads to. */
export function referredTo(root: JsonObject, reference: string): JsonValue | undefined {
	const pointer = /^#((?:\/.*)?)$/s.exec(reference)?.[1];
	return pointer === undefined ? undefined : memberAt(root, pointer);
}

/** The member that a JSON pointer names. */
export function memberAt(root: JsonValue, pointer: string): JsonValue | undefined {
	let node: JsonValue | undefined = root;
	for (const step of pointer.split('/').slice(1)) {
		const name = decodeStep(step);
		if (typeof node !== 'object' || node === null || !Object.hasOwn(node, name)) return undefined;
		node = (node as JsonObject)[name];
	}
	return node;
}

/** A step of a JSON pointer, as it is in a URI. */
export function decodeStep(step: string): string {
	let text = step;
	try {
		text = decodeURIComponent(step);
	} catch {
		// a stray % is a part of the name
	}
	return text.replace(/~1/g, '/').replace(/~0/g, '~');
}
