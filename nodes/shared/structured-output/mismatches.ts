import { isIdField, isJsonObject, type JsonObject, type JsonValue } from '../json/json';
import { decodeStep, memberAt, referredTo } from './json-schema';
import { Validator, type OutputUnit, type Schema } from './libraries';

/** How many mismatches are reported: enough to see what is wrong, few enough to read. */
const MOST_TOLD = 3;

/** Says that something inside did not fit, which is reported on its own. */
const OUTER = new Set(
	'$ref properties patternProperties items prefixItems additionalItems allOf if dependentSchemas propertyNames'.split(
		' ',
	),
);

/** Parts of a schema that a value need not fit for the whole to fit. */
const ALTERNATIVES = /\/(?:anyOf|oneOf|not|if|contains)(?:\/|$)/;

const KINDS: Readonly<Record<string, string>> = {
	string: 'text',
	number: 'a number',
	integer: 'a whole number',
	boolean: 'true or false',
	object: 'an object',
	array: 'a list',
	null: 'null',
};

/** Checks values against a schema that {@link readSchema} has read. */
export class SchemaCheck {
	private readonly all: Validator;
	private readonly first: Validator;

	constructor(private readonly schema: JsonObject) {
		this.all = new Validator(structuredClone(schema) as Schema, '2020-12', false);
		this.first = new Validator(structuredClone(schema) as Schema, '2020-12', true);
	}

	/** The first mismatches in plain words; none when the value fits. */
	mismatches(numbers: JsonValue): string[] {
		// An ID is text in every item, whether it was written with quotes or without.
		let value = numbers;
		for (let round = 0; round < 2; round++) {
			const { valid, errors } = this.validated(value);
			if (valid) return [];
			const changed = withIdsAsDemanded(value, errors, this.schema);
			if (changed === null) return this.told(errors, value);
			value = changed;
		}
		const { valid, errors } = this.validated(value);
		return valid ? [] : this.told(errors, value);
	}

	private validated(value: JsonValue): { valid: boolean; errors: OutputUnit[] } {
		try {
			return this.all.validate(value);
		} catch {
			return this.first.validate(value); // more mismatches than the stack has room for
		}
	}

	private told(errors: readonly OutputUnit[], value: JsonValue): string[] {
		const own = errors.filter((error) => !this.isToldByOthers(error));
		const others = errors.filter(({ keyword }) => !OUTER.has(keyword));
		const sentences = (own.length > 0 ? own : others.length > 0 ? others : errors).map((error) =>
			sentenceOf(error, this.schema, value),
		);
		return [...new Set(sentences)].slice(0, MOST_TOLD);
	}

	/** Whether an error only says that something inside did not fit, or stands for one of several alternatives. */
	private isToldByOthers({ keyword, keywordLocation }: OutputUnit): boolean {
		if (keyword === 'false' || ALTERNATIVES.test(keywordLocation.slice(0, keywordLocation.lastIndexOf('/'))))
			return true;
		return keyword === 'additionalProperties' ? demandedAt(this.schema, keywordLocation) !== false : OUTER.has(keyword);
	}
}

