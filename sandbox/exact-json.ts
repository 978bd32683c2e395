import { parse, stringify } from 'lossless-json';

/**
 * JSON text in which a `bigint` is written as its digits, unquoted. Provider ids exceed 2^53 (docs/apis/reportify.md
 * §0), so they travel through the sandbox as strings or bigints and never as doubles.
 */
export function exactJson(value: unknown): string {
	return stringify(value) ?? 'null';
}

/**
 * Parses JSON keeping every integer beyond the safe range as a `bigint`; other numbers become numbers.
 * Throws a `SyntaxError` when the text is not JSON.
 */
export function parseExact(text: string): unknown {
	return parse(text, null, (digits) => {
		const number = Number(digits);
		return /^-?\d+$/.test(digits) && !Number.isSafeInteger(number) ? BigInt(digits) : number;
	});
}

/** A JSON object as TypeScript sees it. */
export type JsonObject = Record<string, unknown>;

/** True for a plain JSON object (not an array, not null). */
export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
