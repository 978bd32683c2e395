import type { ShapeName } from '../replay/shapes';

export type ContestantName = 'ours' | 'split' | 'parser' | 'n8n' | 'floor';

/** What a contestant's process is started for. */
export interface Assignment {
	contestant: ContestantName;
	/** The built package, as n8n would install it. */
	packageFolder: string;
	/** An installed n8n; undefined when there is none. */
	n8nFolder?: string;
	baseUrl: string;
	shape: ShapeName;
	/** Questions that are asked at the same time. */
	items: number;
	/** Whether somebody listens to the live text. */
	live: boolean;
}

export type ToContestant = { kind: 'prepare'; assignment: Assignment } | { kind: 'run' } | { kind: 'leave' };

/** Times are milliseconds on the machine's clock. */
export interface RunFigures {
	startedAt: number;
	finishedAt: number;
	firstLiveTextAt?: number;
	cpuMs: number;
	/** Most memory above what was in use before the run, bytes; of the first run only: later ones start from its leavings. */
	peakBytes?: number;
	/** What n8n would save of the execution, bytes. */
	executionBytes?: number;
	/** SHA-256 of each answer; null where the contestant does not read them. */
	hashes: Array<string | null>;
}

export type FromContestant =
	{ kind: 'prepared' } | { kind: 'done'; figures: RunFigures } | { kind: 'failed'; reason: string };
