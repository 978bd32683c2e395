import { readFileSync } from 'node:fs';

import {
	DOCUMENTED_RUN,
	REPORT_FILE,
	REPORT_SUMMARY,
	REPORT_TEXT,
	REPORT_TITLE,
	type Sandbox,
	sideTexts,
	startSandbox,
} from '../../sandbox';
import { ask, sseEvents } from './client';

type Event = Record<string, unknown>;

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => await sandbox.close());
const DEFAULTS = {
	runForm: 'workflow',
	usage: false,
	sparseOffsets: false,
	toolEndOffset: false,
	writerStreams: false,
};
beforeEach(() => {
	sandbox.reset();
	sandbox.configure({ reportify: DEFAULTS as never });
});

const HEADERS = { Authorization: 'Bearer sandbox-key', 'Content-Type': 'application/json' };

/** The body of a run, and where its message is. */
async function run(message: string): Promise<{ text: string; events: Event[]; path: string }> {
	const base = `${sandbox.reportify.url}/v1/agent/conversations`;
	const created = await ask(base, { method: 'POST', headers: HEADERS, body: '{}' });
	const conversation = `${base}/${/"id":(\d+)/.exec(created.text)?.[1]}`;
	const body = JSON.stringify({ message });
	const { text, headers } = await ask(`${conversation}/chat`, { method: 'POST', headers: HEADERS, body });
	const path = `${conversation}/messages/${headers['x-reportify-assistant-message-id']}`;
	return { text, events: sseEvents(text), path };
}
const told = async (message: string) => (await run(message)).events;

const ofType = (events: Event[], type: string) => events.filter(({ event_type }) => event_type === type);
const outputOf = (events: Event[]) => ofType(events, 'workflow_end').at(-1)?.output as Record<string, Event>;
const answerOf = (events: Event[]) =>
	Object.values(outputOf(events))
		.map(({ content }) => content)
		.join('\n\n');
const streamedIn = (events: Event[]) =>
	ofType(events, 'streaming')
		.map(({ content }) => content)
		.join('');

/** The fields that each type of event has in the documented run, at most; a type in the place of a value. */
function shapes(events: Event[]): Record<string, Record<string, string>> {
	const found: Record<string, Record<string, string>> = {};
	for (const event of events) {
		const fields = (found[String(event.event_type)] ??= {});
		for (const [name, value] of Object.entries(event)) fields[name] = typeof value;
	}
	return found;
}

const recorded = readFileSync(DOCUMENTED_RUN, 'utf8').trim().split('\n');
const documented = recorded.map((line) => JSON.parse(line) as Event);

describe('the documented run', () => {
	test('is played byte for byte, and its message has the id of its events', async () => {
		const { text, path } = await run('[script: documented run]');
		expect(text).toBe(recorded.map((line) => `data: ${line}\n\n`).join(''));
		expect(path.split('/').at(-1)).toBe('019b24ef238cc97730971a9a0080c99c');
		expect((await ask(`${path}?stream=false`, { headers: HEADERS })).text).toBe(
			`{"assistant_events":[${recorded.join(',')}]}`,
		);
	});

	test('can be read from any of its events on, also from behind one without an offset', async () => {
		const { path } = await run('[script: documented run]');
		for (const [index, { offset }] of documented.entries()) {
			if (offset === undefined) continue;
			const { text } = await ask(`${path}?from_offset=${String(offset)}`, { headers: HEADERS });
			expect(text).toBe(
				recorded
					.slice(index)
					.map((line) => `data: ${line}\n\n`)
					.join(''),
			);
		}
	});

	test('the run of a script has the same types, fields and kinds of values', async () => {
		const events = await told('[script: short]');
		expect(shapes(events)).toEqual(shapes(documented));
		expect(Object.keys(outputOf(events).write_report ?? {})).toEqual(
			Object.keys(outputOf(documented).write_weekly ?? {}),
		);
	});
});

