import type { IDataObject } from 'n8n-workflow';
import { aiDolBench } from './aidol';
import { errorIn, reportifyBench } from './reportify';
import { wpsBench } from './wps';

/** Sources: what an answer links to, and what the tools of the agent returned. */

const benches = { Reportify: reportifyBench(), WPS: wpsBench(), 'AI-DOL': aiDolBench() };
type Name = keyof typeof benches;
const NAMES = Object.keys(benches) as Name[];
const CONTINUE = { node: { onError: 'continueRegularOutput' as const } };

const LINKED =
	'See [NVIDIA’s filing](https://example.com/10-q) and [1].\n\n[1]: https://example.com/cfo "CFO commentary"\n';

const answered = (title: string, url: string) => ({ title, url, id: null, publishedAt: null, from: 'answer' });

/** Answers with a text, after tools have returned something. */
function saying(name: Name, text: string, ...outputs: unknown[]): void {
	const tools = outputs.map((output) => ({ tool: 'search', input: { q: 'x' }, output: output as IDataObject }));
	benches[name].sandbox.scripts.next({ steps: [...tools, { text }], reportify: { form: 'single agent' } });
}

describe.each(NAMES)('%s', (name) => {
	const { send } = {
		send: async (parameters: object) => await benches[name].send({ message: 'x', ...parameters }, CONTINUE),
	};

	test('as a field: what the answer links to, in order, each once', async () => {
		saying(name, LINKED);
		const { items } = await send({ options: { answerFormats: ['sources'] } });
		expect(items[0]!.json.sources).toEqual([
			answered('NVIDIA’s filing', 'https://example.com/10-q'),
			answered('CFO commentary', 'https://example.com/cfo'),
		]);
		expect(items[0]!.json).not.toHaveProperty('steps');
	});

	test('as items, with the ids, paired', async () => {
		saying(name, LINKED);
		const { items } = await send({ output: 'sources' });
		expect(items.map(({ json }) => json.url)).toEqual(['https://example.com/10-q', 'https://example.com/cfo']);
		for (const { json, pairedItem } of items) {
			expect(json).toMatchObject({ from: 'answer', conversationId: expect.any(String) });
			expect(pairedItem).toEqual({ item: 0 });
		}
	});

	test('an answer without any is an error with the whole answer', async () => {
		saying(name, 'No links.');
		const { items } = await send({ output: 'sources' });
		expect(errorIn(items[0]!.json)).toMatchObject({
			code: 'no_sources',
			partialAnswer: 'No links.',
			status: 'completed',
		});
		saying(name, 'No links.');
		expect((await send({ options: { answerFormats: ['sources'] } })).items[0]!.json.sources).toEqual([]);
	});
});

describe('pages that tools of WPS returned', () => {
	const { send } = { send: async (parameters: object) => await benches.WPS.send({ message: 'x', ...parameters }) };

	test('stand behind the links of the answer; none stands twice', async () => {
		const results = [
			{ title: 'Filing', url: 'https://example.com/10-q' },
			{ title: '新闻', url: 'https://example.com/news' },
		];
		saying('WPS', LINKED, { results }, { results });
		const { items } = await send({ options: { answerFormats: ['sources'] } });
		expect(items[0]!.json.sources).toEqual([
			answered('NVIDIA’s filing', 'https://example.com/10-q'),
			answered('CFO commentary', 'https://example.com/cfo'),
			{ title: '新闻', url: 'https://example.com/news', id: null, publishedAt: null, from: 'tool' },
		]);
	});
});

