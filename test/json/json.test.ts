import assert from 'node:assert';
import {
	parseJson,
	parseUserObject,
	textMember,
	toJsonText,
	tryParseJson,
	jsonInteger,
} from '../../nodes/shared/json/json';
import { expectedValue, jsonSample, jsonText, writingStyle } from '../fuzz/json-text';
import { fc } from '../fuzz/seed';

describe('identifiers keep every digit', () => {
	test.each([
		['in an object', '{"id":11887655289749511}', { id: '11887655289749511' }],
		['in an array', '[9007199254740993]', ['9007199254740993']],
		['alone', '9007199254740993', '9007199254740993'],
		['negative', '{"n":-9007199254740993}', { n: '-9007199254740993' }],
		['behind white space', '{"n" : \n\t 11887655289749511}', { n: '11887655289749511' }],
		['longer than 64 bits', '{"n":123456789012345678901234567890}', { n: '123456789012345678901234567890' }],
		['the largest safe integer stays a number', '{"n":9007199254740991}', { n: 9007199254740991 }],
		['one more does not', '{"n":9007199254740992}', { n: '9007199254740992' }],
		[
			'nested deeply',
			'{"a":[{"b":{"message_id":11887655289749511}}]}',
			{ a: [{ b: { message_id: '11887655289749511' } }] },
		],
	])('%s', (_title, text, expected) => {
		expect(parseJson(text)).toStrictEqual(expected);
	});

	test('any field that names an id is text, whatever its size', () => {
		expect(parseJson('{"id":5,"turn_id":0,"agentId":-1,"a":{"userId":7}}')).toStrictEqual({
			id: '5',
			turn_id: '0',
			agentId: '-1',
			a: { userId: '7' },
		});
	});

	test('also when the name is written in escapes', () => {
		expect(parseJson('{"\\u0069d":5,"x\\u005Fid":6}')).toStrictEqual({ id: '5', x_id: '6' });
	});

	test('fields that only look like one stay numbers', () => {
		expect(parseJson('{"paid":5,"ID":6,"idx":7,"ids":[8],"width":9}')).toStrictEqual({
			paid: 5,
			ID: 6,
			idx: 7,
			ids: [8],
			width: 9,
		});
	});

	test('what came in as text goes out as digits', () => {
		expect(toJsonText({ agent_id: jsonInteger('11887655289749511'), title: undefined, a: 'x' })).toBe(
			'{"agent_id":11887655289749511,"a":"x"}',
		);
	});

	test('numbers that a user typed go out with every digit', () => {
		const typed = parseUserObject('{"n": 11887655289749511, "f": 1.10, "list": [1e400]}');
		expect(toJsonText({ meta: typed })).toBe('{"meta":{"n":11887655289749511,"f":1.10,"list":[1e400]}}');
	});
});

describe('prototypes are out of reach', () => {
	test.each([
		'{"__proto__":{"polluted":true},"a":1}',
		'{"\\u005f_proto__":{"polluted":true},"a":1}',
		'{"\\u005F\\u005Fproto\\u005F_":{"polluted":true},"a":1}',
		'{"__proto__":{"polluted":true},"a":1,"n":11887655289749511}',
		'{"a":1,"b":[{"__proto__":{"polluted":true}}]}',
	])('%s', (text) => {
		const value = parseJson(text) as Record<string, unknown>;
		expect(Object.hasOwn(value, '__proto__')).toBe(false);
		expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
		expect(value.polluted).toBeUndefined();
		expect(JSON.stringify(value)).not.toContain('polluted');
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	test('inherited members are no members', () => {
		expect(textMember({}, 'constructor', 'toString')).toBeUndefined();
	});
});

describe('depth', () => {
	test.each([
		['arrays', '[', ']'],
		['objects', '{"a":', '}'],
		['big integers inside', '[11887655289749511,', ']'],
	])('%s nested a million deep are a syntax error, not a stack overflow', (_title, open, close) => {
		const deep = open.repeat(1_000_000) + '1' + close.repeat(1_000_000);
		expect(() => parseJson(deep)).toThrow(SyntaxError);
		expect(tryParseJson(open.repeat(1_000_000))).toBeUndefined();
		expect(parseUserObject(`{"a":${deep}}`)).toBeUndefined();
	});

	test('200 levels are well, 201 are not', () => {
		const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
		expect(parseJson(nested(200))).toBeInstanceOf(Array);
		expect(() => parseJson(nested(202))).toThrow('deeper than 200');
	});

	test('many brackets side by side are not depth', () => {
		expect(parseJson(`[${'[],'.repeat(5000)}[]]`)).toHaveLength(5001);
	});
});

describe('a JSON object that a user typed', () => {
	test.each(['', '[]', '1', '"x"', 'null', '{', '{"a":}', "{'a':1}"])('%j is none', (text) => {
		expect(parseUserObject(text)).toBeUndefined();
	});

	test('a name that occurs twice: the last one counts, as everywhere', () => {
		expect(toJsonText(parseUserObject('{"a":1,"a":2}')!)).toBe('{"a":2}');
	});
});

test.each([
	'',
	' ',
	'{',
	'{"a":1}}',
	'[1,]',
	'{"a":01}',
	'NaN',
	"'a'",
	'"\u0001"',
	'{"n":12345678901234567,}',
	'\ufeff{}',
])('%j is no JSON', (text) => {
	expect(() => parseJson(text)).toThrow(SyntaxError);
	expect(tryParseJson(text)).toBeUndefined();
});

describe('any JSON', () => {
	test('comes out exact, however it is written', () => {
		fc.assert(
			fc.property(jsonSample, writingStyle, (sample, style) => {
				assert.deepStrictEqual(parseJson(jsonText(sample, style)), expectedValue(sample));
			}),
			{ numRuns: 500 },
		);
	});

	test('equals JSON.parse where there are neither ids nor big integers', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
				const text = JSON.stringify(value);
				fc.pre(!/(?:id|Id)"|__proto__|\d{16}/.test(text));
				assert.deepStrictEqual(parseJson(text), JSON.parse(text));
			}),
			{ numRuns: 500 },
		);
	});

	test('any text is either JSON for both parsers or for neither', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0015e-. ') })), (text) => {
				let isJson = true;
				try {
					JSON.parse(text);
				} catch {
					isJson = false;
				}
				expect(tryParseJson(text) !== undefined).toBe(isJson);
			}),
			{ numRuns: 1000 },
		);
	});
});
