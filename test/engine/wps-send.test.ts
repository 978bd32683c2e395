import { REPORT_TEXT } from '../../sandbox';
import { APP, errorIn, wpsBench } from './wps';

jest.setTimeout(30_000);

const bench = wpsBench();
const SHORT = 'Hello from the sandbox — 你好 👋';
const NEWER = `/v7/devhub/apps/${APP}`;
const OLDER = `/v7/devhub/app/${APP}`;
const SESSIONS = `${NEWER}/sessions/create`;
const STREAMING = `/v7/sse/devhub/apps/${APP}/chats/create`;

test('asks in a new conversation and returns one finished item', async () => {
	const { items, error } = await bench.send({ message: 'report' });
	expect(error).toBeUndefined();
	expect(items).toHaveLength(1);
	expect(items[0]?.pairedItem).toEqual({ item: 0 });
	const [chat] = bench.sandbox.wpsStore.chats();
	expect(items[0]?.json).toMatchObject({
		provider: 'wps',
		conversationId: chat!.session.id,
		messageId: chat!.id,
		status: 'completed',
		answer: REPORT_TEXT,
		deliveredBy: 'stream',
		usage: null,
		reconnects: 0,
		lastOffset: null,
	});
	expect(items[0]?.json).not.toHaveProperty('error');
	expect(bench.log()).toEqual([`POST ${NEWER}/sessions/create`, `POST ${STREAMING}`]);
});

test('sends the message as it was typed, with files and variables', async () => {
	const variables = {
		variable: [
			{ key: ' city ', value: ' 北京 ' },
			{ key: 'n', value: '={{ 7 }}' },
		],
	};
	const message = ' «·École» 你好 👩‍🔬\n[script: short]';
	await bench.send({ message, options: { variables, files: ['file-1', ' https://example.com/a.pdf ', ''] } });
	const { text, headers } = bench.sandbox.requests[1]!;
	expect(text).toBe(
		JSON.stringify({
			text: message,
			session_id: bench.sandbox.wpsStore.chats()[0]!.session.id,
			stream: true,
			files: ['file-1', 'https://example.com/a.pdf'],
			variables: [
				{ key: 'city', value: ' 北京 ' },
				{ key: 'n', value: '7' },
			],
		}),
	);
	expect(headers['content-type']).toBe('application/json');
});

test('goes on with a conversation', async () => {
	const conversationId = await bench.newConversation();
	for (const word of ['one', 'two']) {
		const { items } = await bench.send({ conversationId: ` ${conversationId} `, message: `${word} [script: echo]` });
		expect(items[0]?.json).toMatchObject({ conversationId, answer: word, deliveredBy: 'stream' });
	}
	expect(bench.sandbox.wpsStore.chats().map(({ session }) => session.id)).toEqual([conversationId, conversationId]);
});

test('lists what the agent did and everything it said, on request', async () => {
	const { items } = await bench.send({ message: 'report', options: { includeSteps: true, includeEvents: true } });
	const { steps, events, files, eventCount } = items[0]!.json as Record<string, unknown[]>;
	expect(events).toHaveLength(Number(eventCount));
	expect(events!.at(-1)).toEqual({ event: 'end', data: {} });
	expect(steps!.length).toBeGreaterThan(1);
	expect(steps!.map((step) => (step as { kind: string }).kind)).toEqual(expect.arrayContaining(['node', 'tool']));
	for (const step of steps! as Array<Record<string, unknown>>) {
		const durationMs = step.kind === 'tool' ? 812 : 100;
		expect(step).toMatchObject({ name: expect.any(String), status: 'completed', durationMs });
	}
	const nodes = (steps! as Array<Record<string, unknown>>).filter(({ kind }) => kind === 'node');
	expect(nodes.map(({ name }) => name)).toEqual(['ChatInput-sandbox', 'Agent', 'ChatOutput-sandbox']);
	expect(files).toEqual([{ id: expect.stringMatching(/^file_/), name: expect.stringMatching(/^file_/) }]);
});

