import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { installN8n, type N8nRuntime } from './install';
import { poll } from './polling';
import { findFreePort, type ProcessLog, type ServerProcess, startServerProcess } from './server-process';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder';

/** Settings of n8n itself: https://docs.n8n.io/hosting/configuration/environment-variables/ */
export type N8nSettings = Record<string, string>;

export interface N8nOptions {
	/** A folder that contains built packages; each becomes available as `CUSTOM.<node name>`. */
	extensionsDir: string;
	/** Port on the loopback interface; a free one when it is left out. */
	port?: number;
	/** More settings, e.g. of a database (`DB_TYPE`) or of queue mode (`EXECUTIONS_MODE`). */
	env?: N8nSettings;
	/** Installed n8n; it is installed when that is left out and missing. */
	runtime?: N8nRuntime;
}

/** A running n8n with data of its own. */
export interface N8n {
	/** E.g. `http://127.0.0.1:49152`, without a slash at the end. */
	readonly url: string;
	/** What n8n has written since it was (re)started. */
	readonly log: ProcessLog;
	/** Process id of the current run. */
	readonly pid: number;
	/** Ends n8n in good order. Its data stay until `remove`. */
	stop(): Promise<void>;
	/** Kills n8n and everything it started, at once, as a crash would; only its ten seconds of sleep afterwards are left out. */
	kill(): Promise<void>;
	/** Starts it again on the same data and the same port; ends it first when it runs. */
	restart(): Promise<void>;
	/** Ends n8n and deletes its data. */
	remove(): Promise<void>;
}

/** A worker of queue mode. */
export interface N8nWorker {
	readonly log: ProcessLog;
	readonly pid: number;
	stop(): Promise<void>;
	kill(): Promise<void>;
	/** Ends the worker and deletes its data. */
	remove(): Promise<void>;
}

const READY_WITHIN_MS = 180_000;

/** n8n asks for news, templates, banners and licences on the internet; a machine for tests has none of that. */
const NO_OUTSIDE_NETWORK: N8nSettings = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_COMMUNITY_PACKAGES_ENABLED: 'false',
	N8N_AI_ENABLED: 'false',
	N8N_DISABLED_MODULES: 'mcp-registry',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
	// Whatever still tries finds a proxy that nobody listens on, and fails at once instead of leaving the machine.
	HTTP_PROXY: 'http://127.0.0.1:9',
	HTTPS_PROXY: 'http://127.0.0.1:9',
	NO_PROXY: '127.0.0.1,localhost',
};

/** Without its editor, n8n starts in two thirds of the time: it writes a copy of all its files at each start. */
export const WITHOUT_EDITOR: N8nSettings = { N8N_DISABLE_UI: 'true' };

const FOR_TESTS_AND_DEMOS: N8nSettings = {
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_HOST: '127.0.0.1',
	N8N_PROTOCOL: 'http',
	N8N_SECURE_COOKIE: 'false', // plain http
	N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
	N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
	N8N_LOG_OUTPUT: 'console',
	N8N_LOG_LEVEL: 'info',
	EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
	GENERIC_TIMEZONE: 'Etc/UTC',
};

/** Only what any program needs: settings or proxies of the surrounding shell must not reach n8n. */
function basicEnvironment(runtime: N8nRuntime, dataFolder: string): N8nSettings {
	return {
		PATH: [dirname(runtime.node), process.env.PATH ?? ''].join(':'),
		HOME: dataFolder,
		TMPDIR: join(dataFolder, 'tmp'),
		LANG: process.env.LANG ?? 'C.UTF-8',
		NODE_ENV: 'production',
	};
}

interface Role {
	name: string;
	command: string;
	args: string[];
	/** The port whose readiness endpoint tells that it is up. */
	port: number;
	settings: N8nSettings;
}

/** One n8n process and its data folder. */
class Instance {
	private process: ServerProcess | undefined;

	private constructor(
		private readonly runtime: N8nRuntime,
		private readonly role: Role,
		private readonly data: TemporaryFolder,
	) {}

	static async create(runtime: N8nRuntime, role: Role): Promise<Instance> {
		const data = await createTemporaryFolder('n8n');
		await mkdir(join(data.path, 'tmp'));
		return new Instance(runtime, role, data);
	}

