import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { AGENT, aiDolBench, TYPE } from './aidol';

const bench = aiDolBench();

describe('agent', () => {
	test.each(['list', 'array', 'agents', 'records', 'items'] as const)(
		'getAll, with the rows in %s',
		async (agentListForm) => {
			bench.sandbox.configure({ aidol: { agentListForm } });
			const { items, error } = await bench.run({ resource: 'agent', operation: 'getAll', returnAll: true });
			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json)).toEqual(
				bench.sandbox.settings.aidol.agents.map(({ id, name, description }) => ({ agentId: id, name, description })),
			);
			expect(items.map(({ pairedItem }) => pairedItem)).toEqual(items.map(() => ({ item: 0 })));
		},
	);

	test('getAll, in groups: all of them, with their category', async () => {
		bench.sandbox.configure({ aidol: { agentListForm: 'grouped' } });
		const { items } = await bench.run({ resource: 'agent', operation: 'getAll', returnAll: true });
		expect(items.map(({ json }) => [json.name, json.category])).toEqual(
			bench.sandbox.settings.aidol.agents.map(({ name, category }) => [name, category]),
		);
	});

	test('getAll up to a limit', async () => {
		const { items } = await bench.run({ resource: 'agent', operation: 'getAll', limit: 2 });
		expect(items).toHaveLength(2);
	});
});

describe('conversation', () => {
	test.each([true, false])('create, with hyphens in the id: %s', async (hyphens) => {
		bench.sandbox.configure({ aidol: { hyphens } });
		const { items } = await bench.run({ resource: 'conversation', operation: 'create', agentId: AGENT });
		expect(items[0]?.json).toEqual({
			conversationId: expect.stringMatching(hyphens ? /^[0-9a-f-]{36}$/ : /^[0-9a-f]{32}$/),
			agentId: AGENT,
		});
		const conversationId = String(items[0]?.json.conversationId);
		const { items: answers } = await bench.send({ conversationId });
		expect(answers[0]?.json).toMatchObject({ conversationId, status: 'completed' });
	});
});

describe('the form', () => {
	const properties = () => bench.engine.nodeTypes.getByNameAndVersion(TYPE, 1).description.properties;
	const of = (resource: string, operation: string) =>
		properties().filter(({ displayOptions }) => {
			const { resource: resources, operation: operations } = displayOptions?.show ?? {};
			return resources?.includes(resource) && operations?.includes(operation);
		});

	test('has the operations and parameters that saved workflows depend on, in this order', () => {
		const operations = properties()
			.filter(({ name }) => name === 'operation')
			.flatMap(({ displayOptions, options }) =>
				(options as INodePropertyOptions[]).map(
					({ value }) => `${String(displayOptions?.show?.resource?.[0])}.${String(value)}`,
				),
			);
		expect(operations.sort()).toEqual(['agent.getAll', 'conversation.create', 'image.generate', 'message.send']);
		const names = (resource: string, operation: string) => of(resource, operation).map(({ name }) => name);
		expect(names('agent', 'getAll')).toEqual(['returnAll', 'limit']);
		expect(names('conversation', 'create')).toEqual(['agentId', 'options']);
		// More parameters that all Sends have may stand behind the output.
		expect(names('message', 'send').slice(0, 4)).toEqual(['agentId', 'message', 'conversationId', 'output']);
		expect(names('message', 'send').at(-1)).toBe('options');
		expect(names('image', 'generate')).toEqual([
			...['agentId', 'conversationId', 'prompt', 'binaryPropertyName', 'options'],
		]);
		const optionsOf = (resource: string, operation: string) =>
			(of(resource, operation).find(({ name }) => name === 'options')?.options as INodeProperties[]).map(
				({ name }) => name,
			);
		expect(optionsOf('conversation', 'create')).toEqual(['userId']);
		expect(optionsOf('image', 'generate')).toEqual(['language', 'metadata', 'maxDuration', 'userId']);
	});

	test('offers no option that AI-DOL cannot do', () => {
		const options = of('message', 'send').find(({ name }) => name === 'options')?.options as INodeProperties[];
		const names = options.map(({ name }) => name);
		expect(names).toEqual(
			expect.arrayContaining([
				'language',
				'metadata',
				'textField',
				'userId',
				'includeEvents',
				'idleTimeout',
				'maxDuration',
			]),
		);
		for (const name of ['waitForAnswer', 'onTimeout', 'documents', 'downloadFiles']) expect(names).not.toContain(name);
	});
});

