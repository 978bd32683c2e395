import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import { REPORT_FILE, REPORT_TEXT } from '../../sandbox';
import { reportifyBench } from './reportify';

const bench = reportifyBench();

const bytesOf = (data: string) => Buffer.from(data, 'base64').toString();

test('more forms of the answer beside the Markdown', async () => {
	const { items } = await bench.send({
		message: 'report',
		options: { answerFormats: ['html', 'plainText', 'tables'] },
	});
	const { answer, answerHtml, answerText, tables } = items[0]!.json as Record<string, string> & { tables: unknown[] };
	expect(answer).toBe(REPORT_TEXT);
	expect(answerHtml).toMatch(/^<div[^>]*>[\s\S]*<table[\s\S]*<\/div>\s*$/);
	expect(answerText).not.toMatch(/\*\*|\]\(/);
	expect(answerText).toContain('NVIDIA Q3 FY2026 CFO Commentary (https://');
	expect(tables[1]).toMatchObject({
		headers: ['情景 Scenario', '概率', '目标价 (US$)'],
		rows: [['乐观 Bull', '30%', '260'], expect.anything(), expect.anything()],
	});
});

test('no form is made that was not asked for', async () => {
	const { items } = await bench.send({ message: 'report' });
	for (const field of [
		'answerHtml',
		'answerText',
		'tables',
		'steps',
		'events',
		'structuredOutput',
		'sources',
		'question',
	])
		expect(items[0]!.json).not.toHaveProperty(field);
	expect(items[0]!.binary).toBeUndefined();
});

test('table rows: one item a row, columns as keys, with the ids, paired', async () => {
	const { items } = await bench.send({ message: 'report', output: 'tableRows' });
	expect(items).toHaveLength(8);
	for (const { json, pairedItem } of items) {
		expect(json).toMatchObject({ conversationId: expect.stringMatching(/^\d+$/), messageId: expect.any(String) });
		expect(pairedItem).toEqual({ item: 0 });
	}
	expect(items[5]!.json).toMatchObject({ '情景 Scenario': '乐观 Bull', 概率: '30%', '目标价 (US$)': '260' });
});

test('the rows of an answer that was cancelled are not passed off as all of them', async () => {
	bench.sandbox.scripts.next({
		reportify: { form: 'single agent' },
		steps: [{ text: '| a | b |\n| - | - |\n| 1 | 2 |\n' }, { hold: 'never' }],
	});
	const { items: sent } = await bench.send({ message: 'x', options: { waitForAnswer: false } });
	const { conversationId, messageId } = sent[0]!.json;
	const message = { resource: 'message', conversationId, messageId };
	await bench.run({ ...message, operation: 'collect', options: { maxDuration: 0.3 } }); // the text is there afterwards
	await bench.run({ ...message, operation: 'cancel' });
	const { items } = await bench.run(
		{ ...message, operation: 'collect', output: 'tableRows' },
		{ node: { onError: 'continueRegularOutput' } },
	);
	expect(items).toHaveLength(1);
	expect(items[0]!.json.error).toMatchObject({
		message: 'The answer of Reportify was cancelled before it was whole',
		code: 'cancelled',
		status: 'cancelled',
		partialAnswer: expect.stringContaining('| 1 | 2 |'),
		messageId,
	});
});

test('cells that begin like formulas have an apostrophe where that was chosen', async () => {
	const message = `x [script: pieces ${JSON.stringify(['| a | b |\n|---|---|\n| =1+1 | -5% |'])}]`;
	const rows = async (options: object) => (await bench.send({ message, output: 'tableRows', options })).items[0]?.json;
	expect(await rows({})).toMatchObject({ a: '=1+1', b: '-5%' });
	expect(await rows({ protectFormulas: true })).toMatchObject({ a: "'=1+1", b: '-5%' });
});

test('when no item can be made of the answer, the error has it, and nothing is asked again', async () => {
	const store = jest.spyOn(Container.get(BinaryDataService), 'store').mockRejectedValue(new Error('The disk is full'));
	const { items } = await bench.send(
		{ options: { answerAsFile: 'markdown' } },
		{ node: { onError: 'continueRegularOutput', retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
	);
	expect(store.mock.calls.length).toBeGreaterThan(0);
	store.mockRestore();
	expect(items[0]!.json.error).toMatchObject({
		message: expect.stringContaining('The disk is full'),
		partialAnswer: 'Hello from the sandbox — 你好 👋',
		conversationId: expect.any(String),
		messageId: expect.any(String),
	});
	expect(bench.questions()).toBe(1);
});

test('a column called error does not make the row a failure', async () => {
	const table = '| error | conversationId |\n| - | - |\n| none | 7 |\n';
	const { items } = await bench.send(
		{ message: `x [script: pieces ${JSON.stringify([table])}]`, output: 'tableRows' },
		{ node: { retryOnFail: true, onError: 'continueErrorOutput' } },
	);
	expect(items[0]!.json).toMatchObject({ 'error (column)': 'none', 'conversationId (column)': '7' });
	expect(bench.questions()).toBe(1);
});

test('events: one item each, as the provider sent them', async () => {
	const { items } = await bench.send({ message: 'x [script: short]', output: 'events' });
	expect(items[0]!.json).toMatchObject({ index: 0, event: { event_type: 'init' } });
	expect(items.map(({ json }) => (json.event as { event_type: string }).event_type)).toContain('workflow_end');
	for (const { json } of items) expect(json).not.toHaveProperty('error');
});

test.each([
	['markdown', 'text/markdown', REPORT_FILE, REPORT_TEXT],
	['html', 'text/html', REPORT_FILE.replace(/md$/, 'html'), expect.stringMatching(/^<!doctype html>/i)],
] as const)(
	'the answer as a %s file, named as the provider names it',
	async (answerAsFile, mimeType, fileName, content) => {
		const { items } = await bench.send({ message: 'report', options: { answerAsFile } });
		const file = items[0]!.binary!.data!;
		expect(file).toMatchObject({ mimeType, fileName });
		expect(bytesOf(file.data)).toEqual(content);
	},
);

test('files that the agent made, in the binary data', async () => {
	const { items } = await bench.send({ message: 'report', options: { downloadFiles: true } });
	expect(items[0]!.json.files).toEqual([
		{ id: expect.any(String), name: expect.stringContaining('.md'), binaryField: 'file_0' },
	]);
	expect(bytesOf(items[0]!.binary!.file_0!.data)).toContain('NVDA');
});

test('a file that cannot be fetched is told and does not cost the answer', async () => {
	bench.sandbox.faults.add({ kind: 'status', status: 404, operation: 'file' });
	const { items } = await bench.send({ message: 'report', options: { downloadFiles: true } });
	expect(items[0]!.json.answer).toBe(REPORT_TEXT);
	expect(items[0]!.json.files).toEqual([
		expect.objectContaining({ notDownloaded: 'Reportify does not know what was asked for (404)' }),
	]);
});
