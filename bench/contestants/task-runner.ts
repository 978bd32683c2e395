import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, dirname } from 'node:path';
import type { IWorkflowExecuteAdditionalData } from 'n8n-workflow';

/** The parts of n8n that run the code of Code nodes in a process of their own. */
export interface TaskRunner {
	startRunnerTask: IWorkflowExecuteAdditionalData['startRunnerTask'];
	processId: number;
	stop(): Promise<void>;
}

interface TaskRunnerModule {
	start(): Promise<void>;
	stop(): Promise<void>;
	jsRunnerProcess?: { process?: { pid?: number } | null };
}
interface Container {
	get<T>(type: unknown): T;
}
interface TaskRequester {
	startTask: IWorkflowExecuteAdditionalData['startRunnerTask'];
}

/**
 * Starts the task runner of an installed n8n the way n8n's main process does it (internal mode).
 *
 * @param n8nFolder folder whose `node_modules` holds `n8n`
 */
export async function startTaskRunner(n8nFolder: string): Promise<TaskRunner> {
	// n8n reads these when its modules are loaded. It starts the runner with whatever `node` is found first.
	process.env.N8N_RUNNERS_BROKER_PORT = String(await freePort());
	process.env.PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
	const load = createRequire(`${n8nFolder}/node_modules/n8n/package.json`);
	load('reflect-metadata');
	const { Container: container } = load('@n8n/di') as { Container: Container };
	const modules = load('./dist/task-runners/task-runner-module.js') as { TaskRunnerModule: unknown };
	const requesters = load('./dist/task-runners/task-managers/task-requester.js') as { TaskRequester: unknown };

	const module = container.get<TaskRunnerModule>(modules.TaskRunnerModule);
	await module.start();
	const requester = container.get<TaskRequester>(requesters.TaskRequester);
	const processId = module.jsRunnerProcess?.process?.pid;
	if (processId === undefined) throw new Error("n8n's task runner did not start");
	return {
		startRunnerTask: requester.startTask.bind(requester) as TaskRunner['startRunnerTask'],
		processId,
		stop: async () => await module.stop(),
	};
}

async function freePort(): Promise<number> {
	const probe = createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const { port } = probe.address() as AddressInfo;
	await new Promise((resolve) => probe.close(resolve));
	return port;
}
