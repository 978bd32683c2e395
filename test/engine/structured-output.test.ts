import * as fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import type { RunOptions } from '../../harness/engine/engine';
import type { FaultInput, ProviderName } from '../../sandbox';
import { AGENT, aiDolBench } from './aidol';
import { errorIn, reportifyBench } from './reportify';
import { asTool } from './tool';
import { wpsBench } from './wps';

/** *Require Specific Output Format*, the format *JSON* and the output *JSON Items*, in all three nodes. */

const benches = { Reportify: reportifyBench(), WPS: wpsBench(), 'AI-DOL': aiDolBench() };
type Name = keyof typeof benches;
const NAMES = Object.keys(benches) as Name[];
const PROVIDER: Record<Name, ProviderName> = { Reportify: 'reportify', WPS: 'wps', 'AI-DOL': 'aidol' };

const EXAMPLE = '{"company": "NVIDIA", "revenue": 1.5, "segments": [{"name": "Gaming"}]}';
const ANSWER = { company: 'AMD', revenue: 2, segments: [{ name: 'Data Center' }], more: null };
const REQUIRED = { requireSpecificOutputFormat: true, schemaType: 'fromJson', jsonSchemaExample: EXAMPLE };
const SCHEMA = {
	requireSpecificOutputFormat: true,
	schemaType: 'manual',
	inputSchema:
		'{"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}}',
};
const CONTINUE = { node: { onError: 'continueRegularOutput' as const } };
/** A single agent of Reportify: its text is its answer, as it is with the others. */
const saying = (name: Name, ...texts: string[]) =>
	benches[name].sandbox.scripts.next({
		steps: texts.map((text) => ({ text })),
		reportify: { form: 'single agent' },
	});

/** What was sent as the message, as the stand-in has received it. */
function sentText(name: Name): string {
	const [chat] = benches[name].sandbox.findRequests({ operation: 'chat' });
	const body = chat!.json() as { message?: string; text?: string; input?: { text?: string } };
	return body.message ?? body.text ?? JSON.stringify(body);
}

async function ask(
	name: Name,
	parameters: object,
	extra: Parameters<(typeof benches)['Reportify']['send']>[1] = CONTINUE,
) {
	const { items, error } = await benches[name].send({ message: 'x', ...parameters }, extra);
	return { items, error, json: items[0]?.json ?? {} };
}

