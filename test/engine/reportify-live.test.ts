import { ExecutionLifecycleHooks } from 'n8n-core';
import type { StructuredChunk } from 'n8n-workflow';
import { REPORT_SUMMARY, REPORT_TEXT } from '../../sandbox';
import { block, DOCUMENTED, end, inNode, node, start } from '../reportify/decoder';
import { reportifyBench } from './reportify';
import { asTool } from './tool';

const bench = reportifyBench();

/** What a visitor has read in the end. */
const shown = (chunks: Array<{ content?: string }>) => chunks.map(({ content }) => content ?? '').join('');

test('passes the text of a single agent on while it is writing, and the item still follows', async () => {
	const { items, chunks } = await bench.send(
		{ message: 'x [script: single agent report] [pace: 2000]' },
		{ streaming: true, mode: 'webhook' },
	);
	expect(chunks.map(({ type }) => type)).toEqual(['begin', ...chunks.slice(1, -1).map(() => 'item'), 'end']);
	const texts = chunks.filter(({ type }) => type === 'item').map(({ content }) => content);
	expect(texts.length).toBeGreaterThan(2);
	expect(texts.join('')).toBe(REPORT_TEXT);
	expect(items[0]?.json.answer).toBe(REPORT_TEXT);
});

test('of several nodes only the end is heard; the result follows behind a blank line', async () => {
	const { chunks } = await bench.send({ message: 'x [script: documented run]' }, { streaming: true, mode: 'webhook' });
	expect(shown(chunks)).toBe(`${DOCUMENTED.summary}\n\n${DOCUMENTED.answer}`);
	for (const text of [DOCUMENTED.plan, ...DOCUMENTED.notes]) expect(shown(chunks)).not.toContain(text);
});

test('notes that were taken for the answer stand for themselves; the end node is heard all the same', async () => {
	const speaking = (id: string, text: string, type = 'agent') =>
		node(id, type, block(`s-${id}`, [text], inNode(id, type)));
	const events = [
		...[start('w'), ...speaking('a', 'Notes of a.'), ...speaking('b', 'Notes of b.')],
		...[...speaking('end', 'A summary.', 'end'), end('w', { b: { content: '# R' } })],
	];
	bench.sandbox.scripts.next({ bare: true, steps: events.map((raw) => ({ raw: { ...raw } })) });
	const { chunks, items } = await bench.send({ message: 'x' }, { streaming: true, mode: 'webhook' });
	expect(items[0]?.json).toMatchObject({ answer: '# R', summary: 'A summary.' });
	expect(shown(chunks)).toBe('Notes of a.\n\nA summary.\n\n# R');
});

test('at most one chunk in 50 ms', async () => {
	const times: number[] = [];
	await bench.send(
		{ message: 'x [script: single agent tokens 300] [pace: 1000]' },
		{ streaming: true, mode: 'webhook', onChunk: ({ type }) => type === 'item' && times.push(Date.now()) },
	);
	const gaps = times.slice(1, -1).map((time, index) => time - times[index]!);
	expect(Math.min(...gaps)).toBeGreaterThanOrEqual(45);
});

test('the first text is on its way before the agent has finished', async () => {
	bench.sandbox.faults.add({ kind: 'late-terminal', hold: 'seen' });
	const { items, chunks } = await bench.send(
		{ message: 'x [script: short]' },
		{ streaming: true, mode: 'webhook', onChunk: ({ type }) => type === 'item' && bench.sandbox.release('seen') },
	);
	expect(items[0]?.json.status).toBe('completed');
	expect(chunks.length).toBeGreaterThan(2);
});

test('a resumed answer is not repeated', async () => {
	bench.sandbox.faults.add({ kind: 'cut', afterEvents: 63 }); // in the words of the end node
	const { chunks } = await bench.send({ message: 'report' }, { streaming: true, mode: 'webhook' });
	expect(shown(chunks)).toBe(`${REPORT_SUMMARY}\n\n${REPORT_TEXT}`);
});

test('chunks of several items carry their item', async () => {
	const { chunks } = await bench.send(
		{ message: '={{ $json.m }} [script: short]' },
		{ streaming: true, mode: 'webhook', items: [{ json: { m: 'a' } }, { json: { m: 'b' } }] },
	);
	for (const index of [0, 1]) {
		const own = chunks.filter(({ metadata }) => metadata.itemIndex === index);
		expect(own.at(0)?.type).toBe('begin');
		expect(own.at(-1)?.type).toBe('end');
	}
});

test('nothing is sent where nobody asked for it', async () => {
	const { chunks } = await bench.send();
	expect(chunks).toEqual([]);
});

test('n8n tries again: what was shown of the answer is not shown a second time', async () => {
	bench.sandbox.faults.add({ kind: 'cut', afterEvents: 12, how: 'reset' });
	// Neither reading on, nor looking the events up, nor the list works in the first try.
	bench.sandbox.faults.add({ kind: 'status', status: 401, operation: 'events', times: 2 });
	bench.sandbox.faults.add({ kind: 'status', status: 401, operation: 'messages' });
	const { items, chunks } = await bench.send(
		{ message: '[script: single agent tokens 12]' },
		{
			streaming: true,
			mode: 'webhook',
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		},
	);
	expect(items[0]?.json.status).toBe('completed');
	expect(chunks.filter(({ type }) => type === 'begin')).toHaveLength(2);
	expect(chunks.map(({ content }) => content ?? '').join('')).toBe(items[0]?.json.answer);
});

test('as a tool: the visitor of the chat sees nothing of what only the agent is told', async () => {
	const chunks: StructuredChunk[] = [];
	const { additionalData } = bench.engine;
	bench.engine.additionalData = (stored) => {
		const hooks = new ExecutionLifecycleHooks('manual', '1', {} as never);
		hooks.addHandler('sendChunk', async (chunk) => await Promise.resolve(void chunks.push(chunk)));
		return Object.assign(additionalData(stored), { hooks, streamingEnabled: true });
	};
	try {
		const invoke = await asTool(
			bench.engine,
			{
				type: 'n8n-nodes-agent-conversations.reportify',
				parameters: {
					resource: 'message',
					operation: 'send',
					message: `={{ $fromAI('question', '', 'string') }}`,
				},
			},
			{ reportifyApi: { apiKey: 'sandbox-key', baseUrl: bench.sandbox.reportify.url } },
		);
		expect(await invoke({ question: '[script: short]' })).toContain('completed');
	} finally {
		bench.engine.additionalData = additionalData;
	}
	expect(chunks).toEqual([]);
});
