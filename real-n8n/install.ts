import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { manifestFolder, runtimeFolder } from './layout';

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

/** Identifies what the manifest would install on this machine. */
async function manifestHash(): Promise<string> {
	const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
	for (const file of MANIFEST_FILES) hash.update(await readFile(join(manifestFolder, file)));
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
	const lockfile = await readJson<Lockfile>(join(manifestFolder, 'package-lock.json'));
	return Object.entries(lockfile?.packages ?? {})
		.filter(([path, entry]) => path !== '' && !entry.optional && !entry.link)
		.map(([path]) => path);
}

async function countInstalled(packages: string[]): Promise<number> {
	const found = await Promise.all(packages.map((path) => exists(join(runtimeFolder, path, 'package.json'))));
	return found.filter(Boolean).length;
}

/** Runs a command to its end; rejects with the last lines of its output. */
async function run(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
	const child = spawn(command, args, { cwd: runtimeFolder, env, stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	if (code !== 0) {
		const lastLines = output.trimEnd().split('\n').slice(-25).join('\n');
		throw new Error(`"${command} ${args.join(' ')}" failed in ${runtimeFolder}:\n${lastLines}`);
	}
	return output.trim();
}

/** npm under the Node that n8n will run on, so that native modules are built for that one. */
async function npmUnderInstalledNode(...args: string[]): Promise<void> {
	const path = [dirname(nodeBinary), process.env.PATH].join(delimiter);
	await run('npm', args, { ...process.env, PATH: path });
}

async function installPackages(report: Report): Promise<void> {
	for (const file of MANIFEST_FILES) await copyFile(join(manifestFolder, file), join(runtimeFolder, file));
	const packages = await requiredPackages();
	const started = Date.now();
	const progress = setInterval(() => {
		void countInstalled(packages).then((count) => {
			const seconds = Math.round((Date.now() - started) / 1000);
			report(`  ${count} of ${packages.length} packages in place after ${seconds} s`);
		});
	}, 15_000);
	try {
		await run('npm', ['ci', '--no-progress', '--loglevel=error']);
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
	const packages = await requiredPackages();
	const missing = packages.length - (await countInstalled(packages));
	if (missing > 0) return `${missing} of ${packages.length} packages are missing`;
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

/**
 * Makes sure that n8n is installed in `.n8n-runtime/` exactly as `real-n8n/runtime/package-lock.json` says, and returns
 * where it is. Does nothing when it is; finishes or repairs an installation that was interrupted or damaged.
 *
 * @param report receives progress, one line at a time; nothing is reported when there is nothing to do
 * @throws Error with npm's last lines when npm cannot install it
 */
export async function installN8n(report: Report): Promise<N8nRuntime> {
	const hash = await manifestHash();
	if (await stampMatches(STAMP_FILE, hash)) {
		const damage = await findDamage();
		if (damage === undefined) return await describeRuntime();
		report(`The installed n8n is damaged (${damage}): repairing it.`);
		await rm(STAMP_FILE, { force: true });
		await rm(PACKAGES_STAMP_FILE, { force: true });
	}
	await mkdir(runtimeFolder, { recursive: true });
	await rm(STAMP_FILE, { force: true });
	const started = Date.now();
	if (!(await stampMatches(PACKAGES_STAMP_FILE, hash))) {
		report('Installing n8n into .n8n-runtime/, once: about 2.8 GB on disk and 6 to 8 minutes. It can be interrupted:');
		report('the next start takes it up again. Nothing outside that folder changes.');
		await rm(PACKAGES_STAMP_FILE, { force: true });
		await installPackages(report);
		await stamp(PACKAGES_STAMP_FILE, hash);
	}
	await buildNativeModules(report);
	const damage = await findDamage();
	if (damage !== undefined) throw new Error(`n8n was installed into ${runtimeFolder}, but ${damage}.`);
	await stamp(STAMP_FILE, hash);
	const runtime = await describeRuntime();
	report(`n8n ${runtime.version} is installed (${Math.round((Date.now() - started) / 1000)} s).`);
	return runtime;
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
