import type { IDataObject } from 'n8n-workflow';
import { DOCUMENTED, DOCUMENTED_LINES, DOCUMENTED_RUN } from '../reportify/decoder';
import { reportifyBench } from './reportify';

jest.setTimeout(120_000);

/* The run that Reportify documents, played byte for byte: its result, wherever the connection breaks. */

const bench = reportifyBench();
const MESSAGE = 'x [script: documented run]';
const OPTIONS = { includeSteps: true, answerAsFile: 'markdown' };

/** What the item says of the run, without what is different each time it is asked. */
const truth = ({ title, answer, summary, status, files, steps, eventCount, lastOffset }: IDataObject) => ({
	...{ title, answer, summary, status, files, steps, eventCount, lastOffset },
});

test('answer, title, summary, file name and steps', async () => {
	const { items } = await bench.send({ message: MESSAGE, options: { ...OPTIONS, includeEvents: true } });
	const { json, binary } = items[0]!;
	const { answer, title, summary, fileName } = DOCUMENTED;
	expect(json).toMatchObject({ answer, title, summary, status: 'completed', deliveredBy: 'stream' });
	expect(json.events).toEqual(DOCUMENTED_RUN);
	expect(binary?.data).toMatchObject({ fileName, mimeType: 'text/markdown' });
	expect(Buffer.from(binary!.data!.data, 'base64').toString()).toBe(answer);
	const steps = json.steps as IDataObject[];
	expect(steps.map(({ kind, name }) => [kind, name])).toEqual(DOCUMENTED.steps);
	const outputs = steps.map(({ output }) => (typeof output === 'string' ? output : '')).join('\n');
	for (const text of [DOCUMENTED.plan, ...DOCUMENTED.notes, answer, summary]) expect(outputs).toContain(text);
	expect(steps[5]).toMatchObject({ input: { query: 'DRAM 现货价', num: 15 }, output: { content: expect.any(String) } });
});

const BYTES = Buffer.byteLength(DOCUMENTED_LINES.map((line) => `data: ${line}\n\n`).join(''));
const EVENTS = DOCUMENTED_LINES.length;

describe.each(['inclusive', 'exclusive'] as const)('from_offset is %s', (offsetReading) => {
	beforeEach(() => bench.sandbox.configure({ reportify: { offsetReading } }));
	afterEach(() => bench.sandbox.configure({ reportify: { offsetReading: 'inclusive' } }));

	test.each([
		['at every event, cleanly', Array.from({ length: EVENTS }, (_each, at) => `cut after ${at} events`)],
		['at every event, reset', Array.from({ length: EVENTS }, (_each, at) => `reset after ${at} events`)],
		['within events', Array.from({ length: Math.floor(BYTES / 41) }, (_each, at) => `cut after ${at * 41} bytes`)],
	])('cut %s: the same answer, asked once', async (_how, faults) => {
		const whole = (await bench.send({ message: MESSAGE, options: OPTIONS })).items[0]!;
		bench.sandbox.clearRequests();
		const { items } = await bench.send(
			{ message: '={{ $json.message }}', options: { ...OPTIONS, maxConcurrency: 60 } },
			{ items: faults.map((fault) => ({ json: { message: `${MESSAGE} [fault: ${fault}]` } })) },
		);
		expect(items).toHaveLength(faults.length);
		for (const { json, binary } of items) {
			expect(truth(json)).toEqual(truth(whole.json));
			expect(binary?.data?.fileName).toBe(DOCUMENTED.fileName);
		}
		expect(items.filter(({ json }) => json.deliveredBy === 'resume').length).toBeGreaterThan(faults.length * 0.9);
		expect(bench.questions()).toBe(faults.length);
	});
});

test.each([
	['collected', 0],
	['looked up by its events', 1],
	['looked up in the list of messages', 2],
])('%s: the same answer', async (_how, events) => {
	const whole = (await bench.send({ message: MESSAGE, options: OPTIONS })).items[0]!;
	const { conversationId, messageId } = whole.json;
	// The first look is that of reading on, the second one that of the whole log.
	if (events > 0) bench.sandbox.faults.add({ kind: 'status', status: 404, operation: 'events', times: events });
	const collect = { resource: 'message', operation: 'collect', conversationId, messageId, options: OPTIONS };
	const { json, binary } = (await bench.run(collect)).items[0]!;
	expect(json.deliveredBy).toBe(events > 0 ? 'lookup' : 'resume');
	expect(truth(json)).toEqual(truth(whole.json));
	expect(binary?.data?.fileName).toBe(DOCUMENTED.fileName);
});

test('the header with the message ID is lost on the way: its events name it, and nothing is searched for', async () => {
	const { items } = await bench.send({ message: `report [fault: no id header] [fault: cut after 30 events]` });
	expect(items[0]?.json).toMatchObject({ status: 'completed', deliveredBy: 'resume', messageId: expect.any(String) });
	expect(bench.sandbox.findRequests({ path: /\/messages(\?|$)/ })).toEqual([]);
});
