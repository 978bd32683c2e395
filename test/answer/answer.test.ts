import { Answer } from '../../nodes/shared/answer/answer';
import type { AnswerChange, ProviderEvent } from '../../nodes/shared/answer/answer-change';
import { fc } from '../fuzz/seed';
import { answerOf, cancelled, ended, event, failed, text, unreadable } from './events';

describe('repeats', () => {
	test('are known by their id', () => {
		const answer = answerOf([text({ id: 'a' }, 'x'), text({ id: 'a' }, 'x'), text({ id: 'b' }, 'x')]);
		expect([answer.toString(), answer.eventCount]).toEqual(['xx', 2]);
		expect(answer.apply(text({ id: 'b' }, 'x'))).toBe('repeated');
	});

	test('are known by their id also when other events came between', () => {
		const events = Array.from({ length: 500 }, (_each, at) => text({ id: `e${at}` }, 'x'));
		expect(answerOf([...events, ...events]).eventCount).toBe(500);
	});

	test('are known by their offset and content, where there is no id', () => {
		expect(answerOf([text({ offset: 3 }, 'x'), text({ offset: 3 }, 'x')]).toString()).toBe('x');
	});

	test('are known also when a server sends some events again on the same connection, without ids', () => {
		const log = [1, 2, 3, 4].map((offset) => text({ offset }, `${offset}`));
		expect(answerOf([...log.slice(0, 3), ...log]).toString()).toBe('1234');
	});

	test('are not seen where there is neither: the same word twice is the same word twice', () => {
		expect(answerOf([text({}, 'very '), text({}, 'very ')]).toString()).toBe('very very ');
	});

	test('one id at two offsets is one event', () => {
		expect(answerOf([text({ id: 'a', offset: 1 }, 'x'), text({ id: 'a', offset: 2 }, 'x')]).toString()).toBe('x');
	});

	test('do not count as changes, events or steps', () => {
		let calls = 0;
		const counted: ProviderEvent = {
			id: 'a',
			raw: {},
			changes: () => {
				calls++;
				return [{ kind: 'stepStarted', key: 'k', step: { kind: 'tool', name: 't', input: null } }];
			},
		};
		const answer = answerOf([counted, counted, counted]);
		expect([calls, answer.steps.length, answer.events.length, answer.eventCount]).toEqual([1, 1, 1, 1]);
	});
});

describe('reading on from an offset', () => {
	const log = [9195, 9200, 9201, 9235].map((offset, at) => text({ offset }, 'abcd'[at] as string));

	test.each(['inclusive', 'exclusive'])('%s, after any event, offsets sparse and far from 0', (reading) => {
		for (let seen = 1; seen <= log.length; seen++) {
			const answer = answerOf(log.slice(0, seen));
			const from = answer.resume()!;
			expect(from).toBe(log[seen - 1]!.offset);
			for (const each of log) {
				if (each.offset! > from || (each.offset === from && reading === 'inclusive')) answer.apply(each);
			}
			expect([answer.toString(), answer.eventCount, answer.lastOffset]).toEqual(['abcd', 4, 9235]);
		}
	});

	test('a server that starts too early', () => {
		const answer = answerOf(log.slice(0, 3));
		answer.resume();
		for (const each of log) answer.apply(each);
		expect([answer.toString(), answer.eventCount]).toEqual(['abcd', 4]);
	});

	test('a decoder that makes other objects of the same event: known by its place', () => {
		const answer = answerOf([text({ offset: 5 }, 'a')]);
		answer.resume();
		expect(answer.apply({ offset: 5, raw: { other: true }, changes: () => [] })).toBe('repeated');
	});

	test('two events with ids at one offset, cut between: the second one is news', () => {
		const answer = answerOf([text({ id: 'a', offset: 5 }, 'a')]);
		answer.resume();
		answer.apply(text({ id: 'a', offset: 5 }, 'a'));
		answer.apply(text({ id: 'b', offset: 5 }, 'b'));
		expect(answer.toString()).toBe('ab');
	});

	test('0 is an offset', () => {
		const answer = answerOf([text({ offset: 0 }, 'a')]);
		expect(answer.resume()).toBe(0);
		answer.apply(text({ offset: 0 }, 'a'));
		expect(answer.toString()).toBe('a');
	});
});

