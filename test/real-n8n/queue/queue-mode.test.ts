import { setTimeout as delay } from 'node:timers/promises';
import { itemsOf, N8nApi, readChunks, type StreamedChunk } from '../../../harness/server/api';
import { unpackPackage, type UnpackedPackage } from '../../../harness/server/built-package';
import { installN8n } from '../../../harness/server/install';
import { poll } from '../../../harness/server/polling';
import { type Cluster, startCluster } from '../../../harness/server/queue/cluster';
import type { N8nWorker } from '../../../harness/server/server';
import { inSequence, workflow } from '../../../harness/server/workflow';
import { webhook } from '../../../harness/stage/nodes';
import { chosen, expectedCalls, overlapping, progressCalls, progressWorkflow } from '../../../harness/stage/progress';
import { providers, reportify, send } from '../../../harness/stage/providers';
import { owner } from '../../../harness/stage/shared-n8n';
import { Stage } from '../../../harness/stage/stage';

const EXECUTIONS = 200;
const CONCURRENCY = 10;
/** Calls at the same time: more of them would only show the limits of the database. */
const CALLERS = 10;
const ANSWER = Array.from({ length: 40 }, (_, index) => (index % 10 === 9 ? `字${index}\n` : `w${index} `)).join('');

/** What goes wrong on the way to an answer, and how its execution has to end all the same. */
const FAULTS: Array<{ marker: string; ends: 'success' | 'error' }> = [
	{ marker: '', ends: 'success' },
	{ marker: '[fault: cut after 5 events]', ends: 'success' },
	{ marker: '[fault: close after 9 events]', ends: 'success' },
	{ marker: '[fault: reset after 20 events]', ends: 'success' },
	{ marker: '[fault: duplicate events]', ends: 'success' },
	{ marker: '[fault: cut before the end]', ends: 'success' },
	{ marker: '[fault: stall after 7 events]', ends: 'success' },
	{ marker: '[fault: reset after request]', ends: 'success' },
	{ marker: '[fault: error after 10 events "overloaded"]', ends: 'error' },
	{ marker: '[fault: status 503]', ends: 'error' },
];
const faultOf = (index: number) => FAULTS[index % FAULTS.length] ?? { marker: '', ends: 'success' };

/** How n8n reports an execution whose worker is gone. */
const LOST_WITH_ITS_WORKER = /failed to be processed too many times/;

