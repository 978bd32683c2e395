import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../project';
import { builtFilesOf } from './files';
import type { PublishedPackage } from './published';

const NOTICES = 'THIRD_PARTY_NOTICES.md';

/** The libraries inside some built files: esbuild names the file above each part that it puts in. */
function librariesInside(files: string[]): Set<string> {
	const names = files
		.filter((file) => file.endsWith('.js'))
		.flatMap((file) => [
			...readFileSync(join(root, file), 'utf8').matchAll(/^\s*\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm),
		])
		.map(([, name]) => name!);
	return new Set(names);
}

/** The notices of those libraries, out of the root's, which the build has written. */
function noticesFor(libraries: Set<string>): string {
	const [introduction = '', ...chapters] = readFileSync(join(root, NOTICES), 'utf8').split(/^(?=## \S+ \d\S* \()/m);
	const nameOf = (chapter: string) => /^## (\S+) /.exec(chapter)?.[1] ?? '';
	const missing = [...libraries].filter((name) => !chapters.some((chapter) => nameOf(chapter) === name));
	if (missing.length > 0) throw new Error(`${NOTICES} has no notice for ${missing.join(', ')}.`);
	return introduction + chapters.filter((chapter) => libraries.has(nameOf(chapter))).join('');
}

/**
 * Puts into the folder of a package what npm packs beside README and LICENSE: its part of the root's `dist`, which must be
 * up to date, and the notices of the libraries in it. Copies, because npm packs no links.
 */
export function assemble({ folder, manifest }: PublishedPackage): void {
	rmSync(join(root, folder, 'dist'), { recursive: true, force: true });
	const files = builtFilesOf(manifest);
	for (const file of files) {
		mkdirSync(dirname(join(root, folder, file)), { recursive: true });
		cpSync(join(root, file), join(root, folder, file));
	}
	writeFileSync(join(root, folder, NOTICES), noticesFor(librariesInside(files)));
}
