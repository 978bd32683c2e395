import { createHash } from 'node:crypto';
import type { ContestantName } from './contestants/choice';
import type { Assignment, RunFigures } from './contestants/messages';
import { MeasuredProcess } from './measured/measured-process';
import { isPaced, type Event, type Plan } from './plan';
import type { Random } from './random';
import { conversationIds } from './replay/conversation';
import type { Prepared, Replay, Served } from './replay/replay';
import type { Stage } from './stage';

/** One run, in the terms of the tables. Milliseconds and bytes. */
export interface Sample {
	/** From the server's last byte to the end of the execution. */
	tailMs?: number;
	wallMs?: number;
	cpuMsPerMb?: number;
	peakBytes?: number;
	executionBytes?: number;
	/** From the first text byte to the first live chunk. */
	liveMs?: number;
	/** The longest time in which nothing else in the process got a turn. */
	longestBlockMs?: number;
}

/** What is known of a contestant in an event. */
export interface Result {
	event: Event;
	contestant: ContestantName;
	samples: Sample[];
	/** Runs whose text was not byte for byte what the server had sent. */
	wrong: number;
	/** Runs that ended with an error. */
	failures: string[];
}

const MB = 1_000_000;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export interface Conductor {
	stage: Stage;
	replay: Replay;
	random: Random;
	/** Folder for CPU profiles; every process then leaves one. */
	profileFolder?: string;
	report(line: string): void;
}

/**
 * Runs a plan: round after round, in each of them every contestant of every event once, in an order that is drawn anew.
 *
 * @returns one result per contestant and event
 */
export async function measure(conductor: Conductor, plan: Plan): Promise<{ results: Result[]; rounds: number }> {
	const results = plan.events.flatMap((event) =>
		event.contestants.map((contestant): Result => ({ event, contestant, samples: [], wrong: 0, failures: [] })),
	);
	const startedAt = Date.now();
	let rounds = 0;
	for (; rounds < plan.rounds; rounds++) {
		const spent = Date.now() - startedAt;
		if (spent + spent / Math.max(1, rounds) > plan.budgetMs) break;
		// The events of a round stay together, so that the server makes each body once per round.
		for (const event of conductor.random.shuffled(plan.events.filter((each) => each.rounds > rounds))) {
			const body = await conductor.replay.prepare(event.shape);
			const turns = conductor.random.shuffled(results.filter((each) => each.event === event));
			for (const result of turns) {
				conductor.report(`round ${rounds + 1}: ${event.shape} × ${event.items}, ${result.contestant}`);
				await takeTurn(conductor, result, body);
			}
		}
	}
	return { results, rounds };
}

async function takeTurn({ stage, replay, profileFolder }: Conductor, result: Result, body: Prepared): Promise<void> {
	const { event, contestant } = result;
	const ids = conversationIds(event.shape, event.items);
	let process: MeasuredProcess<Assignment, RunFigures> | undefined;
	try {
		process = await MeasuredProcess.start(
			stage,
			'contestant',
			{
				contestant,
				packageFolder: stage.packageFolder,
				n8nFolder: stage.n8nFolder,
				baseUrl: replay.url,
				shape: event.shape,
				items: event.items,
				live: contestant === 'ours' && isPaced(event.shape),
				watchLoop: event.watchLoop,
			},
			profileFolder,
		);
		for (let run = 0; run < event.runs; run++) {
			replay.forget();
			const figures = await process.run();
			const served = await replay.allServed(ids);
			if (!isRight(figures, body, event.items)) result.wrong++;
			else result.samples.push({ ...sampleOf(figures, served, body.bytes, event.runs), ...withoutNetwork(contestant) });
		}
	} catch (error) {
		result.failures.push((error as Error).message);
	} finally {
		await process?.leave();
	}
}

/** What is read from memory has left the server before. */
const withoutNetwork = (contestant: ContestantName): Sample => (contestant === 'parsing' ? { tailMs: undefined } : {});

function isRight({ hashes }: RunFigures, { text }: Prepared, items: number): boolean {
	const expected = sha256(text);
	return hashes.length === items && hashes.every((hash) => hash === null || hash === expected);
}

function sampleOf(figures: RunFigures, served: Served[], bodyBytes: number, runs: number): Sample {
	const { startedAt, finishedAt, cpuMs, peakBytes, executionBytes, firstLiveTextAt, longestBlockMs } = figures;
	if (peakBytes !== undefined && runs > 1) return { peakBytes, executionBytes };
	const lastByteAt = Math.max(...served.map(({ lastByteAt: at }) => at as number));
	const firstTextAt = Math.min(...served.map(({ firstTextAt: at }) => at as number));
	return {
		tailMs: finishedAt - lastByteAt,
		wallMs: finishedAt - startedAt,
		cpuMsPerMb: cpuMs / ((bodyBytes * served.length) / MB),
		peakBytes,
		executionBytes,
		liveMs: firstLiveTextAt === undefined ? undefined : firstLiveTextAt - firstTextAt,
		longestBlockMs,
	};
}
