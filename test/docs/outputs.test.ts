import { join } from 'node:path';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { createEngine } from '../../harness/engine/engine';
import { sandboxCredentials } from '../../harness/server/sandbox-credentials';
import { type Sandbox, startSandbox } from '../../sandbox';
import { readSchema } from '../../scripts/docs/schemas';
import { AGENT } from '../engine/aidol';
import { deviations } from './schema-check';

/** What the operations give, run in n8n's engine against the sandbox, is what their output schemas say. */

const root = join(__dirname, '../..');
let sandbox: Sandbox;
let engine: Awaited<ReturnType<typeof createEngine>>;

beforeAll(async () => {
	sandbox = await startSandbox();
	engine = await createEngine(root);
});
afterAll(async () => await sandbox.close());

interface NodeUnderTest {
	name: string;
	folder: string;
	credential: 'reportifyApi' | 'wpsAccessTokenApi' | 'aiDolApi';
	common: object;
}

/** Runs an operation and checks its items against the schema. */
async function checked(
	under: NodeUnderTest,
	[resource, operation]: [string, string],
	parameters: object = {},
	items?: INodeExecutionData[],
): Promise<IDataObject[]> {
	const { credential } = under;
	const result = await engine.run({
		node: {
			type: `n8n-nodes-agent-conversations.${under.name}`,
			parameters: { ...under.common, resource, operation, ...parameters },
		},
		credentials: { [credential]: sandboxCredentials(sandbox)[credential] },
		items,
	});
	expect(result.error).toBeUndefined();
	expect(result.items.length).toBeGreaterThan(0);
	const schema = readSchema(root, under.folder, resource, operation);
	expect(result.items.flatMap(({ json }) => deviations(json, schema))).toEqual([]);
	return result.items.map(({ json }) => json);
}

/** Everything that can be added to an answer. */
const everything = {
	includeSteps: true,
	includeEvents: true,
	answerFormats: ['html', 'plainText', 'json', 'sources', 'tables'],
};

const idsOf = ([item]: IDataObject[]) => ({ conversationId: item!.conversationId, messageId: item!.messageId });

describe('Reportify', () => {
	const node: NodeUnderTest = { name: 'reportify', folder: 'nodes/Reportify', credential: 'reportifyApi', common: {} };

	test('conversation', async () => {
		const { conversationId } = idsOf(await checked(node, ['conversation', 'create'], { title: 'Monday' }));
		await checked(node, ['message', 'send'], { conversationId, message: '[script: short]' });
		await checked(node, ['conversation', 'get'], { conversationId });
	});

	test('message', async () => {
		const options = { ...everything, downloadFiles: true, lookUpAddresses: true };
		const sent = await checked(node, ['message', 'send'], { message: '[script: report]', options });
		// In this order, because the editor's table shows the first columns; the question is in running items only.
		const described = Object.keys(readSchema(root, node.folder, 'message', 'send').properties!);
		expect(Object.keys(sent[0]!)).toEqual(described.filter((member) => member !== 'question'));
		const ids = idsOf(sent);
		await checked(node, ['message', 'collect'], { ...ids, options });
		await checked(node, ['message', 'getAll'], ids);
		sandbox.configure({ reportify: { cancelFinished: 'answer' } });
		await checked(node, ['message', 'cancel'], ids);

		await checked(node, ['message', 'send'], { message: '[script: short]' });
		await checked(node, ['message', 'send'], { message: '[script: short]', options: { waitForAnswer: false } });
	});

	test('document and file', async () => {
		const data = { data: Buffer.from('a text').toString('base64'), mimeType: 'text/plain', fileName: 'a.txt' };
		const item = { json: {}, binary: { data } };
		const [uploaded] = await checked(node, ['document', 'upload'], { options: { waitUntilReady: false } }, [item]);
		await checked(node, ['document', 'getStatus'], { documentId: uploaded!.documentId });
		const [sent] = await checked(node, ['message', 'send'], { message: '[script: report]' });
		const [file] = sent!.files as Array<{ id: string }>;
		await checked(node, ['file', 'download'], { fileId: file!.id });
	});
});

describe('WPS Agent', () => {
	const node: NodeUnderTest = {
		name: 'wpsAgent',
		folder: 'nodes/WpsAgent',
		credential: 'wpsAccessTokenApi',
		common: { authentication: 'accessToken', appId: 'app-1' },
	};

	test.each(['langflow', 'roles'] as const)('all operations (%s)', async (dialect) => {
		sandbox.configure({ wps: { dialect } });
		await checked(node, ['conversation', 'create']);
		const sent = await checked(node, ['message', 'send'], { message: '[script: report]', options: everything });
		const { conversationId } = idsOf(sent);
		await checked(node, ['message', 'collect'], { conversationId, options: everything });
		await checked(node, ['conversation', 'get'], { conversationId });
		await checked(node, ['conversation', 'getAll']);
		const options = { waitForAnswer: false };
		const running = await checked(node, ['message', 'send'], { message: '[script: short]', options });
		await checked(node, ['message', 'cancel'], idsOf(running));
	});
});

describe('AI-DOL', () => {
	const node: NodeUnderTest = {
		name: 'aiDol',
		folder: 'nodes/AiDol',
		credential: 'aiDolApi',
		common: { agentId: AGENT },
	};

	test('all operations', async () => {
		await checked(node, ['agent', 'getAll']);
		const { conversationId } = idsOf(await checked(node, ['conversation', 'create']));
		await checked(node, ['message', 'send'], { conversationId, message: '[script: report]', options: everything });
		await checked(node, ['message', 'send'], { message: '[script: short]' });
		await checked(node, ['image', 'generate'], { prompt: 'A cat', options: { metadata: '{"a": 1}' } });
	});
});