describe('however WPS streams', () => {
	const settings = [
		...(['cumulative', 'token', 'delta', 'final', 'model'] as const).map((growth) => ({ growth })),
		...(['data', 'event'] as const).map((chatIdIn) => ({ chatIdIn })),
		{ senderName: '小助手' },
		{ chatOutput: true },
		{ userEcho: false },
		...(['sse', 'sse-event', 'lines', 'blocks', 'pretty'] as const).map((form) => ({ framing: { form } })),
		{ framing: { form: 'sse' as const, eol: '\r\n' as const, space: false, bom: true, done: true, extraFields: true } },
		{ framing: { form: 'sse' as const, eol: '\r' as const } },
		{ framing: { form: 'lines' as const, bom: true }, contentType: 'text/event-stream' },
		{ framing: { form: 'sse' as const }, contentType: 'application/json' },
		...(['chunks', 'chunks-only', 'incremental', 'cumulative'] as const).map((answerForm) => ({
			dialect: 'roles' as const,
			answerForm,
		})),
		{ dialect: 'roles' as const, textField: 'text' as const, endEvent: 'done' as const },
		{ dialect: 'roles' as const, endEvent: 'conversation.chat.completed' as const },
		{ dialect: 'roles' as const, framing: { form: 'sse-event' as const, space: false } },
		...(['data', 'event'] as const).flatMap((sessionIdIn) => [
			{ sessionIdIn, scopes: ['kso.devhub_chat.readwrite' as const] },
			{ sessionIdIn, scopes: ['kso.devhub_chat.readwrite' as const], dialect: 'roles' as const },
		]),
	];

	test.each(settings)('%j', async (chosen) => {
		bench.configure(chosen);
		const { items } = await bench.send();
		expect(items[0]?.json).toMatchObject({ answer: SHORT, status: 'completed', deliveredBy: 'stream' });
		const [chat] = bench.sandbox.wpsStore.chats();
		expect(items[0]?.json).toMatchObject({ messageId: chat!.id, conversationId: chat!.session.id });
	});

	test('the conversation that the chat made is named nowhere: null, and the answer all the same', async () => {
		bench.configure({ sessionIdIn: 'none', scopes: ['kso.devhub_chat.readwrite'] });
		const { items } = await bench.send();
		expect(items[0]?.json).toMatchObject({ conversationId: null, answer: SHORT, status: 'completed' });
	});

	test('a node of the flow failed behind the agent: the answer is whole; the agent itself: an error', async () => {
		bench.configure({ invalidNode: 'output' });
		expect((await bench.send()).items[0]?.json).toMatchObject({ answer: SHORT, status: 'completed' });
		bench.configure({ invalidNode: 'agent' });
		const { items } = await bench.send({}, { node: { onError: 'continueRegularOutput' } });
		expect(errorIn(items[0]?.json)).toMatchObject({ status: 'failed', partialAnswer: SHORT });
		expect(errorIn(items[0]?.json).description).toContain('Error running node');
	});

	test('several agent turns: the last one is the answer', async () => {
		const { items } = await bench.send({ message: 'x [script: thinking]' });
		expect(items[0]?.json.answer).toBe('The answer is 42.');
	});

	test('the chat id is nowhere: null, and the answer all the same', async () => {
		bench.configure({ chatIdIn: 'none' });
		const { items } = await bench.send();
		expect(items[0]?.json).toMatchObject({ messageId: null, answer: SHORT, status: 'completed' });
	});

	test('a dialect without a terminal event: the session tells that the answer is whole', async () => {
		bench.configure({ dialect: 'roles', endEvent: 'none' });
		const { items } = await bench.send();
		expect(items[0]?.json).toMatchObject({ answer: SHORT, status: 'completed', deliveredBy: 'lookup' });
		expect(bench.questions()).toBe(1);
	});

	test.each([[[1]], [[2, 3, 7]]])('bytes in pieces of %j', async (writes) => {
		bench.configure({ framing: { form: 'blocks', escape: false } });
		bench.sandbox.faults.add({ kind: 'split', writes });
		const { items } = await bench.send({ message: 'x [script: unicode]' });
		expect(items[0]?.json).toMatchObject({ status: 'completed', deliveredBy: 'stream' });
		expect(items[0]?.json.answer).toBe(bench.sandbox.wpsStore.chats()[0]!.run.text);
	});
});

