import { InvalidParameter } from '../failures/invalid-parameter';

const LARGEST_INTEGER_ID = 2n ** 63n - 1n;
const LONGEST_TEXT_ID = 512;

/**
 * An id that the API wants as an integer, as its exact digits.
 *
 * @param value what the parameter holds: text, or a number that came out of an expression
 * @param parameter the parameter's display name, for the message
 * @throws InvalidParameter when it cannot be an id, or when n8n or a spreadsheet has already rounded it
 */
export function integerId(value: unknown, parameter: string): string {
	const digits = idText(value, parameter);
	if (/^\d(?:[.,]\d+)?e\d+$/i.test(digits)) throw rounded(parameter);
	if (!/^[1-9]\d*$/.test(digits) || BigInt(digits) > LARGEST_INTEGER_ID) {
		throw new InvalidParameter(parameter, 'must be a whole number, digits only', `It is now: ${shown(digits)}`);
	}
	return digits;
}

/** Where an ID comes from that another node has made. */
const FROM_A_NODE = 'Enter the ID, or map it from the node that created it.';

/**
 * An id that the API treats as opaque text.
 *
 * @param source where the user finds it, for when it is empty
 * @throws InvalidParameter when it cannot be an id: empty, too long, not one word, or a number that n8n has already rounded
 */
export function textId(value: unknown, parameter: string, source?: string): string {
	const id = idText(value, parameter, source);
	// '.' and '..' would change the path of the request even when they are percent-encoded.
	if (id.length > LONGEST_TEXT_ID || /[\s\p{Cc}\p{Cs}]/u.test(id) || id === '.' || id === '..' || NO_VALUE.test(id)) {
		throw new InvalidParameter(parameter, 'cannot be an ID', `It is now: ${shown(id)}`);
	}
	return id;
}

/** True for a parameter that was left empty, the way an optional id may be. */
export const isEmptyId = (value: unknown): boolean =>
	value === undefined || value === null || (typeof value === 'string' && trimmed(value) === '');

/** What JavaScript writes in the place of a value that is missing. */
const NO_VALUE = /^(?:undefined|null|NaN)$/;

/** Characters without a picture of their own; spreadsheets and chats put them around what is copied out of them. */
const INVISIBLE = /(?![\t-\r])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
const BLANK = '[\\s\\p{Cf}\\p{Default_Ignorable_Code_Point}]';
// The look-behind lets a run of blanks be tried once, not once for each of its characters.
const BLANK_ENDS = new RegExp(`^${BLANK}+|(?<!${BLANK})${BLANK}+$`, 'gu');

const trimmed = (text: string) => text.replace(BLANK_ENDS, '');

function idText(value: unknown, parameter: string, source = FROM_A_NODE): string {
	if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) throw rounded(parameter);
	if (isEmptyId(value)) {
		throw new InvalidParameter(parameter, 'is empty', source);
	}
	if (typeof value === 'object') {
		throw new InvalidParameter(
			parameter,
			'cannot be an ID',
			`It holds ${Array.isArray(value) ? 'a list' : 'data with several fields'}. Map the one field that has the ID.`,
		);
	}
	if (typeof value !== 'string' && typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
		throw new InvalidParameter(parameter, 'cannot be an ID', `It is now: ${shown(String(value))}`);
	}
	const text = trimmed(String(value));
	// `1.18876552897495E+16`: what a spreadsheet makes of a long number, as text.
	if (/^\d(?:[.,]\d+)?e\+\d+$/i.test(text)) throw rounded(parameter);
	if (/^=?\s*\{\{.*\}\}$/s.test(text)) {
		throw new InvalidParameter(
			parameter,
			'holds an expression as plain text',
			`Switch the field from Fixed to Expression. It is now: ${shown(text)}`,
		);
	}
	const invisible = INVISIBLE.exec(text);
	if (invisible) {
		const code = invisible[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
		throw new InvalidParameter(
			parameter,
			'has an invisible character inside',
			`It is U+${code}, behind "${text.slice(0, invisible.index)}". Type the ID by hand, or copy it from where it was made.`,
		);
	}
	return text;
}

const rounded = (parameter: string) =>
	new InvalidParameter(
		parameter,
		'arrived as a number that is too large to be exact, its last digits are already lost',
		'Hand the ID over as text. The nodes of this package give all their IDs as text; in a spreadsheet, format the column as text.',
	);

const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
