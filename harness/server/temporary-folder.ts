import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();

function removeAll(): void {
	for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

export interface TemporaryFolder {
	readonly path: string;
	remove(): Promise<void>;
}

/** A folder that is deleted by `remove`, and otherwise when this process exits. */
export async function createTemporaryFolder(purpose: string): Promise<TemporaryFolder> {
	if (folders.size === 0 && !process.listeners('exit').includes(removeAll)) process.on('exit', removeAll);
	const path = await mkdtemp(join(tmpdir(), `agent-conversations-${purpose}-`));
	folders.add(path);
	return {
		path,
		async remove() {
			await rm(path, { recursive: true, force: true, maxRetries: 3 });
			folders.delete(path);
		},
	};
}
