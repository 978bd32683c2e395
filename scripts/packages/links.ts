import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fastGlob from 'fast-glob';
import { root } from '../project';
import { sourcesOf } from './files';
import type { PublishedPackage } from './published';

/** Folders of a package that hold links to the sources, and nothing else. */
export const LINKED_FOLDERS = ['credentials', 'icons', 'nodes'];

/**
 * The links of a package, each with what it points to. Files are linked one by one, not folders: ESLint, and with it
 * n8n's `n8n-node lint`, does not enter a linked folder, and would find nothing wrong in nothing.
 */
function expectedLinks({ folder, manifest }: PublishedPackage): Map<string, string> {
	const { files } = sourcesOf(manifest);
	return new Map(files.map((file) => [`${folder}/${file}`, relative(dirname(`${folder}/${file}`), file)]));
}

function presentLinks({ folder }: PublishedPackage): Map<string, string | undefined> {
	const patterns = LINKED_FOLDERS.map((name) => `${folder}/${name}/**`);
	const files = fastGlob.sync(patterns, { cwd: root, followSymbolicLinks: false, onlyFiles: false, dot: true });
	const entries = files.map((file) => [file, lstatSync(join(root, file))] as const);
	return new Map(
		entries
			.filter(([, stat]) => !stat.isDirectory())
			.map(([file, stat]) => [file, stat.isSymbolicLink() ? readlinkSync(join(root, file)) : undefined]),
	);
}

/** How the links of a package differ from what its node and credentials use, in words; empty when they do not. */
export function staleLinks(published: PublishedPackage): string[] {
	const expected = expectedLinks(published);
	const present = presentLinks(published);
	return [
		...[...expected.keys()].filter((file) => !present.has(file)).map((file) => `${file} is missing`),
		...[...present.keys()].filter((file) => !expected.has(file)).map((file) => `${file} is not used`),
		...[...expected]
			.filter(([file, target]) => present.has(file) && present.get(file) !== target)
			.map(([file, target]) => `${file} is no link to ${target}`),
	];
}

/** Makes the links of a package what its node and credentials use. */
export function updateLinks(published: PublishedPackage): void {
	for (const name of LINKED_FOLDERS) rmSync(join(root, published.folder, name), { recursive: true, force: true });
	for (const [file, target] of expectedLinks(published)) {
		mkdirSync(dirname(join(root, file)), { recursive: true });
		symlinkSync(target, join(root, file));
	}
}
