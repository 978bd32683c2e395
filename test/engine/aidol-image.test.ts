import { AGENT, aiDolBench, TYPE } from './aidol';
import { asTool } from './tool';

const bench = aiDolBench();

const generate = async (parameters: object = {}, extra: Parameters<typeof bench.run>[1] = {}) =>
	await bench.run(
		{ resource: 'image', operation: 'generate', agentId: AGENT, prompt: 'A cat on a roof', ...parameters },
		extra,
	);
const paths = () => bench.sandbox.requests.map(({ path }) => path);
const asked = () => bench.sandbox.findRequests({ path: /^\/v1\/chat\/image$/ }).length;
const imageRequest = async (nth = 1) => await bench.sandbox.requestTo('POST', /\/chat\/image$/, { nth });
const caught = { node: { onError: 'continueErrorOutput' as const } };

test('makes a conversation, and the picture as a file', async () => {
	const { items, error } = await generate({
		options: { metadata: '{"row": 9007199254740993, "a": {"b": [1.5]}}', language: 'zh' },
	});
	expect(error).toBeUndefined();
	expect(paths()).toEqual(['/v1/chat/conversation', '/v1/chat/image']);
	const [item] = items;
	expect(item?.json).toEqual({
		conversationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
		agentId: AGENT,
		metadata: { row: '9007199254740993', a: { b: [1.5] } },
		traceId: expect.stringMatching(/^\w{32}$/),
		fileName: 'A cat on a roof.png',
		mimeType: 'image/png',
		fileSize: expect.any(Number),
	});
	expect(item?.pairedItem).toEqual({ item: 0 });
	const picture = item!.binary!.data!;
	expect(picture).toMatchObject({ mimeType: 'image/png', fileName: 'A cat on a roof.png', fileExtension: 'png' });
	expect(Buffer.from(picture.data, 'base64').subarray(0, 4).toString('latin1')).toBe('\x89PNG');
	expect(bench.sandbox.requests[1]?.text).toBe(
		`{"agentId":"${AGENT}","conversationId":"${String(item?.json.conversationId)}","text":"A cat on a roof","language":"zh","metadata":{"row":9007199254740993,"a":{"b":[1.5]}}}`,
	);
});

test('in a conversation that is there, into a field of another name', async () => {
	const conversationId = await bench.newConversation();
	const { items } = await generate({ conversationId, binaryPropertyName: 'picture' });
	expect(paths()).toEqual(['/v1/chat/image']);
	expect(items[0]?.json).toMatchObject({ conversationId, metadata: null });
	expect(Object.keys(items[0]!.binary!)).toEqual(['picture']);
});

test.each([
	['jpeg', 'image/jpeg', 'jpg'],
	['bare', 'image/png', 'png'],
] as const)('the type is the real one: %s', async (imageForm, mimeType, extension) => {
	bench.sandbox.configure({ aidol: { imageForm } });
	const { items } = await generate({ prompt: '  屋顶上的猫/狗\nsecond line' });
	expect(items[0]?.json).toMatchObject({ mimeType, fileName: `屋顶上的猫-狗.${extension}` });
	expect(items[0]?.binary?.data).toMatchObject({ mimeType, fileExtension: extension });
});

test.each(['address', 'none'] as const)('%s instead of a picture: an error that keeps the rest', async (imageForm) => {
	bench.sandbox.configure({ aidol: { imageForm } });
	const { items, errorItems } = await generate({}, caught);
	expect(items).toEqual([]);
	expect(errorItems[0]?.json.error).toMatchObject({
		message: 'AI-DOL answered without a picture that can be read',
		code: 'no_picture',
		status: 'failed',
		conversationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
		description: expect.stringMatching(/Trace ID: \w{32}/),
	});
});

test('a picture that is too large: an error that keeps the rest', async () => {
	bench.sandbox.configure({ aidol: { imageForm: 'huge' } });
	const { errorItems } = await generate({}, caught);
	expect(errorItems[0]?.json.error).toMatchObject({
		message: 'AI-DOL sent more than a reply may have',
		code: 'too_large',
		conversationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
	});
	await bench.sandbox.over(await imageRequest(), { timeoutMs: 20_000 });
});