describe('without waiting', () => {
	test.each([{ generations: ['apps' as const] }, { generations: ['app' as const] }])(
		'returns the ids at once (%j)',
		async (paths) => {
			bench.configure(paths);
			const { items } = await bench.send({
				message: 'x [script: hold gate after 1]',
				options: { waitForAnswer: false },
			});
			const [chat] = bench.sandbox.wpsStore.chats();
			expect(items[0]?.json).toMatchObject({
				provider: 'wps',
				conversationId: chat!.session.id,
				messageId: chat!.id,
				status: 'running',
			});
			expect(chat!.run.state).toBe('running');
			expect(bench.sandbox.requests.at(-1)?.json()).toMatchObject({ stream: false });
			expect(bench.sandbox.wpsStore.chats()).toHaveLength(1);
			bench.sandbox.release('gate');
		},
	);

	test.each(['with the message id', 'without it'])('and collects the answer later, %s', async (how) => {
		const { items: sent } = await bench.send({ message: 'x [script: slow 300 ms]', options: { waitForAnswer: false } });
		const { conversationId, messageId } = sent[0]!.json;
		const ids = how === 'without it' ? { conversationId } : { conversationId, messageId };
		const { items } = await bench.run({ resource: 'message', operation: 'collect', ...ids });
		expect(items[0]?.json).toMatchObject({
			conversationId,
			messageId: how === 'without it' ? null : messageId,
			status: 'completed',
			answer: 'one two three four',
			deliveredBy: 'lookup',
		});
		expect(bench.questions()).toBe(1);
	});

	test('in a conversation that goes on, the answer to the question before is not collected', async () => {
		const conversationId = await bench.newConversation();
		await bench.send({ conversationId, message: 'old [script: echo]' });
		const { items: sent } = await bench.send({
			conversationId,
			message: 'new [script: hold gate after 2]',
			options: { waitForAnswer: false },
		});
		const collecting = bench.run({ resource: 'message', operation: 'collect', ...sent[0]!.json });
		await bench.sandbox.waitForRequest({ operation: 'messages' }, { nth: 3 });
		bench.sandbox.release('gate');
		expect((await collecting).items[0]?.json).toMatchObject({ answer: 'one two three four', status: 'completed' });
	});
});