describe('events that have an id and no position', () => {
	/** A log in which every third event tells no position. */
	const log = (count: number) =>
		Array.from({ length: count }, (_each, at) =>
			text({ id: `e${at}`, ...(at % 3 === 1 ? {} : { offset: at }) }, `${at},`),
		);
	const whole = answerOf(log(30)).toString();

	test.each(['inclusive', 'exclusive'])('move nothing, and do not come twice (%s)', (reading) => {
		for (let seen = 1; seen <= 30; seen++) {
			const answer = answerOf(log(seen));
			const from = answer.resume()!;
			expect(from).toBe(seen % 3 === 2 ? seen - 2 : seen - 1);
			log(30).forEach((each, at) => {
				if (at > from || (at === from && reading === 'inclusive')) answer.apply(each);
			});
			expect([answer.toString(), answer.eventCount]).toEqual([whole, 30]);
		}
	});

	test('are known however long ago they were: a server may send all of them again', () => {
		const events = log(6000);
		const answer = answerOf(events);
		const from = answer.resume()!;
		for (const each of events) if (each.offset === undefined || each.offset >= from) answer.apply(each);
		expect(answer.eventCount).toBe(6000);
	});

	test('one without an id, too, could be another one', () => {
		const answer = answerOf([text({ id: 'a', offset: 1 }, 'a'), text({}, 'b'), text({ id: 'c', offset: 3 }, 'c')]);
		expect(answer.resume()).toBeUndefined();
	});
});

describe('reading again from the start', () => {
	test.each<[string, ProviderEvent[]]>([
		['nothing was seen', []],
		['no event has an offset', [text({}, 'a'), text({}, 'b')]],
		['no event has an offset, though each has an id', [text({ id: 'a' }, 'a'), text({ id: 'b' }, 'b')]],
		['the last event has none', [text({ offset: 1 }, 'a'), text({}, 'b')]],
		['the first event has none', [text({}, 'a'), text({ offset: 1 }, 'b')]],
		['offsets fall', [text({ offset: 2 }, 'a'), text({ offset: 1 }, 'b')]],
		['different events share an offset', [text({ offset: 2 }, 'a'), text({ offset: 2 }, 'b')]],
		[
			'events were taken in behind one that could not be read',
			[text({ offset: 1 }, 'a'), unreadable(), text({ offset: 3 }, 'b')],
		],
	])('because %s', (_title, events) => {
		const answer = answerOf(events);
		expect(answer.resume()).toBeUndefined();
		expect([answer.toString(), answer.eventCount, answer.lastOffset]).toEqual(['', 0, undefined]);
		for (const each of events.filter(({ isUnreadable }) => !isUnreadable)) answer.apply(each);
		expect(answer.toString()).toBe(events.length === 0 ? '' : 'ab');
	});

	test('nothing of before is kept: text, steps, files, events, usage, outcome', () => {
		const answer = answerOf([
			text({}, 'a'),
			event({}, { kind: 'file', file: { id: 'f', name: 'f' } }),
			event({}, { kind: 'stepStarted', key: 'k', step: { kind: 'tool', name: 't', input: null } }),
			event({}, { kind: 'usage', usage: 7 }),
			unreadable(),
			ended({}),
		]);
		answer.resume();
		expect(answer).toMatchObject({
			files: [],
			events: [],
			steps: [],
			usage: null,
			usageIsFinal: false,
			damaged: false,
		});
		expect(answer.outcome).toBeUndefined();
		answer.apply(event({}, { kind: 'stepEnded', key: 'k', step: { kind: 'tool', name: 't' } }));
		expect(answer.steps).toHaveLength(1);
	});

	test('what one log is known by does not spoil the next: repeats are repeats within one reading', () => {
		const log = [text({ id: 'a' }, 'a'), text({ id: 'b' }, 'b')];
		const answer = answerOf(log);
		answer.resume();
		for (const each of log) answer.apply(each);
		expect(answer.toString()).toBe('ab');
	});
});

