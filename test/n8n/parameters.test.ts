import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { IDataObject, IExecuteSingleFunctions } from 'n8n-workflow';
import { InvalidParameter } from '../../nodes/shared/failures/invalid-parameter';
import {
	asText,
	booleanOption,
	boundedNumber,
	jsonObject,
	optionalDate,
	optionalIntegerId,
	optionalText,
	optionalTextId,
	requiredText,
} from '../../nodes/shared/parameters/values';

/** A node whose parameters were evaluated to these values. */
const nodeWith = (values: IDataObject, { entered = {}, json = {}, timeZone = 'Asia/Shanghai' } = {}) =>
	({
		getNodeParameter: (name: string, fallback: unknown) => (name in values ? values[name] : fallback),
		getNode: () => ({ parameters: entered }),
		getInputData: () => ({ json }),
		getTimezone: () => timeZone,
	}) as unknown as IExecuteSingleFunctions;

const failureOf = (work: () => unknown): InvalidParameter => {
	try {
		work();
	} catch (error) {
		if (error instanceof InvalidParameter) return error;
		throw error;
	}
	throw new Error('nothing was refused');
};

describe('texts', () => {
	const NO_TEXTS = [{ a: 1 }, {}, [], ['a', 'b'], ['a'], [['a']], [{ a: 1 }], [1], new Date(Number.NaN)];

	test.each(NO_TEXTS.map((value) => [JSON.stringify(value), value]))('%s is not a text', (_, value) => {
		expect(failureOf(() => asText(value, 'Message')).message).toBe("The parameter 'Message' is not a text");
		for (const name of ['options.folderId', 'title']) {
			expect(failureOf(() => optionalText(nodeWith({ [name]: value as IDataObject }), name)).parameter).toBe(
				name === 'title' ? 'Title' : 'Folder ID',
			);
		}
	});

	test.each([
		['text', 'text'],
		['', ''],
		[undefined, ''],
		[null, ''],
		[0, '0'],
		[1.5, '1.5'],
		[false, 'false'],
		[10n ** 20n, '100000000000000000000'],
		[new Date(0), '1970-01-01T00:00:00.000Z'],
		[DateTime.fromISO('2026-01-05T08:00:00', { zone: 'Asia/Shanghai' }), '2026-01-05T08:00:00.000+08:00'],
	])('%p is the text %p', (value, text) => expect(asText(value, 'Message')).toBe(text));

	test('an object in the middle of a text is found', () => {
		const message = 'Summarise [object Object], please';
		const failure = failureOf(() => requiredText(nodeWith({ message }), 'message', 'Message'));
		expect(failure.message).toBe("The parameter 'Message' is not a text");
		expect(failure.hint).toContain('JSON.stringify');
		expect(failureOf(() => optionalText(nodeWith({ title: message }), 'title')).parameter).toBe('Title');
	});

	test('somebody may ask about these words', () => {
		const message = 'Why does my page show [object Object]?';
		for (const where of [{ entered: { message } }, { json: { text: message } }]) {
			expect(requiredText(nodeWith({ message }, where), 'message', 'Message')).toBe(message);
		}
	});

	test('what is only blanks is empty', () => {
		expect(optionalText(nodeWith({ title: ' \n' }), 'title')).toBeUndefined();
		expect(failureOf(() => requiredText(nodeWith({ message: '\t ' }), 'message', 'Message')).message).toContain(
			'is empty',
		);
	});
});

describe('optional IDs', () => {
	test.each([undefined, null, '', '  ', '\u200b', '\ufeff \u202a'])('%j is none', (value) => {
		const node = nodeWith({ id: value as string });
		expect(optionalTextId(node, 'id', 'ID')).toBeUndefined();
		expect(optionalIntegerId(node, 'id', 'ID')).toBeUndefined();
	});

	test('anything else has to be one', () => {
		const node = nodeWith({ id: ' 11887655289749511 ', bad: { a: 1 } });
		expect(optionalTextId(node, 'id', 'ID')).toBe('11887655289749511');
		expect(optionalIntegerId(node, 'id', 'ID')).toBe('11887655289749511');
		expect(failureOf(() => optionalTextId(node, 'bad', 'Conversation ID')).message).toBe(
			"The parameter 'Conversation ID' cannot be an ID",
		);
	});
});

