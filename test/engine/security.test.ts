import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { createEngine, type RunOptions, type RunResult } from '../../harness/engine/engine';
import { type FaultInput, type ProviderName, type Sandbox, startSandbox } from '../../sandbox';
import { TamperingProxy } from './tampering-proxy';

jest.setTimeout(60_000);

let sandbox: Sandbox;
let engine: Awaited<ReturnType<typeof createEngine>>;

beforeAll(async () => {
	sandbox = await startSandbox({ script: 'short' });
	engine = await createEngine(join(__dirname, '../..'));
});
afterAll(async () => await sandbox.close());
beforeEach(() => sandbox.reset());

interface Subject {
	type: string;
	credential: string;
	fields(): ICredentialDataDecryptedObject;
	secrets: string[];
	parameters: RunOptions['node']['parameters'];
}

const subjects: Record<ProviderName, Subject> = {
	reportify: {
		type: 'n8n-nodes-agent-conversations.reportify',
		credential: 'reportifyApi',
		fields: () => ({ apiKey: 'sandbox-key', baseUrl: sandbox.reportify.url }),
		secrets: ['sandbox-key'],
		parameters: {},
	},
	wps: {
		type: 'n8n-nodes-agent-conversations.wpsAgent',
		credential: 'wpsAccessTokenApi',
		fields: () => ({
			accessToken: 'sandbox-user-token',
			baseUrl: sandbox.wps.url,
			signRequests: true,
			accessKey: 'sandbox-app',
			secretKey: 'sandbox-secret',
			apiGeneration: 'apps',
		}),
		secrets: ['sandbox-user-token', 'sandbox-secret'],
		parameters: { authentication: 'accessToken', appId: 'app1' },
	},
	aidol: {
		type: 'n8n-nodes-agent-conversations.aiDol',
		credential: 'aiDolApi',
		fields: () => ({
			apiKey: 'sandbox-key',
			apiSecret: 'sandbox-secret',
			userId: 'user-1',
			baseUrl: sandbox.aidol.url,
			signatureVersion: 'v2',
		}),
		secrets: ['sandbox-key', 'sandbox-secret'],
		parameters: { agentId: '6f1c2a34-5b6d-4e7f-8a90-1b2c3d4e5f60' },
	},
};

async function send(
	subject: Subject,
	node: object = {},
	fields: ICredentialDataDecryptedObject = {},
): Promise<RunResult> {
	return await engine.run({
		node: {
			type: subject.type,
			parameters: {
				resource: 'message',
				operation: 'send',
				message: 'hello',
				options: { idleTimeout: 0.3, maxDuration: 1 },
				...subject.parameters,
			},
			...node,
		},
		credentials: { [subject.credential]: { ...subject.fields(), ...fields } },
		streaming: true,
		mode: 'webhook',
	});
}

/** Everything that a run lets anybody see. */
function visible({ run, items, errorItems, error, chunks }: RunResult): string {
	const ofError = error && {
		...error,
		message: error.message,
		description: (error as { description?: string }).description,
		stack: error.stack,
		cause: String(error.cause),
	};
	return JSON.stringify([items, errorItems, ofError, chunks, run.data.resultData.runData]);
}

const ECHO = 'key sandbox-key, token sandbox-user-token, secret sandbox-secret';
const FAULTS: Array<[string, FaultInput]> = [
	...[302, 400, 401, 403, 404, 410, 422, 429, 500, 502, 503, 504, 524].map((status): [string, FaultInput] => [
		`status ${status}`,
		{
			kind: 'status',
			status,
			headers: { 'Retry-After': '0' },
			body: `{"detail":"${ECHO}","message":"${ECHO}","msg":"${ECHO}","code":7}`,
		},
	]),
	['a web page', { kind: 'html', body: `<html>${ECHO}</html>` }],
	[
		'an error under 200',
		{ kind: 'json-200', body: `{"detail":"${ECHO}","message":"${ECHO}","msg":"${ECHO}","code":7,"success":false}` },
	],
	['an error event', { kind: 'error-event', afterEvents: 3, message: ECHO }],
	['a malformed event', { kind: 'malformed', afterEvents: 2, json: `{"x": ${ECHO}` }],
	['a reset', { kind: 'reset-after-request' }],
	['a cut', { kind: 'cut', afterEvents: 2, how: 'reset' }],
	['silence', { kind: 'silence' }],
	['no connection', { kind: 'refuse' }],
];

