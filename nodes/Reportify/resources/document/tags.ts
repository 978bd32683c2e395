import type { INodeProperties } from 'n8n-workflow';
import { InvalidParameter } from '../../../shared/failures/invalid-parameter';
import { isJsonObject, tryParseJson } from '../../../shared/json/json';
import { asText } from '../../../shared/parameters/values';

const EXAMPLE = '{"industry": ["Semiconductors"], "company": ["Micron"]}';

/** Kinds that Reportify names, and others (`docs/apis/reportify.md §8`). */
export const tagsOption: INodeProperties = {
	displayName: 'Tags',
	name: 'tags',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Tag',
	default: {},
	description: 'What the document is about, by kind',
	options: [
		{
			displayName: 'Tag',
			name: 'tag',
			values: [
				{
					displayName: 'Kind',
					name: 'kind',
					type: 'options',
					options: [
						{ name: 'Company', value: 'company' },
						{ name: 'Event', value: 'event' },
						{ name: 'Industry', value: 'industry' },
						{ name: 'Other', value: 'other', description: 'A kind of your own' },
						{ name: 'Person', value: 'person' },
					],
					default: 'industry',
				},
				{
					displayName: 'Other Kind',
					name: 'otherKind',
					type: 'string',
					displayOptions: { show: { kind: ['other'] } },
					default: '',
					placeholder: 'e.g. region',
				},
				{
					displayName: 'Values',
					name: 'values',
					type: 'string',
					typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Value' },
					default: [],
					placeholder: 'e.g. Semiconductors',
				},
			],
		},
	],
};

/**
 * The tags as Reportify wants them, kind → values; undefined when there are none. Mapped fields that are empty are left
 * out.
 *
 * @param value the rows of the form, or an object of kinds
 * @throws InvalidParameter for anything else, and for values of a kind without a name
 */
export function tagsIn(value: unknown): Record<string, string[]> | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const object = typeof value === 'string' ? tryParseJson(value) : value;
	if (!isJsonObject(object)) {
		throw new InvalidParameter('Tags', 'is not a JSON object', `It has to look like ${EXAMPLE}.`);
	}
	const rows = 'tag' in object && isRows(object.tag) ? object.tag.map(tagIn) : Object.entries(object);
	const tags = new Map<string, Set<string>>();
	for (const [kind, given] of rows) {
		const values = valuesOf(kind, given);
		if (values.length > 0) tags.set(kind, new Set([...(tags.get(kind) ?? []), ...values]));
	}
	if (tags.has('')) throw new InvalidParameter('Other Kind', 'is empty', 'Enter a kind for the tag, such as region.');
	return tags.size === 0 ? undefined : Object.fromEntries([...tags].map(([kind, values]) => [kind, [...values]]));
}

type Row = Record<string, unknown>;

const isRows = (value: unknown): value is Row[] =>
	Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null && 'kind' in row);

function tagIn({ kind, otherKind, values }: Row, index: number): [kind: string, values: unknown] {
	const name = asText(kind, `Tags ${index + 1}: Kind`).trim();
	return [name === 'other' ? asText(otherKind, `Tags ${index + 1}: Other Kind`).trim() : name, values];
}

/** An expression gives the list of one field, in one of the fields of the list. */
const valuesOf = (kind: string, value: unknown): string[] =>
	[value]
		.flat(2)
		.map((each) => asText(each, `Tags: ${kind}`).trim())
		.filter((text) => text !== '');
