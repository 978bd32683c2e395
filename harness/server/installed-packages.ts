import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packAll, type Tarball } from '../../scripts/packages/pack';
import { buildIfStale } from './built-package';
import type { N8nRuntime, Report } from './install';
import { type N8n, startN8n } from './server';
import { createTemporaryFolder } from './temporary-folder';

const run = promisify(execFile);

/** The packages that are published, packed; `remove` deletes the files. */
export interface PackedPackages {
	tarballs: Tarball[];
	remove(): Promise<void>;
}

/** Builds the nodes when they are older than their sources, and packs each package as it is published. */
export async function packPackages(report: Report): Promise<PackedPackages> {
	await buildIfStale(report);
	const folder = await createTemporaryFolder('tarballs');
	try {
		return { tarballs: await packAll(folder.path), remove: folder.remove };
	} catch (error) {
		await folder.remove();
		throw error;
	}
}

/** The installation by hand, as the README of each package says it. */
export const INSTALL_BY_HAND = ['install', '--omit=peer'];

/**
 * Starts n8n with packages where *Settings → Community nodes* and an installation by hand put them: in its user folder. A
 * package from `N8N_CUSTOM_EXTENSIONS` would have other node types and no package mark in the editor.
 *
 * @returns n8n; `remove` deletes the installed packages as well
 */
export async function startN8nWithInstalled(runtime: N8nRuntime, tarballs: Tarball[]): Promise<N8n> {
	const userFolder = await createTemporaryFolder('user');
	const nodes = join(userFolder.path, '.n8n', 'nodes');
	await mkdir(nodes, { recursive: true });
	const env = { ...process.env, PATH: [dirname(runtime.node), process.env.PATH].join(delimiter) };
	await run('npm', [...INSTALL_BY_HAND, '--no-audit', '--no-fund', ...tarballs.map(({ file }) => file)], {
		cwd: nodes,
		env,
	});
	const empty = join(userFolder.path, 'extensions');
	await mkdir(empty);
	const n8n = await startN8n({
		runtime,
		extensionsDir: empty,
		env: {
			N8N_USER_FOLDER: userFolder.path,
			N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
			N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
			N8N_VERIFIED_PACKAGES_ENABLED: 'false', // their list is on the internet
		},
	});
	const remove = n8n.remove.bind(n8n);
	return Object.assign(n8n, {
		remove: async () => {
			await remove();
			await userFolder.remove();
		},
	});
}
