import type { ContestantName, Surroundings } from '../contestants/choice';
import type { ShapeName } from '../replay/shapes';

/** What a crowd's process is started for. */
export interface CrowdAssignment extends Surroundings {
	contestant: ContestantName;
	baseUrl: string;
	shape: ShapeName;
	conversations: number;
	/** One more conversation, which goes on when all others have their answers. */
	longest?: ShapeName;
	/** Each conversation in an execution of its own, as webhooks start them; otherwise one execution with that many items. */
	separately: boolean;
	/** When to look at the memory: all conversations are waiting then, or only the longest one. Milliseconds after the start. */
	halfwayMs: number;
}

export interface Memory {
	/** Live objects after a garbage collection, with buffers, bytes. Of the process itself. */
	heapBytes: number;
	/** Of the process and its helpers, bytes. */
	residentBytes: number;
}

/** Times are milliseconds on the machine's clock. */
export interface CrowdFigures {
	startedAt: number;
	/** When each conversation was answered, in the order of the conversations. */
	answeredAt: number[];
	cpuMs: number;
	before: Memory;
	/** Undefined when everything was over by then. */
	halfway?: Memory;
	after: Memory;
	/** How long other work in the same process had to wait for its turn. */
	loopDelayMs: { median: number; p99: number; most: number };
	hashes: Array<string | null>;
}
