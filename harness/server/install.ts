import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { manifestFolder, otherVersion, runtimeFolder } from './layout';
import { poll } from './polling';
import { startServerProcess } from './server-process';

/** An installed n8n and the Node that it needs (n8n 2.41 wants Node 24 or later; the project itself runs on Node 20). */
export interface N8nRuntime {
	/** The folder that holds `node_modules`. */
	folder: string;
	/** Path of the Node 24 binary. */
	node: string;
	/** Path of n8n's command, a JavaScript file for that Node. */
	n8n: string;
	/** n8n's version, e.g. `2.41.1`. */
	version: string;
}

/** Receives one line of progress at a time. */
export type Report = (line: string) => void;

const MANIFEST_FILES = ['package.json', 'package-lock.json', '.npmrc'];
/** Native code that n8n cannot start without; nothing else gets to run an install script. */
const NATIVE_MODULES = ['sqlite3', 'isolated-vm'];
/** Written last, so that an installation that was interrupted is never mistaken for a complete one. */
const STAMP_FILE = join(runtimeFolder, 'installed.json');
/** Written when `npm ci` is through, so that an interruption during the native build does not cost the download again. */
const PACKAGES_STAMP_FILE = join(runtimeFolder, 'packages.json');

/** Holds the process id of whoever is installing. */
const LOCK_FILE = join(runtimeFolder, 'installing.pid');

/** Says which packages have to be there; npm writes it for an n8n that is not pinned. */
const lockfile = join(otherVersion === undefined ? manifestFolder : runtimeFolder, 'package-lock.json');

const modulesFolder = join(runtimeFolder, 'node_modules');
const nodeBinary = join(modulesFolder, 'node', 'bin', 'node');

interface Lockfile {
	packages: Record<string, { version?: string; optional?: boolean; link?: boolean }>;
}

async function exists(path: string): Promise<boolean> {
	return await stat(path).then(
		() => true,
		() => false,
	);
}

async function readJson<T>(path: string): Promise<T | undefined> {
	const text = await readFile(path, 'utf8').catch(() => undefined);
	if (text === undefined) return undefined;
	try {
		return JSON.parse(text) as T;
	} catch {
		return undefined; // a half-written stamp is no stamp
	}
}

/** The files to install from, by name: those of `runtime/`, or its manifest with another n8n and no lockfile. */
async function manifest(): Promise<Map<string, string>> {
	const files = new Map<string, string>();
	for (const file of MANIFEST_FILES) files.set(file, await readFile(join(manifestFolder, file), 'utf8'));
	if (otherVersion === undefined) return files;
	const version = otherVersion === 'newest' ? await newestVersion() : otherVersion;
	const pinned = JSON.parse(files.get('package.json')!) as { dependencies: Record<string, string> };
	const other = { ...pinned, dependencies: { ...pinned.dependencies, n8n: version } };
	files.delete('package-lock.json');
	return files.set('package.json', `${JSON.stringify(other, null, 2)}\n`);
}

async function newestVersion(): Promise<string> {
	const { stdout } = await promisify(execFile)('npm', ['view', 'n8n', 'version'], { cwd: manifestFolder });
	return stdout.trim();
}

/** Identifies what the manifest would install on this machine. */
function hashOf(files: Map<string, string>): string {
	const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
	for (const text of files.values()) hash.update(text);
	return hash.digest('hex');
}

async function stampMatches(file: string, hash: string): Promise<boolean> {
	return (await readJson<{ manifest: string }>(file))?.manifest === hash;
}

async function stamp(file: string, hash: string): Promise<void> {
	await writeFile(file, `${JSON.stringify({ manifest: hash })}\n`);
}

/** The packages that the lockfile asks for on every machine (optional ones depend on the platform). */
async function requiredPackages(): Promise<string[]> {
	const locked = await readJson<Lockfile>(lockfile);
	return Object.entries(locked?.packages ?? {})
		.filter(([path, entry]) => path !== '' && !entry.optional && !entry.link)
		.map(([path]) => path);
}

async function countInstalled(packages: string[]): Promise<number> {
	const found = await Promise.all(packages.map((path) => exists(join(runtimeFolder, path, 'package.json'))));
	return found.filter(Boolean).length;
}

async function countMissing(): Promise<number> {
	const packages = await requiredPackages();
	return packages.length - (await countInstalled(packages));
}