test.each([
	[
		'invalid_prompt',
		'invalid_prompt please',
		{},
		'AI-DOL found the request not valid (422)',
		'failed',
		/Word the prompt differently/,
	],
	[
		'an agent that makes none',
		'x',
		{ images: false },
		'AI-DOL did not accept the request (400)',
		'notSent',
		/cannot make pictures/,
	],
])('%s', async (_what, prompt, agent, message, status, hint) => {
	const [first, ...others] = bench.sandbox.settings.aidol.agents;
	bench.sandbox.configure({ aidol: { agents: [{ ...first!, ...agent }, ...others] } });
	const { errorItems } = await generate({ prompt }, caught);
	expect(errorItems[0]?.json.error).toMatchObject({
		message,
		status,
		description: expect.stringMatching(hint),
		conversationId: expect.stringMatching(/./),
	});
});

test.each([
	['an empty prompt', { prompt: ' ' }, "The parameter 'Prompt' is empty"],
	['no agent', { agentId: ' ' }, "The parameter 'Agent ID' is empty"],
	['no field', { binaryPropertyName: ' ' }, "The parameter 'Put Output File in Field' is empty"],
	['a time that is none', { options: { maxDuration: 0 } }, "The parameter 'Timeout: Total' must be a number from"],
	['metadata that is no object', { options: { metadata: '[]' } }, "The parameter 'Metadata' is not a JSON object"],
])('%s: told before any request', async (_what, parameters, message) => {
	const { error } = await generate(parameters);
	expect(error?.message).toContain(message);
	expect(bench.sandbox.requests).toEqual([]);
});

describe('a picture is asked for once', () => {
	const retried = { node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 } };

	test.each([
		['the connection breaks', { kind: 'reset-after-request' }],
		['the provider has a fault', { kind: 'status', status: 500 }],
		['a gateway gives up', { kind: 'status', status: 504 }],
		['a page comes', { kind: 'html' }],
	] as const)('when %s', async (_what, fault) => {
		bench.sandbox.faults.add({ ...fault, operation: 'image' });
		const { error } = await generate({}, retried);
		expect(error).toBeDefined();
		expect(asked()).toBe(1);
	});

	test('when it takes too long', async () => {
		bench.sandbox.faults.add({ kind: 'silence', operation: 'image' });
		const { errorItems } = await generate(
			{ options: { maxDuration: 0.3 } },
			{ node: { ...retried.node, ...caught.node } },
		);
		expect(errorItems[0]?.json.error).toMatchObject({
			message: 'The picture of AI-DOL was not finished within 0.3 seconds',
			code: 'max_duration',
			status: 'unknown',
			description: expect.stringContaining('it was not asked for again'),
		});
		expect(asked()).toBe(1);
		await bench.sandbox.closedByClient(await imageRequest());
	});

	test('but again where nothing was taken in', async () => {
		bench.sandbox.faults.add({ kind: 'json-200', operation: 'conversation.create', message: 'Agent not found' });
		const { items } = await generate({}, retried);
		expect(items).toHaveLength(1);
		expect(asked()).toBe(1);
	});

	test('and what was made is given again when another item fails', async () => {
		bench.sandbox.faults.add({ kind: 'json-200', operation: 'conversation.create', message: 'Agent not found' });
		const { items } = await generate({}, { ...retried, items: [{ json: {} }, { json: {} }, { json: {} }] });
		expect(items).toHaveLength(3);
		expect(asked()).toBe(3);
	});

	test('by an AI Agent, for each call of its tool', async () => {
		const parameters = {
			resource: 'image',
			operation: 'generate',
			agentId: AGENT,
			prompt: `={{ $fromAI('prompt', '', 'string') }}`,
		};
		const invoke = await asTool(bench.engine, { type: TYPE, parameters }, bench.credentials());
		await invoke({ prompt: 'a cat' });
		await invoke({ prompt: 'a cat' });
		await invoke({ prompt: 'a dog' });
		expect(asked()).toBe(3);
	});
});

test('the wait is 180 seconds where nothing else is said', () => {
	const { properties } = bench.engine.nodeTypes.getByNameAndVersion(TYPE, 1).description;
	const options = properties.find(
		({ name, displayOptions }) => name === 'options' && displayOptions?.show?.resource?.includes('image'),
	);
	expect(JSON.stringify(options)).toContain(
		'"name":"maxDuration","type":"number","typeOptions":{"minValue":1},"default":180',
	);
});

test('Stop closes the connection', async () => {
	bench.sandbox.faults.add({ kind: 'silence', operation: 'image' });
	const { run } = await generate({}, { onStarted: ({ cancel }) => void imageRequest().then(cancel) });
	expect(run.status).toBe('canceled');
	await bench.sandbox.closedByClient(await imageRequest());
});

test('a picture that takes its time', async () => {
	bench.sandbox.configure({ aidol: { imageDelayMs: 300 } });
	expect((await generate()).items).toHaveLength(1);
});
