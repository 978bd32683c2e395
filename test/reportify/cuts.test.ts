import { isDeepStrictEqual } from 'node:util';
import type { FollowedAnswer } from '../../nodes/shared/following/follow';
import { documentedLog, type EventLog, eventLog, placeOfEnd } from './event-log';
import { askIn, wrongsOf } from './random-faults';
import type { World } from './reportify-model';

/* A realistic stream cut at every byte, through the real source, decoder and follower, against an event log in memory. */

jest.setTimeout(120_000); // thousands of runs

const PIECES = [
	'# Q3 ',
	'报告\n',
	'\n| a | ',
	'1 |',
	'\n',
	'ha',
	'haha',
	' 👩‍🔬',
	' é',
	' "q\\"',
	' 12.5',
	'%',
	'-',
	'--',
	'---',
	' Ende',
	'\n',
];

const sizeOf = (event: string) => Buffer.byteLength(`data: ${event}\r\n\r\n`);

const world = (log: EventLog, reading: World['reading'], how: 'end' | 'reset', bytes: number): World => ({
	log,
	reading,
	streamFaults: [{ after: { bytes, how } }],
	listFaults: [],
	logFaults: [],
	pace: 0,
	pieces: [0],
	lineEnd: '\r\n',
});

const WAYS = (['inclusive', 'exclusive'] as const).flatMap((reading) =>
	(['end', 'reset'] as const).map((how) => [reading, how] as const),
);

/** The bytes around the beginning of each event. */
function boundariesOf({ events }: EventLog): number[] {
	let at = 0;
	return events.flatMap((event) => {
		at += sizeOf(event);
		return [-4, -3, -2, -1, 0, 1].map((distance) => at + distance);
	});
}

/** The documented run as it is, a run like it in pieces that are hard to tell apart, and a single agent that says them. */
const LOGS: Array<[string, EventLog]> = [
	['the documented run', documentedLog()],
	['a run of several nodes', eventLog({ pieces: PIECES })],
	['a single agent', eventLog({ pieces: PIECES, shape: 'agent', step: (at) => 1 + (at % 4) })],
];

describe.each(LOGS)('%s', (_title, log) => {
	const size = log.events.reduce((sum, event) => sum + sizeOf(event), 0);
	const endsAt = log.events.slice(0, placeOfEnd(log) + 1).reduce((sum, event) => sum + sizeOf(event), 0);
	const members = ({ text, title, summary, fileName, steps, files, eventCount, lastOffset }: FollowedAnswer) => ({
		...{ text, title, summary, fileName, steps, files, eventCount, lastOffset },
	});
	let whole: FollowedAnswer;

	beforeAll(async () => {
		const { answer, model } = await askIn(world(log, 'inclusive', 'end', Infinity));
		expect(answer).toMatchObject({ status: 'completed', text: log.text, deliveredBy: 'stream' });
		expect(answer).toMatchObject({ eventCount: log.events.length, lastOffset: log.offsets.at(-1) });
		expect([answer!.title, answer!.summary]).toEqual([log.title, log.summary]);
		expect(model.requests).toEqual(['ask']);
		whole = answer!;
	});

	test('cut at every byte, cleanly or reset, whatever from_offset includes: the same answer, asked once, resumed once', async () => {
		const wrong: string[] = [];
		const boundaries = new Set(boundariesOf(log));
		for (let bytes = 0; bytes < size; bytes++) {
			// All ways at the beginning and the end of each event, one of them in turn within.
			const ways = boundaries.has(bytes) ? WAYS : [WAYS[bytes % WAYS.length]!];
			for (const [reading, how] of ways) {
				const cut = world(log, reading, how, bytes);
				const outcome = await askIn(cut);
				const { answer, model } = outcome;
				const say = (isWrong: boolean, text: string) =>
					void (isWrong && wrong.push(`byte ${bytes} (${reading}, ${how}): ${text}`));
				wrongsOf(cut, outcome).forEach((each) => say(true, each));
				// With the CR of its blank line, the terminal event is whole. Behind it only the usage is missing, and nobody asks again for that.
				const isResumed = bytes < endsAt - 1;
				const requests = isResumed ? 2 : 1;
				say(model.requests.length !== requests, model.requests.join());
				say(answer?.reconnects !== requests - 1, `${answer?.reconnects} reconnects`);
				if (isResumed) say(!isDeepStrictEqual(answer?.usage, whole.usage), 'another usage');
				if (isResumed && answer) say(!isDeepStrictEqual(members(answer), members(whole)), 'another answer');
			}
		}
		expect(wrong.slice(0, 10)).toEqual([]);
	});
});
