import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, root } from '../project';

/** What the `package.json` of a package says, as far as it matters here. */
export interface Manifest {
	name: string;
	version: string;
	description: string;
	keywords: string[];
	n8n: { n8nNodesApiVersion: number; strict: boolean; nodes: string[]; credentials: string[] };
	devDependencies?: Record<string, string>;
	peerDependencies?: Record<string, string>;
	[member: string]: unknown;
}

/** One of the packages that are published: exactly one service each. */
export interface PublishedPackage {
	name: string;
	/** From the root of the project. */
	folder: string;
	manifest: Manifest;
}

/** The packages of `packages/`, in alphabetical order. */
export function publishedPackages(): PublishedPackage[] {
	return readdirSync(join(root, 'packages'), { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && entry.name.startsWith('n8n-nodes-'))
		.map(({ name }) => ({
			name,
			folder: `packages/${name}`,
			manifest: readJson<Manifest>(`packages/${name}/package.json`),
		}))
		.sort((a, b) => a.name.localeCompare(b.name));
}
