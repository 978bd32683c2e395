import { createHash } from 'node:crypto';
import type { ContestantName } from '../contestants/choice';
import { versionsOf } from '../contestants/versions';
import { quantile } from '../figures/statistics';
import { CONTESTANTS, number, table } from '../figures/tables';
import { MeasuredProcess } from '../measured/measured-process';
import { conversationIds } from '../replay/conversation';
import type { Prepared, Replay, Served } from '../replay/replay';
import { SHAPES, type ShapeName } from '../replay/shapes';
import type { Stage } from '../stage';
import type { CrowdAssignment, CrowdFigures } from './messages';

/** Conversations at the same time, as an n8n of a busy company has them. */
const MANY = 500;
const VERY_MANY = 2_000;
/** Items of an execution of which all but one have their answers. */
const ITEMS = 1_000;

interface Crowd {
	contestant: ContestantName;
	shape: ShapeName;
	conversations: number;
	/** Each conversation in an execution of its own. */
	separately: boolean;
	/** One more conversation, which goes on when all others have their answers. */
	longest?: ShapeName;
}

const crowd = (contestant: ContestantName, shape: ShapeName, conversations = MANY): Crowd => ({
	contestant,
	shape,
	conversations,
	separately: true,
});
const inOneExecution = (each: Crowd): Crowd => ({ ...each, separately: false });

const CROWDS: Crowd[] = [
	crowd('ours', 'scale, calm'),
	inOneExecution(crowd('ours', 'scale, calm')),
	crowd('n8n', 'scale, calm'),
	crowd('parser', 'scale, calm'),
	crowd('floor', 'scale, calm'),
	crowd('ours', 'scale, fast'),
	crowd('n8n', 'scale, fast'),
	crowd('floor', 'scale, fast'),
	crowd('ours', 'scale, slow', VERY_MANY),
	crowd('n8n', 'scale, slow', VERY_MANY),
];
/** What an item keeps of its work: everything else of it should be gone when it has its answer. */
const DONE_BUT_ONE: Crowd[] = (['ours', 'n8n'] as const).map((contestant) => ({
	...inOneExecution(crowd(contestant, 'short answer', ITEMS)),
	longest: 'scale, calm',
}));
/** What not waiting buys: the questions are asked, and later the finished answers are fetched. */
const IN_TWO_STEPS: Crowd[] = [crowd('ours, not waiting', 'scale, calm'), crowd('ours, collecting', 'scale, calm')];

const HEAP_TIMES_N8N = 1.3;
const LATENESS_TIMES_N8N = 2;

const MB = 1_000_000;
const KB = 1_000;

/** What a crowd has shown. */
interface Outcome {
	crowd: Crowd;
	figures: CrowdFigures;
	served: Served[];
	body: Prepared;
}

/** `npm run bench -- --scale`: hundreds of conversations at the same time in one n8n process. */
export async function scaleReport(stage: Stage, replay: Replay, report: (line: string) => void): Promise<string> {
	const outcomeOf = async (crowd: Crowd): Promise<Outcome> => {
		report(`${crowd.shape}: ${crowd.conversations} conversations, ${nameOf(crowd)}`);
		const body = await replay.prepare(crowd.shape);
		const figures = await run(stage, replay, crowd, body);
		// Nobody stays to be served everything where the answer is not waited for.
		const ids = crowd.contestant === 'ours, not waiting' ? [] : conversationIds(crowd.shape, crowd.conversations);
		return { crowd, figures, served: await replay.allServed(ids), body };
	};
	const outcomesOf = async (crowds: Crowd[]) => {
		const outcomes: Outcome[] = [];
		for (const each of crowds) outcomes.push(await outcomeOf(each));
		return outcomes;
	};
	const waiting = await outcomesOf(CROWDS);
	const done = await outcomesOf(DONE_BUT_ONE);
	const twoSteps = await outcomesOf(IN_TWO_STEPS);
	return [
		'Conversations at the same time, one process, loopback.',
		versionsOf(stage.n8nFolder),
		table(['target', 'measured', 'result'], targetRows(waiting)),
		table(
			['shape', 'what it is'],
			shapesOf([...CROWDS, ...DONE_BUT_ONE]).map((shape) => [shape, SHAPES[shape].meaning]),
		),
		table(WAITING_HEADS, waiting.map(waitingRow)),
		'All asked: when the first text of the last answer left the server; n8n sets up the executions and connections before that. Ideal: what the server takes for one answer. Lateness: from the server’s last byte of a conversation until its answer was there. Loop: how long other work in the same process had to wait for its turn. Heap per waiting answer: live objects in the middle of the answers, less those before, by their number; the HTTP Request node’s task runner is not in it.',
		table(['who', 'texts', 'heap per item that has its answer, KB', 'its answer, KB'], done.map(doneRow)),
		`One execution of ${ITEMS} items that have their answers, and one more that is still waiting: what an item keeps until the execution is over, its data for the next node included.`,
		table(TWO_STEPS_HEADS, twoSteps.map(twoStepsRow)),
	].join('\n\n');
}