describe.each(NAMES)('%s', (name) => {
	const { send } = { send: (parameters: object) => ask(name, parameters) };

	test('an answer in the required format is data; what was sent is in the output', async () => {
		saying(name, 'Sure:\n```json\n', JSON.stringify(ANSWER), '\n```\nAnything else?');
		const { json } = await send(REQUIRED);
		expect(json.structuredOutput).toEqual(ANSWER);
		expect(json.answer).toContain('Anything else?');
		expect(json.question).toMatch(/^x\n\nAnswer with JSON only[\s\S]*"company": "NVIDIA"/);
		expect(sentText(name)).toContain('Answer with JSON only');
		expect(benches[name].questions()).toBe(1);
	});

	test('a format by its schema; without adding it to the message', async () => {
		saying(name, '[{"n": 1}, {"n": 2}]');
		const { json } = await send({ ...SCHEMA, options: { addFormatToMessage: false } });
		expect(json.structuredOutput).toEqual([{ n: 1 }, { n: 2 }]);
		expect(json).not.toHaveProperty('question');
		expect(sentText(name)).not.toContain('JSON');
	});

	test('an answer in another format is an error with the first three mismatches and the whole answer', async () => {
		const wrong = '{"company": 5, "segments": [{"name": true}, {}]}';
		saying(name, wrong);
		const { json } = await send(REQUIRED);
		expect(errorIn(json)).toMatchObject({
			code: 'answer_not_in_format',
			message: expect.stringMatching(/^The answer is not in the required format: .*company.*; .*/),
			partialAnswer: wrong,
			status: 'completed',
			conversationId: expect.any(String),
		});
		expect(String(errorIn(json).message).split('; ')).toHaveLength(3);
		expect(Object.keys(json)).toEqual(['error']);
	});

	test('an answer without JSON is an error where JSON is required, and none where it is only asked for', async () => {
		saying(name, 'No data today.');
		expect(errorIn((await send(REQUIRED)).json)).toMatchObject({ code: 'no_json', partialAnswer: 'No data today.' });
		saying(name, 'No data today.');
		expect(errorIn((await send({ output: 'jsonItems' })).json)).toMatchObject({ code: 'no_json' });
		saying(name, 'No data today.');
		const { json } = await send({ options: { answerFormats: ['json'] } });
		expect(json).toMatchObject({ structuredOutput: null, answer: 'No data today.' });
	});

	test('the format JSON: digits and IDs are exact', async () => {
		saying(name, 'See {"id": 11887655289749511, "n": 0.12345678901234567891, "docId": 7}');
		const { json } = await send({ options: { answerFormats: ['json'] } });
		expect(json.structuredOutput).toEqual({ id: '11887655289749511', n: '0.12345678901234567891', docId: '7' });
		expect(json).not.toHaveProperty('question');
	});

	test('JSON items: one for each object, with the ids, paired; none of them is a failure', async () => {
		saying(name, '```json\n[{"error": "none", "error (field)": 1, "conversationId": 5}, {"a": {"error": 1}}, 3]\n```');
		const { items } = await ask(
			name,
			{ output: 'jsonItems' },
			{ node: { onError: 'continueErrorOutput', retryOnFail: true } },
		);
		const ids = { conversationId: expect.any(String), messageId: items[0]!.json.messageId };
		expect(items.map(({ json }) => json)).toEqual([
			{ 'error (field 2)': 'none', 'error (field)': 1, 'conversationId (field)': '5', ...ids },
			{ a: { error: 1 }, ...ids },
			{ value: 3, ...ids },
		]);
		for (const { pairedItem } of items) expect(pairedItem).toEqual({ item: 0 });
		expect(benches[name].questions()).toBe(1);
	});

	test('JSON items: an empty list gives no item', async () => {
		saying(name, '[]');
		const { items, error } = await send({ output: 'jsonItems' });
		expect([items, error]).toEqual([[], undefined]);
	});

	test('JSON items in a required format', async () => {
		saying(name, '[{"n": 1}, {"n": 2}]');
		const { items } = await send({ ...SCHEMA, output: 'jsonItems' });
		expect(items.map(({ json }) => json.n)).toEqual([1, 2]);
		saying(name, '[{"n": 1}, {"n": "two"}]');
		expect(errorIn((await send({ ...SCHEMA, output: 'jsonItems' })).json)).toMatchObject({
			code: 'answer_not_in_format',
		});
	});

	test.each<[string, object, RegExp]>([
		[
			'an example that is none',
			{ jsonSchemaExample: '{"a": 1,}' },
			/^The parameter 'JSON Example' is not valid JSON: line 1, column 9/,
		],
		['an example that is empty', { jsonSchemaExample: ' ' }, /^The parameter 'JSON Example' is empty/],
		[
			'a schema that is none',
			{ schemaType: 'manual', inputSchema: '{"type": "text"}' },
			/^The parameter 'Input Schema' cannot be checked at \$\.type/,
		],
		[
			'a schema with more than is checked',
			{ schemaType: 'manual', inputSchema: '{"properties": {"a": {"unevaluatedItems": false}}}' },
			/\$\.properties\.a\.unevaluatedItems/,
		],
		['another schema type', { schemaType: 'yaml' }, /^The parameter 'Schema Type' must be one of: fromJson, manual/],
		[
			'a switch that is neither',
			{ requireSpecificOutputFormat: 'maybe' },
			/^The parameter 'Require Specific Output Format' must be true or false/,
		],
		[
			'another switch that is neither',
			{ options: { addFormatToMessage: 'maybe' } },
			/^The parameter 'Add Format to Message' must be true or false/,
		],
	])('%s is found before anything is sent', async (_, parameters, message) => {
		const { json } = await send({ ...REQUIRED, ...parameters });
		expect(errorIn(json)).toMatchObject({ message: expect.stringMatching(message), status: 'notSent' });
		expect(benches[name].sandbox.requests).toEqual([]);
	});

	test('a schema in the parameters does nothing where no format is required', async () => {
		saying(name, 'hello');
		const { json } = await send({ schemaType: 'manual', inputSchema: 'no schema' });
		expect(json.answer).toBe('hello');
		expect(json).not.toHaveProperty('structuredOutput');
		expect(json).not.toHaveProperty('question');
	});

	test('an expression may give the example as an object', async () => {
		saying(name, JSON.stringify(ANSWER));
		const { json } = await send({ ...REQUIRED, jsonSchemaExample: `={{ ${EXAMPLE} }}` });
		expect(json.structuredOutput).toEqual(ANSWER);
	});

	test('Retry On Fail gives the same misfit again and asks nothing again', async () => {
		saying(name, '{"company": 5}');
		const { json } = await ask(name, REQUIRED, {
			node: { onError: 'continueRegularOutput', retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		});
		expect(errorIn(json)).toMatchObject({ code: 'answer_not_in_format' });
		expect(benches[name].questions()).toBe(1);
	});

	test('without On Error, the node fails with the message', async () => {
		saying(name, '{"company": 5}');
		const { error } = await ask(name, REQUIRED, {});
		expect(error?.message).toMatch(/^The answer is not in the required format/);
		expect((error as Error & { description?: string }).description).toContain('nothing was asked a second time');
	});

	test('with the output Events nothing is checked', async () => {
		saying(name, 'no JSON');
		const { items } = await send({ ...REQUIRED, output: 'events' });
		expect(items.length).toBeGreaterThan(1);
		for (const { json } of items) expect(json).toHaveProperty('event');
	});

	/** The number of questions stays one, whatever becomes of the connection and of the answer. */
	test.each<[string, FaultInput[]]>([
		['cut before its end', [{ kind: 'cut', beforeTerminal: true }]],
		['cut in the middle of an event', [{ kind: 'cut', afterBytes: 290 }]],
		['hung up', [{ kind: 'cut', afterEvents: 3, how: 'close' }]],
		['reset', [{ kind: 'cut', afterBytes: 290, how: 'reset' }]],
		['sent twice', [{ kind: 'duplicate' }]],
		['reset behind the question', [{ kind: 'reset-after-request' }]],
		['byte by byte', [{ kind: 'split', writes: [1] }]],
		['failed', [{ kind: 'error-event', afterEvents: 2, message: 'overloaded' }]],
	])('%s: the data of the answer or an error, and one question', async (_, faults) => {
		// AI-DOL's events have no IDs: a text that is sent twice is said twice.
		if (name === 'AI-DOL' && faults[0]?.kind === 'duplicate') return;
		for (const text of [JSON.stringify(ANSWER), '{"company": 5}', 'no JSON']) {
			benches[name].sandbox.reset();
			for (const fault of faults) benches[name].sandbox.faults.add({ provider: PROVIDER[name], ...fault });
			saying(name, ...text.split(/(?=.{3}$)/));
			const { json } = await ask(name, REQUIRED, {
				node: { onError: 'continueRegularOutput', retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
			});
			if (!errorIn(json)) expect(json.structuredOutput).toEqual(ANSWER);
			else expect(text.startsWith(String(errorIn(json).partialAnswer))).toBe(true);
			expect(benches[name].questions()).toBe(1);
		}
	});

	test('as a tool of an AI Agent; a misfit is told to the model, and asking again is a new question', async () => {
		const credentials = {
			Reportify: { reportifyApi: { apiKey: 'sandbox-key', baseUrl: benches.Reportify.sandbox.reportify.url } },
			WPS: benches.WPS.accessToken(),
			'AI-DOL': benches['AI-DOL'].credentials(),
		}[name] as NonNullable<RunOptions['credentials']>;
		const type = { Reportify: 'reportify', WPS: 'wpsAgent', 'AI-DOL': 'aiDol' }[name];
		const common = { WPS: { authentication: 'accessToken', appId: 'app' }, 'AI-DOL': { agentId: AGENT } };
		const parameters = {
			...(common as Record<string, object>)[name],
			...{ resource: 'message', operation: 'send', message: `={{ $fromAI('question', '', 'string') }}`, ...REQUIRED },
		};
		const invoke = await asTool(
			benches[name].engine,
			{ type: `n8n-nodes-agent-conversations.${type}`, parameters: parameters as RunOptions['node']['parameters'] },
			credentials,
		);
		saying(name, '{"company": 5}');
		// n8n before 1.123 hands the message on as the answer of the tool.
		const told = await invoke({ question: 'x' }).catch((error: Error) => error.message);
		expect(told).toMatch(/not in the required format/);
		saying(name, JSON.stringify(ANSWER));
		const [item] = JSON.parse(await invoke({ question: 'x' })) as IDataObject[];
		expect(item?.structuredOutput).toEqual(ANSWER);
		expect(benches[name].questions()).toBe(2);
	});
});

describe.each(['Reportify', 'WPS'] as const)('%s, collected later', (name) => {
	const bench = benches[name];

	/** Asks without waiting, and collects by what the output names. */
	async function collected(parameters: object, text = JSON.stringify(ANSWER)) {
		saying(name, text);
		const { json: running } = await ask(name, { ...REQUIRED, options: { waitForAnswer: false } });
		const { conversationId, messageId, question } = running;
		const where = { resource: 'message', operation: 'collect', conversationId, messageId };
		const { items } = await bench.run({ ...where, ...(name === 'WPS' ? { question } : {}), ...parameters }, CONTINUE);
		return { running, items, json: items[0]!.json };
	}

	test('the running item names the question as it was sent', async () => {
		const { running, json } = await collected(REQUIRED);
		expect(running.question).toMatch(/^x\n\nAnswer with JSON only/);
		expect(running).not.toHaveProperty('structuredOutput');
		expect(json.structuredOutput).toEqual(ANSWER);
		expect(json).not.toHaveProperty('question');
		expect(bench.questions()).toBe(1);
	});

	test('a misfit, JSON items, the format JSON', async () => {
		expect(errorIn((await collected(REQUIRED, '{"company": 5}')).json)).toMatchObject({
			code: 'answer_not_in_format',
			partialAnswer: '{"company": 5}',
		});
		bench.sandbox.reset();
		expect((await collected({ output: 'jsonItems' })).json).toMatchObject(ANSWER);
		bench.sandbox.reset();
		expect((await collected({ options: { answerFormats: ['json'] } })).json.structuredOutput).toEqual(ANSWER);
	});

	test('a schema that is none is found before anything is sent', async () => {
		const where = { resource: 'message', operation: 'collect', conversationId: '1', messageId: 'm' };
		const { items } = await bench.run({ ...where, ...REQUIRED, jsonSchemaExample: '[]' }, CONTINUE);
		expect(errorIn(items[0]!.json).message).toMatch(/^The parameter 'JSON Example' is empty/);
		expect(bench.sandbox.requests).toEqual([]);
	});

	test('an answer that is not finished is not checked; its items would have no place to say so', async () => {
		bench.sandbox.scripts.next({
			steps: [{ text: '{"company": ' }, { hold: 'never' }],
			reportify: { form: 'single agent' },
		});
		const options = { maxDuration: 0.5, ifNotFinished: 'return' };
		const { json } = await ask(name, { ...REQUIRED, options });
		expect(json).toMatchObject({ status: 'running', structuredOutput: null });
		bench.sandbox.reset();
		bench.sandbox.scripts.next({ steps: [{ text: '[1, ' }, { hold: 'never' }], reportify: { form: 'single agent' } });
		const { json: items } = await ask(name, { output: 'jsonItems', options });
		expect(errorIn(items)).toMatchObject({ code: 'not_finished', status: 'running' });
	});
});

test('JSON that the provider has cut off is told as what it is', async () => {
	const content = '[{"n": 1}, {"n": 2';
	const events = [
		{ choices: [{ delta: { content } }] },
		{ choices: [{ delta: {}, finish_reason: 'length' }] },
		'[DONE]',
	];
	benches['AI-DOL'].sandbox.scripts.next(`events ${JSON.stringify(events)}`);
	const { json } = await ask('AI-DOL', { ...SCHEMA, output: 'jsonItems' });
	expect(errorIn(json)).toMatchObject({
		code: 'no_json',
		message: 'The JSON in the answer cannot be read. It may have been cut off.',
		description: expect.stringContaining('AI-DOL ended the answer early (length)'),
		partialAnswer: content,
	});
});

test('any JSON object in any prose comes out of the node equal, or not at all', async () => {
	const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
	const word = fc.constantFrom(
		'Sure,',
		'结果如下：',
		'见[1]。',
		'{name}',
		'"so to say"',
		':{',
		'// note',
		'[]',
		'1,234.5',
	);
	const prose = fc.array(word, { maxLength: 5 }).map((words) => words.join(' '));
	const fence = fc.constantFrom('', '```json', '```', '~~~');
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.record({ value: fc.jsonValue({ maxDepth: 2 }), before: prose, after: prose, fence }), {
				minLength: 20,
				maxLength: 20,
			}),
			async (cases) => {
				for (const [name, { value, before, after, fence: mark }] of cases.map(
					(each, i) => [NAMES[i % 3]!, each] as const,
				)) {
					const json = JSON.stringify({ value }, null, 1);
					const end = mark.slice(0, 3);
					saying(name, mark === '' ? `${before} ${json} ${after}` : `${before}\n${mark}\n${json}\n${end}\n${after}`);
					const { json: item } = await ask(name, { options: { answerFormats: ['json'] } });
					const found = item.structuredOutput as { value: unknown } | null;
					if (found !== null) expect(exactly(found)).toEqual(exactly({ value }));
				}
			},
		),
		{ numRuns: 3, seed },
	);
});

/** IDs are texts, and so are numbers that a double does not say exactly: both are compared by what they say. */
const exactly = (value: unknown) =>
	JSON.parse(JSON.stringify(value), (_, member: unknown) =>
		typeof member === 'number' ? String(member) : member,
	) as unknown;
