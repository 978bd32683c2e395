import { createHash } from 'node:crypto';
import type { ContestantName } from '../contestants/choice';
import { quantile } from '../figures/statistics';
import { CONTESTANTS, number, table } from '../figures/tables';
import { MeasuredProcess } from '../measured/measured-process';
import { conversationIds } from '../replay/conversation';
import type { Prepared, Replay, Served } from '../replay/replay';
import { SHAPES, type ShapeName } from '../replay/shapes';
import type { Stage } from '../stage';
import type { CrowdAssignment, CrowdFigures } from './messages';

const CONVERSATIONS = 500;

interface Crowd {
	contestant: ContestantName;
	shape: ShapeName;
	separately: boolean;
}

const crowd = (contestant: ContestantName, shape: ShapeName, separately = true): Crowd => ({
	contestant,
	shape,
	separately,
});

const CROWDS: Crowd[] = [
	crowd('ours', 'scale, calm'),
	crowd('ours', 'scale, calm', false),
	crowd('n8n', 'scale, calm'),
	crowd('parser', 'scale, calm'),
	crowd('floor', 'scale, calm'),
	crowd('ours', 'scale, fast'),
	crowd('n8n', 'scale, fast'),
	crowd('floor', 'scale, fast'),
];
/** What not waiting buys: the questions are asked, and later the finished answers are fetched. */
const IN_TWO_STEPS: Crowd[] = [crowd('ours, not waiting', 'scale, calm'), crowd('ours, collecting', 'scale, calm')];

const MB = 1_000_000;
const KB = 1_000;

/** `npm run bench -- --scale`: 500 conversations at the same time in one n8n process. */
export async function scaleReport(stage: Stage, replay: Replay, report: (line: string) => void): Promise<string> {
	const waiting: string[][] = [];
	for (const each of CROWDS) {
		report(`${each.shape}: ${CONVERSATIONS} conversations, ${nameOf(each)}`);
		const body = await replay.prepare(each.shape);
		const figures = await run(stage, replay, each, body);
		const served = await replay.allServed(conversationIds(each.shape, CONVERSATIONS));
		waiting.push(waitingRow(each, figures, served, body));
	}
	const twoSteps: string[][] = [];
	for (const each of IN_TWO_STEPS) {
		report(`${CONVERSATIONS} conversations, ${nameOf(each)}`);
		const body = await replay.prepare(each.shape);
		twoSteps.push(twoStepsRow(each, await run(stage, replay, each, body), body));
	}
	return [
		`${CONVERSATIONS} conversations at the same time, one process, loopback.`,
		table(
			['shape', 'what it is'],
			shapesOf(CROWDS).map((shape) => [shape, SHAPES[shape].meaning]),
		),
		table(WAITING_HEADS, waiting),
		'All asked: when the first text of the last answer left the server; n8n sets up 500 executions and connections before that. Ideal: what the server takes for one answer. Lateness: from the server’s last byte of a conversation until its answer was there. Loop: how long other work in the same process had to wait for its turn. Heap per waiting answer: live objects in the middle of the answers, less those before, by 500; the HTTP Request node’s task runner is not in it.',
		table(TWO_STEPS_HEADS, twoSteps),
	].join('\n\n');
}

const shapesOf = (crowds: Crowd[]) => [...new Set(crowds.map(({ shape }) => shape))];

const nameOf = ({ contestant, separately }: Crowd) =>
	`${CONTESTANTS[contestant]}${contestant === 'floor' ? '' : separately ? `, ${CONVERSATIONS} executions` : `, one execution of ${CONVERSATIONS} items`}`;

async function run(
	stage: Stage,
	replay: Replay,
	{ contestant, shape, separately }: Crowd,
	body: Prepared,
): Promise<CrowdFigures> {
	const crowd = await MeasuredProcess.start<CrowdAssignment, CrowdFigures>(stage, 'crowd', {
		contestant,
		packageFolder: stage.packageFolder,
		n8nFolder: stage.n8nFolder,
		baseUrl: replay.url,
		shape,
		conversations: CONVERSATIONS,
		separately,
		halfwayMs: idealMs(shape, body) / 2,
	});
	try {
		replay.forget();
		return await crowd.run();
	} finally {
		await crowd.leave();
	}
}

/** How long the server takes to send the events of one answer at its pace. */
function idealMs(shape: ShapeName, { events }: Prepared): number {
	const { pace } = SHAPES[shape] as { pace?: number };
	return pace === undefined ? 0 : ((events - 1) / pace) * 1_000;
}

const WAITING_HEADS = [
	...['shape', 'who', 'texts', 'all asked, s', 'all done, s', 'ideal, s', 'lateness, ms: median', 'p99', 'most'],
	...['CPU, share of a core', 'heap per waiting answer, KB', 'resident memory above idle, MB', 'loop, ms: p99', 'most'],
];

function waitingRow(each: Crowd, figures: CrowdFigures, served: Served[], body: Prepared): string[] {
	const { startedAt, answeredAt, before, halfway, cpuMs, loopDelayMs } = figures;
	const wallMs = Math.max(...answeredAt) - startedAt;
	const lateness = answeredAt.map((at, index) => at - (served[index]!.lastByteAt as number)).sort((a, b) => a - b);
	const heap = halfway && (halfway.heapBytes - before.heapBytes) / CONVERSATIONS / KB;
	const resident = halfway && (halfway.residentBytes - before.residentBytes) / MB;
	return [
		each.shape,
		nameOf(each),
		verdict(figures, body),
		number(Math.max(...served.map(({ firstTextAt }) => (firstTextAt as number) - startedAt)) / 1_000),
		number(wallMs / 1_000),
		number(idealMs(each.shape, body) / 1_000),
		number(quantile(lateness, 0.5)),
		number(quantile(lateness, 0.99)),
		number(quantile(lateness, 1)),
		number(cpuMs / wallMs),
		heap === undefined ? '–' : number(heap),
		resident === undefined ? '–' : number(resident),
		number(loopDelayMs.p99),
		number(loopDelayMs.most),
	];
}

const TWO_STEPS_HEADS = [
	'step',
	'who',
	'texts',
	'all done, s',
	'CPU, ms per conversation',
	'heap kept, KB per conversation',
];

function twoStepsRow(each: Crowd, figures: CrowdFigures, body: Prepared): string[] {
	const { startedAt, answeredAt, before, after, cpuMs } = figures;
	const isQuestion = each.contestant === 'ours, not waiting';
	return [
		isQuestion ? 'ask' : 'collect finished answers',
		nameOf(each),
		isQuestion ? 'none yet' : verdict(figures, body),
		number((Math.max(...answeredAt) - startedAt) / 1_000),
		number(cpuMs / CONVERSATIONS),
		number((after.heapBytes - before.heapBytes) / CONVERSATIONS / KB),
	];
}

function verdict({ hashes }: CrowdFigures, { text }: Prepared): string {
	const expected = createHash('sha256').update(text).digest('hex');
	if (hashes.every((hash) => hash === null)) return 'not read';
	const wrong = hashes.filter((hash) => hash !== expected).length;
	return wrong === 0 ? 'exact' : `**${wrong} wrong**`;
}
