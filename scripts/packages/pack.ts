import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../project';
import { assemble } from './assemble';
import { type PublishedPackage, publishedPackages } from './published';

const run = promisify(execFile);

/** A package as it is published. */
export interface Tarball {
	published: PublishedPackage;
	/** Its file, a `.tgz`. */
	file: string;
	/** Bytes. */
	size: number;
	/** Paths inside, in alphabetical order. */
	files: string[];
}

interface PackReport {
	filename: string;
	size: number;
	files: Array<{ path: string }>;
}

/**
 * Assembles and packs a package. The root's `dist` must be up to date.
 *
 * @param into folder for the tarball
 */
export async function pack(published: PublishedPackage, into: string): Promise<Tarball> {
	assemble(published);
	const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', into];
	const { stdout } = await run('npm', args, { cwd: join(root, published.folder), maxBuffer: 2 ** 24 });
	const [report] = JSON.parse(stdout) as PackReport[];
	if (!report) throw new Error(`npm packed nothing in ${published.folder}.`);
	const files = report.files.map(({ path }) => path).sort();
	return { published, file: join(into, report.filename), size: report.size, files };
}

/** All packages, packed. */
export async function packAll(into: string): Promise<Tarball[]> {
	const tarballs: Tarball[] = [];
	for (const published of publishedPackages()) tarballs.push(await pack(published, into));
	return tarballs;
}
