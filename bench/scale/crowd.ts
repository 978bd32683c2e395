/** The process of one n8n, or of the floor, in which hundreds of conversations wait at the same time. */
import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { machineMs } from '../clock';
import { contestantOf } from '../contestants/choice';
import { warmUp, type Contestant } from '../contestants/contestant';
import { Processes } from '../figures/processes';
import { type Measurable, obey } from '../measured/obey';
import { conversationIds } from '../replay/conversation';
import type { CrowdAssignment, CrowdFigures, Memory } from './messages';

const LOOP_RESOLUTION_MS = 5;
/** For connections and streams to be done with what follows their last byte. */
const SETTLING_MS = 300;

class Crowd implements Measurable<CrowdFigures> {
	private constructor(
		private readonly contestant: Contestant,
		private readonly assignment: CrowdAssignment,
		private readonly processes: Processes,
	) {}

	static async prepare(assignment: CrowdAssignment): Promise<Crowd> {
		const contestant = await contestantOf(assignment.contestant, assignment);
		await warmUp(contestant, assignment.baseUrl);
		return new Crowd(contestant, assignment, new Processes(contestant.helperProcesses));
	}

	async run(): Promise<CrowdFigures> {
		const { shape, conversations, longest, halfwayMs } = this.assignment;
		const ids = [...conversationIds(shape, conversations), ...(longest ? conversationIds(longest, 1) : [])];
		const before = await this.memory();
		const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
		loop.enable();
		const cpuBefore = this.processes.cpuMs();
		const startedAt = machineMs();
		const isOver = new AbortController();
		const halfway = pause(halfwayMs, undefined, { signal: isOver.signal }).then(
			async () => await this.memory(),
			() => undefined,
		);
		const answers = await this.askAll(ids);
		const cpuMs = this.processes.cpuMs() - cpuBefore;
		isOver.abort();
		loop.disable();
		const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
		const answeredAt = answers.map(({ at }) => at);
		const hashes = answers.map(({ text }) => (text === null ? null : sha256(text)));
		answers.length = 0; // the texts are not n8n's to keep
		await pause(SETTLING_MS);
		return {
			startedAt,
			answeredAt,
			cpuMs,
			before,
			halfway: await halfway,
			after: await this.memory(),
			loopDelayMs: {
				median: excess(loop.percentile(50)),
				p99: excess(loop.percentile(99)),
				most: excess(loop.max),
			},
			hashes,
		};
	}

	async stop(): Promise<void> {
		await this.contestant.stop();
	}

	private async askAll(ids: string[]): Promise<Array<{ text: string | null; at: number }>> {
		const { separately, baseUrl } = this.assignment;
		const groups = separately ? ids.map((id) => [id]) : [ids];
		const answered = groups.map(async (conversationIds) => {
			const { texts } = await this.contestant.ask({ baseUrl, conversationIds });
			const at = machineMs();
			return texts.map((text) => ({ text, at }));
		});
		return (await Promise.all(answered)).flat();
	}

	private async memory(): Promise<Memory> {
		globalThis.gc?.();
		await pause(0); // what is weakly held lives until the end of the turn
		globalThis.gc?.();
		const { heapUsed, external } = process.memoryUsage();
		return { heapBytes: heapUsed + external, residentBytes: this.processes.residentBytes() };
	}
}

/** The histogram counts the timer's own interval as well. */
const excess = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - LOOP_RESOLUTION_MS);

obey<CrowdAssignment, CrowdFigures>(async (assignment) => await Crowd.prepare(assignment));