describe('a run as it is told by default', () => {
	let events: Event[];
	beforeEach(async () => {
		events = await told('[script: report]');
	});

	test('begins with init, ends with workflow_end, and pairs all starts with their ends', () => {
		expect(events[0]).toMatchObject({ event_type: 'init', run_id: '', execution_id: expect.stringMatching(/^.{36}$/) });
		expect(events.at(-1)?.event_type).toBe('workflow_end');
		expect(events.slice(1).every(({ execution_id }) => execution_id === '')).toBe(true);
		for (const kind of ['workflow', 'node', 'agent', 'stream', 'tool']) {
			const starts = ofType(events, `${kind}_start`).map(({ run_id }) => run_id);
			const ends = ofType(events, `${kind}_end`).map(({ run_id }) => run_id);
			expect(new Set(starts).size).toBe(starts.length);
			expect([...starts].sort()).toEqual([...ends].sort());
			expect(starts).not.toContain('');
		}
		for (const { run_id } of ofType(events, 'tool_start')) expect(run_id).toMatch(/^[0-9a-f]{32}_[0-9a-z]{6}$/);
		expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
	});

	test('offsets rise by 1, not from 0, and tool_end has none', () => {
		for (const [index, { event_type, offset }] of events.entries()) {
			expect(offset).toBe(event_type === 'tool_end' ? undefined : 9195 + index);
		}
	});

	test('stream_end and agent_end have the whole text of what they end', () => {
		for (const { run_id, content } of ofType(events, 'stream_end')) {
			expect(streamedIn(events.filter((event) => event.run_id === run_id))).toBe(content);
		}
		for (const { node_id, output } of ofType(events, 'agent_end')) {
			const said = streamedIn(events.filter((event) => event.node_id === node_id));
			expect((output as Event).content).toBe(node_id === 'write_report' ? REPORT_TEXT : said);
		}
	});

	test('agents work at the same time: their texts and tools stand between each other', () => {
		const nodes = ofType(events, 'streaming').map(({ node_id }) => node_id);
		const runsOf = nodes.filter((node, index) => node !== nodes[index - 1]);
		expect(runsOf.length).toBeGreaterThan(new Set(nodes).size);
		expect(ofType(events, 'tool_start').length).toBeGreaterThan(3);
	});

	test('the report is the output of the run and streamed nowhere; the rest is plan, notes and summary', () => {
		expect(outputOf(events)).toEqual({
			write_report: {
				title: REPORT_TITLE,
				filetype: 'markdown',
				content: REPORT_TEXT,
				filename: REPORT_FILE,
				filepath: `/${REPORT_FILE}`,
				files: [{ file_id: expect.any(String), file_name: REPORT_FILE }],
			},
		});
		const blocks = ofType(events, 'stream_end').map(({ content }) => content);
		expect([...blocks].sort()).toEqual([...sideTexts(), REPORT_SUMMARY].sort());
	});

	test('tools give JSON text with documents', () => {
		const outputs = ofType(events, 'tool_end').map(({ output }) => JSON.parse((output as { content: string }).content));
		const searches = outputs.filter((output) => 'docs' in output);
		expect(searches.length).toBeGreaterThan(2);
		for (const { docs, total_count, took_ms, chunks } of searches) {
			expect([total_count, typeof took_ms, chunks]).toEqual([docs.length, 'number', []]);
			for (const doc of docs) {
				expect(doc).toEqual({
					doc_id: expect.stringMatching(/^\d{19}$/),
					title: expect.any(String),
					summary: expect.any(String),
					category: expect.any(String),
					published_at: expect.any(Number),
				});
			}
		}
	});
});