describe.each(Object.keys(subjects) as ProviderName[])('%s', (name) => {
	const subject = subjects[name];

	test.each(FAULTS)('no secret is to be seen after %s', async (_title, fault) => {
		for (const node of [{}, { onError: 'continueRegularOutput' }]) {
			sandbox.reset();
			sandbox.faults.add({ ...fault, provider: name, times: 0 });
			const seen = visible(await send(subject, node));
			for (const secret of subject.secrets) expect(seen).not.toContain(secret);
			expect(seen).not.toMatch(/KSO-1 \S+:[0-9a-f]{64}|Bearer \S{6}/);
		}
	});

	test('a redirect to another host carries nothing there', async () => {
		const elsewhere: string[] = [];
		const other: Server = createServer((request, response) => {
			elsewhere.push(request.url ?? '');
			response.end('{}');
		});
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		const { port } = other.address() as AddressInfo;
		for (const operation of ['chat', 'conversation.create', 'session.create']) {
			const headers = { Location: `http://127.0.0.1:${port}/stolen` };
			sandbox.faults.add({ kind: 'status', status: 307, headers, operation, provider: name, times: 0 });
		}
		const { error } = await send(subject);
		expect(error?.message).toMatch(/has moved \(307\)|could not handle/);
		expect(elsewhere).toEqual([]);
		other.close();
	});

	test.each([
		['with a password in it', (url: string) => url.replace('//', '//user:pass-word@')],
		['without its beginning', (url: string) => url.replace('http://', '')],
		['with a question mark', (url: string) => `${url}/?a=b`],
		['that is empty', () => ' '],
	])('a base URL %s is refused before anything is sent', async (_title, change) => {
		const { error } = await send(subject, {}, { baseUrl: change(String(subject.fields().baseUrl)) });
		expect(error?.message).toMatch(/base URL/i);
		expect(JSON.stringify([error?.message, (error as { description?: string }).description])).not.toContain(
			'pass-word',
		);
		expect(sandbox.requests).toEqual([]);
	});

	describe('headers that no honest server sends', () => {
		const proxy = new TamperingProxy(() => sandbox[name].url);
		beforeAll(async () => await proxy.start());
		afterAll(async () => await proxy.stop());

		const ANSWER = 'Hello from the sandbox — 你好 👋';
		const isStream = ({ 'content-type': type }: IncomingHttpHeaders) => /event-stream|ndjson/.test(type ?? '');
		const questions = () => sandbox.findRequests({ operation: 'chat' });

		async function sendWith(tamperReply: (headers: IncomingHttpHeaders) => unknown): Promise<RunResult> {
			proxy.tamperReply = (headers) => isStream(headers) && tamperReply(headers);
			return await send(subject, {}, { baseUrl: proxy.url });
		}

		test.each(['application/octet-stream', 'text/html', 'text/event-stream; charset=utf-16le', 'x'.repeat(1000)])(
			'a content type that lies (%.40s) changes nothing: the body tells what it is',
			async (type) => {
				const { items } = await sendWith((headers) => (headers['content-type'] = type));
				expect(items[0]?.json).toMatchObject({ status: 'completed', answer: ANSWER });
				expect(questions()).toHaveLength(1);
			},
		);

		test.each<[string, (headers: IncomingHttpHeaders) => unknown]>([
			['a header of 100 KB', (headers) => (headers['x-large'] = 'x'.repeat(100_000))],
			['3,000 headers', (headers) => Array.from({ length: 3000 }, (_, n) => (headers[`x-${n}`] = 'y'))],
			['a length that is too short', (headers) => (headers['content-length'] = '60')],
			['a compression that it does not use', (headers) => (headers['content-encoding'] = 'gzip')],
		])('%s: the whole answer or an honest error, and one question', async (_title, tamperReply) => {
			const result = await sendWith(tamperReply);
			const [item] = result.items;
			if (item) expect(item.json).toMatchObject({ status: 'completed', answer: ANSWER });
			else expect(result.error?.message).toMatch(/\S/);
			expect(questions()).toHaveLength(1);
			for (const secret of subject.secrets) expect(visible(result)).not.toContain(secret);
		});
	});

	test('a base URL with slashes and blanks around it works', async () => {
		const { items, error } = await send(subject, {}, { baseUrl: ` ${String(subject.fields().baseUrl)}// ` });
		expect(error).toBeUndefined();
		expect(items[0]?.json.status).toBe('completed');
	});
});

test('members called __proto__ and constructor pollute nothing', async () => {
	const table = '| __proto__ | constructor | polluted |\n| - | - | - |\n| {"polluted":1} | x | y |\n';
	sandbox.faults.add({
		kind: 'unknown-event',
		json: '{"event_type":"usage","usage":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
	});
	sandbox.scripts.next({ steps: [{ text: table }] });
	const { items } = await send(subjects.reportify, {
		parameters: {
			resource: 'message',
			operation: 'send',
			message: 'x',
			options: { answerFormats: ['tables', 'html'], includeEvents: true },
		},
	});
	expect(items[0]?.json.status).toBe('completed');
	expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