describe('documents that tools of Reportify returned', () => {
	const bench = benches.Reportify;
	const lookUps = () => bench.sandbox.findRequests({ operation: 'document.get' });
	const sourcesOf = async (options: object = {}) => {
		const { items } = await bench.send({ message: 'x', options: { answerFormats: ['sources'], ...options } }, CONTINUE);
		return items[0]!.json.sources as IDataObject[];
	};
	const toolSources = async (options?: object) => (await sourcesOf(options)).filter(({ from }) => from === 'tool');

	test('of the documented run: ids exact, with category and date', async () => {
		expect(await toolSources()).toEqual([
			{
				...{ title: 'DRAM 周报', url: null, id: '1197862772277383168' },
				...{ publishedAt: '2025-12-15T00:19:02.000Z', from: 'tool', category: 'news' },
			},
			expect.objectContaining({ id: '1197862772277383171', category: 'filings' }),
			expect.objectContaining({ id: '1197862772277383173' }),
			expect.objectContaining({ id: '1182736450918273645', category: 'reports' }),
			expect.objectContaining({ id: '1182736450918273647' }),
		]);
		expect(lookUps()).toEqual([]);
	});

	test('the recorded run of the documentation', async () => {
		const { items } = await bench.send({ message: '[script: documented run]', output: 'sources' });
		const tools = items.filter(({ json }) => json.from === 'tool');
		expect(tools.length).toBeGreaterThan(0);
		for (const { json } of tools) expect(json).toMatchObject({ id: expect.stringMatching(/^\d{15,}$/), url: null });
	});

	test('the same, however the answer arrives', async () => {
		const expected = await toolSources();
		bench.sandbox.reset();
		bench.sandbox.faults.add({ kind: 'cut', afterEvents: 12 });
		expect(await toolSources()).toEqual(expected);
		const { items } = await bench.send({ message: 'x', options: { waitForAnswer: false } });
		const { conversationId, messageId } = items[0]!.json;
		const collected = await bench.run({
			...{ resource: 'message', operation: 'collect', conversationId, messageId },
			options: { answerFormats: ['sources'], lookUpAddresses: true },
		});
		const sources = collected.items[0]!.json.sources as IDataObject[];
		expect(sources.filter(({ from }) => from === 'tool').map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
		expect(lookUps()).toHaveLength(5);
	});

	test('Look Up Addresses: address, institution and author of each, asked for once', async () => {
		expect((await toolSources({ lookUpAddresses: true }))[0]).toEqual({
			...{ title: 'DRAM 周报', url: 'https://reportify.cn/news/1197862772277383168', id: '1197862772277383168' },
			...{ publishedAt: '2025-12-15T00:19:02.000Z', from: 'tool', category: 'news' },
			...{ institution: 'Morgan Stanley', author: 'Jane Doe' },
		});
		expect(lookUps()).toHaveLength(5);
		expect(bench.questions()).toBe(1);
	});

	test('nothing is looked up where no sources are asked for', async () => {
		await bench.send({ message: 'x', options: { lookUpAddresses: true } });
		expect(lookUps()).toEqual([]);
	});

	test('one that is gone does not keep the others from being looked up', async () => {
		bench.sandbox.faults.add({ kind: 'status', status: 404, operation: 'document.get' });
		const sources = await toolSources({ lookUpAddresses: true });
		expect(sources.filter(({ url }) => url === null)).toEqual([
			expect.objectContaining({ notLookedUp: 'Reportify does not know what was asked for (404)' }),
		]);
		expect(sources).toHaveLength(5);
	});

	test.each([
		[{ kind: 'status', status: 401 } as const, 3],
		[{ kind: 'status', status: 500 } as const, 9],
		[{ kind: 'html' } as const, 3],
		[{ kind: 'json-200', message: 'no' } as const, 3],
		[{ kind: 'reset-after-request' } as const, 9],
		[{ kind: 'silence' } as const, 3],
	])('%j: the answer is there all the same, and the rest is not asked for', async (fault, most) => {
		const documents = Array.from({ length: 30 }, (_, index) => ({
			doc_id: String(9007199254740993n + BigInt(index)),
			title: 'a',
		}));
		saying('Reportify', LINKED, { docs: documents });
		bench.sandbox.faults.add({ ...fault, operation: 'document.get', times: 0 });
		const { items } = await bench.send(
			{ message: 'x', options: { answerFormats: ['sources'], lookUpAddresses: true, idleTimeout: 0.5 } },
			CONTINUE,
		);
		expect(items[0]!.json.answer).toBe(LINKED);
		const sources = (items[0]!.json.sources as IDataObject[]).filter(({ from }) => from === 'tool');
		expect(sources.map(({ id }) => id)).toEqual(documents.map(({ doc_id }) => doc_id));
		for (const { url, notLookedUp } of sources) expect([url, notLookedUp]).toEqual([null, expect.stringMatching(/./)]);
		expect(lookUps().length).toBeLessThanOrEqual(most);
	});

	test('no more than a hundred are looked up', async () => {
		const docs = Array.from({ length: 120 }, (_, index) => ({ doc_id: String(index + 1), title: 'a' }));
		saying('Reportify', LINKED, { docs });
		const sources = await sourcesOf({ lookUpAddresses: true });
		expect(lookUps()).toHaveLength(100);
		expect(sources.filter(({ notLookedUp }) => /first 100/.test(String(notLookedUp)))).toHaveLength(20);
	});

	test('three are looked up at a time, and Stop ends it', async () => {
		bench.sandbox.faults.add({ kind: 'silence', operation: 'document.get', times: 0 });
		const { run } = await bench.send(
			{ message: 'x', options: { answerFormats: ['sources'], lookUpAddresses: true } },
			{
				onStarted: ({ cancel }) =>
					void bench.sandbox.waitForRequest({ operation: 'document.get' }, { nth: 3 }).then(cancel),
			},
		);
		expect(run.status).toBe('canceled');
		expect(lookUps()).toHaveLength(3);
		for (const request of lookUps()) await bench.sandbox.closedByClient(request);
	});

	test('the sources of an answer that is not finished are not passed off as all of them', async () => {
		bench.sandbox.scripts.next({ steps: [{ text: LINKED }, { hold: 'never' }], reportify: { form: 'single agent' } });
		const { items } = await bench.send(
			{ message: 'x', output: 'sources', options: { maxDuration: 0.3, ifNotFinished: 'return' } },
			CONTINUE,
		);
		expect(errorIn(items[0]!.json)).toMatchObject({ code: 'not_finished', status: 'running' });
	});

	test('a switch that is neither on nor off is found before anything is sent', async () => {
		const { items } = await bench.send({ options: { lookUpAddresses: 'perhaps' } }, CONTINUE);
		expect(errorIn(items[0]!.json).message).toBe("The parameter 'Look Up Addresses' must be true or false");
		expect(bench.sandbox.requests).toEqual([]);
	});
});
