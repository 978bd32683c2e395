import { reportifyBench } from './reportify';
import { asTool } from './tool';

const bench = reportifyBench();

const tool = async (node: object = {}, parameters: object = {}) =>
	await asTool(
		bench.engine,
		{
			type: 'n8n-nodes-agent-conversations.reportify',
			parameters: {
				resource: 'message',
				operation: 'send',
				message: `={{ $fromAI('question', '', 'string') }}`,
				...parameters,
			},
			...node,
		},
		{ reportifyApi: { apiKey: 'sandbox-key', baseUrl: bench.sandbox.reportify.url } },
	);

test('as a tool of an AI Agent the node asks and hands the answer to the model', async () => {
	const invoke = await tool();
	const [item] = JSON.parse(await invoke({ question: 'hello [script: short]' })) as Array<Record<string, unknown>>;
	expect(item).toMatchObject({ provider: 'reportify', status: 'completed', answer: expect.stringMatching(/.+/) });
});

test('two questions of one agent get two answers; the same question later is asked anew', async () => {
	const invoke = await tool();
	const asked = async (question: string) =>
		(JSON.parse(await invoke({ question })) as Array<{ messageId: string }>)[0]!.messageId;
	const ids = [await asked('a [script: short]'), await asked('b [script: short]'), await asked('a [script: short]')];
	expect(new Set(ids).size).toBe(3);
	expect(bench.questions()).toBe(3);
});

test('the same question later is asked anew also when nobody waits for the answer', async () => {
	const invoke = await tool({}, { options: { waitForAnswer: false } });
	const asked = async () =>
		(JSON.parse(await invoke({ question: 'a [script: short]' })) as Array<{ messageId: string }>)[0];
	const [first, second] = [await asked(), await asked()];
	expect(first).toMatchObject({ status: 'running', messageId: expect.any(String) });
	expect(second!.messageId).not.toBe(first!.messageId);
});

test('a tool that is tried again collects what went out', async () => {
	bench.sandbox.faults.add({ kind: 'cut', afterEvents: 3 });
	bench.sandbox.faults.add({ kind: 'status', status: 401, operation: 'events' });
	bench.sandbox.faults.add({ kind: 'status', status: 401, operation: 'messages' });
	const invoke = await tool({ retryOnFail: true, maxTries: 2, waitBetweenTries: 1 });
	const [item] = JSON.parse(await invoke({ question: 'hello [script: short]' })) as Array<Record<string, unknown>>;
	expect(item).toMatchObject({ status: 'completed' });
	expect(bench.questions()).toBe(1);
});

test('what goes wrong reaches the model with what to do about it', async () => {
	bench.sandbox.faults.add({ kind: 'status', status: 422, body: '{"detail":"message is too long"}' });
	const invoke = await tool();
	await expect(invoke({ question: 'x' })).rejects.toThrow(/not valid \(422\)[\s\S]*message is too long/);
});
