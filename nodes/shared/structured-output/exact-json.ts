import { isIdField, type JsonObject, type JsonValue } from '../json/json';
import { LosslessNumber, parse } from './libraries';

/** A JSON value, read for its two uses. */
export interface ExactJson {
	/**
	 * As it goes into an item: a number that a double cannot hold is the text of its digits, and so is every number in a
	 * field that is an ID.
	 */
	value: JsonValue;
	/** As a schema sees it: numbers are numbers. */
	numbers: JsonValue;
}

/** Deeper values would overflow the stack of what reads them later (n8n itself included). */
const DEEPEST = 200;

/** Reads JSON without losing a digit; null for what is no JSON, or none that an item could hold. */
export function exactJson(text: string): ExactJson | null {
	try {
		// JSON.parse never overflows the stack, and does not take what the other parser is patient with.
		if (!fitsIntoItem(JSON.parse(text))) return null;
		const read = parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue });
		return { value: valueOf(read, null), numbers: numbersOf(read) };
	} catch {
		return null;
	}
}

/** JSON as agents write it by hand: comments and trailing commas are left out first. */
export function tolerantJson(text: string): ExactJson | null {
	return exactJson(text) ?? exactJson(withoutComments(text));
}

/** What is no JSON, but is easily taken for a part of it, outside its texts. */
const NOT_JSON =
	/"(?:[^"\\]|\\[\s\S])*"?|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/|,(?=(?:\s|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)*[}\]])/g;

function withoutComments(text: string): string {
	return text.replace(NOT_JSON, (found) => (found.startsWith('"') ? found : ' '));
}

/** Not too deep, and without names that change what an object is. */
function fitsIntoItem(root: unknown): boolean {
	let level: unknown[] = [root];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > DEEPEST) return false;
		const next: unknown[] = [];
		for (const value of level) {
			if (typeof value !== 'object' || value === null) continue;
			if (Object.hasOwn(value, '__proto__')) return false;
			for (const member of Object.values(value)) next.push(member);
		}
		level = next;
	}
	return true;
}

function valueOf(read: unknown, name: string | null): JsonValue {
	if (read instanceof LosslessNumber) {
		const number = Number(read.value);
		return (name !== null && isIdField(name)) || !isExact(read.value, number) ? read.value : number;
	}
	if (Array.isArray(read)) return read.map((member) => valueOf(member, null));
	if (typeof read !== 'object' || read === null) return read as JsonValue;
	return Object.fromEntries(Object.entries(read).map(([key, member]) => [key, valueOf(member, key)]));
}

function numbersOf(read: unknown): JsonValue {
	if (read instanceof LosslessNumber) return Number(read.value);
	if (Array.isArray(read)) return read.map(numbersOf);
	if (typeof read !== 'object' || read === null) return read as JsonValue;
	return Object.fromEntries(Object.entries(read).map(([key, member]) => [key, numbersOf(member)]));
}

/** The place of the first number that a double cannot hold exactly, as `$.a[0]`; null if there is none. */
export function inexactNumberIn({ value, numbers }: ExactJson, place = '$'): string | null {
	if (typeof numbers === 'number') return typeof value === 'string' && !isExact(value, numbers) ? place : null;
	if (typeof numbers !== 'object' || numbers === null) return null;
	for (const [name, member] of Object.entries(numbers)) {
		const own = (value as JsonObject)[name]!;
		const found = inexactNumberIn(
			{ value: own, numbers: member },
			Array.isArray(numbers) ? `${place}[${name}]` : `${place}.${name}`,
		);
		if (found !== null) return found;
	}
	return null;
}

/** Whether a double says exactly what was written: `1.10` and 1.1 do, `0.1234567890123456789` and its double do not. */
function isExact(written: string, number: number): boolean {
	return Number.isFinite(number) && decimal(written) === decimal(String(number));
}

/** A decimal number in one form: its digits without zeros at the ends, and the power of ten that the last one stands for. */
function decimal(written: string): string {
	const [, sign = '', whole = '', fraction = '', exponent = '0'] =
		/^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(written) ?? [];
	const digits = (whole + fraction).replace(/^0+/, '');
	const kept = digits.replace(/0+$/, '');
	if (kept === '') return '0';
	return `${sign}${kept}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - kept.length)}`;
}
