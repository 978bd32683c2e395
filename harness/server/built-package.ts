import { execFile } from 'node:child_process';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import fastGlob from 'fast-glob';
import type { Report } from './install';
import { projectFolder } from './layout';
import { createTemporaryFolder } from './temporary-folder';

const run = promisify(execFile);

/** The package as npm would publish it, unpacked where n8n can load it from. */
export interface UnpackedPackage {
	/** For `N8N_CUSTOM_EXTENSIONS`. */
	folder: string;
	remove(): Promise<void>;
}

async function modificationTimes(patterns: string[]): Promise<number[]> {
	const files = await fastGlob(patterns, { cwd: projectFolder, absolute: true });
	return await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
}

/** Whether something that the build reads is newer than what it wrote. */
async function isStale(): Promise<boolean> {
	const built = await modificationTimes(['dist/**/*.js']);
	const sources = ['nodes/**/*', 'credentials/**/*', 'icons/**/*', 'gulpfile.js', 'tsconfig.build.json'];
	return built.length === 0 || Math.max(...(await modificationTimes(sources))) > Math.min(...built);
}

/** Builds the package when it is not built or older than its sources. */
export async function buildIfStale(report: Report): Promise<void> {
	if (!(await isStale())) return;
	report('Building the package');
	await run('npm', ['run', 'build', '--silent'], { cwd: projectFolder });
}

async function pack(into: string): Promise<string> {
	await run('npm', ['pack', '--ignore-scripts', '--pack-destination', into], { cwd: projectFolder });
	const [tarball] = (await readdir(into)).filter((name) => name.endsWith('.tgz'));
	if (tarball === undefined) throw new Error('npm pack made no package.');
	return join(into, tarball);
}

/**
 * Builds the package when it is not built or older than its sources, packs it, and unpacks it into a temporary folder
 * without `node_modules` beside it: what n8n then loads is what its users get, down to the libraries that must be inside.
 *
 * @param report receives progress, one line at a time
 * @param tarball a package that is packed already (`npm pack`), instead of this one
 */
export async function unpackPackage(report: Report, tarball = process.env.N8N_TEST_PACKAGE): Promise<UnpackedPackage> {
	if (tarball === undefined) await buildIfStale(report);
	const temporary = await createTemporaryFolder('package');
	try {
		const packed = tarball === undefined ? await pack(temporary.path) : resolve(tarball);
		const folder = join(temporary.path, 'extensions');
		await mkdir(folder);
		await run('tar', ['-xzf', packed, '-C', folder]);
		return { folder, remove: temporary.remove };
	} catch (error) {
		await temporary.remove();
		throw error;
	}
}
