import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';

/** The collected output of a server process. */
export class ProcessLog {
	private text = '';
	private readonly listeners = new Set<() => void>();

	append(chunk: string): void {
		this.text += chunk;
		for (const listener of [...this.listeners]) listener();
	}

	/** Everything the process has written so far, standard output and standard error mixed as they came. */
	get all(): string {
		return this.text;
	}

	/** The last lines, for an error message. */
	tail(lines = 30): string {
		return this.text.trimEnd().split('\n').slice(-lines).join('\n');
	}

	/**
	 * Resolves with the first match in what was written, or will be written.
	 *
	 * @throws Error when `signal` is aborted first
	 */
	async waitFor(pattern: RegExp, signal: AbortSignal): Promise<RegExpExecArray> {
		for (;;) {
			const match = pattern.exec(this.text);
			if (match) return match;
			await new Promise<void>((resolve, reject) => {
				const finish = (settle: () => void) => () => {
					this.listeners.delete(wake);
					signal.removeEventListener('abort', give);
					settle();
				};
				const wake = finish(resolve);
				const give = finish(() =>
					reject(new Error(`${String(pattern)} was never logged. Last lines:\n${this.tail()}`)),
				);
				this.listeners.add(wake);
				signal.addEventListener('abort', give);
				if (signal.aborted) give();
			});
		}
	}
}

export interface ServerCommand {
	/** Shown in errors, e.g. `n8n worker`. */
	name: string;
	command: string;
	args: string[];
	/** The complete environment; nothing is inherited. */
	env: NodeJS.ProcessEnv;
	cwd?: string;
	/** Postgres refuses to run as root. */
	uid?: number;
	gid?: number;
}

/** A server that we started, with everything that it started itself. */
export interface ServerProcess {
	readonly pid: number;
	readonly log: ProcessLog;
	/** Aborted when the process has ended. */
	readonly ended: AbortSignal;
	/** Its exit code when it has ended; null when a signal ended it. */
	readonly exitCode: Promise<number | null>;
	/** Asks it to end, and kills its whole process group when it has not after `graceMs`. */
	stop(graceMs?: number): Promise<void>;
	/** Kills its whole process group at once, as a crash would. */
	kill(): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Signals the group: a server's own children (task runners, Postgres backends) must not outlive it. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, signal);
	} catch {
		// the group is gone already
	}
}

function killEverything(): void {
	for (const child of running) signalGroup(child, 'SIGKILL');
}

const stopHandlers: Array<() => Promise<void>> = [];
let stopping = false;
let guarded = false;

async function stopOnSignal(): Promise<void> {
	if (stopping) return killEverything(); // asked twice: at once
	stopping = true;
	try {
		for (const handler of stopHandlers) await handler();
	} finally {
		killEverything();
		process.exit(130);
	}
}

/** A group of its own also means that Ctrl-C in the terminal does not reach it: whatever ends us has to end it. */
function endServersWithUs(): void {
	if (guarded) return;
	guarded = true;
	process.once('exit', killEverything);
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stopOnSignal());
}

/** Ctrl-C (or a request to terminate) waits for `handler`, then kills every server that still runs, and exits. */
export function onStopSignal(handler: () => Promise<void>): void {
	endServersWithUs();
	stopHandlers.push(handler);
}

/**
 * Starts a server in a process group of its own.
 *
 * @throws Error when the command cannot be started
 */
export async function startServerProcess(server: ServerCommand): Promise<ServerProcess> {
	endServersWithUs();
	const { command, args, env, cwd, uid, gid } = server;
	const child = spawn(command, args, { env, cwd, uid, gid, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
	const log = new ProcessLog();
	const ended = new AbortController();
	running.add(child);
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => log.append(chunk));
	child.stderr.setEncoding('utf8').on('data', (chunk: string) => log.append(chunk));
	const exitCode = new Promise<number | null>((resolve) => {
		child.once('exit', (code) => {
			running.delete(child);
			ended.abort();
			resolve(code);
		});
	});
	await new Promise<void>((resolve, reject) => {
		child.once('spawn', resolve);
		child.once('error', (error) => {
			running.delete(child);
			reject(new Error(`${server.name} cannot be started: ${error.message}`));
		});
	});
	return {
		pid: child.pid ?? 0,
		log,
		ended: ended.signal,
		exitCode,
		async stop(graceMs = 15_000) {
			if (ended.signal.aborted) return signalGroup(child, 'SIGKILL');
			signalGroup(child, 'SIGTERM');
			const patience = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
			await exitCode;
			clearTimeout(patience);
			signalGroup(child, 'SIGKILL'); // what the server left behind
		},
		async kill() {
			signalGroup(child, 'SIGKILL');
			await exitCode;
		},
	};
}

/** A port of the loopback interface that was free a moment ago. */
export async function findFreePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}
