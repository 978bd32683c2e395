import type { ShapeName } from '../replay/shapes';
import type { ContestantName, Surroundings } from './choice';

/** What a contestant's process is started for. */
export interface Assignment extends Surroundings {
	contestant: ContestantName;
	baseUrl: string;
	shape: ShapeName;
	/** Questions that are asked at the same time. */
	items: number;
	/** Whether somebody listens to the live text. */
	live: boolean;
}

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
