import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { InvalidParameter } from '../invalid-parameter';
import { parseUserObject } from '../json/json';

/** A text parameter, trimmed; undefined when it is empty. */
export function optionalText(context: IExecuteSingleFunctions, name: string): string | undefined {
	const value = context.getNodeParameter(name, '') as unknown;
	const text = (typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value)).trim();
	return text === '' ? undefined : text;
}

/** A text that must not be empty, exactly as it was entered. */
export function requiredText(context: IExecuteSingleFunctions, name: string, displayName: string): string {
	const text = asText(context.getNodeParameter(name, ''), displayName);
	if (text.trim() === '') {
		throw new InvalidParameter(displayName, 'is empty', 'Enter a text, or map it from the node before.');
	}
	return text;
}

/**
 * A value as text: what expressions give can be anything.
 *
 * @throws InvalidParameter for data that would go out as "[object Object]"
 */
export function asText(value: unknown, displayName: string): string {
	const text = String(value ?? '');
	if (typeof value === 'object' && text.includes('[object Object]')) {
		throw new InvalidParameter(
			displayName,
			'is not a text',
			'It holds data with several fields. Map one of them, or turn all of it into text: {{ JSON.stringify($json) }}',
		);
	}
	return text;
}

/** A number within its bounds. */
export function boundedNumber(value: unknown, displayName: string, bounds: { min: number; max: number }): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !(number >= bounds.min && number <= bounds.max)) {
		throw new InvalidParameter(
			displayName,
			`must be a number from ${bounds.min} to ${bounds.max}`,
			`It is now: ${String(value).slice(0, 40)}`,
		);
	}
	return number;
}

/** How many rows to return: all of them, or up to the limit. */
export function rowLimit(context: IExecuteSingleFunctions): number {
	if (context.getNodeParameter('returnAll', false) === true) return Number.POSITIVE_INFINITY;
	const limit = boundedNumber(context.getNodeParameter('limit', 50), 'Limit', { min: 1, max: 1_000_000 });
	return Math.floor(limit);
}

/**
 * A JSON object parameter, ready for `toJsonText`; undefined when it is empty.
 *
 * @param example shown to someone whose text is not a JSON object
 */
export function jsonObject(value: unknown, displayName: string, example: string): Record<string, unknown> | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const object = parseUserObject(typeof value === 'string' ? value : JSON.stringify(value));
	if (!object) throw new InvalidParameter(displayName, 'is not a JSON object', `It has to look like ${example}.`);
	return Object.keys(object).length === 0 ? undefined : object;
}
