import { errorIn, KEY, reportifyBench } from './reportify';

const bench = reportifyBench();

describe('conversation', () => {
	test('create sends what was filled in and names the conversation', async () => {
		const { items } = await bench.run({
			resource: 'conversation',
			operation: 'create',
			agentId: '11887655289749511',
			title: ' Monday ',
			additionalFields: {
				conversationType: 'bot_chat',
				channel: 'feishu',
				meta: '{"row": 9007199254740993, "a": 1.50}',
			},
		});
		expect(bench.sandbox.requests[0]?.text).toBe(
			'{"agent_id":11887655289749511,"title":"Monday","conversation_type":"bot_chat","channel":"feishu","meta":{"row":9007199254740993,"a":1.50}}',
		);
		expect(items[0]?.json).toMatchObject({ agent_id: '11887655289749511', title: 'Monday' });
		expect(items[0]?.json.conversationId).toBe(items[0]?.json.id);
	});

	test('create with nothing filled in asks for the default agent', async () => {
		const { items } = await bench.run({ resource: 'conversation', operation: 'create' });
		expect(bench.sandbox.requests[0]?.text).toBe('{}');
		expect(items[0]?.json.conversationId).toMatch(/^\d{17}$/);
	});

	test('get', async () => {
		const conversationId = await bench.newConversation();
		const { items } = await bench.run({ resource: 'conversation', operation: 'get', conversationId });
		expect(bench.sandbox.requests[0]).toMatchObject({
			method: 'GET',
			path: `/v1/agent/conversations/${conversationId}`,
		});
		expect(items[0]?.json).toMatchObject({ id: conversationId, conversationId });
	});
});

describe('message', () => {
	test('getAll pages backwards and gives each message once, newest first', async () => {
		const conversationId = await bench.newConversation();
		for (let n = 0; n < 3; n++) await bench.send({ conversationId, message: `${n} [script: short]` });
		bench.sandbox.clearRequests();
		const { items } = await bench.run({ resource: 'message', operation: 'getAll', conversationId, returnAll: true });
		expect(items).toHaveLength(6);
		expect(
			items.filter(({ json }) => json.role === 'user').map(({ json }) => (json.content as { text: string }).text[0]),
		).toEqual(['2', '1', '0']);
		for (const { json } of items) expect(json.conversationId).toBe(conversationId);
		expect(items.find(({ json }) => json.role === 'assistant')?.json.messageId).toMatch(/^[0-9a-f]{32}$/);
	});

	test('getAll asks for at most 50 at a time and stops at the limit', async () => {
		const conversationId = await bench.newConversation();
		for (let n = 0; n < 40; n++) await bench.send({ conversationId, message: `${n} [script: short]` });
		bench.sandbox.clearRequests();
		const all = await bench.run({ resource: 'message', operation: 'getAll', conversationId, returnAll: true });
		expect(all.items).toHaveLength(80);
		expect(new Set(all.items.map(({ json }) => json.id)).size).toBe(80);
		const oldestOfFirst = all.items[49]?.json.id;
		expect(bench.sandbox.requests.map(({ path }) => path.split('?')[1])).toEqual([
			'limit=50',
			`limit=50&before_message_id=${oldestOfFirst}`,
			`limit=50&before_message_id=${all.items.at(-1)?.json.id}`, // a short page need not be the last one
		]);
		bench.sandbox.clearRequests();
		const some = await bench.run({ resource: 'message', operation: 'getAll', conversationId, limit: 60 });
		expect(some.items.map(({ json }) => json.id)).toEqual(all.items.slice(0, 60).map(({ json }) => json.id));
		expect(bench.sandbox.requests.map(({ path }) => path.split('?')[1])).toEqual([
			'limit=50',
			`limit=10&before_message_id=${oldestOfFirst}`,
		]);
	});

	test('cancel', async () => {
		const { items: sent } = await bench.send({
			message: 'x [script: tokens 50] [pace: 5]',
			options: { waitForAnswer: false },
		});
		const { conversationId, messageId } = sent[0]!.json;
		const { items } = await bench.run({ resource: 'message', operation: 'cancel', conversationId, messageId });
		expect(items[0]?.json).toMatchObject({ conversationId, messageId, response_id: expect.any(String) });
		const { items: collected } = await bench.run({
			resource: 'message',
			operation: 'collect',
			conversationId,
			messageId,
		});
		expect(collected[0]?.json.status).toBe('cancelled');
	});

	test('an agent that has finished cannot be cancelled, and the error says so', async () => {
		const { items: sent } = await bench.send();
		const { conversationId, messageId } = sent[0]!.json;
		for (const ids of [{ messageId }, { messageId: 'nobody-knows-it' }]) {
			const { error } = await bench.run({ resource: 'message', operation: 'cancel', conversationId, ...ids });
			expect(error?.message).toBe('The agent of Reportify cannot be stopped: it has finished already, or is not known');
		}
	});
});