function sentenceOf(
	{ keyword, keywordLocation, instanceLocation, error }: OutputUnit,
	schema: JsonObject,
	root: JsonValue,
): string {
	const place = placeOf(instanceLocation);
	const value = memberAt(root, instanceLocation.slice(1));
	const demand = demandedAt(schema, keywordLocation);
	switch (keyword) {
		case 'type':
			return `${place} must be ${(Array.isArray(demand) ? demand : [demand]).map((type) => KINDS[String(type)] ?? String(type)).join(' or ')}, but is ${kindOf(value)}`;
		case 'required':
			return `${place} lacks "${/"([\s\S]*)"/.exec(error)?.[1] ?? ''}"`;
		case 'enum':
			return `${place} must be one of ${shortened(JSON.stringify(demand).slice(1, -1))}, but is ${shortened(JSON.stringify(value))}`;
		case 'const':
			return `${place} must be ${shortened(JSON.stringify(demand))}, but is ${shortened(JSON.stringify(value))}`;
		case 'false':
			return `${place} is not part of the format`;
		case 'additionalProperties':
			return `${place} has "${/"([\s\S]*)"/.exec(error)?.[1] ?? ''}", which is not part of the format`;
		case 'minimum':
		case 'exclusiveMinimum':
			return `${place} must be ${keyword === 'minimum' ? 'at least' : 'more than'} ${String(demand)}, but is ${String(value)}`;
		case 'maximum':
		case 'exclusiveMaximum':
			return `${place} must be ${keyword === 'maximum' ? 'at most' : 'less than'} ${String(demand)}, but is ${String(value)}`;
		case 'multipleOf':
			return `${place} must be a multiple of ${String(demand)}, but is ${String(value)}`;
		case 'minLength':
		case 'maxLength':
			return `${place} must have at ${keyword === 'minLength' ? 'least' : 'most'} ${String(demand)} characters`;
		case 'minItems':
		case 'maxItems':
			return `${place} must have at ${keyword === 'minItems' ? 'least' : 'most'} ${String(demand)} members, but has ${Array.isArray(value) ? value.length : 0}`;
		case 'minProperties':
		case 'maxProperties':
			return `${place} must have at ${keyword === 'minProperties' ? 'least' : 'most'} ${String(demand)} fields`;
		case 'uniqueItems':
			return `${place} has a member twice`;
		case 'pattern':
			return `${place} must match ${String(demand)}, but is ${shortened(JSON.stringify(value))}`;
		case 'format':
			return `${place} must be of the form "${String(demand)}", but is ${shortened(JSON.stringify(value))}`;
		case 'anyOf':
		case 'oneOf':
			return `${place} fits ${keyword === 'oneOf' && error.includes('(0') === false ? 'more than one' : 'none'} of the forms that it may have`;
		case 'not':
			return `${place} has a form that it must not have`;
		case 'contains':
		case 'minContains':
		case 'maxContains':
			return `${place} does not have the right number of the members that it must have`;
		default:
			return `${place} does not fit "${keyword}"`;
	}
}

/** What a keyword demands: its place goes through the references that led there. */
function demandedAt(schema: JsonObject, location: string): JsonValue | undefined {
	let node: JsonValue | undefined = schema;
	for (const step of location.split('/').slice(1)) {
		const name = decodeStep(step);
		if (typeof node !== 'object' || node === null || !Object.hasOwn(node, name)) return undefined;
		const member: JsonValue = (node as JsonObject)[name]!;
		node = name === '$ref' && typeof member === 'string' ? referredTo(schema, member) : member;
	}
	return node;
}

/** `#/items/0/price` as `items[0].price`. */
function placeOf(location: string): string {
	const steps = location.split('/').slice(1).map(decodeStep);
	const place = steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('');
	return place === '' ? 'The JSON' : place.replace(/^\./, '');
}

function kindOf(value: JsonValue | undefined): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'an object';
	return typeof value === 'string' ? `the text ${shortened(JSON.stringify(value))}` : String(value);
}

function shortened(text: string | undefined): string {
	return text === undefined ? 'missing' : text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The value with those IDs the other way (text or number) of which only that is wrong; null where there is none. */
function withIdsAsDemanded(root: JsonValue, errors: readonly OutputUnit[], schema: JsonObject): JsonValue | null {
	let changed: JsonValue | null = null;
	for (const { keyword, keywordLocation, instanceLocation } of errors) {
		const name = decodeStep(instanceLocation.slice(instanceLocation.lastIndexOf('/') + 1));
		if (keyword !== 'type' || !isIdField(name)) continue;
		const value = memberAt(changed ?? root, instanceLocation.slice(1));
		const demand = demandedAt(schema, keywordLocation);
		const types = Array.isArray(demand) ? demand : [demand];
		const other =
			typeof value === 'number' && types.includes('string')
				? String(value)
				: typeof value === 'string' && /^-?\d+$/.test(value) && (types.includes('integer') || types.includes('number'))
					? Number(value)
					: undefined;
		if (other === undefined) continue;
		changed ??= structuredClone(root);
		const parent = memberAt(changed, instanceLocation.slice(1, instanceLocation.lastIndexOf('/')));
		if (isJsonObject(parent)) parent[name] = other;
	}
	return changed;
}
