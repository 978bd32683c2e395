import { parseJson, tryParseJson } from '../../nodes/shared/json/json';
import { fc } from '../fuzz/seed';

describe('what Python writes for JSON is read', () => {
	test.each<[string, unknown]>([
		['{"answer":"Hi","pe":NaN}', { answer: 'Hi', pe: null }],
		['{"a":Infinity,"b":-Infinity,"c":[NaN,1]}', { a: null, b: null, c: [null, 1] }],
		['[NaN]', [null]],
		['{"a": nan, "b": inf, "c": -inf}', { a: null, b: null, c: null }],
		["{'answer': 'Hi', 'ok': True, 'no': False, 'x': None}", { answer: 'Hi', ok: true, no: false, x: null }],
		[`{'a': "it's", 'b': 'say "hi"'}`, { a: "it's", b: 'say "hi"' }],
		["{'a': 'l\\n\\'q\\' \\x41\\u4f60\\U0001F600\\\\'}", { a: "l\n'q' A你😀\\" }],
		['{"a":"tab\there"}', { a: 'tab\there' }],
		['{"id":11887655289749511,"x":NaN}', { id: '11887655289749511', x: null }],
		['{"n":1e5,"m":-2.5E-3,"x":NaN}', { n: 100000, m: -0.0025, x: null }],
		['{"a":"NaN, None and {\\"b\\": Infinity}","c":NaN}', { a: 'NaN, None and {"b": Infinity}', c: null }],
		['{"a":undefined}', { a: null }],
		[' \n{"a":NaN}\n', { a: null }],
	])('%s', (text, expected) => {
		expect(tryParseJson(text)).toStrictEqual(expected);
		expect(() => parseJson(text)).toThrow(SyntaxError);
	});

	test.each([
		'NaN',
		'None',
		"'a'",
		'{"a":NaN',
		'{"a":"NaN',
		'{a:1}',
		'{"a":nobody}',
		'{"a":1NaN}',
		'{"a":NaN,}',
		"{'a",
	])('%j is read by nobody: what was cut off stays cut off', (text) => expect(tryParseJson(text)).toBeUndefined());
});

test('any value with numbers that are none, cut off anywhere, is whole or not read', () => {
	const value = fc.letrec<{ value: unknown }>((tie) => ({
		value: fc.oneof(
			{ maxDepth: 4 },
			fc.constantFrom(Number.NaN, Infinity, -Infinity, 1, 'NaN', "a'b", 'x"y\n', null),
			fc.array(tie('value'), { maxLength: 4 }),
			fc.dictionary(fc.string({ maxLength: 4 }), tie('value'), { maxKeys: 4 }),
		),
	})).value;
	const write = (each: unknown): string => {
		if (typeof each === 'number') return String(each);
		if (Array.isArray(each)) return `[${each.map(write).join(', ')}]`;
		if (typeof each !== 'object' || each === null) return JSON.stringify(each);
		return `{${Object.entries(each)
			.map(([name, member]) => `${JSON.stringify(name)}: ${write(member)}`)
			.join(', ')}}`;
	};
	fc.assert(
		fc.property(fc.array(value, { maxLength: 4 }), fc.nat(), (list, cut) => {
			fc.pre(!/"(?:__proto__|[^"]*[iI]d)":/.test(JSON.stringify(list)));
			const text = write(list);
			expect(tryParseJson(text)).toEqual(JSON.parse(JSON.stringify(list)));
			const length = cut % text.length;
			expect(tryParseJson(text.slice(0, length))).toBeUndefined();
		}),
		{ numRuns: 500 },
	);
});
