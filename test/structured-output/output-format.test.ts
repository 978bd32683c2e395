import * as fc from 'fast-check';
import { InvalidParameter } from '../../nodes/shared/failures/invalid-parameter';
import { jsonItems, readOutputFormat, structuredAnswer } from '../../nodes/shared/structured-output';
import { seed } from './seed';

const byExample = (example: unknown) => readOutputFormat({ schemaType: 'fromJson', jsonSchemaExample: example });
const bySchema = (schema: unknown) =>
	readOutputFormat({ schemaType: 'manual', inputSchema: typeof schema === 'string' ? schema : JSON.stringify(schema) });
const mismatches = (format: ReturnType<typeof byExample>, answer: unknown): string[] => {
	const result = structuredAnswer(JSON.stringify(answer), format);
	return result.problem === null ? [] : result.mismatches;
};

describe('a format by an example', () => {
	const format = byExample(
		'{"company": "甲", "revenue": 120, "isListed": true, "rows": [{"year": "2025", "value": 1.5}], "note": null, "tags": []}',
	);
	const right = { company: '乙', revenue: 1.5, isListed: false, rows: [], note: 'x', tags: ['a', 1], more: 1 };

	it('takes what looks like it', () => {
		expect(structuredAnswer(`好的：\n\`\`\`json\n${JSON.stringify(right)}\n\`\`\``, format)).toEqual({
			value: right,
			problem: null,
		});
	});

	it.each<[string, unknown, string[]]>([
		['a missing field', { ...right, company: undefined }, ['The JSON lacks "company"']],
		[
			'a text instead of a number',
			{ ...right, revenue: '120 亿' },
			['revenue must be a number, but is the text "120 亿"'],
		],
		[
			'a wrong member of a list',
			{ ...right, rows: [{ year: '2025', value: 1 }, { year: 2025 }] },
			['rows[1] lacks "value"', 'rows[1].year must be text, but is 2025'],
		],
		['a list instead of an object', [right], ['The JSON must be an object, but is a list']],
		['null', { ...right, company: null }, ['company must be text, but is null']],
		[
			'many things',
			{ company: 1, revenue: 'x', isListed: 'yes', rows: {}, note: 1, tags: 1 },
			[
				'company must be text, but is 1',
				'revenue must be a number, but is the text "x"',
				'isListed must be true or false, but is the text "yes"',
			],
		],
	])('says in plain words what is wrong: %s', (_, answer, told) => {
		expect(mismatches(format, answer)).toEqual(told);
		const result = structuredAnswer(JSON.stringify(answer), format);
		expect(result).toMatchObject({
			problem: 'answer_not_in_format',
			message: `The answer is not in the required format: ${told.join('; ')}`,
		});
	});

	it('learns from all members of a list', () => {
		const list = byExample('[{"a": 1, "b": "x"}, {"a": null, "c": {"d": true}}]');
		expect(mismatches(list, [{ a: 2 }, { a: 'anything', b: 'y', c: { d: false } }])).toEqual([]);
		expect(mismatches(list, [{ b: 1 }])).toEqual(['[0] lacks "a"', '[0].b must be text, but is 1']);
		expect(mismatches(byExample('[1, "a"]'), [true])).toEqual(['[0] fits none of the forms that it may have']);
	});

	it('takes IDs as text and as numbers, and gives them as text', () => {
		for (const example of ['{"id": 1}', '{"id": "a1"}']) {
			const ids = byExample(example);
			expect(structuredAnswer('{"id": 11887655289749511}', ids)).toEqual({
				value: { id: '11887655289749511' },
				problem: null,
			});
			expect(structuredAnswer('{"id": "11887655289749511"}', ids)).toEqual({
				value: { id: '11887655289749511' },
				problem: null,
			});
			expect(mismatches(ids, { id: true })).toHaveLength(1);
		}
	});

	it('chooses the value that fits', () => {
		expect(structuredAnswer('Not {"x": 1}, but {"a": 2}.', byExample('{"a": 1}'))).toEqual({
			value: { a: 2 },
			problem: null,
		});
		expect(structuredAnswer('{"a": 1} or {"a": 2}', byExample('{"a": 1}'))).toMatchObject({ problem: 'no_json' });
	});

	it('tells the agent', () => {
		expect(byExample(' {"id": 11887655289749511} ').instructions).toMatch(
			/^Answer with JSON only.*\n\n```json\n{"id": 11887655289749511}\n```$/s,
		);
	});

	it('may be what an expression made', () => {
		expect(mismatches(byExample({ a: 1 }), { a: 'x' })).toHaveLength(1);
	});

	it('is fitted by the example itself', () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
					fc.array(fc.jsonValue(), { minLength: 1 }),
				),
				(example) => {
					const json = JSON.stringify(example);
					fc.pre(!json.includes('"__proto__"'));
					expect(structuredAnswer(json, byExample(json)).problem).toBeNull();
				},
			),
			{ numRuns: 500, seed },
		);
	});
});

