import { LoadOptionsContext } from 'n8n-core';
import { type INode, type INodeListSearchResult, type INodeProperties, Workflow } from 'n8n-workflow';
import { WpsAgent } from '../../nodes/WpsAgent/WpsAgent.node';
import { asTool } from './tool';
import { APP, errorIn, wpsBench } from './wps';

/** Conversations are chosen from a list, or given by their ids in any way. */

jest.setTimeout(60_000);

const bench = wpsBench();
const TYPE = 'n8n-nodes-agent-conversations.wpsAgent';

/** Fills the list as the editor does. */
async function listed(
	filter?: string,
	{ credentials = bench.accessToken(), parameters = {}, timezone = 'Asia/Shanghai' } = {},
): Promise<INodeListSearchResult> {
	const chosen = {
		authentication: 'wpsOAuth2Api' in credentials ? 'oAuth2' : 'accessToken',
		appId: APP,
		...parameters,
	};
	const node: INode = {
		...{ id: 'n', name: 'WPS', type: TYPE, typeVersion: 1, position: [0, 0], parameters: chosen },
		credentials: Object.fromEntries(Object.keys(credentials).map((type) => [type, { id: `${type}-id`, name: type }])),
	};
	const { nodeTypes } = bench.engine;
	const workflow = new Workflow({
		id: 'w',
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes,
		settings: { timezone },
	});
	const additionalData = { ...bench.engine.additionalData(credentials), currentNodeParameters: chosen };
	const context = new LoadOptionsContext(workflow, node, additionalData as never, 'parameters.conversationId');
	const { methods } = nodeTypes.getByNameAndVersion(TYPE, 1);
	return await methods!.listSearch!.searchConversations!.call(context as never, filter);
}

describe('the list', () => {
	const named = (id: string, name: string, day: number) => ({
		session_id: id,
		name,
		ctime: Date.UTC(2026, 0, day, 23, 30) / 1000,
	});
	const shows = (...items: object[]) =>
		bench.sandbox.faults.add({
			kind: 'status',
			status: 200,
			operation: 'sessions',
			body: JSON.stringify({ code: 0, data: { items } }),
		});

	test('names and times where the workflow is at home, the newest first; what has no name has its time or its ID', async () => {
		shows(named('s1', 'Leave', 3), named('s2', '', 5), { id: 's3' }, { text: 'no id' });
		expect((await listed()).results).toEqual([
			{ name: '2026-01-06 07:30 · Conversation', value: 's2' },
			{ name: '2026-01-04 07:30 · Leave', value: 's1' },
			{ name: 's3', value: 's3' },
		]);
	});

	test('found by a part of the name, the time or the ID', async () => {
		for (const [filter, ids] of [
			['LEA', ['s1']],
			['01-06', ['s2']],
			['s', ['s2', 's1']],
			['zz', []],
		] as const) {
			shows(named('s1', 'Leave', 3), named('s2', 'Tax', 5));
			expect((await listed(filter)).results.map(({ value }) => value)).toEqual(ids);
		}
	});

	test('all pages are searched, a hundred are shown', async () => {
		for (let n = 0; n < 120; n++) await bench.newConversation();
		bench.sandbox.clearRequests();
		expect((await listed()).results).toHaveLength(100);
		const { results } = await listed('conversation');
		expect(results).toHaveLength(100);
		expect(
			bench.log().every((entry) => entry.startsWith(`GET /v7/devhub/apps/${APP}/sessions/list?page_size=50`)),
		).toBe(true);
	});

	test('OAuth2, with a token that has to be renewed', async () => {
		const conversationId = await bench.newConversation();
		const credentials = await bench.oAuth2();
		bench.sandbox.wpsStore.tokens.expireAll();
		expect((await listed('', { credentials })).results).toMatchObject([{ value: conversationId }]);
	});

	test.each<[string, () => void, object, RegExp]>([
		[
			'the permission is missing',
			() => bench.configure({ scopes: ['kso.devhub_chat.readwrite'] }),
			{},
			/does not allow this.*needs the permission kso\.devhub_session\.readwrite.*WPS says/,
		],
		['only the older addresses exist', () => bench.configure({ generations: ['app'] }), {}, /newer addresses only/],
		['no app yet', () => undefined, { appId: '' }, /The parameter 'App ID' is empty. Enter the app_id of the agent/],
		[
			'the app is an expression',
			() => undefined,
			{ appId: '={{ $json.app }}' },
			/is an expression that has no value yet.*By ID/,
		],
	])('%s: in our words, with what to do', async (_what, arrange, parameters, words) => {
		arrange();
		await expect(listed('', { parameters })).rejects.toThrow(words);
	});

	test('a wrong token: in our words, and not repeated', async () => {
		const listing = listed('', { credentials: bench.accessToken({ accessToken: 'wrong-token-1234' }) });
		await expect(listing).rejects.toThrow(/access token was refused by WPS/);
		await expect(listing).rejects.not.toThrow(/wrong-token-1234/);
	});
});

