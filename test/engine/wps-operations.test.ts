import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties } from 'n8n-workflow';
import { WpsAgent } from '../../nodes/WpsAgent/WpsAgent.node';
import { deviations } from '../docs/schema-check';
import { APP, errorIn, wpsBench } from './wps';

jest.setTimeout(30_000);

const bench = wpsBench();
const LATE = Object.assign(new Error('The operation was aborted due to timeout'), { name: 'TimeoutError' });
const conversation = (operation: string, more: object = {}) => ({ resource: 'conversation', operation, ...more });
const message = (operation: string, more: object = {}) => ({ resource: 'message', operation, ...more });

describe('conversation', () => {
	test('create', async () => {
		const { items } = await bench.run(conversation('create'));
		const { conversationId } = items[0]!.json;
		expect(items.map(({ json }) => json)).toEqual([{ session_id: conversationId, conversationId }]);
		const { items: sent } = await bench.send({ conversationId });
		expect(sent[0]?.json.status).toBe('completed');
	});

	test.each(['{}', '{"code":0,"msg":"success","data":{}}', '{"status":"ok"}'])(
		'create without an id in the reply is an error, not a conversation without a name: %s',
		async (body) => {
			bench.sandbox.faults.add({ kind: 'status', status: 200, body, operation: 'session.create' });
			const { items } = await bench.run(conversation('create'), { node: { onError: 'continueRegularOutput' } });
			expect(errorIn(items[0]?.json)).toMatchObject({ code: 'no_conversation_id' });
		},
	);

	test.each([
		['create', conversation('create')],
		['get', conversation('get', { conversationId: 'c' })],
		['cancel', message('cancel', { messageId: 'c' })],
	])('%s does not wait for ever for a reply', async (_operation, parameters) => {
		const limits = jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.abort(LATE));
		const { error } = await bench.run(parameters).finally(() => limits.mockRestore());
		expect(error?.message).toContain('WPS did not answer within 300 seconds');
	});

	test.each(['items', 'messages', 'array'] as const)('get gives its messages, listed as %s', async (messagesForm) => {
		const conversationId = await bench.newConversation();
		for (const word of ['one', 'two']) await bench.send({ conversationId, message: `${word} [script: echo]` });
		bench.configure({ messagesForm });
		const { items } = await bench.run(conversation('get', { conversationId }));
		expect(items).toHaveLength(1);
		expect(items[0]!.json.conversationId).toBe(conversationId);
		const messages = items[0]!.json.messages as Array<Record<string, unknown>>;
		expect(messages.map(({ sender_name, text }) => [sender_name, text])).toEqual([
			['User', 'one [script: echo]'],
			['Agent', 'one'],
			['User', 'two [script: echo]'],
			['Agent', 'two'],
		]);
	});

	test('get shows what a message sent without waiting came to', async () => {
		const { items: sent } = await bench.send({ message: 'x [script: short]', options: { waitForAnswer: false } });
		await bench.sandbox.wpsStore.chats()[0]!.run.ended;
		const { items } = await bench.run(conversation('get', { conversationId: sent[0]!.json.conversationId }));
		expect((items[0]!.json.messages as unknown[]).at(-1)).toMatchObject({
			sender_name: 'Agent',
			text: expect.stringContaining('Hello'),
		});
	});

	test('getAll, page by page, up to the limit', async () => {
		const made: string[] = [];
		for (let n = 0; n < 60; n++) made.unshift(await bench.newConversation());
		const all = await bench.run(conversation('getAll', { returnAll: true }));
		expect(all.items.map(({ json }) => json.conversationId)).toEqual(made);
		expect(all.items.every(({ pairedItem }) => JSON.stringify(pairedItem) === '{"item":0}')).toBe(true);
		expect(bench.sandbox.requests).toHaveLength(2);
		bench.sandbox.clearRequests();
		const some = await bench.run(conversation('getAll', { limit: 7 }));
		expect(some.items.map(({ json }) => json.conversationId)).toEqual(made.slice(0, 7));
		expect(bench.log()).toEqual([`GET /v7/devhub/apps/${APP}/sessions/list?page_size=7`]);
	});

	test.each(['get', 'getAll'])('%s where only the older paths exist: said in plain words', async (operation) => {
		bench.configure({ generations: ['app'] });
		const { error } = await bench.run(conversation(operation, { conversationId: 'c' }));
		expect(error).toMatchObject({ httpCode: '404', description: expect.stringContaining('newer addresses only') });
	});

	test('an unknown conversation', async () => {
		const { error } = await bench.run(conversation('get', { conversationId: 'nope' }));
		expect(error).toMatchObject({ description: expect.stringContaining('Conversation ID') });
	});
});

describe('message', () => {
	test.each(['apps', 'app'] as const)('cancel stops the agent, in the paths /%s/', async (generation) => {
		bench.configure({ generations: [generation] });
		const { items: sent } = await bench.send({ message: 'x [script: hold never]', options: { waitForAnswer: false } });
		const { messageId } = sent[0]!.json;
		const { items } = await bench.run(message('cancel', { messageId }));
		expect(items[0]?.json).toEqual({ code: 0, msg: 'success', messageId });
		expect(bench.sandbox.wpsStore.chats()[0]!.run.state).toBe('cancelled');
	});

	test('cancel of an answer that another node is waiting for: it ends as cancelled, with what there is', async () => {
		bench.configure({ endOnCancel: true });
		const sending = bench.send({ message: 'x [script: hold never after 2]' });
		await bench.sandbox.eventsSent(await bench.sandbox.waitForRequest({ operation: 'chat' }), 6);
		await bench.run(message('cancel', { messageId: bench.sandbox.wpsStore.chats()[0]!.id }));
		expect((await sending).items[0]?.json).toMatchObject({ status: 'cancelled', answer: 'one two ' });
	});

	test('cancel of a chat that nobody knows', async () => {
		const { items } = await bench.run(message('cancel', { messageId: 'nope' }), {
			node: { onError: 'continueRegularOutput' },
		});
		expect(errorIn(items[0]?.json)).toMatchObject({ code: '400000103', provider: 'wps' });
	});
});