describe('terminal events', () => {
	const ends: Array<[string, ProviderEvent, object]> = [
		['completed', ended({ id: '1' }), { status: 'completed' }],
		['cancelled', cancelled({ id: '2' }), { status: 'cancelled' }],
		['failed', failed({ id: '3' }, 'boom'), { status: 'failed', complaint: { text: 'boom' } }],
	];
	const pairs = ends.flatMap((one) =>
		ends.map((other): [string, string, ProviderEvent, ProviderEvent, object] => [
			one[0],
			other[0],
			one[1],
			other[1],
			one[2],
		]),
	);

	test.each(pairs)('%s before %s: the first one counts', (_one, _other, first, second, expected) => {
		expect(answerOf([text({}, 'a'), first, second]).outcome).toEqual(expected);
	});

	test('the text that it repeats is used when none came before', () => {
		expect(answerOf([ended({}, 'whole')]).toString()).toBe('whole');
		expect(answerOf([text({}, 'a'), ended({}, 'whole')]).toString()).toBe('a');
		expect(answerOf([ended({}, '')]).toString()).toBe('');
		expect(answerOf([ended({}, 'whole')], { composition: 'lastBlock' }).toString()).toBe('whole');
	});

	test('none was seen: no outcome', () => {
		expect(answerOf([text({}, 'a')]).outcome).toBeUndefined();
	});

	test('a clean end stands in for it only after text that is whole', () => {
		const complete = (events: ProviderEvent[]) => {
			const answer = answerOf(events);
			answer.completeAtEnd();
			return answer.outcome;
		};
		expect(complete([text({}, 'a')])).toEqual({ status: 'completed' });
		expect(complete([])).toBeUndefined();
		expect(complete([text({}, 'a'), unreadable()])).toBeUndefined();
		expect(complete([text({}, 'a'), failed({}, 'boom')])).toMatchObject({ status: 'failed' });
	});
});

describe('damage', () => {
	test('an event that cannot be read is neither counted nor kept', () => {
		const answer = answerOf([text({ offset: 1 }, 'a'), unreadable()]);
		expect(answer).toMatchObject({ damaged: true, eventCount: 1, lastOffset: 1 });
		expect(answer.events).toHaveLength(1);
	});

	test('is forgotten when the event is read again, from the one before it', () => {
		const answer = answerOf([text({ offset: 1 }, 'a'), unreadable()]);
		expect(answer.resume()).toBe(1);
		expect(answer.damaged).toBe(false);
	});

	test('behind the terminal event there is none', () => {
		expect(answerOf([ended({ offset: 1 }), unreadable()]).damaged).toBe(false);
	});
});

describe('steps', () => {
	const start = (key: string, at?: number): AnswerChange => ({
		kind: 'stepStarted',
		key,
		at,
		step: { kind: 'tool', name: 'search', input: { q: key } },
	});
	const end = (key: string, at?: number, status: 'completed' | 'failed' = 'completed'): AnswerChange => ({
		kind: 'stepEnded',
		key,
		at,
		step: { kind: 'tool', name: 'search', output: `o-${key}`, status },
	});
	const stepsOf = (...changes: AnswerChange[]) => answerOf([event({}, ...changes)]).steps;

	test('have a beginning, an end, a duration', () => {
		expect(stepsOf(start('a', Date.UTC(2026, 0, 1)), end('a', Date.UTC(2026, 0, 1) + 1500))).toEqual([
			{
				kind: 'tool',
				name: 'search',
				input: { q: 'a' },
				output: 'o-a',
				status: 'completed',
				startedAt: '2026-01-01T00:00:00.000Z',
				durationMs: 1500,
			},
		]);
	});

	test('one without an end is running; one that failed has failed', () => {
		expect(stepsOf(start('a'), start('b'), end('b', undefined, 'failed'))).toMatchObject([
			{ status: 'running', output: null, durationMs: null, startedAt: null },
			{ status: 'failed', output: 'o-b' },
		]);
	});

	test('one without a beginning is listed when it ends', () => {
		expect(stepsOf(end('a', 5))).toMatchObject([{ name: 'search', output: 'o-a', durationMs: null }]);
	});

	test('are in the order in which they began', () => {
		expect(stepsOf(start('a'), start('b'), end('b'), end('a')).map(({ output }) => output)).toEqual(['o-a', 'o-b']);
	});

	test('of one key end in the order in which they began', () => {
		const steps = stepsOf(
			start('a', 100),
			start('a', 200),
			end('a', 150),
			end('a', 900),
			start('a', 1000),
			end('a', 1001),
		);
		expect(steps.map(({ durationMs }) => durationMs)).toEqual([50, 700, 1]);
	});

	test('a time that is none is no time', () => {
		for (const at of [NaN, Infinity, 8.65e15, -8.65e15]) expect(stepsOf(start('a', at))[0]?.startedAt).toBeNull();
	});

	test('are not kept when nobody wants them', () => {
		expect(answerOf([event({}, start('a'), end('a'))], { keepSteps: false, keepEvents: false })).toMatchObject({
			steps: [],
			events: [],
		});
	});
});

describe('files', () => {
	test('are listed once, under the best name that is known', () => {
		const file = (id: string, name: string): AnswerChange => ({ kind: 'file', file: { id, name } });
		const { files } = answerOf([event({}, file('1', '1'), file('2', 'b.pdf'), file('1', 'a.pdf'), file('2', 'c.pdf'))]);
		expect(files).toEqual([
			{ id: '1', name: 'a.pdf' },
			{ id: '2', name: 'b.pdf' },
		]);
	});
});