describe('scripts', () => {
	test.each([
		['short', 'Hello from the sandbox — 你好 👋'],
		['echo', 'x'],
		['pieces ["a  b", "c"]', 'a  bc'],
		['thinking', 'The answer is 42.'],
		['nested', 'Outer before. Outer after.'],
		['tool-error', 'I could not get the quote.'],
		['slow 1 ms', 'one two three four'],
		['unstreamed', 'Delivered in the last event only.'],
		['inner error upstream timeout', 'Done all the same.'],
		['inner cancel', 'Done all the same.'],
		['single agent unstreamed', 'Delivered in the last event only.'],
		['end error Out of credits', 'Half a report.'],
	])('%s results in its text', async (script, answer) => {
		expect(answerOf(await told(`x [script: ${script}]`))).toBe(answer);
	});

	test.each([
		['single agent short', 'Hello from the sandbox — 你好 👋'],
		['Single  Agent echo', 'x'],
		['single agent', REPORT_TEXT],
		['single agent nested', 'Outer before. Inner. Outer after.'],
	])('%s: one agent says it, and nothing else', async (script, answer) => {
		const events = await told(`x [script: ${script}]`);
		expect(streamedIn(events)).toBe(answer);
		expect(ofType(events, 'agent_end').at(-1)?.output).toEqual({ content: answer });
		expect(outputOf(events)).toEqual({});
		expect(ofType(events, 'node_start')).toHaveLength(1);
	});

	test('all scripts are told by one agent where the setting says so', async () => {
		sandbox.configure({ reportify: { runForm: 'single agent' } });
		expect(streamedIn(await told('x [script: echo]'))).toBe('x');
		expect(answerOf(await told('x [script: workflow echo]'))).toBe('x');
	});

	test('several outputs, each from a node of its own', async () => {
		const events = await told('[script: several outputs]');
		expect(Object.keys(outputOf(events))).toEqual(['write_prices', 'write_outlook']);
		for (const [node, { content, title, filename }] of Object.entries(outputOf(events))) {
			const end = ofType(events, 'node_end').find(({ node_id }) => node_id === node);
			expect(end?.output).toMatchObject({ content, filename });
			expect(title).toEqual(expect.any(String));
		}
	});

	test('an HTML report', async () => {
		const { write_report } = outputOf(await told('[script: html report]'));
		expect(write_report).toMatchObject({ filetype: 'html', filename: 'market-week.html' });
		expect(write_report?.content).toContain('<table>');
	});

	test('an empty output, with and without the words of the end node', async () => {
		const events = await told('[script: empty output]');
		expect(outputOf(events)).toEqual({});
		expect(ofType(events, 'node_end').at(-1)).toMatchObject({
			node_type: 'end',
			output: { content: /ready/ } as never,
		});
		const silent = await told('[script: agents only]');
		expect([outputOf(silent), ofType(silent, 'node_end').at(-1)?.output]).toEqual([{}, {}]);
		expect(ofType(silent, 'agent_end').at(-1)?.output).toEqual({ content: 'The last agent wrote this.' });
	});

	test('an error on the last event', async () => {
		const events = await told('[script: end error Out of credits]');
		expect(events.at(-1)).toMatchObject({ event_type: 'workflow_end', error: { message: 'Out of credits' } });
	});

	test.each([
		['inner error upstream timeout', 'error'],
		['inner cancel', 'cancel'],
	])('%s does not end the run', async (script, type) => {
		const events = await told(`[script: ${script}]`);
		const [inner] = ofType(events, type);
		expect(inner?.run_id).not.toBe('');
		expect(inner?.run_id).not.toBe(events[1]?.run_id);
		expect(events.at(-1)).toMatchObject({ event_type: 'workflow_end', run_id: events[1]?.run_id });
	});

	test('nothing follows an error or a cancel of the whole run', async () => {
		for (const [script, type] of [
			['fail', 'error'],
			['cancelled', 'cancel'],
		]) {
			const events = await told(`[script: ${script}]`);
			expect([events.at(-1)?.event_type, ofType(events, 'workflow_end')]).toEqual([type, []]);
		}
	});

	test('a nested workflow ends without ending the run', async () => {
		const ends = ofType(await told('[script: nested]'), 'workflow_end');
		expect(ends).toHaveLength(2);
		expect(JSON.stringify(ends[0]?.output)).toContain('Inner. ');
		expect(JSON.stringify(ends[1]?.output)).not.toContain('Inner. ');
	});
});

describe('settings', () => {
	test('usage after the end, gaps between offsets, an offset on tool_end, a writer that streams', async () => {
		sandbox.configure({ reportify: { usage: true, sparseOffsets: true, toolEndOffset: true, writerStreams: true } });
		const events = await told('[script: short]');
		expect(events.at(-1)?.event_type).toBe('usage');
		const offsets = events.map(({ offset }) => offset as number);
		expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
		expect(offsets.at(-1)).toBeGreaterThan(9195 + 2 * offsets.length);
		const written = streamedIn(events.filter(({ node_id }) => node_id === 'write_report'));
		expect([written, answerOf(events)]).toEqual([answerOf(events), 'Hello from the sandbox — 你好 👋']);
	});
});
