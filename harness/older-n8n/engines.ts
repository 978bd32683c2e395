import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodeOf } from '../../scripts/exit-code';

/** An older n8n, of which the engine is installed in a folder of its own. */
export interface OldEngine {
	/** Folder, and what the jest configuration calls it, like `n8n-1.123`. */
	name: string;
	/** As it is chosen on the command line, like `1.123`. */
	minor: string;
	/** The n8n that has this engine, like `1.123.81`. */
	n8n: string;
	/** Its `n8n-core`; numbered differently from n8n itself. */
	core: string;
}

interface Manifest {
	config: { n8n: string };
	dependencies: { 'n8n-core': string };
}

const folderOf = (name: string) => join(__dirname, name);

/** The engines that have a folder here, the oldest first. */
export function oldEngines(): OldEngine[] {
	return readdirSync(__dirname)
		.filter((name) => /^n8n-\d+\.\d+$/.test(name))
		.map((name) => {
			const manifest = JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8')) as Manifest;
			return {
				name,
				minor: name.slice('n8n-'.length),
				n8n: manifest.config.n8n,
				core: manifest.dependencies['n8n-core'],
			};
		})
		.sort((a, b) => (isOlder(a.minor, b.minor) ? -1 : 1));
}

/** Compares numbers of versions, like `1.94` and `1.110`; what is missing at the end counts as 0. */
export function isOlder(version: string, than: string): boolean {
	const [left, right] = [version, than].map((each) => each.split('.').map(Number));
	const length = Math.max(left!.length, right!.length);
	for (let index = 0; index < length; index++) {
		const difference = (left![index] ?? 0) - (right![index] ?? 0);
		if (difference !== 0) return difference < 0;
	}
	return false;
}

/**
 * Installs an engine from its lockfile, unless that was done before.
 *
 * @throws when npm fails
 */
export async function install({ name, n8n }: OldEngine, report: (line: string) => void): Promise<void> {
	const folder = folderOf(name);
	// npm writes this file last, so an installation that was broken off is done again.
	if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return;
	report(`Installing the engine of n8n ${n8n}; this takes a minute or two`);
	const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
	const code = await exitCodeOf('npm', ['ci', ...flags], { cwd: folder, shell: process.platform === 'win32' });
	if (code !== 0) throw new Error(`npm ci failed in harness/older-n8n/${name}`);
}