describe('a format by a JSON Schema', () => {
	it.each<[string, unknown, unknown, string[]]>([
		['type', { type: 'integer' }, 1.5, ['The JSON must be a whole number, but is 1.5']],
		['types', { properties: { a: { type: ['string', 'null'] } } }, { a: 1 }, ['a must be text or null, but is 1']],
		['required', { required: ['a', 'b'] }, { a: 1 }, ['The JSON lacks "b"']],
		['enum', { properties: { a: { enum: ['x', 'y'] } } }, { a: 'z' }, ['a must be one of "x","y", but is "z"']],
		['const', { properties: { a: { const: 1 } } }, { a: 2 }, ['a must be 1, but is 2']],
		[
			'minimum',
			{ items: { minimum: 0, exclusiveMaximum: 10 } },
			[-1, 10],
			['[0] must be at least 0, but is -1', '[1] must be less than 10, but is 10'],
		],
		['multipleOf', { multipleOf: 5 }, 12, ['The JSON must be a multiple of 5, but is 12']],
		['minLength', { properties: { a: { minLength: 3 } } }, { a: 'x' }, ['a must have at least 3 characters']],
		['pattern', { properties: { a: { pattern: '^\\d+$' } } }, { a: 'x' }, ['a must match ^\\d+$, but is "x"']],
		[
			'format',
			{ properties: { a: { format: 'date' } } },
			{ a: '2026-13-01' },
			['a must be of the form "date", but is "2026-13-01"'],
		],
		['minItems', { minItems: 2 }, [1], ['The JSON must have at least 2 members, but has 1']],
		['uniqueItems', { uniqueItems: true }, [1, 1], ['The JSON has a member twice']],
		[
			'additionalProperties',
			{ properties: { a: {} }, additionalProperties: false },
			{ a: 1, b: 2 },
			['The JSON has "b", which is not part of the format'],
		],
		[
			'additionalProperties with a schema',
			{ additionalProperties: { type: 'string' } },
			{ a: 1 },
			['a must be text, but is 1'],
		],
		['prefixItems', { prefixItems: [{ type: 'string' }], items: false }, [1, 2], ['[0] must be text, but is 1']],
		[
			'anyOf',
			{ properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] } } },
			{ a: 1 },
			['a fits none of the forms that it may have'],
		],
		[
			'oneOf',
			{ oneOf: [{ type: 'number' }, { minimum: 1 }] },
			5,
			['The JSON fits more than one of the forms that it may have'],
		],
		['not', { properties: { a: { not: { type: 'string' } } } }, { a: 'x' }, ['a has a form that it must not have']],
		['if', { if: { required: ['a'] }, then: { required: ['b'] } }, { a: 1 }, ['The JSON lacks "b"']],
		[
			'$ref',
			{
				$defs: { row: { type: 'object', required: ['n'], properties: { n: { type: 'number' } } } },
				items: { $ref: '#/$defs/row' },
			},
			[{ n: 'x' }, {}],
			['[0].n must be a number, but is the text "x"', '[1] lacks "n"'],
		],
		[
			'$ref to itself',
			{ properties: { child: { $ref: '#' }, n: { type: 'number' } } },
			{ child: { child: { n: 'x' } } },
			['child.child.n must be a number, but is the text "x"'],
		],
		[
			'names with signs',
			{ properties: { 'a/b~c %d': { type: 'string' } } },
			{ 'a/b~c %d': 1 },
			['a/b~c %d must be text, but is 1'],
		],
		[
			'draft 7',
			{ $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }], additionalItems: false },
			['a', 1],
			['[1] is not part of the format'],
		],
		[
			'descriptions',
			{ title: 't', description: 'd', default: 1, examples: [1], properties: { description: { type: 'string' } } },
			{ description: 1 },
			['description must be text, but is 1'],
		],
	])('checks %s', (_, schema, answer, told) => {
		expect(mismatches(bySchema(schema), answer)).toEqual(told);
	});

	it.each<[unknown, string | RegExp]>([
		['', "The parameter 'Input Schema' is empty"],
		['{"type": "object",}', "The parameter 'Input Schema' is not valid JSON: line 1, column 19"],
		['{\n  "type": object\n}', "The parameter 'Input Schema' is not valid JSON: line 2, column 11"],
		['{"type": "object"', "The parameter 'Input Schema' is not valid JSON: line 1, column 18"],
		['[]', "The parameter 'Input Schema' cannot be checked at $: a schema is an object"],
		[
			{ type: 'text' },
			"The parameter 'Input Schema' cannot be checked at $.type: must be one of string, number, integer, boolean, object, array, null",
		],
		[
			{ properties: { a: { requierd: ['b'] } } },
			'The parameter \'Input Schema\' cannot be checked at $.properties.a.requierd: the keyword "requierd" is not checked',
		],
		[
			{ items: { nullable: true } },
			'The parameter \'Input Schema\' cannot be checked at $.items.nullable: the keyword "nullable" is not checked',
		],
		[
			{ unevaluatedProperties: false },
			'The parameter \'Input Schema\' cannot be checked at $.unevaluatedProperties: the keyword "unevaluatedProperties" is not checked',
		],
		[
			{ properties: ['a'] },
			"The parameter 'Input Schema' cannot be checked at $.properties: must hold a schema for each name",
		],
		[
			{ properties: { a: 'string' } },
			"The parameter 'Input Schema' cannot be checked at $.properties.a: a schema is an object, true or false",
		],
		[
			{ properties: { a: { required: true } } },
			"The parameter 'Input Schema' cannot be checked at $.properties.a.required: must be a list of names",
		],
		[{ anyOf: [] }, "The parameter 'Input Schema' cannot be checked at $.anyOf: must be a list of schemas"],
		[{ enum: 'a' }, "The parameter 'Input Schema' cannot be checked at $.enum: must be a list of values"],
		[{ format: 'phone' }, /cannot be checked at \$\.format: must be one of date, /],
		[{ pattern: '(' }, "The parameter 'Input Schema' cannot be checked at $.pattern: is no regular expression"],
		[{ then: {} }, 'The parameter \'Input Schema\' cannot be checked at $.then: means nothing without "if"'],
		[
			{ minContains: 1 },
			'The parameter \'Input Schema\' cannot be checked at $.minContains: means nothing without "contains"',
		],
		[
			{ exclusiveMinimum: true },
			"The parameter 'Input Schema' cannot be checked at $.exclusiveMinimum: must be a number",
		],
		[{ $schema: 'https://example.com' }, /cannot be checked at \$\.\$schema/],
		[
			{ items: { $ref: '#/$defs/none' } },
			"The parameter 'Input Schema' cannot be checked at $.items.$ref: leads to nothing in this schema",
		],
		[
			{ $ref: 'https://a.example/schema' },
			"The parameter 'Input Schema' cannot be checked at $.$ref: leads to nothing in this schema",
		],
		[{ $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }, /leads back to itself/],
		[
			'{"enum": [11887655289749511]}',
			"The parameter 'Input Schema' cannot be checked at $.enum[0]: a number with so many digits cannot be compared exactly",
		],
	])('refuses %j when it is read', (schema, message) => {
		expect(() => bySchema(schema)).toThrow(InvalidParameter);
		expect(() => bySchema(schema)).toThrow(message);
	});

	it('says of thousands of wrong members the first', () => {
		const format = bySchema({ properties: { rows: { items: { type: 'string' } } } });
		expect(mismatches(format, { rows: Array.from({ length: 200_000 }, () => 1) })[0]).toBe(
			'rows[0] must be text, but is 1',
		);
	});

	it('gives the agent the schema as it was written', () => {
		expect(bySchema('{"title": "Zeile"}').instructions).toContain('```json\n{"title": "Zeile"}\n```');
	});
});

it.each<[unknown, string]>([
	['', "The parameter 'JSON Example' is empty"],
	[undefined, "The parameter 'JSON Example' is empty"],
	['{}', "The parameter 'JSON Example' is empty"],
	['5', "The parameter 'JSON Example' is neither an object nor a list"],
	['{"a": }', "The parameter 'JSON Example' is not valid JSON: line 1, column 7"],
])('refuses the example %j', (example, message) => {
	expect(() => byExample(example)).toThrow(InvalidParameter);
	expect(() => byExample(example)).toThrow(message);
});

it('makes items of the members of a list, or of the one value', () => {
	expect(jsonItems([{ a: 1 }, 2, null])).toEqual([{ a: 1 }, { value: 2 }, { value: null }]);
	expect(jsonItems({ a: [1] })).toEqual([{ a: [1] }]);
	expect(jsonItems('x')).toEqual([{ value: 'x' }]);
	expect(jsonItems([])).toEqual([]);
});
