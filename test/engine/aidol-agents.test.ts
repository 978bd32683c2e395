import { AGENT, aiDolBench, TYPE } from './aidol';
import { listSearch } from './list-search';
import { asTool } from './tool';

const bench = aiDolBench();

const search = async (filter?: string, changes = {}) =>
	await listSearch(bench.engine, TYPE, 'searchAgents', { resource: 'message' }, bench.credentials(changes), filter);

describe('the list of agents in the form', () => {
	test('all of them, by name', async () => {
		const { agents } = bench.sandbox.settings.aidol;
		expect((await search()).results).toEqual(agents.map(({ id, name }) => ({ name, value: id })));
		expect(bench.sandbox.requests.map(({ path, refusal }) => [path, refusal])).toEqual([['/v1/agent/list', undefined]]);
	});

	test('in groups', async () => {
		bench.sandbox.configure({ aidol: { agentListForm: 'grouped' } });
		expect((await search()).results.map(({ name }) => name)).toEqual([
			'小爱 Ai (official)',
			'研究员 Researcher (official)',
			'École Guide (own)',
		]);
	});

	test.each([
		['guide', ['École Guide']],
		['ÉCOLE', ['École Guide']],
		['研究', ['研究员 Researcher']],
		['6f1c2a34', ['小爱 Ai']],
		[' ', ['小爱 Ai', '研究员 Researcher', 'École Guide']],
		['nobody', []],
	])('found by %j', async (filter, names) => {
		expect((await search(filter)).results.map(({ name }) => name)).toEqual(names);
	});

	test.each([
		['a wrong key', { apiKey: 'wrong' }, 'The API key was refused by AI\u2011DOL (401)'],
		['a wrong secret', { apiSecret: 'wrong' }, 'The API key or signature was refused by AI\u2011DOL (401)'],
		['no secret', { apiSecret: '' }, 'API Secret is empty'],
		['an address where nobody is', { baseUrl: 'http://127.0.0.1:9' }, 'AI\u2011DOL could not be reached'],
	])('%s is told in the list, in our words, with what to do', async (_what, changes, message) => {
		const failure = await search('', changes).then(
			() => undefined,
			(error: Error) => error,
		);
		expect(failure?.message).toContain(message);
		expect(failure?.message).toContain('redential');
		expect(failure?.message).not.toContain('sandbox-secret');
	});

	test('a list in an unknown form is told', async () => {
		bench.sandbox.faults.add({
			kind: 'json-200',
			operation: 'agents',
			body: '{"code":10200,"success":true,"data":{"a":1}}',
		});
		await expect(search()).rejects.toThrow('AI\u2011DOL sent its agents in a form that this node does not know');
	});
});

describe('the agent that was chosen', () => {
	const locator = (mode: string, value: unknown) => ({ __rl: true, mode, value });

	test.each<[string, unknown]>([
		['from the list', { ...locator('list', AGENT), cachedResultName: '小爱 Ai' }],
		['by its ID', locator('id', ` ${AGENT} `)],
		['by an expression', locator('id', '={{ $json.agent }}')],
		['as plain text, as older workflows have it', AGENT],
		['as a plain expression', '={{ $json.agent }}'],
	])('%s', async (_how, agentId) => {
		for (const parameters of [
			{ resource: 'message', operation: 'send', message: 'hello' },
			{ resource: 'conversation', operation: 'create' },
			{ resource: 'image', operation: 'generate', prompt: 'x' },
		]) {
			bench.sandbox.clearRequests();
			const { items, error } = await bench.run({ ...parameters, agentId }, { items: [{ json: { agent: AGENT } }] });
			expect(error).toBeUndefined();
			expect(items).toHaveLength(1);
			for (const request of bench.sandbox.requests) expect(request.json()).toMatchObject({ agentId: AGENT });
		}
	});

	test.each([
		['nothing but a blank was entered', locator('id', ' ')],
		['an expression that gives nothing', locator('id', '={{ $json.missing }}')],
		['a blank as plain text', ' '],
	])('%s: told before any request', async (_what, agentId) => {
		const { error } = await bench.send({ agentId });
		expect(error?.message).toContain("The parameter 'Agent ID' is empty");
		expect(error).toMatchObject({ description: expect.stringContaining('Choose an agent from the list') });
		expect(bench.sandbox.requests).toEqual([]);
	});

	test.each([
		['as plain text', `={{ $fromAI('agent', '', 'string') }}`],
		['in the locator', locator('id', `={{ $fromAI('agent', '', 'string') }}`)],
	])('by the model of an AI Agent, %s', async (_how, agentId) => {
		const parameters = { resource: 'message', operation: 'send', agentId, message: 'a [script: echo]' } as never;
		const invoke = await asTool(bench.engine, { type: TYPE, parameters }, bench.credentials());
		const [item] = JSON.parse(await invoke({ agent: AGENT })) as Array<Record<string, unknown>>;
		expect(item).toMatchObject({ status: 'completed', answer: 'a' });
	});
});

