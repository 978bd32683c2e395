import type { ContestantName } from './contestants/choice';
import { SHAPES, type ShapeName } from './replay/shapes';

/** Something to be measured of several contestants. */
export interface Event {
	shape: ShapeName;
	/** Questions asked at the same time. */
	items: number;
	contestants: ContestantName[];
	/** Runs in each process. Of several, the first one tells the memory, and the others the times. */
	runs: number;
	/** It takes part in the first so many rounds only. */
	rounds: number;
	watchLoop: boolean;
}

export interface Plan {
	events: Event[];
	/** Each round starts a fresh process for every contestant of every event. */
	rounds: number;
	/** No round is begun that would probably end later than this. */
	budgetMs: number;
}

const INSTEAD_OF_OURS: ContestantName[] = ['ours', 'split', 'parser', 'floor'];
const WITH_N8N_ALONE: ContestantName[] = ['ours', 'split', 'parser', 'n8n', 'floor'];
/** Everybody, and the parts that a share is measured by. */
const ALL: ContestantName[] = [...WITH_N8N_ALONE, 'parsing'];

/** Shapes that differ from another one only in what a parser may get wrong: their times say nothing new. */
const FEW_ROUNDS = 2;

const event = (
	shape: ShapeName,
	{
		items = 1,
		contestants = INSTEAD_OF_OURS,
		runs = 6,
		rounds = Number.POSITIVE_INFINITY,
		watchLoop = false,
	}: Partial<Event> = {},
): Event => ({ shape, items, contestants, runs, rounds, watchLoop });

const MINUTE_MS = 60_000;

export const FULL: Plan = {
	rounds: 7,
	budgetMs: 22 * MINUTE_MS,
	events: [
		event('S', { contestants: WITH_N8N_ALONE, rounds: FEW_ROUNDS }),
		event('M', { contestants: ALL }),
		event('report', { contestants: ALL }),
		event('L', { contestants: ALL, runs: 2 }),
		event('L full', { contestants: ALL, runs: 2 }),
		event('one 5 MB event', { rounds: FEW_ROUNDS }),
		event('4-byte drip', { contestants: ALL }),
		event('CJK + emoji', { rounds: FEW_ROUNDS }),
		event('CJK + «·É»', { rounds: FEW_ROUNDS }),
		event('CRLF', { rounds: FEW_ROUNDS }),
		event('no space', { rounds: FEW_ROUNDS }),
		event('paced', { contestants: WITH_N8N_ALONE, runs: 1, rounds: FEW_ROUNDS }),
		event('M', { items: 10, rounds: FEW_ROUNDS }),
		event('M', { items: 50, contestants: ALL }),
		event('short answer', { items: 2_000, contestants: WITH_N8N_ALONE, runs: 2, rounds: 3 }),
		event('paced', { items: 10, runs: 1, rounds: FEW_ROUNDS }),
		event('paced', { items: 50, contestants: WITH_N8N_ALONE, runs: 1, rounds: FEW_ROUNDS }),
		event('tables', { contestants: ['ours', 'ours, formats', 'ours, rows'], runs: 3, watchLoop: true }),
	],
};

export const QUICK: Plan = {
	rounds: 1,
	budgetMs: 1.5 * MINUTE_MS,
	events: [
		event('M', { contestants: ALL }),
		event('L', { runs: 2 }),
		event('CJK + «·É»'),
		event('4-byte drip', { contestants: ['ours', 'n8n', 'floor'] }),
		event('paced, short', { contestants: ['ours', 'floor'], runs: 1 }),
		event('M', { items: 10, contestants: ['ours', 'floor'] }),
	],
};

/** The events that somebody wants to look at more closely. */
export const only = (plan: Plan, shapes: string[], contestants: string[]): Plan => ({
	...plan,
	events: plan.events
		.filter(({ shape }) => shapes.length === 0 || shapes.includes(shape))
		.map((each) => ({
			...each,
			contestants: each.contestants.filter((name) => contestants.length === 0 || contestants.includes(name)),
		}))
		.filter((each) => each.contestants.length > 0),
});

/** Live text makes sense only where there is time to watch it. */
export const isPaced = (shape: ShapeName): boolean => 'pace' in SHAPES[shape];
