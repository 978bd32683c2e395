import { type IExecuteSingleFunctions, tryToParseDateTime } from 'n8n-workflow';
import { InvalidParameter } from '../failures/invalid-parameter';
import { parseUserObject } from '../json/json';
import { integerId, isEmptyId, textId } from './identifier';

/** A text parameter, trimmed; undefined when it is empty. */
export function optionalText(context: IExecuteSingleFunctions, name: string): string | undefined {
	return textOf(context, name, labelOf(name)).trim() || undefined;
}

/** A text that must not be empty, exactly as it was entered. */
export function requiredText(context: IExecuteSingleFunctions, name: string, displayName: string): string {
	const text = textOf(context, name, displayName);
	if (text.trim() === '') {
		throw new InvalidParameter(displayName, 'is empty', 'Enter a text, or map it from the node before.');
	}
	return text;
}

function textOf(context: IExecuteSingleFunctions, name: string, displayName: string): string {
	const text = asText(context.getNodeParameter(name, ''), displayName);
	if (text.includes(OBJECT_AS_TEXT) && !isEnteredBy(context, OBJECT_AS_TEXT)) throw noText(displayName);
	return text;
}

/** What JavaScript writes for an object in the middle of a text. */
const OBJECT_AS_TEXT = '[object Object]';

/** True when the text is the user's own, from the parameters or the data of the item. */
const isEnteredBy = (context: IExecuteSingleFunctions, words: string): boolean =>
	[context.getNode().parameters, context.getInputData().json].some((data) => JSON.stringify(data).includes(words));

/** The name on the form of a parameter: `options.folderId` is *Folder ID*. */
const labelOf = (name: string): string =>
	name
		.replace(/^.*\./, '')
		.replace(/[A-Z]/g, ' $&')
		.replace(/^./, (first) => first.toUpperCase())
		.replace(/\bId\b/g, 'ID');

/**
 * A value as text: what expressions give can be anything.
 *
 * @throws InvalidParameter for an object or a list, which would go out as "[object Object]" or run together
 */
export function asText(value: unknown, displayName: string): string {
	if (typeof value !== 'object' || value === null) return String(value ?? '');
	const time = isoTime(value);
	if (time === undefined) throw noText(displayName);
	return time;
}

const noText = (displayName: string) =>
	new InvalidParameter(
		displayName,
		'is not a text',
		'It holds a list, or data with several fields. Map one of them, or turn all of it into text: {{ JSON.stringify($json) }}',
	);

/** The text of `{{ $now }}` and of other dates; they may be of another copy of their class. */
function isoTime(value: object): string | undefined {
	if ('toISO' in value && typeof value.toISO === 'function') return String(value.toISO());
	const isDate = Object.prototype.toString.call(value) === '[object Date]';
	return isDate && !Number.isNaN(Number(value)) ? (value as Date).toISOString() : undefined;
}

/** An id that may be left empty; see {@link textId}. */
export const optionalTextId = (context: IExecuteSingleFunctions, name: string, displayName: string) =>
	optionalId(context, name, displayName, textId);

/** An id that may be left empty, as exact digits; see {@link integerId}. */
export const optionalIntegerId = (context: IExecuteSingleFunctions, name: string, displayName: string) =>
	optionalId(context, name, displayName, integerId);

function optionalId(
	context: IExecuteSingleFunctions,
	name: string,
	displayName: string,
	idOf: (value: unknown, displayName: string) => string,
): string | undefined {
	const value: unknown = context.getNodeParameter(name, '', { extractValue: true });
	return isEmptyId(value) ? undefined : idOf(value, displayName);
}

const SWITCHES: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
	...[true, 'true', 1, '1'].map((on) => [on, true] as const),
	...[false, 'false', 0, '0'].map((off) => [off, false] as const),
]);

/**
 * A switch. Expressions and spreadsheets give `true` and `false` as text, too.
 *
 * @param fallback for one that was left out
 * @throws InvalidParameter for anything that is neither on nor off
 */
export function booleanOption(value: unknown, displayName: string, fallback: boolean): boolean {
	const chosen = typeof value === 'string' ? value.trim().toLowerCase() : value;
	if (chosen === undefined || chosen === null || chosen === '') return fallback;
	const isOn = SWITCHES.get(chosen);
	if (isOn !== undefined) return isOn;
	throw new InvalidParameter(displayName, 'must be true or false', `It is now: ${shown(value)}`);
}

