/** A contestant's own process, for the comparison. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { IRunExecutionData } from 'n8n-workflow';
import { machineMs } from '../clock';
import { LoopWatch } from '../figures/loop-watch';
import { Processes } from '../figures/processes';
import { type Measurable, obey } from '../measured/obey';
import { conversationIds } from '../replay/conversation';
import { contestantOf } from './choice';
import { warmUp, type Contestant } from './contestant';
import type { Assignment, RunFigures } from './messages';

class Measured implements Measurable<RunFigures> {
	private readonly processes: Processes;
	private runs = 0;

	private constructor(
		private readonly contestant: Contestant,
		private readonly assignment: Assignment,
	) {
		this.processes = new Processes(contestant.helperProcesses);
	}

	static async prepare(assignment: Assignment): Promise<Measured> {
		const contestant = await contestantOf(assignment.contestant, assignment);
		await warmUp(contestant, assignment.baseUrl);
		return new Measured(contestant, assignment);
	}

	async run(): Promise<RunFigures> {
		const { baseUrl, shape, items, live, watchLoop } = this.assignment;
		const { processes } = this;
		const isFirst = this.runs++ === 0;
		const ids = conversationIds(shape, items);
		await this.contestant.fetchBeforehand?.({ baseUrl, conversationIds: ids });
		// Once only: a full collection also throws away compiled code, which the next run would have to pay for.
		if (isFirst) globalThis.gc?.();
		const idleBytes = processes.residentBytes();
		processes.forgetPeak();
		let firstLiveTextAt: number | undefined;
		const onFirstLiveText = live ? () => void (firstLiveTextAt = machineMs()) : undefined;
		const loop = watchLoop ? LoopWatch.start() : undefined;
		const cpuBefore = processes.cpuMs();
		const startedAt = machineMs();
		const { texts, executionData } = await this.contestant.ask({
			baseUrl,
			conversationIds: ids,
			onFirstLiveText,
		});
		const finishedAt = machineMs();
		const cpuMs = processes.cpuMs() - cpuBefore;
		return {
			startedAt,
			finishedAt,
			firstLiveTextAt,
			cpuMs,
			longestBlockMs: await loop?.stop(),
			peakBytes: isFirst ? Math.max(0, processes.peakBytes() - idleBytes) : undefined,
			executionBytes: executionData && savedSize(executionData),
			hashes: texts.map((text) => (text === null ? null : createHash('sha256').update(text).digest('hex'))),
		};
	}

	async stop(): Promise<void> {
		await this.contestant.stop();
	}
}

/** n8n saves executions with the library flatted. */
function savedSize(data: IRunExecutionData): number {
	const { stringify } = createRequire(require.resolve('n8n-workflow'))('flatted') as {
		stringify(value: unknown): string;
	};
	return Buffer.byteLength(stringify(data));
}

obey<Assignment, RunFigures>(async (assignment) => await Measured.prepare(assignment));
