import type { FollowedAnswer } from '../../nodes/shared/following/follow';
import { DOCUMENTED, DOCUMENTED_LINES, DOCUMENTED_RUN, answerOf } from './decoder';
import { documentedLog, eventLog } from './event-log';
import { askIn, collectIn } from './random-faults';
import type { World } from './reportify-model';

/* The same run, however its answer arrives: the same words, names, files and steps. */

const LOGS = [
	['the documented run', documentedLog()],
	['a run of several nodes', eventLog({ pieces: ['# Q3\n\n', 'Up ', '4.2%.'] })],
	['a single agent', eventLog({ pieces: ['# Q3\n\n', 'Up ', '4.2%.'], shape: 'agent' })],
	['a run that was cancelled', eventLog({ pieces: ['# Q3'], end: 'cancelled' })],
] as const;

const GONE = { instead: { status: 410, takenIn: false } };
const CUT = { after: { bytes: 700, how: 'end' as const } };

describe.each(LOGS)('%s', (_title, log) => {
	const world = (faults: Partial<World> = {}): World => ({
		log,
		reading: 'inclusive',
		streamFaults: [],
		listFaults: [],
		logFaults: [],
		pace: 0,
		pieces: [0],
		lineEnd: '\n',
		listsTextAs: 'events',
		...faults,
	});
	const truth = ({ status, text, title, summary, fileName, fileType, files, steps }: FollowedAnswer) => ({
		...{ status, text, title, summary, fileName, fileType, files, steps },
	});

	test.each<[string, 'ask' | 'collect', Partial<World>, FollowedAnswer['deliveredBy'], string]>([
		['the stream', 'ask', {}, 'stream', 'ask'],
		[
			'the stream, its message named by the events alone',
			'ask',
			{ streamFaults: [{ nameless: true }] },
			'stream',
			'ask',
		],
		['reading on', 'ask', { streamFaults: [CUT] }, 'resume', 'ask,resume'],
		[
			'reading on, its message named by the events alone',
			'ask',
			{ streamFaults: [{ ...CUT, nameless: true }] },
			'resume',
			'ask,resume',
		],
		['collecting', 'collect', {}, 'resume', 'resume'],
		['the whole log', 'ask', { streamFaults: [CUT, GONE] }, 'lookup', 'ask,resume,log'],
		['the whole log, collected', 'collect', { streamFaults: [GONE] }, 'lookup', 'resume,log'],
		[
			'the events in the list',
			'ask',
			{ streamFaults: [CUT, GONE], logFaults: [{ status: 404 }] },
			'lookup',
			'ask,resume,log,list',
		],
		[
			'the events in the list, where the log lacks its end',
			'collect',
			{ streamFaults: [GONE], logFaults: ['running'] },
			'lookup',
			'resume,log,list',
		],
	])('by %s', async (_way, how, faults, deliveredBy, requests) => {
		const { answer: whole } = await askIn(world());
		const { answer, model } = await (how === 'ask' ? askIn : collectIn)(world(faults));
		expect(answer?.deliveredBy).toBe(deliveredBy);
		expect(truth(answer!)).toEqual(truth(whole!));
		expect(model.requests.map((request) => request.split(' ')[0]).join()).toBe(requests);
	});
});

test('a reply that holds all events at once (`stream=false`)', () => {
	const atOnce = answerOf([`{"assistant_events":[${DOCUMENTED_LINES.join()}]}`]);
	const streamed = answerOf(DOCUMENTED_RUN);
	expect([atOnce.result, atOnce.steps, atOnce.files]).toEqual([streamed.result, streamed.steps, streamed.files]);
	expect(atOnce.toString()).toBe(DOCUMENTED.answer);
});