describe('switches', () => {
	test.each([
		[true, true],
		['true', true],
		[' TRUE ', true],
		[1, true],
		['1', true],
		[false, false],
		['false', false],
		['False', false],
		[0, false],
	])('%p is %p', (value, isOn) => {
		expect(booleanOption(value, 'Wait', true)).toBe(isOn);
		expect(booleanOption(value, 'Wait', false)).toBe(isOn);
	});

	test.each([undefined, null, '', ' '])('%p is what it is by default', (value) => {
		expect(booleanOption(value, 'Wait', true)).toBe(true);
		expect(booleanOption(value, 'Wait', false)).toBe(false);
	});

	test.each([['no'], [2], [{}], [[]], [['true']], [Number.NaN]])('%p is neither', (value) => {
		expect(failureOf(() => booleanOption(value, 'Wait', true)).message).toBe(
			"The parameter 'Wait' must be true or false",
		);
	});
});

describe('dates', () => {
	const at = (value: unknown, timeZone?: string) => optionalDate(nodeWith({}, { timeZone }), value, 'Published At');
	const SHANGHAI_8_30 = Date.UTC(2026, 0, 5, 0, 30);

	test.each([undefined, null, ''])('%p is none', (value) => expect(at(value)).toBeUndefined());

	test.each([
		['2026-01-05T08:30:00', 'the picker of the form'],
		['2026-01-05T08:30', 'without seconds'],
		['2026-01-05 08:30:00', 'a database'],
		['2026/1/5 8:30', 'a spreadsheet'],
		['2026.01.05 08:30', 'with dots'],
		['2026-01-05T08:30:00+08:00', 'a zone of its own'],
		['2026-01-05T08:30:00.000+08:00[Asia/Shanghai]', 'a zone by its name'],
		['2026-01-05T00:30:00Z', 'UTC'],
		['2026-01-04T19:30:00-0500', 'another zone'],
		['Mon, 05 Jan 2026 08:30:00 +0800', 'an e-mail'],
		['Mon, 05 Jan 2026 00:30:00 GMT', 'HTTP'],
		[SHANGHAI_8_30, 'milliseconds'],
		[String(SHANGHAI_8_30), 'milliseconds as text'],
		[new Date(SHANGHAI_8_30), 'a Date'],
		[DateTime.fromMillis(SHANGHAI_8_30, { zone: 'America/New_York' }), '{{ $now }}'],
	])('%p: %s', (value: unknown, _from: string) => expect(at(value)).toBe(SHANGHAI_8_30));

	test('without a zone of its own it is in that of the workflow', () => {
		for (const date of ['2026-01-05T08:30:00', '2026/01/05 08:30']) {
			expect(at(date, 'America/New_York')).toBe(Date.UTC(2026, 0, 5, 13, 30));
		}
		expect(at('2026-07-05', 'America/New_York')).toBe(Date.UTC(2026, 6, 5, 4));
	});

	test.each([
		['05/01/2026'],
		['chapter 5'],
		['2026'],
		['45000'],
		[1767573000],
		['1767573000'],
		['2026-13-05'],
		['2026-02-30T00:00:00'],
		['tomorrow'],
		[{ a: 1 }],
		[[]],
		[true],
		[Number.NaN],
	])('%p is refused', (value) => {
		expect(failureOf(() => at(value)).message).toBe("The parameter 'Published At' is not a date");
	});

	test('property: a moment comes out of its ISO text, whatever the zone', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 4e12 }),
				fc.constantFrom('UTC', 'Asia/Shanghai', 'America/St_Johns', 'Asia/Kathmandu'),
				(ms, zone) => at(DateTime.fromMillis(ms, { zone }).toISO(), 'Europe/Berlin') === ms,
			),
		);
	});
});

test.each([
	['1e3', 1000],
	[' 5 ', 5],
	[7, 7],
])('%p is a number', (value, number) => expect(boundedNumber(value, 'Limit', { min: 1, max: 1000 })).toBe(number));

test.each([
	[{ a: 1 }, '{"a":1}'],
	[[], '[]'],
	['', ''],
	[undefined, 'undefined'],
])('%p is no number', (value, text) => {
	const failure = failureOf(() => boundedNumber(value, 'Limit', { min: 1, max: 1000 }));
	expect(failure.hint).toBe(`It is now: ${text}`);
});

test.each(['', '  ', undefined, null, '{}', {}])('%j is no JSON object to send', (value) =>
	expect(jsonObject(value, 'Meta', '{"a": 1}')).toBeUndefined(),
);
test.each(['[]', '5', 'x', [], '{"a":'])('%j is not a JSON object', (value) =>
	expect(failureOf(() => jsonObject(value, 'Meta', '{"a": 1}')).message).toContain('is not a JSON object'),
);
