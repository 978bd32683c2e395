import { InvalidParameter } from './invalid-parameter';

const LARGEST_INTEGER_ID = 2n ** 63n - 1n;
const LONGEST_TEXT_ID = 512;

/**
 * An id that the API wants as an integer, as its exact digits.
 *
 * @param value what the parameter holds: text, or a number that came out of an expression
 * @param parameter the parameter's display name, for the message
 * @throws InvalidParameter when it cannot be an id, or when n8n has already rounded it
 */
export function integerId(value: unknown, parameter: string): string {
	const digits = idText(value, parameter);
	if (!/^[1-9]\d*$/.test(digits) || BigInt(digits) > LARGEST_INTEGER_ID) {
		throw new InvalidParameter(parameter, 'must be a whole number, digits only', `It is now: ${shown(digits)}`);
	}
	return digits;
}

/**
 * An id that the API treats as opaque text.
 *
 * @throws InvalidParameter when it cannot be an id: empty, too long, not one word, or a number that n8n has already rounded
 */
export function textId(value: unknown, parameter: string): string {
	const id = idText(value, parameter);
	// '.' and '..' would change the path of the request even when they are percent-encoded.
	if (id.length > LONGEST_TEXT_ID || /[\s\p{Cc}]/u.test(id) || id === '.' || id === '..') {
		throw new InvalidParameter(parameter, 'cannot be an ID', `It is now: ${shown(id)}`);
	}
	return id;
}

/** True for a parameter that was left empty, the way an optional id may be. */
export const isEmptyId = (value: unknown): boolean =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

function idText(value: unknown, parameter: string): string {
	if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
		throw new InvalidParameter(
			parameter,
			'arrived as a number that is too large to be exact, its last digits are already lost',
			'Hand the ID over as text. The nodes of this package give all their IDs as text.',
		);
	}
	const text = typeof value === 'string' ? value.trim() : Number.isSafeInteger(value) ? String(value) : '';
	if (text === '') {
		throw new InvalidParameter(parameter, 'is empty', 'Enter the ID, or map it from the node that created it.');
	}
	return text;
}

const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
