import { join } from 'node:path';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { createEngine, type RunOptions, type RunResult } from '../../harness/engine/engine';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox';

/** An agent that the sandbox has. */
export const AGENT = '6f1c2a34-5b6d-4e7f-8a90-1b2c3d4e5f60';

export const TYPE = 'n8n-nodes-agent-conversations.aiDol';

export type RunExtras = Omit<Partial<RunOptions>, 'node'> & { node?: Partial<RunOptions['node']> };

/** The AI-DOL node of the built package in n8n's engine, against the sandbox with signature checking on. */
export interface AiDolBench {
	sandbox: Sandbox;
	engine: Awaited<ReturnType<typeof createEngine>>;
	/** The credential that the sandbox accepts, with some fields changed. */
	credentials(changes?: ICredentialDataDecryptedObject): Record<string, ICredentialDataDecryptedObject>;
	/** Runs the node once; `extra.node` may set `onError`, `retryOnFail` and the like. */
	run(parameters: object, extra?: RunExtras): Promise<RunResult>;
	send(parameters?: object, extra?: RunExtras): Promise<RunResult>;
	/** A conversation made beforehand; its id. */
	newConversation(): Promise<string>;
	/** How often the question itself was asked. */
	questions(): number;
}

/** To be called at the top of a test file: starts before all tests, resets before each, stops after all. */
export function aiDolBench(options: SandboxOptions = {}): AiDolBench {
	const bench = {} as AiDolBench;

	beforeAll(async () => {
		bench.sandbox = await startSandbox({ script: 'short', ...options });
		bench.engine = await createEngine(join(__dirname, '../..'));
	});
	afterAll(async () => await bench.sandbox.close());
	let settings: Sandbox['settings']['aidol'] | undefined;
	beforeEach(() => {
		bench.sandbox.reset();
		settings ??= structuredClone(bench.sandbox.settings.aidol);
		bench.sandbox.configure({ aidol: settings });
	});

	bench.credentials = (changes = {}) => ({
		aiDolApi: {
			baseUrl: bench.sandbox.aidol.url,
			apiKey: 'sandbox-key',
			apiSecret: 'sandbox-secret',
			userId: 'user-123',
			...changes,
		},
	});
	bench.run = async (parameters, extra = {}) =>
		await bench.engine.run({
			credentials: bench.credentials(),
			...extra,
			node: { type: TYPE, ...extra.node, parameters: parameters as RunOptions['node']['parameters'] },
		});
	bench.send = async (parameters = {}, extra) =>
		await bench.run({ resource: 'message', operation: 'send', agentId: AGENT, message: 'hello', ...parameters }, extra);
	bench.newConversation = async () => {
		const { items } = await bench.run({ resource: 'conversation', operation: 'create', agentId: AGENT });
		bench.sandbox.clearRequests();
		return String(items[0]?.json.conversationId);
	};
	bench.questions = () => bench.sandbox.findRequests({ path: /^\/v1\/chat\/stream$/ }).length;
	return bench;
}
