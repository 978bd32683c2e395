import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { staleFiles } from '../../scripts/packages/derived';
import { sourcesOf } from '../../scripts/packages/files';
import { staleLinks } from '../../scripts/packages/links';
import { publishedPackages } from '../../scripts/packages/published';
import { addressOf, readJson, readProject, root } from '../../scripts/project';

/** What is said in one place is the same in all others; `npm run packages -- --update` makes it so. */

const project = readProject();

test.each(publishedPackages())('$name links to what it uses, and to nothing else', (published) => {
	expect(staleLinks(published)).toEqual([]);
});

test('manifests, licences, configurations and code owners are up to date', () => {
	expect(staleFiles().map(({ path }) => path)).toEqual([]);
});

test.each(publishedPackages())(
	"$name is its service's only: one regular node, in strict mode",
	({ manifest, folder }) => {
		expect(manifest.n8n.nodes).toHaveLength(1);
		expect(manifest.n8n.strict).toBe(true);
		expect(manifest.repository).toEqual({ type: 'git', url: `git+${addressOf(project)}.git`, directory: folder });
		expect(manifest.keywords).toContain('n8n-community-node-package');
		const { files } = sourcesOf(manifest);
		expect(files.filter((file) => file.startsWith('nodes/shared/')).length).toBeGreaterThan(30);
	},
);

test('the root has every node and credential, and is not published', () => {
	const manifest = readJson<{ private: boolean; n8n: Record<'nodes' | 'credentials', string[]> }>('package.json');
	expect(manifest.private).toBe(true);
	for (const kind of ['nodes', 'credentials'] as const) {
		const inPackages = publishedPackages().flatMap(({ manifest: { n8n } }) => n8n[kind]);
		expect(inPackages.sort()).toEqual([...manifest.n8n[kind]].sort());
	}
});

describe('owner, repository and e-mail', () => {
	const known = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
		cwd: root,
		encoding: 'utf8',
		maxBuffer: 2 ** 26,
	});
	const texts = known
		.split('\0')
		.filter(
			(path) =>
				/\.(ts|js|mjs|json|md|ya?ml)$|CODEOWNERS$/.test(path) && !/package-lock\.json$|^project\.json$/.test(path),
		)
		.filter((path) => existsSync(join(root, path)) && !lstatSync(join(root, path)).isSymbolicLink())
		.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

	test('no address of the repository has another owner', () => {
		const addresses = new RegExp(`github\\.com/([\\w.-]+)/${project.repository}\\b`, 'g');
		const owners = texts.flatMap(({ path, text }) =>
			[...text.matchAll(addresses)].map(([, owner]) => `${path}: ${owner}`),
		);
		expect(owners.length).toBeGreaterThan(30);
		expect(owners.filter((each) => !each.endsWith(`: ${project.owner}`))).toEqual([]);
	});

	test('every e-mail of the domain is the one', () => {
		const domain = project.email.split('@')[1]!;
		const addresses = texts.flatMap(({ path, text }) =>
			[...text.matchAll(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g)]
				.filter(([email]) => email.endsWith(`@${domain}`))
				.map(([email]) => ({ path, email })),
		);
		expect(addresses.map(({ path }) => path)).toEqual(
			expect.arrayContaining(['SECURITY.md', 'CODE_OF_CONDUCT.md', 'package.json']),
		);
		expect(addresses.filter(({ email }) => email !== project.email)).toEqual([]);
	});
});