/** Runs a command to its end, which ends with us; rejects with the last lines of its output. */
async function run(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<void> {
	const started = await startServerProcess({ name: command, command, args, env, cwd: runtimeFolder });
	const code = await started.exitCode;
	if (code !== 0) {
		throw new Error(`"${command} ${args.join(' ')}" failed in ${runtimeFolder}:\n${started.log.tail(25)}`);
	}
}

/** npm under the Node that n8n will run on, so that native modules are built for that one. */
async function npmUnderInstalledNode(...args: string[]): Promise<void> {
	const path = [dirname(nodeBinary), process.env.PATH].join(delimiter);
	await run('npm', args, { ...process.env, PATH: path });
}

async function installPackages(files: Map<string, string>, report: Report): Promise<void> {
	for (const [file, text] of files) await writeFile(join(runtimeFolder, file), text);
	const packages = await requiredPackages();
	const started = Date.now();
	const progress = setInterval(() => {
		void countInstalled(packages).then((count) => {
			const seconds = Math.round((Date.now() - started) / 1000);
			report(`  ${count}${packages.length > 0 ? ` of ${packages.length}` : ''} packages in place after ${seconds} s`);
		});
	}, 15_000);
	try {
		await run('npm', [files.has('package-lock.json') ? 'ci' : 'install', '--no-progress', '--loglevel=error']);
	} finally {
		clearInterval(progress);
	}
}

async function buildNativeModules(report: Report): Promise<void> {
	report('  fetching the Node that n8n runs on');
	await run('npm', ['rebuild', 'node', '--ignore-scripts=false']);
	report(`  building ${NATIVE_MODULES.join(' and ')}`);
	await npmUnderInstalledNode('rebuild', ...NATIVE_MODULES, '--ignore-scripts=false');
}

/** What is wrong with an installation whose stamp says that it is complete; undefined when it is sound. */
async function findDamage(): Promise<string | undefined> {
	const missing = await countMissing();
	if (missing > 0) return `${missing} of its packages are missing`;
	const load = NATIVE_MODULES.map((name) => `require('${name}')`).join(';');
	return await run(nodeBinary, ['--no-node-snapshot', '-e', load]).then(
		() => undefined,
		() => `${NATIVE_MODULES.join(' or ')} does not load`,
	);
}

async function describeRuntime(): Promise<N8nRuntime> {
	const manifest = await readJson<{ version: string }>(join(modulesFolder, 'n8n', 'package.json'));
	return {
		folder: runtimeFolder,
		node: nodeBinary,
		n8n: join(modulesFolder, 'n8n', 'bin', 'n8n'),
		version: manifest?.version ?? 'unknown',
	};
}

/** Two starts at once must not both install: npm would delete what the other one has just written. */
async function whileNobodyElseInstalls<T>(report: Report, work: () => Promise<T>): Promise<T> {
	await mkdir(runtimeFolder, { recursive: true });
	let isFirstLook = true;
	const takeLock = async (): Promise<true | undefined> => {
		const taken = await writeFile(LOCK_FILE, String(process.pid), { flag: 'wx' }).then(
			() => true as const,
			() => undefined,
		);
		if (taken) return taken;
		const holder = Number(await readFile(LOCK_FILE, 'utf8').catch(() => ''));
		if (holder === 0) return undefined; // given up or taken at this very moment
		if (!isRunning(holder)) await rm(LOCK_FILE, { force: true });
		else if (isFirstLook) report(`Process ${holder} is installing n8n at the moment: waiting for it.`);
		isFirstLook = false;
		return undefined;
	};
	await poll('the other installation', takeLock, { timeoutMs: 60 * 60_000, intervalMs: 500 });
	try {
		return await work();
	} finally {
		await rm(LOCK_FILE, { force: true });
	}
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

/**
 * Makes sure that n8n is installed in `.n8n-runtime/` exactly as `harness/server/runtime/package-lock.json` says, or another one
 * beside it as the variable `N8N_VERSION` says, and returns where it is. Does nothing when it is; finishes or repairs an installation that was interrupted or damaged.
 *
 * @param report receives progress, one line at a time; nothing is reported when there is nothing to do
 * @throws Error with npm's last lines when npm cannot install it
 */
export async function installN8n(report: Report): Promise<N8nRuntime> {
	const files = await manifest();
	if (!(await isComplete(hashOf(files)))) {
		await whileNobodyElseInstalls(report, async () => await installOrRepair(files, report));
	}
	return await describeRuntime();
}

async function isComplete(hash: string): Promise<boolean> {
	return (await stampMatches(STAMP_FILE, hash)) && (await findDamage()) === undefined;
}

async function installOrRepair(files: Map<string, string>, report: Report): Promise<void> {
	const hash = hashOf(files);
	if (await stampMatches(STAMP_FILE, hash)) {
		const damage = await findDamage();
		if (damage === undefined) return; // the one we waited for has done it
		report(`The installed n8n is damaged (${damage}): repairing it.`);
	}
	await rm(STAMP_FILE, { force: true });
	const started = Date.now();
	if (!(await stampMatches(PACKAGES_STAMP_FILE, hash)) || (await countMissing()) > 0) {
		await rm(PACKAGES_STAMP_FILE, { force: true });
		report(
			`Installing n8n into ${basename(runtimeFolder)}/, once: about 2.8 GB on disk and 3 to 8 minutes. It can be interrupted:`,
		);
		report('the next start takes it up again. Nothing outside that folder changes.');
		await installPackages(files, report);
		await stamp(PACKAGES_STAMP_FILE, hash);
	}
	await buildNativeModules(report);
	const damage = await findDamage();
	if (damage !== undefined) throw new Error(`n8n was installed into ${runtimeFolder}, but ${damage}.`);
	await stamp(STAMP_FILE, hash);
	const { version } = await describeRuntime();
	report(`n8n ${version} is installed (${Math.round((Date.now() - started) / 1000)} s).`);
}

if (require.main === module) {
	installN8n((line) => console.log(line)).then(
		(runtime) => console.log(`n8n ${runtime.version}: ${runtime.n8n}`),
		(error: Error) => {
			console.error(error.message);
			process.exitCode = 1;
		},
	);
}