/** A number within its bounds. */
export function boundedNumber(value: unknown, displayName: string, bounds: { min: number; max: number }): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !(number >= bounds.min && number <= bounds.max)) {
		throw new InvalidParameter(
			displayName,
			`must be a number from ${bounds.min} to ${bounds.max}`,
			`It is now: ${shown(value)}`,
		);
	}
	return number;
}

/** Smallest number that is accepted as milliseconds since 1970; smaller ones may be seconds or days. */
const EARLIEST_NUMBER = 1e11;

/**
 * A date as milliseconds since 1970; undefined when it is empty. Without a time zone of its own it is meant in that of
 * the workflow, as everywhere in n8n.
 *
 * @param value ISO 8601, `2026/1/5 08:30`, the date of an e-mail, `{{ $now }}`, or milliseconds since 1970
 * @throws InvalidParameter for what is no date, or could be two different ones
 */
export function optionalDate(
	context: IExecuteSingleFunctions,
	value: unknown,
	displayName: string,
): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const milliseconds = millisecondsOf(value, context.getTimezone());
	if (milliseconds !== undefined) return milliseconds;
	throw new InvalidParameter(
		displayName,
		'is not a date',
		`Enter a date such as 2026-01-31T08:30:00 or 2026-01-31. It is now: ${shown(value)}`,
	);
}

/** A day, with or without a time, with or without a zone behind that. */
const ISO_DATE =
	/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)? ?(?:Z|[+-]\d\d:?\d\d)?(?:\[[\w/+-]+\])?)?$/;
/** The `Date` of e-mails and of HTTP: always with a zone. */
const MAIL_DATE = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? (?:[A-Z]{1,4}|[+-]\d{4})$/;

function millisecondsOf(value: unknown, timeZone: string): number | undefined {
	if (typeof value === 'number' || (typeof value === 'string' && /^\s*-?\d+\s*$/.test(value))) {
		const number = Number(value);
		return Number.isSafeInteger(number) && number >= EARLIEST_NUMBER ? number : undefined;
	}
	const text = typeof value === 'object' && value !== null ? isoTime(value) : value;
	if (typeof text !== 'string') return undefined;
	const date = text
		.trim()
		.replace(/^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)/, (_, year: string, month: string, day: string) =>
			[year, month.padStart(2, '0'), day.padStart(2, '0')].join('-'),
		)
		.replace(/^(\S+ )(\d:)/, '$10$2');
	// Of other forms n8n would make a date as well: in the time zone of its server, and out of "chapter 5", too.
	if (!MAIL_DATE.test(date) && !(ISO_DATE.test(date) && isDay(date.slice(0, 10)))) return undefined;
	try {
		return tryToParseDateTime(date, timeZone).toMillis();
	} catch {
		return undefined;
	}
}

/** JavaScript takes 30 February for 2 March. */
function isDay(day: string): boolean {
	const date = new Date(`${day}T00:00:00Z`);
	return !Number.isNaN(Number(date)) && date.toISOString().startsWith(day);
}

function shown(value: unknown): string {
	const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
	return text.slice(0, 40);
}

/** How many rows to return: all of them, or up to the limit. */
export function rowLimit(context: IExecuteSingleFunctions): number {
	if (booleanOption(context.getNodeParameter('returnAll', false), 'Return All', false)) return Number.POSITIVE_INFINITY;
	const limit = boundedNumber(context.getNodeParameter('limit', 50), 'Limit', { min: 1, max: 1_000_000 });
	return Math.floor(limit);
}

/**
 * A JSON object parameter, ready for `toJsonText`; undefined when it is empty.
 *
 * @param example shown to someone whose text is not a JSON object
 */
export function jsonObject(value: unknown, displayName: string, example: string): Record<string, unknown> | undefined {
	if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return undefined;
	const object = parseUserObject(typeof value === 'string' ? value : JSON.stringify(value));
	if (!object) throw new InvalidParameter(displayName, 'is not a JSON object', `It has to look like ${example}.`);
	return Object.keys(object).length === 0 ? undefined : object;
}
