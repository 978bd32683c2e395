import { LosslessNumber, parse, stringify } from 'lossless-json';
import { jsonOfPython } from './python-json';

/** A JSON value as this package hands it around: integers beyond 2^53 are strings of digits. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
	[key: string]: JsonValue;
}

/** Deeper values would overflow the stack of what reads them later (n8n itself included). */
const MAX_DEPTH = 200;

/**
 * Parses JSON without losing a digit.
 *
 * Integers that a double cannot hold come back as strings, and so does every number in a field that is named `id` or
 * ends in `_id` or `Id`. `__proto__` members are dropped.
 *
 * @throws SyntaxError when the text is not JSON, or is nested deeper than any real answer.
 */
export function parseJson(text: string): JsonValue {
	// JSON.parse is fast and never overflows the stack. What it lost shows in what it made of the text.
	const value = JSON.parse(text) as JsonValue;
	const found = { bigIntegers: false, untidyMembers: false };
	inspect(value, found);
	if (found.bigIntegers) return tidy(parse(text, undefined, LOSSLESS) as JsonValue);
	return found.untidyMembers ? tidy(value) : value;
}

interface Findings {
	/** A number may have been an integer with more digits than a double holds. */
	bigIntegers: boolean;
	/** A member is an id that is a number, or has a hostile name. */
	untidyMembers: boolean;
}

/**
 * Looks for what needs care. Called for every event; `Object.keys` is what Node of all versions is quick at.
 *
 * @throws SyntaxError for what is nested too deeply
 */
function inspect(value: JsonValue, found: Findings, depth = 0): void {
	if (typeof value === 'number') found.bigIntegers ||= Number.isInteger(value) && !Number.isSafeInteger(value);
	if (typeof value !== 'object' || value === null) return;
	if (depth === MAX_DEPTH) throw new SyntaxError(`JSON is nested deeper than ${MAX_DEPTH} levels`);
	if (Array.isArray(value)) {
		for (const member of value) inspect(member, found, depth + 1);
		return;
	}
	for (const name of Object.keys(value)) {
		const member = value[name] as JsonValue;
		found.untidyMembers ||= name === '__proto__' || (typeof member === 'number' && isIdField(name));
		if (typeof member !== 'string') inspect(member, found, depth + 1);
	}
}

const LOSSLESS = {
	parseNumber: (digits: string) => {
		const value = Number(digits);
		return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? digits : value;
	},
	onDuplicateKey: ({ newValue }: { newValue: unknown }) => newValue,
};

function assertDepth(root: JsonValue): void {
	let level: JsonValue[] = [root];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > MAX_DEPTH) throw new SyntaxError(`JSON is nested deeper than ${MAX_DEPTH} levels`);
		level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
	}
}

/** Whether a field of this name holds an ID, which is text whatever the provider sends (README: IDs are exact). */
export const isIdField = (name: string) => name === 'id' || name.endsWith('_id') || name.endsWith('Id');

/** The same value with every numeric id as text, and without hostile names. */
function tidy(value: JsonValue): JsonValue {
	if (Array.isArray(value)) return value.map(tidy);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name]) => name !== '__proto__')
			.map(([name, member]) => [name, typeof member === 'number' && isIdField(name) ? String(member) : tidy(member)]),
	);
}

/**
 * Like {@link parseJson}, but `undefined` for what is not JSON. Objects and lists as Python writes them (`{"a": NaN}`)
 * are still read: one malformed number must not cost an event.
 */
export function tryParseJson(text: string): JsonValue | undefined {
	try {
		return parseJson(text);
	} catch {
		return parsedPython(text);
	}
}

function parsedPython(text: string): JsonValue | undefined {
	const json = jsonOfPython(text);
	try {
		return json === undefined ? undefined : parseJson(json);
	} catch {
		return undefined;
	}
}

/** Digits that go into a JSON body unquoted, all of them. */
export const jsonInteger = (digits: string): unknown => new LosslessNumber(digits);

/**
 * JSON text of a request body; values made by {@link jsonInteger} keep their digits, `undefined` members are left out.
 * A string that is valid JSON is sent by n8n as it is.
 */
export const toJsonText = (body: Record<string, unknown>): string => stringify(body) ?? '{}';

/**
 * The JSON object that a user typed, ready for {@link toJsonText}: numbers keep every digit on their way out. Undefined
 * when the text is not a JSON object.
 */
export function parseUserObject(text: string): Record<string, unknown> | undefined {
	try {
		assertDepth(JSON.parse(text) as JsonValue);
		const value = parse(text, undefined, { onDuplicateKey: LOSSLESS.onDuplicateKey });
		return isJsonObject(value) && !(value instanceof LosslessNumber) ? value : undefined;
	} catch {
		return undefined;
	}
}

export const isJsonObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first of the named members that is a non-empty string. */
export function textMember(object: JsonObject, ...names: string[]): string | undefined {
	for (const name of names) {
		const value = Object.hasOwn(object, name) ? object[name] : undefined;
		if (typeof value === 'string' && value !== '') return value;
	}
	return undefined;
}