test.each([
	['an empty message', { message: '  ' }, "The parameter 'Message' is empty"],
	['no agent', { agentId: ' ' }, "The parameter 'Agent ID' is empty"],
	['an agent id of two words', { agentId: 'a b' }, "The parameter 'Agent ID' cannot be an ID"],
	['a conversation id of two lines', { conversationId: 'a\nb' }, "The parameter 'Conversation ID' cannot be an ID"],
	['metadata that is no object', { options: { metadata: '[1]' } }, "The parameter 'Metadata' is not a JSON object"],
	[
		'a text field that is none',
		{ options: { textField: 'a..b' } },
		"The parameter 'Text Field' is not the name of a field",
	],
	['a user ID of Chinese signs', { options: { userId: '安娜' } }, "The parameter 'User ID' may contain only"],
	['a user ID of two lines', { options: { userId: 'a\nb' } }, "The parameter 'User ID' may contain only"],
	['a user ID that is an object', { options: { userId: { id: 1 } } }, "The parameter 'User ID' is not a text"],
	['a timeout out of range', { options: { maxDuration: 0 } }, "The parameter 'Timeout: Total' must be a number from"],
])('%s: named with its item, before any request', async (_title, parameters, message) => {
	const { error } = await bench.send(parameters);
	expect(error?.message).toContain(message);
	expect((error as unknown as { context: { itemIndex: number } }).context.itemIndex).toBe(0);
	expect(bench.sandbox.requests).toEqual([]);
});

describe('the published form of the output', () => {
	interface Schema {
		type: string | string[];
		properties?: Record<string, Schema>;
		items?: Schema;
	}
	const schema = (resource: string, operation: string) =>
		JSON.parse(
			readFileSync(join(__dirname, '../../nodes/AiDol/__schema__/v1.0.0', resource, `${operation}.json`), 'utf8'),
		) as Schema;

	function typeOf(value: unknown): string {
		if (value === null) return 'null';
		if (Array.isArray(value)) return 'array';
		return Number.isInteger(value) ? 'integer' : typeof value;
	}

	/** Every member of a real item is described, with its type. */
	function expectDescribed(value: unknown, { type, properties, items }: Schema, path = 'item'): void {
		const types = [type].flat();
		const own = typeOf(value);
		expect([path, types.includes(own) || (own === 'integer' && types.includes('number'))]).toEqual([path, true]);
		if (Array.isArray(value)) for (const each of value) if (items) expectDescribed(each, items, `${path}[]`);
		if (own !== 'object' || !properties) return;
		for (const [name, member] of Object.entries(value as object)) {
			expect([path, Object.keys(properties)]).toEqual([path, expect.arrayContaining([name])]);
			expectDescribed(member, properties[name]!, `${path}.${name}`);
		}
	}

	test('is what comes out', async () => {
		const { items: agents } = await bench.run({ resource: 'agent', operation: 'getAll' });
		for (const { json } of agents) expectDescribed(json, schema('agent', 'getAll'));
		bench.sandbox.configure({ aidol: { agentListForm: 'grouped' } });
		const { items: grouped } = await bench.run({ resource: 'agent', operation: 'getAll' });
		for (const { json } of grouped) expectDescribed(json, schema('agent', 'getAll'));
		const image = { resource: 'image', operation: 'generate', agentId: AGENT, prompt: 'x' };
		for (const options of [{}, { metadata: '{"a": 1}' }]) {
			const { items: pictures } = await bench.run({ ...image, options });
			expectDescribed(pictures[0]?.json, schema('image', 'generate'));
		}
		const { items: made } = await bench.run({ resource: 'conversation', operation: 'create', agentId: AGENT });
		expectDescribed(made[0]?.json, schema('conversation', 'create'));
		bench.sandbox.configure({ aidol: { workflowEvents: true, messageIds: true } });
		for (const options of [{}, { includeSteps: true }]) {
			const { items: answers } = await bench.send({ message: 'x [script: report]', options });
			expectDescribed(answers[0]?.json, schema('message', 'send'));
		}
	});
});
