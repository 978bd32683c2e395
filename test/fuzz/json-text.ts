import fc from 'fast-check';

/** A number by its digits, so that none is lost on the way into the text. */
export interface Digits {
	digits: string;
}
export type Sample = null | boolean | string | Digits | Sample[] | { members: Array<[string, Sample]> };

const isDigits = (sample: object): sample is Digits => 'digits' in sample;

/** Names of members, with those that this package treats in its own way among them. */
const memberName = fc.oneof(
	fc.constantFrom('id', 'Id', 'x_id', 'messageId', 'paid', 'ID', 'idx', '__proto__', 'constructor', 'toString', 'é"\\'),
	fc.string({ unit: 'binary', maxLength: 6 }),
);

const integer = fc
	.oneof(
		fc.integer().map(String),
		fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }).map(String),
		fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
	)
	.map((digits): Sample => ({ digits }));

const fraction = fc
	.double({ noNaN: true, noDefaultInfinity: true })
	.filter((value) => !Number.isInteger(value))
	.map((value): Sample => ({ digits: String(value) }));

/** Any JSON value, big integers and hostile names included. */
export const jsonSample: fc.Arbitrary<Sample> = fc.letrec<{ value: Sample }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 6 },
		fc.constantFrom(null, true, false),
		integer,
		fraction,
		fc.string({ unit: 'binary', maxLength: 12 }),
		fc.constantFrom('', ':1234567890123456789', '"id":5', '\u2028', '你好👩‍🔬', '\ud800'),
		fc.array(tie('value'), { maxLength: 5 }),
		fc.array(fc.tuple(memberName, tie('value')), { maxLength: 5 }).map((members) => ({ members })),
	),
})).value;

/** How a value is written: white space and escapes, by turns. */
export const writingStyle = fc.record({
	blanks: fc.array(fc.constantFrom('', '', '', ' ', '\n', '\t\r\n '), { minLength: 1, maxLength: 5 }),
	escapesAll: fc.boolean(),
	upperCase: fc.boolean(),
});
export type WritingStyle = typeof writingStyle extends fc.Arbitrary<infer T> ? T : never;

/** JSON text of a sample. */
export function jsonText(sample: Sample, style: WritingStyle): string {
	let turn = 0;
	const blank = () => style.blanks[turn++ % style.blanks.length] as string;
	const escaped = (text: string) =>
		text.replace(/[\s\S]/g, (unit) => {
			const code = unit.charCodeAt(0).toString(16).padStart(4, '0');
			return `\\u${style.upperCase ? code.toUpperCase() : code}`;
		});
	const string = (text: string) => (style.escapesAll ? `"${escaped(text)}"` : JSON.stringify(text));
	function write(value: Sample): string {
		if (value === null || typeof value === 'boolean') return String(value);
		if (typeof value === 'string') return string(value);
		if (Array.isArray(value)) return `[${blank()}${value.map(write).join(`${blank()},${blank()}`)}${blank()}]`;
		if (isDigits(value)) return value.digits;
		const members = value.members.map(([name, member]) => `${string(name)}${blank()}:${blank()}${write(member)}`);
		return `{${blank()}${members.join(`${blank()},${blank()}`)}${blank()}}`;
	}
	return `${blank()}${write(sample)}${blank()}`;
}

const isIdName = (name: string) => name === 'id' || name.endsWith('_id') || name.endsWith('Id');

/** What `parseJson` is to make of a sample, as its comment promises: a model, slow and plain. */
export function expectedValue(sample: Sample): unknown {
	if (sample === null || typeof sample !== 'object') return sample;
	if (Array.isArray(sample)) return sample.map(expectedValue);
	if (isDigits(sample)) return numberOf(sample.digits);
	const object: Record<string, unknown> = {};
	for (const [name, member] of sample.members) {
		if (name === '__proto__') continue;
		const value = expectedValue(member);
		object[name] = typeof value === 'number' && isIdName(name) ? String(value) : value;
	}
	return object;
}

function numberOf(digits: string): string | number {
	const isInteger = /^-?\d+$/.test(digits);
	return isInteger && !Number.isSafeInteger(Number(digits)) ? digits : Number(digits);
}