describe('path generations', () => {
	const ask = async (generations: Array<'app' | 'apps' | 'sse'>, apiGeneration = 'auto', parameters = {}) => {
		bench.configure({ generations });
		return await bench.send(parameters, { credentials: bench.accessToken({ apiGeneration }) });
	};

	test.each<[string, Array<'app' | 'apps' | 'sse'>, string, string[]]>([
		['newer only', ['apps'], 'auto', [SESSIONS, STREAMING, `${NEWER}/chats/create`]],
		[
			'older only',
			['app'],
			'auto',
			[SESSIONS, `${OLDER}/session/create`, STREAMING, `${NEWER}/chats/create`, `${OLDER}/chat/create`],
		],
		['all', ['apps', 'app', 'sse'], 'auto', [SESSIONS, STREAMING]],
		['all, set to older', ['apps', 'app', 'sse'], 'app', [`${OLDER}/session/create`, `${OLDER}/chat/create`]],
		['all, set to newer', ['apps', 'app', 'sse'], 'apps', [SESSIONS, STREAMING]],
		['newer, not the one for streams', ['apps'], 'apps', [SESSIONS, STREAMING, `${NEWER}/chats/create`]],
		['only the one for streams', ['sse'], 'auto', [SESSIONS, `${OLDER}/session/create`, STREAMING]],
	])('%s', async (_what, generations, setting, paths) => {
		const { items } = await ask(generations, setting);
		expect(items[0]?.json).toMatchObject({ answer: SHORT, status: 'completed' });
		expect(bench.log()).toEqual(paths.map((path) => `POST ${path}`));
	});

	test.each(['http', '200'] as const)(
		'in a conversation that goes on, errors under %s: one question',
		async (errorStatus) => {
			const conversationId = await bench.newConversation();
			bench.configure({ errorStatus });
			const { items } = await ask(['app'], 'auto', { conversationId });
			expect(items[0]?.json).toMatchObject({ conversationId, answer: SHORT });
			expect(bench.sandbox.wpsStore.chats()).toHaveLength(1);
		},
	);

	test('generations are mixed: sessions at the newer addresses, the chat at the documented older one', async () => {
		bench.configure({ missing: ['chat sse', 'chat apps', 'cancel apps', 'session.create app'] });
		const conversationId = await bench.newConversation();
		for (const word of ['one', 'two']) {
			const { items } = await bench.send({ conversationId, message: `${word} [script: echo]` });
			expect(items[0]?.json).toMatchObject({ conversationId, answer: word, deliveredBy: 'stream' });
		}
		const { items } = await bench.run({ resource: 'conversation', operation: 'get', conversationId });
		expect(items[0]?.json.messages).toHaveLength(4);
	});

	test('an address that was found is kept for the items behind it', async () => {
		bench.configure({ generations: ['app'] });
		const parameters = { options: { maxConcurrency: 1 } };
		const { items } = await bench.send(parameters, { items: Array.from({ length: 8 }, () => ({ json: {} })) });
		expect(items.map(({ json }) => json.status)).toEqual(Array(8).fill('completed'));
		expect(bench.sandbox.findRequests({ path: /\/apps\// })).toHaveLength(3);
		expect(bench.sandbox.wpsStore.chats()).toHaveLength(8);
	});

	test('an app that nobody knows is not asked anything, and is looked for once at each address', async () => {
		bench.configure({ apps: ['another'] });
		const { items } = await bench.send({}, { node: { onError: 'continueRegularOutput' } });
		expect(errorIn(items[0]?.json)).toMatchObject({ code: '404000001', httpStatus: 404, status: 'notSent' });
		expect(errorIn(items[0]?.json).description).toContain('App ID');
		expect(bench.sandbox.requests).toHaveLength(5);
		expect(bench.sandbox.wpsStore.chats()).toEqual([]);
	});

	test('wrongly set: the error names the field', async () => {
		const { error } = await ask(['app'], 'apps');
		expect(error).toMatchObject({ httpCode: '404', description: expect.stringContaining('API Generation') });
	});
});

describe('with the permission to chat alone', () => {
	const CONTINUE = { node: { onError: 'continueRegularOutput' as const } };
	beforeEach(() => bench.configure({ scopes: ['kso.devhub_chat.readwrite'] }));

	test.each(['http', '200'] as const)(
		'a question in a new conversation is answered, errors under %s',
		async (errorStatus) => {
			bench.configure({ errorStatus });
			const { items } = await bench.send();
			const [chat] = bench.sandbox.wpsStore.chats();
			expect(items[0]?.json).toMatchObject({ answer: SHORT, status: 'completed', conversationId: chat!.session.id });
			expect(bench.questions()).toBe(1);
		},
	);

	test('so is the next one in it, with OAuth2 as well', async () => {
		const first = await bench.send({ message: 'one [script: echo]' });
		const { conversationId } = first.items[0]!.json;
		const credentials = await bench.oAuth2();
		const { items } = await bench.send({ conversationId, message: 'two [script: echo]' }, { credentials });
		expect(items[0]?.json).toMatchObject({ conversationId, answer: 'two' });
	});

	test('a stream that breaks: what is missing is told, with what had come', async () => {
		bench.sandbox.faults.add({ kind: 'cut', afterEvents: 6 });
		const { items } = await bench.send({ message: 'report' }, CONTINUE);
		const error = errorIn(items[0]?.json);
		expect(error).toMatchObject({ code: 'stream_broken', conversationId: expect.any(String) });
		expect(error.description).toMatch(/kso\.devhub_session\.readwrite.*release a new version.*administrator/);
		expect(bench.sandbox.wpsStore.chats()).toHaveLength(1);
	});

	test.each([
		['collect', { resource: 'message', operation: 'collect', conversationId: 's' }],
		['make a conversation', { resource: 'conversation', operation: 'create' }],
		['get', { resource: 'conversation', operation: 'get', conversationId: 's' }],
	])('%s: the permission is named, and the reason of WPS', async (_what, parameters) => {
		const { items } = await bench.run(parameters, CONTINUE);
		expect(errorIn(items[0]?.json)).toMatchObject({ code: '403000001', httpStatus: 403 });
		expect(errorIn(items[0]?.json).description).toMatch(/needs the permission kso\.devhub_session\.readwrite\./);
		expect(errorIn(items[0]?.json).description).toContain('scope kso.devhub_session.readwrite is missing');
	});
});
