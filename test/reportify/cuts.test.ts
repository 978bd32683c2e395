import { eventLog } from './event-log';
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

const log = eventLog({ pieces: PIECES, step: (at) => 1 + (at % 4) });
const sizeOf = (event: string) => Buffer.byteLength(`data: ${event}\r\n\r\n`);
const size = log.events.reduce((sum, event) => sum + sizeOf(event), 0);

const world = (reading: World['reading'], how: 'end' | 'reset', bytes: number): World => ({
	log,
	reading,
	streamFaults: [{ after: { bytes, how } }],
	listFaults: [],
	pace: 0,
	pieces: [0],
	lineEnd: '\r\n',
});

test('without a cut, the answer is whole', async () => {
	const { answer, model } = await askIn(world('inclusive', 'end', Infinity));
	expect(answer).toMatchObject({
		status: 'completed',
		text: PIECES.join(''),
		deliveredBy: 'stream',
		usage: { total_tokens: 1234 },
		eventCount: log.events.length,
		lastOffset: log.offsets.at(-1),
	});
	expect(answer?.title).toBe('The report');
	expect(answer?.summary).toBe('The report is ready: # Q3 ');
	expect(answer?.steps).toMatchObject([
		{ kind: 'node', name: 'Start', output: 'First I look for figures.' },
		{ kind: 'node', name: 'Search', output: 'Apple rose 3%.' },
		{ kind: 'node', name: 'Write' },
		{ kind: 'tool', name: 'search', status: 'completed' },
		{ kind: 'node', name: 'End', output: 'The report is ready: # Q3 ' },
	]);
	expect(model.requests).toEqual(['ask']);
});

describe.each(['inclusive', 'exclusive'] as const)('from_offset is %s', (reading) => {
	test.each(['end', 'reset'] as const)(
		'cut at every byte (%s): the same answer, asked once, resumed once',
		async (how) => {
			const wrong: string[] = [];
			const endsAt = size - sizeOf(log.events.at(-1) as string);
			for (let bytes = 0; bytes < size; bytes++) {
				const outcome = await askIn(world(reading, how, bytes));
				const { answer, model } = outcome;
				wrong.push(...wrongsOf(world(reading, how, bytes), outcome).map((each) => `byte ${bytes}: ${each}`));
				// With the CR of its blank line, the terminal event is whole. Behind it only the usage is missing, and nobody asks again for that.
				const isResumed = bytes < endsAt - 1;
				const requests = isResumed ? 2 : 1;
				if (model.requests.length !== requests) wrong.push(`byte ${bytes}: ${model.requests.join()}`);
				if (answer?.reconnects !== requests - 1) wrong.push(`byte ${bytes}: ${answer?.reconnects} reconnects`);
				if (isResumed && answer?.eventCount !== log.events.length)
					wrong.push(`byte ${bytes}: ${answer?.eventCount} events`);
				if (answer?.title !== 'The report' || answer.steps.length !== 5) wrong.push(`byte ${bytes}: title or steps`);
				if (isResumed && answer?.usage === null) wrong.push(`byte ${bytes}: no usage`);
			}
			expect(wrong.slice(0, 10)).toEqual([]);
		},
	);
});
