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
}

export interface Plan {
	events: Event[];
	/** Each round starts a fresh process for every contestant of every event. */
	rounds: number;
	/** No round is begun that would probably end later than this. */
	budgetMs: number;
}

const ALL: ContestantName[] = ['ours', 'split', 'parser', 'n8n', 'floor'];
const WITHOUT_N8N_ALONE: ContestantName[] = ['ours', 'split', 'parser', 'floor'];

const event = (
	shape: ShapeName,
	{ items = 1, contestants = WITHOUT_N8N_ALONE, runs = 6 }: Partial<Event> = {},
): Event => ({
	shape,
	items,
	contestants,
	runs,
});

const MINUTE_MS = 60_000;

export const FULL: Plan = {
	rounds: 7,
	budgetMs: 22 * MINUTE_MS,
	events: [
		event('S'),
		event('M', { contestants: ALL }),
		event('report'),
		event('L', { contestants: ALL, runs: 2 }),
		event('L full', { contestants: ALL, runs: 2 }),
		event('one 5 MB event'),
		event('4-byte drip'),
		event('CJK + emoji'),
		event('CJK + «·É»'),
		event('CRLF'),
		event('no space'),
		event('paced', { runs: 1 }),
		event('M', { items: 10 }),
		event('M', { items: 50, contestants: ALL }),
		event('paced', { items: 10, runs: 1 }),
		event('paced', { items: 50, runs: 1 }),
	],
};

export const QUICK: Plan = {
	rounds: 1,
	budgetMs: 1.5 * MINUTE_MS,
	events: [
		event('M', { contestants: ALL }),
		event('L', { runs: 2 }),
		event('CJK + «·É»'),
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
		})),
});

/** Live text makes sense only where there is time to watch it. */
export const isPaced = (shape: ShapeName): boolean => 'pace' in SHAPES[shape];