const shapesOf = (crowds: Crowd[]) => [...new Set(crowds.map(({ shape }) => shape))];

const nameOf = ({ contestant, conversations, separately }: Crowd) =>
	`${CONTESTANTS[contestant]}${contestant === 'floor' ? '' : separately ? `, ${conversations} executions` : `, one execution of ${conversations} items`}`;

/** The node beside n8n alone, where both had the same conversations in executions of their own. */
function targetRows(outcomes: Outcome[]): string[][] {
	return outcomes
		.filter(({ crowd: { contestant, separately } }) => contestant === 'ours' && separately)
		.flatMap((ours) => {
			const { shape, conversations } = ours.crowd;
			const n8n = outcomes.find(({ crowd }) => crowd.contestant === 'n8n' && crowd.shape === shape);
			if (!n8n) return [];
			const row = (what: string, most: number, of: (outcome: Outcome) => number) => {
				const ratio = of(ours) / of(n8n);
				const measured = `${number(ratio)} times: ${number(of(ours))} and ${number(of(n8n))}`;
				const target = `${shape}, ${conversations} executions: ${what} at most ${number(most)} times n8n’s alone`;
				return [target, measured, ratio <= most ? 'met' : '**not met**'];
			};
			return [
				row('heap per waiting answer', HEAP_TIMES_N8N, (outcome) => heapPerConversation(outcome) ?? Number.NaN),
				row('lateness, p99,', LATENESS_TIMES_N8N, (outcome) => quantile(latenessOf(outcome), 0.99)),
			];
		});
}

/** KB */
function heapPerConversation({ crowd, figures: { before, halfway } }: Outcome): number | undefined {
	return halfway && (halfway.heapBytes - before.heapBytes) / crowd.conversations / KB;
}

/** Milliseconds, in rising order. */
const latenessOf = ({ figures, served }: Outcome): number[] =>
	served.map(({ lastByteAt }, index) => figures.answeredAt[index]! - (lastByteAt as number)).sort((a, b) => a - b);

async function run(
	stage: Stage,
	replay: Replay,
	{ contestant, shape, conversations, separately, longest }: Crowd,
	body: Prepared,
): Promise<CrowdFigures> {
	const crowd = await MeasuredProcess.start<CrowdAssignment, CrowdFigures>(stage, 'crowd', {
		contestant,
		packageFolder: stage.packageFolder,
		n8nFolder: stage.n8nFolder,
		baseUrl: replay.url,
		shape,
		conversations,
		longest,
		separately,
		halfwayMs: longest ? 0.7 * idealMs(longest, await replay.prepare(longest)) : idealMs(shape, body) / 2,
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

function waitingRow(outcome: Outcome): string[] {
	const { crowd, figures, served, body } = outcome;
	const { startedAt, answeredAt, before, halfway, cpuMs, loopDelayMs } = figures;
	const wallMs = Math.max(...answeredAt) - startedAt;
	const lateness = latenessOf(outcome);
	const heap = heapPerConversation(outcome);
	const resident = halfway && (halfway.residentBytes - before.residentBytes) / MB;
	return [
		crowd.shape,
		nameOf(crowd),
		verdict(outcome),
		number(Math.max(...served.map(({ firstTextAt }) => (firstTextAt as number) - startedAt)) / 1_000),
		number(wallMs / 1_000),
		number(idealMs(crowd.shape, body) / 1_000),
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

function doneRow(outcome: Outcome): string[] {
	const heap = heapPerConversation(outcome);
	const answer = Buffer.byteLength(outcome.body.text) / KB;
	return [nameOf(outcome.crowd), verdict(outcome), heap === undefined ? '–' : number(heap), number(answer)];
}

const TWO_STEPS_HEADS = [
	'step',
	'who',
	'texts',
	'all done, s',
	'CPU, ms per conversation',
	'heap kept, KB per conversation',
];

function twoStepsRow(outcome: Outcome): string[] {
	const { crowd, figures } = outcome;
	const { startedAt, answeredAt, before, after, cpuMs } = figures;
	const isQuestion = crowd.contestant === 'ours, not waiting';
	return [
		isQuestion ? 'ask' : 'collect finished answers',
		nameOf(crowd),
		isQuestion ? 'none yet' : verdict(outcome),
		number((Math.max(...answeredAt) - startedAt) / 1_000),
		number(cpuMs / crowd.conversations),
		number((after.heapBytes - before.heapBytes) / crowd.conversations / KB),
	];
}

function verdict({ crowd, figures, body: { text } }: Outcome): string {
	const expected = createHash('sha256').update(text).digest('hex');
	const hashes = figures.hashes.slice(0, crowd.conversations);
	if (hashes.every((hash) => hash === null)) return 'not read';
	const wrong = hashes.filter((hash) => hash !== expected).length;
	return wrong === 0 ? 'exact' : `**${wrong} wrong**`;
}
