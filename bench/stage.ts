import { fork, type ChildProcess } from 'node:child_process';
import { cp, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { runtimeFolder } from '../harness/server/layout';

const projectFolder = join(__dirname, '..');
const stageFolder = join(projectFolder, 'node_modules/.cache/bench');

/** Everything that the processes of a benchmark run on. */
export interface Stage {
	/** A copy of the built package, so that a build meanwhile disturbs nothing. */
	packageFolder: string;
	/** An installed n8n, if there is one (`npm run n8n` installs it). */
	n8nFolder: string | undefined;
	/** The Node that all contestants run on: the one that the installed n8n needs, otherwise the current one. */
	node: string;
	/** Starts a process from one of the compiled files, talking over IPC. */
	start(program: Program, options?: StartOptions): ChildProcess;
}

export type Program = 'replay-server' | 'contestant' | 'crowd' | 'loading';

export interface StartOptions {
	args?: string[];
	/** Folder for a CPU profile of the process. */
	profileFolder?: string;
}

const PROGRAMS: Record<Program, string> = {
	'replay-server': 'replay/server.ts',
	contestant: 'contestants/process.ts',
	crowd: 'scale/crowd.ts',
	loading: 'loading/process.ts',
};

const exists = async (path: string) =>
	await stat(path).then(
		() => true,
		() => false,
	);

/**
 * Compiles the benchmark's processes to plain JavaScript, so that no compiler sits in what is measured.
 *
 * @param byHand takes no notice of an installed n8n
 * @throws when the package was not built
 */
export async function setStage(byHand = false): Promise<Stage> {
	if (!(await exists(join(projectFolder, 'dist/nodes')))) throw new Error('Run `npm run build` first');
	await rm(stageFolder, { recursive: true, force: true });
	const packageFolder = join(stageFolder, 'package');
	await mkdir(packageFolder, { recursive: true });
	for (const part of ['package.json', 'dist']) {
		await cp(join(projectFolder, part), join(packageFolder, part), { recursive: true });
	}
	await build({
		entryPoints: Object.fromEntries(Object.entries(PROGRAMS).map(([name, file]) => [name, join(__dirname, file)])),
		outdir: stageFolder,
		outExtension: { '.js': '.cjs' },
		bundle: true,
		packages: 'external',
		platform: 'node',
		target: 'node20',
		format: 'cjs',
		logLevel: 'warning',
	});
	const isInstalled = !byHand && (await exists(join(runtimeFolder, 'installed.json')));
	const node = isInstalled ? join(runtimeFolder, 'node_modules/node/bin/node') : process.execPath;
	const home = join(stageFolder, 'n8n-home');
	await mkdir(home);

	return {
		packageFolder,
		n8nFolder: isInstalled ? runtimeFolder : undefined,
		node,
		start: (program, { args = [], profileFolder } = {}) =>
			fork(join(stageFolder, `${program}.cjs`), args, {
				execPath: node,
				execArgv: ['--expose-gc', ...(profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [])],
				// Large answers come over IPC as text; JSON would take seconds for 50 MB.
				serialization: 'advanced',
				stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
				env: {
					PATH: process.env.PATH,
					HOME: home,
					N8N_USER_FOLDER: home,
					N8N_ENCRYPTION_KEY: 'benchmark-only',
					N8N_LOG_LEVEL: 'silent',
					N8N_DIAGNOSTICS_ENABLED: 'false',
				},
			}),
	};
}
