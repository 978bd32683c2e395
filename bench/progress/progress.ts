import { setTimeout as pause } from 'node:timers/promises';
import { ENDED, itemsOf, N8nApi, type SavedWorkflow } from '../../harness/server/api';
import { unpackPackage } from '../../harness/server/built-package';
import { installN8n, type N8nRuntime } from '../../harness/server/install';
import { startN8n } from '../../harness/server/server';
import { inSequence, workflow } from '../../harness/server/workflow';
import { webhook } from '../../harness/stage/nodes';
import { chosen, progressWorkflow } from '../../harness/stage/progress';
import { reportify, send } from '../../harness/stage/providers';
import { owner } from '../../harness/stage/shared-n8n';
import { Stage } from '../../harness/stage/stage';
import { machineMs } from '../clock';
import { cpuMsOf } from '../figures/processes';
import { summaryOf } from '../figures/statistics';
import { cell, number, table } from '../figures/tables';
import type { Random } from '../random';

/** Five pieces in a second, for a minute. */
const ANSWER = '[script: single agent tokens 300] [pace: 5]';
const INTERVAL_S = 5;
/** All conditions are watched for the same time, so that what n8n does by itself is in all of them; on a busy machine longer. */
const WINDOW_MS = 70_000;

/** For n8n to save what has ended, and for the last calls. */
const SETTLING_MS = 5_000;
const GIVEN_UP_MS = 300_000;

type Condition = 'nothing' | 'without' | 'with';
const CONDITIONS: Condition[] = ['nothing', 'without', 'with'];

interface Turn {
	cpuMs: number;
	/** How often the sub-workflow was run. */
	calls: number;
	tookMs: number;
}

export interface ProgressPlan {
	/** Each round has every condition once, in an order that is drawn anew. */
	rounds: number;
	/** Answers at the same time. */
	answers: number;
}

type Report = (line: string) => void;

/**
 * `npm run bench -- --progress`: what a Progress Workflow costs a whole n8n, with a sub-workflow that is only a trigger.
 * n8n is left alone while it is measured; what it did is looked at afterwards.
 *
 * @throws when an answer or a call is missing: the figures would be of something else
 */
export async function progressReport(plan: ProgressPlan, random: Random, report: Report): Promise<string> {
	const runtime = await installN8n(report);
	const unpacked = await unpackPackage(report);
	const n8n = await startN8n({ runtime, extensionsDir: unpacked.folder });
	try {
		const api = new N8nApi(n8n.url);
		await api.setUpOwner(owner);
		const stage = await Stage.open(api);
		const measured = await Measured.prepare(stage, n8n.pid);
		await measured.turn('with', plan.answers, '[script: short]', 30_000); // what is compiled and loaded at first use
		const turns: Record<Condition, Turn[]> = { nothing: [], without: [], with: [] };
		for (let round = 1; round <= plan.rounds; round++) {
			for (const condition of random.shuffled(CONDITIONS)) {
				const turn = await measured.turn(condition, plan.answers);
				turns[condition].push(turn);
				report(
					`round ${round}: ${condition}, ${Math.round(turn.cpuMs)} ms of CPU, ${turn.calls} calls, ${Math.round(turn.tookMs)} ms`,
				);
			}
		}
		await stage.close();
		return tableOf(turns, plan, runtime);
	} finally {
		await n8n.remove();
		await unpacked.remove();
	}
}

class Measured {
	private constructor(
		private readonly stage: Stage,
		private readonly pid: number,
		private readonly sub: SavedWorkflow,
		private readonly asking: Record<'without' | 'with', { workflow: SavedWorkflow; path: string }>,
	) {}

	static async prepare(stage: Stage, pid: number): Promise<Measured> {
		const sub = await stage.publish(progressWorkflow('Progress'));
		const publish = async (name: string, options: Record<string, unknown>) => {
			const trigger = webhook('execution id');
			const ask = send(stage, reportify, { message: '={{ $json.body.message }}', options: options as never });
			const saved = await stage.publish(workflow(name, [trigger.node, ask], inSequence('Webhook', 'Ask')));
			return { workflow: saved, path: trigger.path };
		};
		return new Measured(stage, pid, sub, {
			without: await publish('Without', {}),
			with: await publish('With', { progressWorkflow: chosen(sub), progressInterval: INTERVAL_S }),
		});
	}

	async turn(condition: Condition, answers: number, message = ANSWER, windowMs = WINDOW_MS): Promise<Turn> {
		const { api } = this.stage;
		const callsBefore = await this.calls();
		const before = cpuMsOf(this.pid);
		const startedAt = machineMs();
		const isOver = pause(windowMs);
		this.stage.sandbox.clearRequests();
		const ids =
			condition === 'nothing'
				? []
				: await Promise.all(
						Array.from({ length: answers }, async () => {
							const asked = await api.callWebhook(this.asking[condition].path, { message });
							return await asked.text();
						}),
					);
		if (ids.length > 0) {
			await this.stage.sandbox.waitForRequest({ operation: 'chat' }, { nth: ids.length, timeoutMs: GIVEN_UP_MS });
		}
		for (const question of this.stage.questions()) await this.stage.sandbox.over(question, { timeoutMs: GIVEN_UP_MS });
		await Promise.all([isOver, pause(SETTLING_MS)]);
		const cpuMs = cpuMsOf(this.pid) - before;
		const tookMs = machineMs() - startedAt;
		for (const id of ids) {
			const execution = await api.getExecution(id);
			if (!ENDED.includes(execution.status) || itemsOf(execution, 'Ask')[0]?.status !== 'completed')
				throw new Error(`Execution ${id} (${condition}) is ${execution.status} after ${Math.round(tookMs)} ms.`);
		}
		const calls = (await this.calls()) - callsBefore;
		if (calls > 0 !== (condition === 'with')) throw new Error(`${calls} calls of the sub-workflow "${condition}" it.`);
		return { cpuMs, calls, tookMs };
	}

	private async calls(): Promise<number> {
		return await this.stage.api.countEndedExecutions(this.sub.id);
	}
}

const HEADS = ['condition', 'rounds', 'CPU of n8n, ms in a round', 'calls in a round', 'seconds'];
const MEANING: Record<Condition, string> = {
	nothing: 'n8n has nothing to do',
	without: 'answers without a progress workflow',
	with: `answers with one, every ${INTERVAL_S} s`,
};

function tableOf(turns: Record<Condition, Turn[]>, { answers }: ProgressPlan, { version }: N8nRuntime): string {
	const median = (condition: Condition) => summaryOf(turns[condition].map(({ cpuMs }) => cpuMs))!;
	const more = median('with').median - median('without').median;
	const calls = summaryOf(turns.with.map((turn) => turn.calls))!.median;
	const rows = CONDITIONS.map((condition) => [
		MEANING[condition],
		String(turns[condition].length),
		cell(median(condition)),
		cell(summaryOf(turns[condition].map((turn) => turn.calls))),
		cell(summaryOf(turns[condition].map((turn) => turn.tookMs / 1_000))),
	]);
	const perAnswer = more / answers;
	return [
		`n8n ${version}, one process, SQLite; ${answers} answers of a minute at the same time; a sub-workflow that is only a trigger, all its executions saved.`,
		table(HEADS, rows),
		`So a call costs ${number(more / calls)} ms of CPU. For one answer that is ${number(perAnswer)} ms in a minute, ${number((perAnswer / 60_000) * 100)} % of a core, beside ${number((median('without').median - median('nothing').median) / answers)} ms for the answer itself.`,
	].join('\n\n');
}
