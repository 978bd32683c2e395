import { join } from 'node:path';

/** Another n8n than the pinned one: its version, or `newest`. Installed beside it, without a lockfile of ours. */
export const otherVersion = process.env.N8N_VERSION || undefined;

/** Where things lie. The manifest is committed; what it installs is git-ignored, because it is 2.8 GB. */
export const projectFolder = join(__dirname, '../..');
export const manifestFolder = join(__dirname, 'runtime');
export const runtimeFolder = join(projectFolder, otherVersion ? `.n8n-runtime-${otherVersion}` : '.n8n-runtime');
