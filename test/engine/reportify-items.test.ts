import { errorIn, reportifyBench } from './reportify';

jest.setTimeout(20_000);

const bench = reportifyBench();
const items = (...messages: string[]) => messages.map((message) => ({ json: { message } }));
const FROM_ITEM = { message: '={{ $json.message }}' };

test('one item out for each item in, in input order, paired', async () => {
	const slowFirst = ['a [script: tokens 30] [pace: 60]', 'b [script: short]', 'c [script: short]'];
	const { items: out } = await bench.send(FROM_ITEM, { items: items(...slowFirst) });
	expect(out.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
	expect(new Set(out.map(({ json }) => json.conversationId)).size).toBe(3);
});

test('messages to the same conversation run one after the other, in input order', async () => {
	const conversationId = await bench.newConversation();
	await bench.send(
		{ ...FROM_ITEM, conversationId },
		{ items: items('1 [script: short]', '2 [script: short]', '3 [script: short]') },
	);
	const chats = bench.sandbox.findRequests({ path: /chat$/ });
	expect(chats.map(({ text }) => (JSON.parse(text) as { message: string }).message[0])).toEqual(['1', '2', '3']);
});

test('different conversations run in parallel, up to the limit', async () => {
	let open = 0;
	let most = 0;
	const count = async () => {
		for (let nth = 1; nth <= 6; nth++) {
			const request = await bench.sandbox.requestTo('POST', /\/chat$/, { nth });
			most = Math.max(most, ++open);
			void bench.sandbox.over(request).then(() => open--);
		}
	};
	const counting = count();
	await bench.send(
		{ message: 'x [script: tokens 20] [pace: 100]', options: { maxConcurrency: 2 } },
		{ items: items('', '', '', '', '', '') },
	);
	await counting;
	expect(most).toBe(2);
});

test.each([
	['an empty message', { message: '  ' }, "The parameter 'Message' is empty"],
	[
		'a conversation id with letters',
		{ conversationId: 'abc' },
		"The parameter 'Conversation ID' must be a whole number, digits only",
	],
	[
		'a rounded id',
		{ conversationId: '={{ 11887655289749512 }}' },
		"The parameter 'Conversation ID' arrived as a number that is too large to be exact",
	],
	[
		'an agent id that is too large',
		{ agentId: '99999999999999999999' },
		"The parameter 'Agent ID' must be a whole number",
	],
	['a timeout out of range', { options: { idleTimeout: -1 } }, "The parameter 'Timeout: Idle' must be a number from"],
	[
		'a document without id',
		{ options: { documents: { document: [{ documentId: '' }] } } },
		"The parameter 'Documents 1: Document ID' is empty",
	],
	[
		'a document whose id was rounded',
		{ options: { documents: { document: [{ documentId: '={{ 11887655289749512 }}' }] } } },
		"The parameter 'Documents 1: Document ID' arrived as a number that is too large to be exact",
	],
])('%s: named with its item, before any request', async (_title, parameters, message) => {
	const { error } = await bench.send(parameters);
	expect(error?.message).toContain(message);
	expect((error as unknown as { context: { itemIndex: number } }).context.itemIndex).toBe(0);
	expect(bench.sandbox.requests).toEqual([]);
});

test('meta that is not a JSON object, a field that is not there', async () => {
	const create = await bench.run({ resource: 'conversation', operation: 'create', additionalFields: { meta: '[1' } });
	expect(create.error?.message).toBe("The parameter 'Meta' is not a JSON object");
	const upload = await bench.run({ resource: 'document', operation: 'upload', binaryPropertyName: 'nope' });
	expect(upload.error?.message).toContain('"nope", which this item does not have');
	expect(bench.sandbox.requests).toEqual([]);
});

test('with continue, one bad item does not touch the others', async () => {
	const { items: out } = await bench.send(FROM_ITEM, {
		items: items('a [script: short]', ' ', 'c [script: short]'),
		node: { onError: 'continueRegularOutput' },
	});
	expect(out.map(({ json }) => Object.keys(json).includes('error'))).toEqual([false, true, false]);
	expect(out.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
	expect(errorIn(out[1]?.json)).toMatchObject({ code: 'invalid_parameter', status: 'notSent', provider: 'reportify' });
});

test('with an error output, failures go there with all they carry', async () => {
	bench.sandbox.faults.add({ kind: 'error-event', afterEvents: 60 });
	const { items: out, errorItems } = await bench.send(FROM_ITEM, {
		items: items('report [script: single agent report]', 'b [script: short]'),
		node: { onError: 'continueErrorOutput' },
	});
	expect(out).toHaveLength(1);
	expect(errorItems).toHaveLength(1);
	expect(errorIn(errorItems[0]?.json)).toMatchObject({
		conversationId: expect.stringMatching(/^\d+$/),
		messageId: expect.any(String),
		partialAnswer: expect.stringContaining('#'),
		status: 'failed',
	});
});

test('without continue, the message and what to do are one error of the node', async () => {
	bench.sandbox.faults.add({ kind: 'status', status: 401 });
	const { error } = await bench.send();
	expect(error).toMatchObject({
		name: 'NodeApiError',
		message: 'The API key was refused by Reportify (401)',
		httpCode: '401',
		description: expect.stringContaining('Open the credential of this node'),
	});
});

describe("n8n's Retry On Fail", () => {
	const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

	test('gives answers again and asks only what was never asked', async () => {
		bench.sandbox.faults.add({ kind: 'status', status: 422, skip: 1 });
		const { items: out, run } = await bench.send(
			{ ...FROM_ITEM, options: { maxConcurrency: 1 } },
			{ items: items('a [script: short]', 'b [script: short]', 'c [script: short]'), node: RETRY },
		);
		expect(run.status).toBe('success');
		expect(out.map(({ json }) => json.status)).toEqual(['completed', 'completed', 'completed']);
		const asked = bench.sandbox
			.findRequests({ path: /chat$/ })
			.map(({ text }) => (JSON.parse(text) as { message: string }).message[0]);
		expect(asked).toEqual(['a', 'b', 'c', 'b']);
	});

	test('collects what went out instead of asking again', async () => {
		bench.sandbox.faults.add({ kind: 'stall', afterEvents: 20 });
		bench.sandbox.faults.add({ kind: 'stall', afterEvents: 0, operation: 'events' });
		bench.sandbox.faults.add({ kind: 'status', status: 404, operation: 'events', skip: 1 });
		bench.sandbox.faults.add({ kind: 'status', status: 404, operation: 'messages' });
		const { items: out } = await bench.send({ message: 'report', options: { idleTimeout: 0.3 } }, { node: RETRY });
		expect(out[0]?.json).toMatchObject({ status: 'completed', deliveredBy: 'resume' });
		expect(bench.questions()).toBe(1);
	});

	test('does not ask again when the first try may have arrived', async () => {
		bench.sandbox.faults.add({ kind: 'status', status: 500, handled: false });
		const { error } = await bench.send({}, { node: RETRY });
		expect(error?.message).toBe('The connection to Reportify broke');
		expect(bench.questions()).toBe(1);
	});

	test('on the regular output too', async () => {
		bench.sandbox.faults.add({ kind: 'error-event', afterEvents: 5 });
		const { items: out } = await bench.send({}, { node: { ...RETRY, onError: 'continueRegularOutput' } });
		expect(errorIn(out[0]?.json)).toMatchObject({ status: 'failed' });
		expect(bench.questions()).toBe(1);
	});
});

test('an empty key is found before anything is sent, and said in plain words', async () => {
	const { items: out } = await bench.send(
		{},
		{
			node: { onError: 'continueRegularOutput' },
			credentials: { reportifyApi: { apiKey: '', baseUrl: bench.sandbox.reportify.url } },
		},
	);
	expect(errorIn(out[0]?.json)).toMatchObject({ code: 'configuration', status: 'notSent' });
	expect(errorIn(out[0]?.json).message).toMatch(/API Key/);
	expect(bench.sandbox.requests).toEqual([]);
});

test('messages to one conversation keep their order even when their credentials come in another one', async () => {
	const conversationId = await bench.newConversation();
	const { items: out } = await bench.send(
		{ ...FROM_ITEM, conversationId },
		{
			items: items('1 [script: short]', '2 [script: short]', '3 [script: short]'),
			credentialDelays: [30, 10, 0],
		},
	);
	expect(out).toHaveLength(3);
	const chats = bench.sandbox.findRequests({ path: /chat$/ });
	expect(chats.map(({ text }) => (JSON.parse(text) as { message: string }).message[0])).toEqual(['1', '2', '3']);
});
