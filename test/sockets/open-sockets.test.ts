import { Socket } from 'node:net';
import type { RunResult } from '../../harness/engine/engine';
import { poll } from '../../harness/server/polling';
import type { FaultInput } from '../../sandbox';
import { AGENT, aiDolBench } from '../engine/aidol';
import { reportifyBench, type RunExtras } from '../engine/reportify';
import { APP, wpsBench } from '../engine/wps';

/** Not in Node's types. */
const activeHandles = () => (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
const tcpSockets = () => activeHandles().filter((handle) => handle instanceof Socket && handle.remoteAddress);

/** What a test file before this one left open in the same process. */
const leftOver = new Set(tcpSockets());

/**
 * Node and stand-in live in this process, so every TCP connection between them, kept open by either side, is a resource
 * of it.
 */
const openSockets = () => tcpSockets().filter((socket) => !leftOver.has(socket)).length;

/** Older n8n keeps idle connections for the next request; the server ends those after five seconds. */
const LONGEST_REUSE_MS = 8000;

/** Closing takes its way through the event loop, and no event tells when the last one is gone. */
const allClosed = async () =>
	await poll('all connections to be closed', () => (openSockets() === 0 ? true : undefined), {
		timeoutMs: LONGEST_REUSE_MS,
		intervalMs: 10,
	});

jest.setTimeout(20_000);

const reportify = reportifyBench();
const wps = wpsBench();
const aiDol = aiDolBench();

const providers = [
	{
		name: 'Reportify',
		bench: reportify,
		send: async (parameters: object, extra?: RunExtras) => await reportify.send(parameters, extra),
	},
	{
		name: 'WPS Agent',
		bench: wps,
		send: async (parameters: object, extra?: RunExtras) => await wps.send({ appId: APP, ...parameters }, extra),
	},
	{
		name: 'AI-DOL',
		bench: aiDol,
		send: async (parameters: object, extra?: RunExtras) => await aiDol.send({ agentId: AGENT, ...parameters }, extra),
	},
];

const SLOW = 'x [script: tokens 200] [pace: 20]';
const CHAT = { operation: 'chat' };

/** How an answer can end, other than well. */
const endings: Array<{ ending: string; faults: FaultInput[]; options?: object }> = [
	{
		ending: 'an idle timeout',
		faults: [{ kind: 'stall', afterEvents: 2, times: 0 }],
		options: { idleTimeout: 0.3, maxDuration: 2 },
	},
	{
		ending: 'an idle timeout that cancels',
		faults: [{ kind: 'stall', afterEvents: 2, times: 0 }],
		options: { idleTimeout: 0.3, maxDuration: 2, onTimeout: 'cancel' },
	},
	{
		ending: 'the maximum duration',
		faults: [{ kind: 'heartbeats', afterEvents: 2, everyMs: 50, times: 0 }],
		options: { maxDuration: 0.7 },
	},
	{ ending: 'no response at all', faults: [{ kind: 'silence' }], options: { idleTimeout: 0.3, maxDuration: 2 } },
	{ ending: 'an error of the agent', faults: [{ kind: 'error-event', afterEvents: 2 }] },
	{ ending: 'an end without the terminal event', faults: [{ kind: 'cut', afterEvents: 2, how: 'end' }] },
	{ ending: 'a reset', faults: [{ kind: 'cut', afterEvents: 2, how: 'reset' }] },
	{ ending: 'a refusal', faults: [{ kind: 'status', status: 400 }] },
	{ ending: 'a web page', faults: [{ kind: 'html' }], options: { maxDuration: 2 } },
];

describe.each(providers)('$name', ({ bench, send }) => {
	test('no connection stays open after an answer', async () => {
		const { run } = await send({ message: 'hello' });
		expect(run.status).toBe('success');
		await allClosed();
	});

	test('no connection stays open when the answer is complete but the provider goes on', async () => {
		await send({ message: 'hello [script: short]' });
		const [whole] = bench.sandbox.findRequests(CHAT);
		bench.sandbox.reset();
		bench.sandbox.faults.add({ kind: 'heartbeats', afterEvents: whole?.eventsSent ?? 0, everyMs: 50 });
		const { run, items } = await send({ message: 'hello [script: short]', options: { maxDuration: 2 } });
		expect(run.status).toBe('success');
		expect(items[0]?.json.status).toBe('completed');
		await allClosed();
	});

	test.each(endings)('no connection stays open after $ending', async ({ faults, options }) => {
		for (const fault of faults) bench.sandbox.faults.add(fault);
		const ended: RunResult = await send({ message: 'hello', options });
		expect(ended.error ?? ended.items[0]).toBeDefined();
		await allClosed();
	});

	test('no connection stays open after Stop', async () => {
		const { run } = await send(
			{ message: SLOW },
			{
				onStarted: ({ cancel }) =>
					void bench.sandbox
						.waitForRequest(CHAT)
						.then(async (chat) => await bench.sandbox.eventsSent(chat, 3))
						.then(cancel),
			},
		);
		expect(run.status).toBe('canceled');
		await allClosed();
	});
});

test('the count sees a connection that stays open', async () => {
	const gate = new AbortController();
	const response = await fetch(`${reportify.sandbox.reportify.url}/__sandbox`, { signal: gate.signal });
	expect(openSockets()).toBeGreaterThan(0);
	await response.body?.cancel();
	gate.abort();
});
