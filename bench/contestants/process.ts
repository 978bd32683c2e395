/** A contestant's own process. It is told what to do by `ContestantProcess` (measure.ts). */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { IRunExecutionData } from 'n8n-workflow';
import { machineMs } from '../clock';
import { Processes } from '../figures/processes';
import { conversationIdOf, conversationIds } from '../replay/conversation';
import { CORRECT_PARSER, USUAL_SPLIT } from './code-recipes';
import type { Contestant } from './contestant';
import type { Assignment, FromContestant, RunFigures, ToContestant } from './messages';

const WARM_UPS = 3;
/** Conversations of warm-ups lie beyond those that are measured. */
const WARM_UP_ITEM = 90_000;

const tell = (message: FromContestant) => process.send!(message);

/** Modules are loaded by need: the floor is not to carry n8n. */
async function contestantOf({ contestant, packageFolder, n8nFolder }: Assignment): Promise<Contestant> {
	switch (contestant) {
		case 'floor':
			return (await import('./floor.js')).floor();
		case 'ours':
			return await (await import('./our-node.js')).ourNode(packageFolder);
		case 'n8n':
			return await (await import('./n8n-alone.js')).n8nAlone(packageFolder);
		case 'split':
			return await (await import('./http-request.js')).httpRequestAndCode(packageFolder, USUAL_SPLIT, n8nFolder);
		case 'parser':
			return await (await import('./http-request.js')).httpRequestAndCode(packageFolder, CORRECT_PARSER, n8nFolder);
	}
}

const collectGarbage = () => globalThis.gc?.();

class Measured {
	private readonly processes: Processes;
	private runs = 0;

	private constructor(
		private readonly contestant: Contestant,
		private readonly assignment: Assignment,
	) {
		this.processes = new Processes(contestant.helperProcesses);
	}

	static async prepare(assignment: Assignment): Promise<Measured> {
		const contestant = await contestantOf(assignment);
		for (let turn = 0; turn < WARM_UPS; turn++) {
			const { baseUrl } = assignment;
			await contestant.ask({ baseUrl, conversationIds: [conversationIdOf('M', WARM_UP_ITEM + turn)] });
		}
		return new Measured(contestant, assignment);
	}

	async run(): Promise<RunFigures> {
		const { baseUrl, shape, items, live } = this.assignment;
		const { processes } = this;
		const isFirst = this.runs++ === 0;
		collectGarbage();
		const idleBytes = processes.residentBytes();
		processes.forgetPeak();
		let firstLiveTextAt: number | undefined;
		const onFirstLiveText = live ? () => void (firstLiveTextAt = machineMs()) : undefined;
		const cpuBefore = processes.cpuMs();
		const startedAt = machineMs();
		const { texts, executionData } = await this.contestant.ask({
			baseUrl,
			conversationIds: conversationIds(shape, items),
			onFirstLiveText,
		});
		const finishedAt = machineMs();
		return {
			startedAt,
			finishedAt,
			firstLiveTextAt,
			cpuMs: processes.cpuMs() - cpuBefore,
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

let measured: Measured | undefined;

async function obey(message: ToContestant): Promise<void> {
	if (message.kind === 'prepare') {
		measured = await Measured.prepare(message.assignment);
		tell({ kind: 'prepared' });
	} else if (message.kind === 'run') tell({ kind: 'done', figures: await measured!.run() });
	else {
		await measured?.stop();
		process.exit(0); // n8n's engine leaves timers behind
	}
}

process.on('message', (message: ToContestant) => {
	obey(message).catch((error: Error) => tell({ kind: 'failed', reason: error.message }));
});
process.on('disconnect', () => process.exit(1));
