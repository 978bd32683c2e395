import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { createEngine, type RunOptions, type RunResult } from '../../harness/engine/engine';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox';

/** The Reportify node of the built package in n8n's engine, against the sandbox. */
export interface ReportifyBench {
	sandbox: Sandbox;
	engine: Awaited<ReturnType<typeof createEngine>>;
	/** Runs the node once; `extra.node` may set `onError`, `retryOnFail` and the like. */
	run(parameters: object, extra?: RunExtras): Promise<RunResult>;
	send(parameters?: object, extra?: RunExtras): Promise<RunResult>;
	/** A conversation made beforehand; its id. */
	newConversation(): Promise<string>;
	/** How often the question itself was asked. */
	questions(): number;
}

export type RunExtras = Omit<Partial<RunOptions>, 'node'> & { node?: Partial<RunOptions['node']> };

export const KEY = 'sandbox-key';

/** To be called at the top of a test file: starts before all tests, resets before each, stops after all. */
export function reportifyBench(options: SandboxOptions = {}): ReportifyBench {
	const bench = {} as ReportifyBench;

	beforeAll(async () => {
		bench.sandbox = await startSandbox(options);
		bench.engine = await createEngine(join(__dirname, '../..'));
	});
	afterAll(async () => await bench.sandbox.close());
	beforeEach(() => bench.sandbox.reset());

	bench.run = async (parameters, extra = {}) =>
		await bench.engine.run({
			credentials: { reportifyApi: { apiKey: KEY, baseUrl: bench.sandbox.reportify.url } },
			...extra,
			node: {
				type: 'n8n-nodes-agent-conversations.reportify',
				...extra.node,
				parameters: parameters as RunOptions['node']['parameters'],
			},
		});
	bench.send = async (parameters = {}, extra) =>
		await bench.run({ resource: 'message', operation: 'send', message: 'hello [script: short]', ...parameters }, extra);
	bench.newConversation = async () => {
		const { items } = await bench.run({ resource: 'conversation', operation: 'create' });
		bench.sandbox.clearRequests();
		return String(items[0]?.json.conversationId);
	};
	bench.questions = () => bench.sandbox.findRequests({ method: 'POST', path: /\/chat$/ }).length;
	return bench;
}

/** The error member of an error item. */
export const errorIn = (json: IDataObject | undefined) => json?.error as IDataObject;