	get url(): string {
		return `http://127.0.0.1:${this.role.port}`;
	}

	private get current(): ServerProcess {
		if (!this.process) throw new Error(`${this.role.name} does not run.`);
		return this.process;
	}

	get log(): ProcessLog {
		return this.current.log;
	}

	get pid(): number {
		return this.current.pid;
	}

	async start(): Promise<void> {
		const { runtime, role } = this;
		const dataFolder = this.data.path;
		const started = await startServerProcess({
			name: role.name,
			command: runtime.node,
			args: [runtime.n8n, role.command, ...role.args],
			cwd: dataFolder,
			env: {
				...basicEnvironment(runtime, dataFolder),
				...NO_OUTSIDE_NETWORK,
				...FOR_TESTS_AND_DEMOS,
				N8N_USER_FOLDER: dataFolder,
				N8N_RUNNERS_BROKER_PORT: String(await findFreePort()),
				...role.settings,
			},
		});
		this.process = started;
		const isReady = async () => {
			if (started.ended.aborted) throw new Error(`${role.name} ended while starting:\n${started.log.tail()}`);
			const response = await fetch(`${this.url}/healthz/readiness`).catch(() => undefined);
			await response?.body?.cancel();
			return response?.status === 200 ? true : undefined;
		};
		await poll(`${role.name} to be ready`, isReady, { timeoutMs: READY_WITHIN_MS, intervalMs: 100 }).catch(
			async (error: Error) => {
				await started.kill();
				throw error;
			},
		);
	}

	async stop(): Promise<void> {
		await this.process?.stop();
	}

	async kill(): Promise<void> {
		await this.process?.kill();
		// n8n finds this file after a crash and then sleeps for ten seconds, so that a loop of crashes is a slow one; it
		// serves nothing else.
		const userFolder = this.role.settings.N8N_USER_FOLDER ?? this.data.path;
		await rm(join(userFolder, '.n8n', 'crash.journal'), { force: true });
	}

	async restart(): Promise<void> {
		await this.stop();
		await this.start();
	}

	async remove(): Promise<void> {
		await this.stop();
		await this.data.remove();
	}
}

async function installed(runtime: N8nRuntime | undefined): Promise<N8nRuntime> {
	return runtime ?? (await installN8n((line) => console.error(line)));
}

/**
 * Starts n8n on the loopback interface with an empty data folder of its own, and returns when it answers. Sends nothing
 * to the internet.
 *
 * @throws Error with n8n's last lines when it does not start
 */
export async function startN8n(options: N8nOptions): Promise<N8n> {
	const runtime = await installed(options.runtime);
	const port = options.port ?? (await findFreePort());
	const settings = {
		N8N_PORT: String(port),
		N8N_EDITOR_BASE_URL: `http://127.0.0.1:${port}`,
		N8N_WEBHOOK_URL: `http://127.0.0.1:${port}`,
		N8N_CUSTOM_EXTENSIONS: options.extensionsDir,
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		...options.env,
	};
	const instance = await Instance.create(runtime, { name: 'n8n', command: 'start', args: [], port, settings });
	await instance.start().catch(async (error: Error) => {
		await instance.remove();
		throw error;
	});
	return instance;
}

/**
 * Starts a worker of queue mode. `env` names the same database, Redis and `N8N_ENCRYPTION_KEY` as the main process's.
 *
 * @param concurrency how many executions it runs at the same time
 * @throws Error with n8n's last lines when it does not start
 */
export async function startN8nWorker(options: N8nOptions & { name: string; concurrency: number }): Promise<N8nWorker> {
	const runtime = await installed(options.runtime);
	const port = options.port ?? (await findFreePort());
	const settings = {
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		N8N_CUSTOM_EXTENSIONS: options.extensionsDir,
		...options.env,
	};
	const args = [`--concurrency=${options.concurrency}`];
	const instance = await Instance.create(runtime, { name: options.name, command: 'worker', args, port, settings });
	await instance.start().catch(async (error: Error) => {
		await instance.remove();
		throw error;
	});
	return instance;
}
