import * as fc from 'fast-check';
import type { JsonValue } from '../../nodes/shared/json/json';
import { structuredAnswer } from '../../nodes/shared/structured-output';
import { seed } from './seed';

const found = (answer: string): unknown => {
	const { value, problem } = structuredAnswer(answer);
	return problem ?? value;
};

describe('the JSON in an answer', () => {
	it.each<[string, string, unknown]>([
		['the whole answer', '{"a": 1}', { a: 1 }],
		['the whole answer with blanks around it', '\n\n [1, 2] \n', [1, 2]],
		['a text', '"a"', 'a'],
		['a fenced block', '```json\n{"a": 1}\n```', { a: 1 }],
		['a fenced block without a language', 'Here:\n```\n[{"a": 1}]\n```\nDone.', [{ a: 1 }]],
		['a fenced block without its end', '```json\n{"a": 1}', { a: 1 }],
		['a fenced block in a list', '1. Here:\n\n   ```json\n   {"a": 1}\n   ```', { a: 1 }],
		['a fenced block of four marks', '````json\n{"a": "```"}\n````', { a: '```' }],
		['a fenced block beside braces', 'Use {name}.\n```json\n{"a": 1}\n```', { a: 1 }],
		['a value in a fenced block', '```json\n5\n```', 5],
		['the one marked block', '```json\n{"a": 1}\n```\n```js\n{"b": 1}\n```\n```\n{"c": 1}\n```', { a: 1 }],
		['the same block twice', '```json\n{"a": 1}\n```\n\n```json\n{ "a": 1 }\n```', { a: 1 }],
		['among words', 'Sure! Here is it: {"a": {"b": [1]}} I hope it helps.', { a: { b: [1] } }],
		['among Chinese words', '结果如下：{"名称": "甲"}。', { 名称: '甲' }],
		['beside citations', '见[1]和[2, 3]：{"a": 1}', { a: 1 }],
		['beside links and tasks', '[年报](https://a.b) - [x] done [ ] {"a": 1}', { a: 1 }],
		['beside a smile', 'ok :{ then {"a": 1}', { a: 1 }],
		['with comments', '{\n  // the name\n  "a": 1, /* and */ "b": "// no comment"\n}', { a: 1, b: '// no comment' }],
		['with commas too many', '{"a": [1, 2,], "b": ",]",}', { a: [1, 2], b: ',]' }],
		['with brackets in texts', 'x {"a": "}]{[", "b": "\\"}"} y', { a: '}]{[', b: '"}' }],
		['with addresses', 'x {"a": "https://b.c"} y', { a: 'https://b.c' }],
		['behind thinking', '<think>{"draft": 1}</think>\n{"a": 1}', { a: 1 }],
		[
			'large numbers',
			'{"n": 11887655289749511, "d": 0.12345678901234567891, "x": 1e400, "f": 1.50}',
			{ n: '11887655289749511', d: '0.12345678901234567891', x: '1e400', f: 1.5 },
		],
		[
			'IDs',
			'{"id": 5, "docId": 7, "user_id": "x", "idea": 5, "ids": [5]}',
			{ id: '5', docId: '7', user_id: 'x', idea: 5, ids: [5] },
		],
	])('is %s', (_, answer, value) => {
		expect(found(answer)).toEqual(value);
	});

	it.each<[string, string]>([
		['nothing', ''],
		['words', 'No data today.'],
		['words and citations', '营收增长[1]，利润下降[2]。'],
		['two values', '{"a": 1} or {"a": 2}'],
		['two fenced blocks', '```json\n{"a": 1}\n```\n```json\n{"a": 2}\n```'],
		['a part of what was cut off', 'Here: {"items": [{"a": 1}, {"a": 2}'],
		['a part of a list that was cut off', '[{"a": 1}, {"a": 2'],
		['a part of a list of numbers and objects', 'x [1, {"a": 1}'],
		['a part of what is no JSON', '{"a": {"b": 1}, oops}'],
		['a part of what has names without quotes', '{a: {"b": 1}}'],
		['a part of a fenced block that is none', '```json\n{"a": {"b": 1}, oops}\n```'],
		['what is quoted', 'It said "use {"a": 1}"'],
		['a text in a text', 'Value: "see {} or []"'],
		['single quotes', "{'a': 1}"],
		['words of Python', '{"a": None, "b": True}'],
		['NaN', '{"a": NaN}'],
		['a number among words', 'The answer is 42.'],
		['code', '```python\nx = {"a": 1}\n```'],
		['a hostile name', '{"__proto__": {"polluted": true}}'],
		['a hostile name inside', 'x {"a": [{"__proto__": 1}]} y'],
		['what is nested too deeply', '['.repeat(500) + ']'.repeat(500)],
	])('is not made out of %s', (_, answer) => {
		expect(found(answer)).toBe('no_json');
		expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
	});

	it.each(['{', '[', '{"a":', '[[', '{{', '"{', '/*{', '//{\n'])(
		'is looked for in a text of many %j without hanging',
		(part) => {
			const before = process.cpuUsage();
			structuredAnswer(`${part.repeat(50_000)} x`);
			structuredAnswer(`x ${part.repeat(50_000)}`);
			expect(process.cpuUsage(before).user / 1e6).toBeLessThan(10);
		},
	);
});

