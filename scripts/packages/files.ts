import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import fastGlob from 'fast-glob';
import ts from 'typescript';
import { root } from '../project';
import type { Manifest } from './published';

/** What a file imports: names of libraries, and files of the project that it names relatively. */
function importsOf(file: string): string[] {
	const text = readFileSync(join(root, file), 'utf8');
	return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

function resolved(from: string, specifier: string): string {
	const path = normalize(join(dirname(from), specifier));
	const found = [path, `${path}.ts`, `${path}.js`, `${path}/index.ts`, `${path}/index.js`].find(
		(candidate) => existsSync(join(root, candidate)) && statSync(join(root, candidate)).isFile(),
	);
	if (found === undefined) throw new Error(`${from} imports ${specifier}, which does not exist.`);
	return found;
}

interface Reached {
	/** Files of the project, from its root, in alphabetical order. */
	files: string[];
	/** Libraries that they import, without `node:` ones. */
	libraries: string[];
}

/** Everything that is reached from some files by what they import. */
function reachedFrom(entries: string[]): Reached {
	const files = new Set<string>();
	const libraries = new Set<string>();
	const waiting = [...entries];
	for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
		if (files.has(file)) continue;
		files.add(file);
		if (!/\.[jt]s$/.test(file)) continue;
		for (const specifier of importsOf(file)) {
			if (specifier.startsWith('.')) waiting.push(resolved(file, specifier));
			else libraries.add(/^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
		}
	}
	return { files: [...files].sort(), libraries: [...libraries].sort() };
}

const sourceOf = (compiled: string) => compiled.replace(/^dist\//, '').replace(/\.js$/, '.ts');

/** Files that belong to a node without being imported: codex file, output schemas. */
const companionsOf = (node: string) => {
	const folder = dirname(node);
	return fastGlob.sync([`${folder}/*.node.json`, `${folder}/__schema__/**/*.json`], { cwd: root });
};

/** The icons that some sources name. */
function iconsOf(files: string[]): string[] {
	const named = files.flatMap((file) =>
		[...readFileSync(join(root, file), 'utf8').matchAll(/'file:([^']+\.svg)'/g)].map(([, path]) =>
			normalize(join(dirname(file), path!)),
		),
	);
	return [...new Set(named)].sort();
}

/** The sources of a package: its node, its credentials, and what these use of the shared code. */
export function sourcesOf({ n8n }: Manifest): Reached {
	const entries = [...n8n.nodes, ...n8n.credentials].map(sourceOf);
	const { files, libraries } = reachedFrom(entries);
	const companions = n8n.nodes.map(sourceOf).flatMap(companionsOf);
	return { files: [...files, ...companions, ...iconsOf(files)].sort(), libraries };
}

/** What of the built root belongs into a package, below `dist/`: nothing that only types were taken from. */
export function builtFilesOf({ n8n }: Manifest): string[] {
	const { files } = reachedFrom([...n8n.nodes, ...n8n.credentials]);
	const sources = [...n8n.nodes, ...n8n.credentials].map(sourceOf);
	const others = [...n8n.nodes.map(sourceOf).flatMap(companionsOf), ...iconsOf(sources)];
	return [...files, ...others.map((file) => `dist/${file}`)].sort();
}