describe('a conversation is named', () => {
	const word = { message: 'two [script: echo]' };

	test.each<[string, (id: string) => unknown]>([
		['by the list', (id) => ({ __rl: true, mode: 'list', value: id, cachedResultName: 'Leave' })],
		['by its ID', (id) => ({ __rl: true, mode: 'id', value: id })],
		['by an expression', (id) => ({ __rl: true, mode: 'id', value: `={{ "${id}" }}` })],
		['as plain text, as workflows from before have it', (id) => id],
		['as plain text in an expression', (id) => `={{ "${id}" }}`],
	])('%s', async (_how, given) => {
		const id = await bench.newConversation();
		const { items } = await bench.send({ ...word, conversationId: given(id) });
		expect(items[0]?.json).toMatchObject({ conversationId: id, answer: 'two' });
		const { items: got } = await bench.run({ resource: 'conversation', operation: 'get', conversationId: given(id) });
		expect(got[0]?.json).toMatchObject({ conversationId: id });
	});

	test.each([{ __rl: true, mode: 'list', value: '' }, { __rl: true, mode: 'id', value: '' }, '', '={{ null }}'])(
		'by nothing, for a new one: %j',
		async (conversationId) => {
			const { items } = await bench.send({ ...word, conversationId });
			expect(items[0]?.json).toMatchObject({ conversationId: expect.any(String), answer: 'two' });
		},
	);

	test('by a model, as a tool of an AI Agent', async () => {
		const id = await bench.newConversation();
		const parameters = {
			...{ authentication: 'accessToken', resource: 'message', operation: 'send', appId: APP },
			message: "={{ $fromAI('question') }}",
			conversationId: { __rl: true, mode: 'id', value: "={{ $fromAI('conversation') }}" },
		};
		const tool = await asTool(bench.engine, { type: TYPE, parameters }, bench.accessToken());
		expect(await tool({ question: 'two [script: echo]', conversation: id })).toContain(id);
	});

	test('by something that cannot be an ID: an error before any request', async () => {
		const conversationId = { __rl: true, mode: 'id', value: 'a b' };
		const { items } = await bench.send({ conversationId }, { node: { onError: 'continueRegularOutput' } });
		expect(errorIn(items[0]?.json).message).toBe("The parameter 'Conversation ID' cannot be an ID");
		expect(bench.sandbox.requests).toEqual([]);
	});
});

describe('the messages of a conversation', () => {
	test.each(['oldest-first', 'newest-first'] as const)(
		'Limit gives the newest ones, listed %s',
		async (messagesOrder) => {
			const conversationId = await bench.newConversation();
			for (const word of ['one', 'two', 'three']) {
				await bench.send({ conversationId, message: `${word} [script: echo]` });
			}
			bench.configure({ messagesOrder });
			const get = async (options: object) => {
				const { items } = await bench.run({ resource: 'conversation', operation: 'get', conversationId, options });
				return (items[0]!.json.messages as Array<{ text: string }>).map(({ text }) => text).sort();
			};
			expect(await get({ limit: 2 })).toEqual(['three', 'three [script: echo]']);
			expect(await get({ limit: 100 })).toHaveLength(6);
			expect(await get({})).toHaveLength(6);
		},
	);

	test.each([0, 'x', -1])('a limit that is none (%j): before any request', async (limit) => {
		const get = { resource: 'conversation', operation: 'get', conversationId: 'c', options: { limit } };
		const { error } = await bench.run(get);
		expect(error?.message).toContain("The parameter 'Limit' must be a number from 1");
		expect(bench.sandbox.requests).toEqual([]);
	});
});

test('the form of Send asks for what has to be filled in first', () => {
	const { properties } = new WpsAgent().description;
	const isShown = ({ displayOptions }: INodeProperties, operation: string) =>
		displayOptions?.show?.resource?.includes('message') && displayOptions.show.operation?.includes(operation);
	const namesOf = (operation: string) => properties.filter((each) => isShown(each, operation)).map(({ name }) => name);
	expect(namesOf('send').slice(0, 3)).toEqual(['appId', 'message', 'conversationId']);
	expect(namesOf('collect').slice(0, 4)).toEqual(['appId', 'conversationId', 'messageId', 'question']);
});
