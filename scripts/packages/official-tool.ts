import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodeOf } from '../exit-code';
import { root } from '../project';
import type { PublishedPackage } from './published';

/** Where `n8n-node` is installed: above the packages, so that their stock configuration finds it. */
const home = join(root, 'packages');

export interface Outcome {
	isGood: boolean;
	/** What the tool printed. */
	output: string;
}

/** Runs a command to its end and keeps what it prints. */
export async function outcomeOf(command: string, args: string[], cwd: string): Promise<Outcome> {
	// As if npm had called: the tool asks for that to know how to start ESLint.
	const env = { ...process.env, npm_config_user_agent: 'npm' };
	return await new Promise((resolve) => {
		execFile(command, args, { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
			resolve({ isGood: error === null, output: `${stdout}${stderr}`.trim() });
		});
	});
}

/**
 * Installs n8n's tool as `packages/package-lock.json` says, unless it is there.
 *
 * @param newest whether the newest one is wanted instead, to see what will be asked tomorrow
 */
export async function installOfficialTool(newest = false): Promise<void> {
	if (newest) {
		await npm('install', '--no-save', '@n8n/node-cli@latest');
		return;
	}
	const installed = join(home, 'node_modules', '.package-lock.json');
	const versionIn = (lockfile: string) =>
		(JSON.parse(readFileSync(lockfile, 'utf8')) as { packages: Record<string, { version: string }> }).packages[
			'node_modules/@n8n/node-cli'
		]?.version;
	if (existsSync(installed) && versionIn(installed) === versionIn(join(home, 'package-lock.json'))) return;
	await npm('ci');
}

async function npm(...args: string[]): Promise<void> {
	const code = await exitCodeOf('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd: home });
	if (code !== 0) throw new Error("n8n's tool n8n-node could not be installed in packages/.");
}

const tool = async (published: PublishedPackage, ...args: string[]): Promise<Outcome> =>
	await outcomeOf(join(home, 'node_modules', '.bin', 'n8n-node'), args, join(root, published.folder));

/** `n8n-node lint` in the folder of a package: n8n's rules, in the strict mode that n8n Cloud asks for. */
export async function lint(published: PublishedPackage): Promise<Outcome> {
	return await tool(published, 'lint');
}

/** `n8n-node cloud-support` there; it ends well whatever it finds, so its words count. */
export async function cloudSupport(published: PublishedPackage): Promise<Outcome> {
	const { output } = await tool(published, 'cloud-support');
	return { isGood: /Status:.*(?<!NOT )eligible/.test(output) && !/NOT eligible/.test(output), output };
}
