import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, type Project, readJson, readProject, root } from '../project';
import { sourcesOf } from './files';
import { type Manifest, type PublishedPackage, publishedPackages } from './published';

/** A file whose content, or a part of it, is said somewhere else first. */
export interface DerivedFile {
	/** From the root of the project. */
	path: string;
	content: string;
}

/** n8n's own, to the byte: with any other one, `n8n-node` calls a package not eligible for n8n Cloud. */
const STOCK_ESLINT_CONFIG = "import { config } from '@n8n/node-cli/eslint';\n\nexport default config;\n";

const asJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The members of a manifest that name the people and the place behind it. */
function origin(project: Project, directory?: string) {
	const address = addressOf(project);
	return {
		author: { name: project.author, email: project.email },
		homepage: directory === undefined ? `${address}#readme` : `${address}/tree/main/${directory}#readme`,
		repository: { type: 'git', url: `git+${address}.git`, ...(directory === undefined ? {} : { directory }) },
		bugs: { url: `${address}/issues` },
	};
}

function rootManifest(project: Project): DerivedFile {
	const manifest = readJson<Manifest>('package.json');
	return { path: 'package.json', content: asJson({ ...manifest, ...origin(project) }) };
}

/**
 * The manifest of a package. By hand are its name, its description, its keywords, its node and its credentials; version
 * and all the rest come from the root.
 */
function packageManifest({ folder, manifest }: PublishedPackage, project: Project): DerivedFile {
	const source = readJson<Manifest>('package.json');
	const tool = readJson<{ dependencies: Record<string, string> }>('packages/package.json');
	const { name, description, keywords, n8n } = manifest;
	const content = asJson({
		name,
		version: source.version,
		description,
		license: source.license,
		...origin(project, folder),
		keywords,
		engines: source.engines,
		files: source.files,
		n8n,
		scripts: { lint: 'n8n-node lint' },
		peerDependencies: source.peerDependencies,
		devDependencies: { ...tool.dependencies, ...bundledLibraries(manifest, source) },
	});
	return { path: `${folder}/package.json`, content };
}

/** The libraries that the build puts inside the files, in the versions of the root. */
function bundledLibraries(
	manifest: Manifest,
	{ devDependencies = {}, peerDependencies = {} }: Manifest,
): Record<string, string> {
	const used = sourcesOf(manifest).libraries.filter((name) => !(name in peerDependencies));
	const names = Object.keys(devDependencies).filter((name) => used.includes(name.replace(/^@types\//, '')));
	return Object.fromEntries(names.map((name) => [name, devDependencies[name]!]));
}

/** What git knows and is text written here: no links, no pictures. */
function ownTexts(): string[] {
	const known = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
		cwd: root,
		encoding: 'utf8',
		maxBuffer: 2 ** 26,
	});
	return known
		.split('\0')
		.filter((path) => /\.(ts|js|mjs|json|md|ya?ml|svg)$|CODEOWNERS$/.test(path) && !/package-lock\.json$/.test(path))
		.filter(
			(path) =>
				path !== 'project.json' && existsSync(join(root, path)) && !lstatSync(join(root, path)).isSymbolicLink(),
		);
}

/**
 * Texts that name the address of the repository or the maintainers' e-mail. What they were until now is taken from the root's
 * package.json: documentation links must be written out where they stand, because n8n's linter reads them there.
 */
function textsWithAddresses(project: Project): DerivedFile[] {
	const { repository, author } = readJson<{ repository: { url: string }; author: { email: string } }>('package.json');
	const before = repository.url.replace(/^git\+|\.git$/g, '');
	const address = addressOf(project);
	if (before === address && author.email === project.email) return [];
	return ownTexts().flatMap((path) => {
		const text = read(path);
		const content = text.replaceAll(before, address).replaceAll(author.email, project.email);
		return content === text ? [] : [{ path, content }];
	});
}

function codeOwners({ codeOwners }: Project): DerivedFile {
	const content = `# Made from project.json by \`npm run packages -- --update\`.\n* ${codeOwners}\n`;
	return { path: '.github/CODEOWNERS', content };
}

/** Files that are not what `project.json`, the root's package.json and the sources say. */
export function staleFiles(): DerivedFile[] {
	const project = readProject();
	const derived = [
		rootManifest(project),
		codeOwners(project),
		...publishedPackages().flatMap((published) => [
			packageManifest(published, project),
			{ path: `${published.folder}/LICENSE`, content: read('LICENSE') },
			{ path: `${published.folder}/eslint.config.mjs`, content: STOCK_ESLINT_CONFIG },
		]),
	];
	const isStale = ({ path, content }: DerivedFile) => !existsSync(join(root, path)) || read(path) !== content;
	const stale = derived.filter(isStale);
	const paths = new Set(derived.map(({ path }) => path));
	return [...textsWithAddresses(project).filter(({ path }) => !paths.has(path)), ...stale];
}

export function writeFiles(files: DerivedFile[]): void {
	for (const { path, content } of files) writeFileSync(join(root, path), content);
}