describe('n8n in queue mode with two workers', () => {
	let unpacked: UnpackedPackage;
	let cluster: Cluster;
	let stage: Stage;

	beforeAll(async () => {
		const report = (line: string) => console.log(line);
		const runtime = await installN8n(report);
		unpacked = await unpackPackage(report);
		const options = { runtime, extensionsDir: unpacked.folder, workers: 2, concurrency: CONCURRENCY };
		cluster = await startCluster(options, report);
		const api = new N8nApi(cluster.main.url);
		await api.setUpOwner(owner);
		stage = await Stage.open(api);
	}, 900_000);
	afterAll(async () => {
		await stage?.close();
		await cluster?.remove();
		await unpacked?.remove();
	}, 60_000);
	beforeEach(() => stage.sandbox.reset());

	/** The executions that a worker has started so far. */
	function startedBy(worker: N8nWorker | undefined): Set<string | undefined> {
		return new Set([...(worker?.log.all ?? '').matchAll(/Worker started execution (\d+)/g)].map(([, id]) => id));
	}

	test.each(providers)('$title: live chunks reach the caller while the worker is still reading', async (under) => {
		stage.sandbox.scripts.register('inTwoParts', {
			steps: [{ text: '第一部分 «·É» ' }, { hold: 'second part' }, { text: 'and the rest.' }],
			reportify: { form: 'single agent' }, // otherwise a report comes at the end of the run, and as a whole
		});
		const trigger = webhook('streaming');
		const ask = send(stage, under, { message: '={{ $json.body.message }}' });
		await stage.publish(
			workflow(`Live text of ${under.title} in queue mode`, [trigger.node, ask], inSequence('Webhook', 'Ask')),
		);
		const chunks: StreamedChunk[] = [];
		const textOf = () => chunks.map(({ content }) => content ?? '').join('');
		let textBeforeTheRest: string | undefined;
		for await (const chunk of readChunks(
			await stage.api.callWebhook(trigger.path, { message: '[script: inTwoParts]' }),
		)) {
			chunks.push(chunk);
			if (chunk.type === 'item' && textBeforeTheRest === undefined) {
				textBeforeTheRest = textOf();
				stage.sandbox.release('second part'); // the agent cannot have gone on before
			}
		}
		expect(textBeforeTheRest).toBe('第一部分 «·É» ');
		expect(textOf()).toBe('第一部分 «·É» and the rest.');
	});

	test.each(providers)('$title: Stop reaches the worker, which hangs up and cancels within a second', async (under) => {
		stage.sandbox.scripts.register('endless', { steps: [{ text: 'The first words' }, { hold: 'never opened' }] });
		const trigger = webhook('execution id');
		const ask = send(stage, under, { message: '[script: endless]' });
		await stage.publish(
			workflow(`Stop of ${under.title} in queue mode`, [trigger.node, ask], inSequence('Webhook', 'Ask')),
		);
		const id = await (await stage.api.callWebhook(trigger.path, {})).text();
		const question = await stage.sandbox.waitForRequest({ operation: 'chat' });
		await stage.sandbox.eventsSent(question, under.openingEvents);

		const stoppedAt = Date.now();
		await stage.api.stopExecution(id);
		expect((await stage.sandbox.closedByClient(question)) - stoppedAt).toBeLessThan(1000);
		if (under.cancels) {
			const cancel = await stage.sandbox.waitForRequest({ operation: 'cancel' });
			expect(cancel.at - stoppedAt).toBeLessThan(1000);
		}
		expect((await stage.api.waitForExecution(id)).status).toBe('canceled');
		expect(stage.sandbox.findRequests({ operation: 'cancel' })).toHaveLength(under.cancels ? 1 : 0);
	});

	test('a progress workflow is called where the answer is read: 20 seconds, every 2 seconds', async () => {
		const sub = await stage.publish(progressWorkflow('Progress in queue mode'));
		const trigger = webhook('execution id');
		const ask = send(stage, reportify, {
			message: '[script: single agent tokens 200] [pace: 10]',
			options: { progressWorkflow: chosen(sub), progressInterval: 2 },
		});
		await stage.publish(workflow('Ask with progress', [trigger.node, ask], inSequence('Webhook', 'Ask')));
		const id = await (await stage.api.callWebhook(trigger.path, {})).text();
		const execution = await stage.api.waitForExecution(id, { timeoutMs: 60_000, intervalMs: 500 });
		const [item] = itemsOf(execution, 'Ask');
		const calls = await progressCalls(stage, sub.id);
		const { least, most } = expectedCalls(item?.durationMs, 2000); // 9 to 11, where the machine keeps up
		expect(calls.length).toBeGreaterThanOrEqual(least);
		expect(calls.length).toBeLessThanOrEqual(most);
		expect(least).toBeGreaterThanOrEqual(8);
		expect(calls.map(({ input: { sequence } }) => sequence)).toEqual(calls.map((_, index) => index + 1));
		expect(overlapping(calls)).toEqual([]);
		for (const { input } of calls) expect(String(item?.answer).startsWith(String(input.textSoFar))).toBe(true);
		expect(calls.at(-1)?.input).toMatchObject({ textSoFar: item?.answer, isFinal: true, status: 'completed' });
		// The execution is over by then, and its worker has told n8n so.
		expect(calls.every(({ execution: { status } }) => status === 'success')).toBe(true);
	}, 120_000);

	test('Stop ends the calls of a progress workflow in the worker', async () => {
		const sub = await stage.publish(progressWorkflow('Progress until Stop in queue mode'));
		stage.sandbox.scripts.register('endless', { steps: [{ text: 'The first words' }, { hold: 'never opened' }] });
		const trigger = webhook('execution id');
		const options = { progressWorkflow: chosen(sub), progressInterval: 1 };
		const ask = send(stage, reportify, { message: '[script: endless]', options });
		await stage.publish(workflow('Stop with progress', [trigger.node, ask], inSequence('Webhook', 'Ask')));
		const id = await (await stage.api.callWebhook(trigger.path, {})).text();
		await stage.api.waitForExecutionOf(sub.id);
		await stage.api.stopExecution(id);
		expect((await stage.api.waitForExecution(id)).status).toBe('canceled');
		const made = (await stage.api.listExecutions({ workflowId: sub.id })).length;
		await delay(2500); // two more would have been made
		expect(await stage.api.listExecutions({ workflowId: sub.id })).toHaveLength(made);
	});

	test(`${EXECUTIONS} executions with faults, one worker killed in the middle: each ends, no question is asked twice`, async () => {
		const trigger = webhook('execution id');
		const ask = send(stage, reportify, {
			message: '={{ $json.body.message }}',
			options: { idleTimeout: 2, maxDuration: 60 },
		});
		const { id: workflowId } = await stage.publish(workflow('Many', [trigger.node, ask], inSequence('Webhook', 'Ask')));
		const messages = Array.from(
			{ length: EXECUTIONS },
			(_, index) => `<question ${index}> [script: tokens 40] [pace: 60] ${faultOf(index).marker}`,
		);
		const started = Date.now();
		const calling = inParallel(CALLERS, messages, async (message) => {
			const response = await stage.api.callWebhook(trigger.path, { message });
			const text = await response.text();
			if (response.status !== 200) throw new Error(`n8n did not take a call: ${text}`);
			return text;
		});
		await stage.sandbox.waitForRequest({ operation: 'chat' }, { nth: EXECUTIONS / 2, timeoutMs: 120_000 });
		const [survivor, victim] = cluster.workers;
		await victim?.kill();
		const killedAfterMs = Date.now() - started;
		const ids = await calling;

		await poll(
			'all executions to end',
			async () => {
				const open = await stage.api.listExecutions({ workflowId, status: ['new', 'running', 'waiting'] });
				return open.length === 0 ? true : undefined;
			},
			{ timeoutMs: 240_000, intervalMs: 500 }, // n8n itself gives a stalled execution 30 s before it calls it lost
		);
		const elapsedMs = Date.now() - started;

		const counts = { success: 0, error: 0, lost: 0 };
		const problems: string[] = [];
		for (const [index, id] of ids.entries()) {
			const problem = (what: string) => problems.push(`question ${index} (execution ${id}) ${what}`);
			const execution = await stage.api.getExecution(id);
			const message = execution.error?.message ?? '';
			const asked = stage.questions().filter(({ text }) => text.includes(`<question ${index}>`)).length;
			if (asked > 1) problem(`was asked ${asked} times`);
			if (LOST_WITH_ITS_WORKER.test(message)) {
				counts.lost++;
				if (startedBy(survivor).has(id)) problem('was lost although its worker lived');
				continue;
			}
			if (execution.status !== faultOf(index).ends) {
				problem(`ended as ${execution.status} after ${faultOf(index).marker}: ${message}`);
			} else if (execution.status === 'success') {
				counts.success++;
				const [answer] = itemsOf(execution, 'Ask');
				if (answer?.status !== 'completed' || answer.answer !== ANSWER) problem('got a wrong answer');
				if (asked !== 1) problem('was answered without having been asked');
			} else {
				counts.error++;
				if (!/\S/.test(message)) problem('failed without a reason');
			}
		}
		const shares = [survivor, victim].map((worker) => ids.filter((id) => startedBy(worker).has(id)).length);
		console.log(
			`${EXECUTIONS} executions in ${elapsedMs} ms: ${JSON.stringify(counts)}; the workers started ${shares.join(' and ')}, ` +
				`the second was killed after ${killedAfterMs} ms`,
		);
		expect(problems).toEqual([]);
		expect(Math.min(...shares)).toBeGreaterThan(EXECUTIONS / 10);
		expect(counts.lost).toBeGreaterThan(0); // else it was killed while it had nothing to do
		expect(counts.lost).toBeLessThanOrEqual(CONCURRENCY);
	}, 420_000);
});

/** Handles all values, some at the same time; results come in the order of the values. */
async function inParallel<T, R>(width: number, values: T[], handle: (value: T) => Promise<R>): Promise<R[]> {
	const results: R[] = [];
	const queue = values.entries(); // shared: each value is taken by one of the callers
	const caller = async () => {
		for (const [index, value] of queue) results[index] = await handle(value);
	};
	await Promise.all(Array.from({ length: width }, caller));
	return results;
}