test('what comes out is what the schemas describe', async () => {
	const schemaOf = (resource: string, operation: string) =>
		JSON.parse(
			readFileSync(join(__dirname, '../../nodes/WpsAgent/__schema__/v1.0.0', resource, `${operation}.json`), 'utf8'),
		);
	const options = { includeSteps: true, includeEvents: true, answerFormats: ['html', 'plainText', 'tables'] };
	const { items: sent } = await bench.send({ message: 'report', options });
	const { conversationId, messageId } = sent[0]!.json;
	const ids = { conversationId, messageId };
	const outputs: Array<[string, string, object]> = [
		['message', 'send', sent[0]!.json],
		['message', 'collect', (await bench.run(message('collect', ids))).items[0]!.json],
		['message', 'cancel', (await bench.run(message('cancel', ids))).items[0]!.json],
		['conversation', 'create', (await bench.run(conversation('create'))).items[0]!.json],
		['conversation', 'get', (await bench.run(conversation('get', ids))).items[0]!.json],
	];
	for (const [resource, operation, json] of outputs) {
		expect([operation, deviations(json, schemaOf(resource, operation))]).toEqual([operation, []]);
	}
});

describe('parameters', () => {
	test.each<[string, object, string]>([
		['an empty app', { appId: ' ' }, "The parameter 'App ID' is empty"],
		['an app that is no id', { appId: 'a b' }, "The parameter 'App ID' cannot be an ID"],
		['an app that would change the path', { appId: '..' }, "The parameter 'App ID' cannot be an ID"],
		['a conversation that is no id', { conversationId: 'a\nb' }, "The parameter 'Conversation ID' cannot be an ID"],
		['an empty message', { message: '\n' }, "The parameter 'Message' is empty"],
		[
			'a variable without a name',
			{ options: { variables: { variable: [{ key: ' ', value: 'x' }] } } },
			"The parameter 'Variables 1: Key' is empty",
		],
		[
			'a variable that is an object',
			{ options: { variables: { variable: [{ key: 'k', value: '={{ ({ a: 1 }) }}' }] } } },
			"The parameter 'Variables 1: Value' is not a text",
		],
		['a file that is an object', { options: { files: '={{ ["f1", { id: "f2" }] }}' } }, "The parameter 'Files 2'"],
		['a timeout out of range', { options: { maxDuration: 0 } }, "The parameter 'Timeout: Total' must be a number from"],
	])('%s: named with its item, before any request', async (_what, parameters, expected) => {
		const { error } = await bench.send(parameters);
		expect(error?.message).toContain(expected);
		expect((error as unknown as { context: { itemIndex: number } }).context.itemIndex).toBe(0);
		expect(bench.sandbox.requests).toEqual([]);
	});

	test('a variable may be named by a number', async () => {
		await bench.send({ options: { variables: { variable: [{ key: '={{ 5 }}', value: 'x' }] } } });
		expect(bench.sandbox.findRequests({ operation: 'chat' })[0]!.text).toContain(
			'"variables":[{"key":"5","value":"x"}]',
		);
	});

	test('a file may be named by a number', async () => {
		await bench.send({ options: { files: '={{ [4711, " f2 "] }}' } });
		expect(bench.sandbox.findRequests({ operation: 'chat' })[0]!.text).toContain('"files":["4711","f2"]');
	});

	test.each([
		['get', conversation('get', { conversationId: '={{ "" }}' }), "The parameter 'Conversation ID' is empty"],
		['collect', message('collect', { conversationId: '={{ "" }}' }), "The parameter 'Conversation ID' is empty"],
		['cancel', message('cancel', { messageId: '={{ "" }}' }), "The parameter 'Message ID' is empty"],
	])('%s without an id', async (_operation, parameters, expected) => {
		expect((await bench.run(parameters)).error?.message).toContain(expected);
		expect(bench.sandbox.requests).toEqual([]);
	});

	test('ids that look like numbers stay what they are, in paths, bodies and outputs', async () => {
		const appId = '11887655289749511';
		const { items } = await bench.send({ appId });
		expect(items[0]?.json.status).toBe('completed');
		expect(bench.log()).toContain(`POST /v7/sse/devhub/apps/${appId}/chats/create`);
	});

	test('an app id is percent-encoded in the path', async () => {
		await bench.send({ appId: 'a/b?c#中' }, { node: { onError: 'continueRegularOutput' } });
		expect(bench.log()).toContain('POST /v7/sse/devhub/apps/a%2Fb%3Fc%23%E4%B8%AD/chats/create');
	});

	test('the operations are those that saved workflows depend on, each with an action; sign-in comes first', () => {
		const { properties } = new WpsAgent().description;
		const operations = properties.filter(({ name }) => name === 'operation');
		const names = ({ displayOptions, options = [] }: INodeProperties) => [
			displayOptions?.show?.resource?.[0],
			options.map((option) => ('value' in option ? option.value : '')),
		];
		expect(operations.map(names)).toEqual([
			['message', ['cancel', 'collect', 'send']],
			['conversation', ['create', 'get', 'getAll']],
		]);
		expect(properties[0]).toMatchObject({ name: 'authentication', default: 'oAuth2' });
		expect(properties[0]!.displayOptions).toBeUndefined();
	});
});