describe('the user of each item', () => {
	const users = () => bench.sandbox.requests.map(({ headers }) => headers['x-user-id']);
	const items = ['anna', 'ben@example.com', '', '  dora '].map((user) => ({ json: { user } }));
	const expected = ['anna', 'ben@example.com', 'user-123', 'dora'];

	test.each([
		['Send', { resource: 'message', operation: 'send', message: 'hello' }, 2],
		['Create', { resource: 'conversation', operation: 'create' }, 1],
		['Generate', { resource: 'image', operation: 'generate', prompt: 'x' }, 2],
	])('%s: in the place of the one in the credential, and signed', async (_what, parameters, requests) => {
		const { items: answers, error } = await bench.run(
			{ ...parameters, agentId: AGENT, options: { userId: '={{ $json.user }}' } },
			{ items },
		);
		expect(error).toBeUndefined();
		expect(answers).toHaveLength(4);
		expect(users().sort()).toEqual(expected.flatMap((user) => Array<string>(requests).fill(user)).sort());
		expect(bench.sandbox.requests.every(({ refusal }) => refusal === undefined)).toBe(true);
	});

	test('a number is a user, too', async () => {
		await bench.send({ options: { userId: 42 } });
		expect(users()).toEqual(['42', '42']);
	});

	test('the credential needs no user then', async () => {
		const { items: answers } = await bench.send(
			{ options: { userId: 'anna' } },
			{ credentials: bench.credentials({ userId: '' }) },
		);
		expect(answers[0]?.json.status).toBe('completed');
	});
});

test('a language that is not in the list is sent as it is', async () => {
	await bench.send({ options: { language: '={{ "ko" }}' } });
	expect(bench.sandbox.requests[1]?.json()).toMatchObject({ language: 'ko' });
});

test('the text is taken from the field that the user has named', async () => {
	bench.sandbox.scripts.next({
		bare: true,
		steps: [
			{ raw: { type: 'x', body: { say: 'Hello ' } } },
			{ raw: { type: 'x', body: { say: 'friend' } } },
			{ raw: '[DONE]' },
		],
	});
	const { items } = await bench.send({ options: { textField: 'body.say' } });
	expect(items[0]?.json).toMatchObject({ status: 'completed', answer: 'Hello friend' });
});

test('thinking is a step, and not shown live', async () => {
	bench.sandbox.scripts.next({
		steps: ['<th', 'ink>Secret thoughts</th', 'ink>\n\nHello', ' friend'].map((text) => ({ text })),
	});
	const { items, chunks } = await bench.send({ options: { includeSteps: true } }, { streaming: true, mode: 'webhook' });
	expect(items[0]?.json).toMatchObject({
		answer: 'Hello friend',
		steps: [{ kind: 'thinking', name: 'Thinking', output: 'Secret thoughts', status: 'completed' }],
	});
	expect(chunks.map(({ content }) => content ?? '').join('')).toBe('Hello friend');
});