describe('file', () => {
	test('download gives the bytes under the name that Reportify gave', async () => {
		const { items: sent } = await bench.send({ message: 'report' });
		const [file] = sent[0]!.json.files as Array<{ id: string; name: string }>;
		const { items } = await bench.run({
			resource: 'file',
			operation: 'download',
			fileId: file!.id,
			binaryPropertyName: 'report',
		});
		expect(items[0]?.json).toMatchObject({ fileId: file!.id, fileName: file!.name });
		expect(Buffer.from(items[0]!.binary!.report!.data, 'base64').toString()).toContain('NVDA');
	});
});

describe('what goes wrong', () => {
	const CONTINUE = { node: { onError: 'continueRegularOutput' as const } };

	test('an error under 200 is what Reportify says, not an address that has moved', async () => {
		bench.sandbox.faults.add({
			kind: 'json-200',
			body: '{"detail":"Agent is paused"}',
			operation: 'conversation.create',
		});
		const { items } = await bench.run({ resource: 'conversation', operation: 'create' }, CONTINUE);
		expect(errorIn(items[0]?.json)).toMatchObject({
			message: 'Reportify did not accept the request (200)',
			description: expect.stringContaining('Agent is paused'),
			code: 'bad_request',
			httpStatus: 200,
		});
	});

	test.each(['{}', '[]', ''])('a new conversation without an id (%j) is none', async (body) => {
		bench.sandbox.faults.add({ kind: 'json-200', body, operation: 'conversation.create' });
		const { error } = await bench.run({ resource: 'conversation', operation: 'create' });
		expect(error?.message).toBe('Reportify made a conversation but did not say which');
	});

	test('a download that breaks off is a broken connection', async () => {
		const { items: sent } = await bench.send({ message: 'report' });
		const [file] = sent[0]!.json.files as Array<{ id: string }>;
		bench.sandbox.faults.add({ kind: 'cut', afterBytes: 10, how: 'reset', operation: 'file', times: 2 });
		const { items } = await bench.run(
			{ resource: 'file', operation: 'download', fileId: file!.id, binaryPropertyName: 'data' },
			CONTINUE,
		);
		expect(errorIn(items[0]?.json)).toMatchObject({
			message: 'The connection to Reportify broke',
			code: 'connection_broken',
		});
		const { items: answers } = await bench.send({ message: 'report', options: { downloadFiles: true } });
		expect(answers[0]?.json.files).toEqual([
			expect.objectContaining({ notDownloaded: 'The connection to Reportify broke' }),
		]);
	});

	test('a key that was pasted with blanks or with its Bearer is blacked out all the same', async () => {
		for (const apiKey of [` ${KEY}\n`, `Bearer ${KEY}`]) {
			bench.sandbox.faults.add({
				kind: 'status',
				status: 401,
				body: `{"detail":"Bad key ${KEY}!"}`,
				operation: 'conversation.create',
			});
			const { items } = await bench.run(
				{ resource: 'conversation', operation: 'create' },
				{ ...CONTINUE, credentials: { reportifyApi: { apiKey, baseUrl: bench.sandbox.reportify.url } } },
			);
			expect(errorIn(items[0]?.json).description).toContain('Bad key •••!');
		}
	});

	test.each(['={{ { "a": 1 } }}', '={{ [{ "a": 1 }] }}'])(
		'a message that is data and no text (%s) is not sent as [object Object]',
		async (message) => {
			const { error } = await bench.send({ message });
			expect(error?.message).toBe("The parameter 'Message' is not a text");
			expect(bench.sandbox.requests).toEqual([]);
		},
	);
});
