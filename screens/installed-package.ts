import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackPackage } from '../real-n8n/built-package';
import type { N8nRuntime } from '../real-n8n/install';
import { type N8n, startN8n } from '../real-n8n/server';
import { createTemporaryFolder } from '../real-n8n/temporary-folder';

/** The name under which the package is published, and the beginning of its nodes' types. */
export const PACKAGE_NAME = 'n8n-nodes-agent-conversations';

/**
 * Starts n8n with the package in the place where *Settings → Community nodes* installs it: a package from
 * `N8N_CUSTOM_EXTENSIONS` has other node types and no package mark in the editor.
 *
 * @param report receives progress, one line at a time
 * @returns n8n; `remove` deletes the installed package as well
 */
export async function startN8nWithInstalledPackage(runtime: N8nRuntime, report: (line: string) => void): Promise<N8n> {
	const unpacked = await unpackPackage(report);
	const userFolder = await createTemporaryFolder('screens');
	const installFolder = join(userFolder.path, '.n8n', 'nodes', 'node_modules');
	await mkdir(installFolder, { recursive: true });
	await rename(join(unpacked.folder, 'package'), join(installFolder, PACKAGE_NAME));
	const n8n = await startN8n({
		runtime,
		extensionsDir: unpacked.folder,
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
			await unpacked.remove();
		},
	});
}