describe('usage and ids', () => {
	test('the last usage counts, and is final behind the terminal event', () => {
		const usage = (value: number) => event({}, { kind: 'usage', usage: value });
		expect(answerOf([usage(1), usage(2)])).toMatchObject({ usage: 2, usageIsFinal: false });
		expect(answerOf([usage(1), ended({}), usage(2)])).toMatchObject({ usage: 2, usageIsFinal: true });
	});

	test('the first ids count', () => {
		const ids = (conversationId?: string, messageId?: string) => event({}, { kind: 'ids', conversationId, messageId });
		expect(answerOf([ids('c'), ids(undefined, 'm'), ids('x', 'y')]).ids).toEqual({
			conversationId: 'c',
			messageId: 'm',
		});
	});
});

describe('any log, cut anywhere, any number of times', () => {
	/** Offsets that rise, or none; ids or none; text pieces that repeat each other. */
	const logs = fc
		.record({
			pieces: fc.array(fc.constantFrom('a', 'ab', 'b', '哈', '哈哈', ' '), { minLength: 1, maxLength: 30 }),
			steps: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 31, maxLength: 31 }),
			first: fc.integer({ min: 0, max: 10_000 }),
			withIds: fc.boolean(),
			withOffsets: fc.boolean(),
		})
		.map(({ pieces, steps, first, withIds, withOffsets }) => {
			let offset = first;
			const position = (at: number) => {
				offset += steps[at] as number;
				return { ...(withIds ? { id: `e${at}` } : {}), ...(withOffsets ? { offset } : {}) };
			};
			const events = pieces.map((piece, at) => text(position(at), piece));
			return { whole: pieces.join(''), log: [...events, ended(position(pieces.length))] };
		});

	test('the same text, the same count', () => {
		fc.assert(
			fc.property(
				logs,
				fc.array(fc.nat({ max: 31 }), { maxLength: 6 }),
				fc.boolean(),
				({ whole, log }, cuts, isInclusive) => {
					const answer = new Answer({ composition: 'everything' });
					let from: number | undefined;
					for (const cut of [...cuts, Infinity]) {
						const page = log.filter(
							({ offset }) => from === undefined || (isInclusive ? offset! >= from : offset! > from),
						);
						for (const each of page.slice(0, cut)) answer.apply(each);
						if (answer.outcome) break;
						if (cut !== Infinity) from = answer.resume();
					}
					expect([answer.toString(), answer.eventCount, answer.outcome]).toEqual([
						whole,
						log.length,
						{ status: 'completed' },
					]);
				},
			),
			{ numRuns: 500 },
		);
	});
});

test.each([
	['ids', (at: number) => ({ id: `e${at}`, offset: at })],
	['offsets only', (at: number) => ({ offset: at })],
	['ids only', (at: number) => ({ id: `e${at}` })],
])('what is remembered does not grow with the number of events (%s)', (_title, position) => {
	const answer = new Answer({ composition: 'everything' });
	for (let at = 0; at < 20_000; at++) answer.apply(event(position(at)));
	const sizes = (value: unknown, depth = 0): number[] => {
		if (typeof value !== 'object' || value === null || depth > 3) return [];
		const own =
			value instanceof Set || value instanceof Map ? [value.size] : Array.isArray(value) ? [value.length] : [];
		return [...own, ...Object.values(value).flatMap((each) => sizes(each, depth + 1))];
	};
	expect(sizes(answer).length).toBeGreaterThan(3);
	expect(Math.max(...sizes(answer))).toBeLessThan(2000);
});

test('an event whose effects cannot be read does not count as seen: it is asked for again', () => {
	const answer = answerOf([text({ offset: 1 }, 'a')]);
	const broken: ProviderEvent = {
		offset: 2,
		raw: {},
		changes: () => {
			throw new Error('a fault of the decoder');
		},
	};
	expect(() => answer.apply(broken)).toThrow('a fault of the decoder');
	expect(answer.resume()).toBe(1);
	answer.apply(text({ offset: 2 }, 'b'));
	expect(answer.toString()).toBe('ab');
});

test('what went wrong on the way is kept, and changes nothing', () => {
	const warning: AnswerChange = { kind: 'warning', complaint: { text: 'Out of credits' } };
	const answer = answerOf([text({ offset: 1 }, 'a'), event({ offset: 2 }, warning), ended({ offset: 3 })]);
	expect(answer).toMatchObject({ outcome: { status: 'completed' }, complaint: { text: 'Out of credits' } });
	expect(answer.toString()).toBe('a');
});
