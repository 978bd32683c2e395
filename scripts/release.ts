/**
 * `npm run release -- <version>`: checks that nothing keeps a release of this version back, and says how to make it. Changes
 * and publishes nothing; that is done on GitHub when the tag arrives. RELEASING.md has the whole way.
 *
 * `--notes <file>` writes the version's chapter of CHANGELOG.md there.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { staleFiles } from './packages/derived';
import { staleLinks } from './packages/links';
import { publishedPackages } from './packages/published';
import { readJson, readProject, root } from './project';
import { notesOf, obstaclesTo, type ReleaseState } from './release-checks';

const git = (...args: string[]) =>
	execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trimEnd();

function commitOf(tag: string): string | undefined {
	try {
		return git('rev-parse', '--verify', '--quiet', `refs/tags/${tag}^{commit}`);
	} catch {
		return undefined; // git's way to say that there is none
	}
}

/** The state of this checkout. */
function currentState(version: string): ReleaseState {
	const manifests = ['package.json', ...publishedPackages().map(({ folder }) => `${folder}/package.json`)];
	const read = (path: string) => readJson<{ version: string; repository: { url: string } }>(path);
	const versions = Object.fromEntries([...manifests, 'package-lock.json'].map((path) => [path, read(path).version]));
	const { GITHUB_REPOSITORY, GITHUB_REF_TYPE, GITHUB_REF_NAME } = process.env;
	return {
		version,
		project: readProject(),
		versions,
		repositories: Object.fromEntries(manifests.map((path) => [path, read(path).repository.url])),
		changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
		stale: [...publishedPackages().flatMap(staleLinks), ...staleFiles().map(({ path }) => `${path} is not up to date`)],
		uncommitted: git('status', '--porcelain')
			.split('\n')
			.filter((line) => line !== ''),
		head: git('rev-parse', 'HEAD'),
		taggedCommit: commitOf(`v${version}`),
		runsIn: GITHUB_REPOSITORY,
		startedBy: GITHUB_REF_TYPE === 'tag' ? GITHUB_REF_NAME : undefined,
	};
}

function main([version, ...options]: string[]): void {
	if (version === undefined) throw new Error('Which version? For example: npm run release -- 1.2.0');
	const state = currentState(version);
	const obstacles = obstaclesTo(state);
	if (obstacles.length > 0)
		throw new Error(`${version} cannot be released:\n${obstacles.map((each) => `- ${each}`).join('\n')}`);
	const at = options.indexOf('--notes');
	const file = at < 0 ? undefined : options[at + 1];
	if (file !== undefined) writeFileSync(file, `${notesOf(state.changelog, version)}\n`);
	console.log(`Nothing keeps ${version} back.`);
	if (state.startedBy === undefined) {
		const tag = `v${version}`;
		console.log(`Release it: git tag ${tag} && git push origin ${tag}`);
	}
}

try {
	main(process.argv.slice(2));
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 1;
}