/** What a value is in an item: IDs and numbers that a double cannot hold are texts. */
function inItem(value: unknown, name = ''): JsonValue {
	if (typeof value === 'number' && (name === 'id' || name.endsWith('_id') || name.endsWith('Id')))
		return JSON.stringify(value);
	if (typeof value === 'number' && Math.abs(value) >= 1e21) return inNumber(value);
	if (Array.isArray(value)) return value.map((member) => inItem(member));
	if (typeof value !== 'object' || value === null) return value as JsonValue;
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inItem(member, key)]));
}
const inNumber = (value: number): JsonValue => value;

const word = fc.constantFrom(
	...[
		'Sure',
		'好的，',
		'结果',
		'I would say',
		'[1]',
		'[年报](https://a.b/c)',
		'{name}',
		':{',
		'"so to say"',
		"it's",
		'`code`',
		'**bold**',
		'- [x] task',
		'// note',
		'/* note */',
		'# a',
		'1,234.5',
		'true',
		'null',
		'\\',
		'“引”',
		'| a | b |',
		'$x$',
		'<b>',
		'{}',
		'[]',
		'(',
		')',
	],
);
const prose = fc.array(word, { maxLength: 8 }).map((words) => words.join(' '));
const written = (value: unknown) =>
	fc.constantFrom(JSON.stringify(value), JSON.stringify(value, null, 2), JSON.stringify(value, null, '\t'));
const commented = (json: string) =>
	fc.constantFrom(
		json,
		`/* a */ ${json} // b\n`,
		json.replace(/^([{[])/, '$1 // "c" { [\n'),
		json.replace(/([^{[,\s])([}\]])$/, '$1,$2'),
	);
const wrapped = (json: string) =>
	fc
		.tuple(prose, prose, fc.constantFrom('words', 'json', 'JSON', 'bare', 'tilde', 'none'))
		.map(([before, after, how]) => {
			if (how === 'none') return json;
			if (how === 'words') return `${before} ${json} ${after}`;
			const mark = how === 'tilde' ? '~~~' : '```';
			return `${before}\n${mark}${how === 'bare' || how === 'tilde' ? '' : how}\n${json}\n${mark}\n${after}`;
		});

it('comes back equal or not at all, however it is wrapped', () => {
	let equal = 0;
	let runs = 0;
	fc.assert(
		fc.property(
			fc.jsonValue({ maxDepth: 3, noUnicodeString: false } as fc.JsonSharedConstraints).chain((value) =>
				written(value)
					.chain(commented)
					.chain(wrapped)
					.map((answer) => ({ value, answer })),
			),
			({ value, answer }) => {
				runs += 1;
				const result = structuredAnswer(answer);
				if (result.problem !== null) return;
				equal += 1;
				expect(result.value).toEqual(inItem(JSON.parse(JSON.stringify(value))));
			},
		),
		{ numRuns: 3_000, seed },
	);
	expect(equal / runs).toBeGreaterThan(0.4); // fc makes many numbers and texts, which are not looked for among words
});

it('comes back equal from every fence and from plain words', () => {
	const record = fc.dictionary(
		fc.stringMatching(/^[a-z名称]{1,6}$/),
		fc.oneof(
			fc.string(),
			fc.integer(),
			fc.double({ noNaN: true, noDefaultInfinity: true }),
			fc.boolean(),
			fc.constant(null),
		),
		{ minKeys: 1, maxKeys: 5 },
	);
	const plain = fc
		.array(fc.constantFrom('Sure,', '结果如下：', 'here it is', '见[1]。', '**注意**'), { maxLength: 4 })
		.map((words) => words.join(' '));
	fc.assert(
		fc.property(
			fc.oneof(record, fc.array(record, { minLength: 1, maxLength: 3 })),
			plain,
			plain,
			fc.constantFrom('', 'json', '``'),
			(value, before, after, fence) => {
				const json = JSON.stringify(value, null, 2);
				const answer =
					fence === ''
						? `${before} ${json} ${after}`
						: fence === 'json'
							? `${before}\n\`\`\`json\n${json}\n\`\`\`\n${after}`
							: `${before}\n\`\`\`\n${json}\n\`\`\`\n${after}`;
				expect(found(answer)).toEqual(inItem(JSON.parse(json)));
			},
		),
		{ numRuns: 1_000, seed },
	);
});

it('keeps every digit of any number', () => {
	const number = fc
		.tuple(
			fc.boolean(),
			fc.stringMatching(/^(?:0|[1-9]\d{0,40})$/),
			fc.option(fc.stringMatching(/^\d{1,40}$/)),
			fc.option(fc.integer({ min: -400, max: 400 })),
		)
		.map(
			([negative, whole, fraction, exponent]) =>
				`${negative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
		);
	fc.assert(
		fc.property(number, (digits) => {
			const value = found(`{"n": ${digits}}`) as { n: string | number };
			if (typeof value.n === 'string') expect(value.n).toBe(digits);
			else {
				expect(value.n).toBe(Number(digits));
				expect(same(digits, String(value.n))).toBe(true);
			}
		}),
		{ numRuns: 1_000, seed },
	);
});

/** Whether two decimal numbers are the same to the last digit. */
function same(a: string, b: string): boolean {
	const scaled = (text: string): [bigint, bigint] => {
		const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([-+]?\d+))?$/.exec(text)!;
		return [BigInt(`${sign}${whole}${fraction}`), BigInt(exponent) - BigInt(fraction.length)];
	};
	const [[x, p], [y, q]] = [scaled(a), scaled(b)];
	if (x === 0n || y === 0n) return x === y;
	const least = p < q ? p : q;
	return x * 10n ** (p - least) === y * 10n ** (q - least);
}
