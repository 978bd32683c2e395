import { join } from 'node:path';

/** Where things lie. The manifest is committed; what it installs is git-ignored, because it is 2.8 GB. */
export const projectFolder = join(__dirname, '..');
export const manifestFolder = join(__dirname, 'runtime');
export const runtimeFolder = join(projectFolder, '.n8n-runtime');
