import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { assemble } from '../../scripts/packages/assemble';
import { publishedPackages } from '../../scripts/packages/published';

/** Each package as a user gets it: packed, unpacked in an empty folder beside n8n-workflow alone. */
const root = join(__dirname, '../..');

interface Service {
	/** What its files and identifiers are called. */
	names: RegExp;
	node: string;
	credentials: string[];
}

const SERVICES: Record<string, Service> = {
	'n8n-nodes-reportify': { names: /reportify/i, node: 'reportify', credentials: ['reportifyApi'] },
	'n8n-nodes-wps-agent': {
		names: /\b(wps|kso|kingsoft)\b|\bwps[A-Z0-9_-]|kso-?1|x-kso/i,
		node: 'wpsAgent',
		credentials: ['wpsAccessTokenApi', 'wpsOAuth2Api'],
	},
	'n8n-nodes-ai-dol': { names: /ai-?dol/i, node: 'aiDol', credentials: ['aiDolApi'] },
};

const packages = [
	{
		name: 'n8n-nodes-agent-conversations',
		folder: '.',
		nodes: Object.values(SERVICES).map(({ node }) => node),
		published: undefined,
	},
	...publishedPackages().map((published) => ({
		name: published.name,
		folder: published.folder,
		nodes: [SERVICES[published.name]!.node],
		published,
	})),
];

const temporary: string[] = [];
afterAll(() => temporary.forEach((folder) => rmSync(folder, { recursive: true })));

function unpacked(folder: string): string {
	const into = mkdtempSync(join(tmpdir(), 'packed-'));
	temporary.push(into);
	const listing = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', into], {
		cwd: join(root, folder),
		encoding: 'utf8',
	});
	execFileSync('tar', ['xzf', join(into, listing.trim().split('\n').at(-1)!), '-C', into]);
	mkdirSync(join(into, 'node_modules'));
	symlinkSync(join(root, 'node_modules/n8n-workflow'), join(into, 'node_modules/n8n-workflow'));
	return into;
}

const filesIn = (path: string): string[] =>
	readdirSync(path, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1));

/** Code as it runs: its comments may cite where a fact about another service is written. */
const withoutComments = (code: string) =>
	ts.transpileModule(code, { compilerOptions: { removeComments: true, target: ts.ScriptTarget.ES2022 } }).outputText;

const CHINESE = /\p{Script=Han}/u;

interface Loaded {
	nodes: Array<Record<string, unknown> & { name: string; description: string }>;
	credentials: Array<Record<string, unknown> & { name: string }>;
}

/** By n8n's own loader, in a process that has nothing else: jest would resolve a forgotten dependency from the project. */
function loaded(folder: string): Loaded {
	const script = `
		const { PackageDirectoryLoader } = require(${JSON.stringify(join(root, 'node_modules/n8n-core'))});
		const loader = new PackageDirectoryLoader(${JSON.stringify(join(folder, 'package'))});
		loader.loadAll().then(() => {
			const { nodes, credentials } = loader.types;
			console.log(JSON.stringify({
				nodes: nodes.map((node) => ({ name: node.name, icons: node.iconUrl, codex: node.codex, usableAsTool: !!node.usableAsTool, description: JSON.stringify(node) })),
				credentials: credentials.map(({ name, iconUrl }) => ({ name, icons: iconUrl })),
			}));
			process.exit(0);
		});`;
	const file = join(folder, 'load.js');
	writeFileSync(file, script);
	const env = { ...process.env, NODE_ENV: 'production', N8N_USER_FOLDER: folder };
	const output = execFileSync(process.execPath, [file], { encoding: 'utf8', cwd: folder, env, maxBuffer: 2 ** 26 });
	return JSON.parse(output.trim().split('\n').at(-1)!) as Loaded;
}

test('there is a package for each service', () => {
	expect(
		publishedPackages()
			.map(({ name }) => name)
			.sort(),
	).toEqual(Object.keys(SERVICES).sort());
});

describe.each(packages)('$name', ({ name, folder, nodes: expectedNodes, published }) => {
	let place: string;
	let files: string[];
	beforeAll(() => {
		if (published) assemble(published);
		place = unpacked(folder);
		files = filesIn(join(place, 'package'));
	});
	const read = (file: string) => readFileSync(join(place, 'package', file), 'utf8');

	test('holds what users need, and nothing else', () => {
		const outside = files.filter((file) => !file.startsWith('dist/'));
		expect(outside.sort()).toEqual(['LICENSE', 'README.md', 'THIRD_PARTY_NOTICES.md', 'package.json']);
		const kinds = new Set(files.filter((file) => file.startsWith('dist/')).map((file) => /\.[a-z]+$/.exec(file)?.[0]));
		expect([...kinds].sort()).toEqual(['.js', '.json', '.svg']);
	});

	test('has no runtime dependencies', () => {
		const manifest = JSON.parse(read('package.json')) as Record<string, unknown>;
		expect(manifest.dependencies).toBeUndefined();
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});

	test('is loaded by n8n without anything beside it, with light and dark icons', () => {
		const { nodes, credentials } = loaded(place);
		const icons = { light: expect.stringMatching(/\.svg$/), dark: expect.stringMatching(/\.dark\.svg$/) };
		expect(nodes.map((node) => node.name).sort()).toEqual([...expectedNodes].sort());
		// With the subcategory "Tools" the editor would offer a node to AI Agents only, and hide it everywhere else.
		for (const node of nodes) {
			expect(node).toMatchObject({ icons, usableAsTool: true, codex: { categories: expect.any(Array) } });
			expect(node.codex).not.toHaveProperty('subcategories');
			expect(node.description).not.toMatch(CHINESE);
		}
		for (const credential of credentials) expect(credential).toMatchObject({ icons });
		if (published) expect(credentials.map((each) => each.name).sort()).toEqual(SERVICES[name]!.credentials);
	});

	test('has the notices of the libraries that are inside', () => {
		const inside = files
			.filter((file) => file.endsWith('.js'))
			.flatMap((file) => [...read(file).matchAll(/^\s*\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)]);
		const noticed = [...read('THIRD_PARTY_NOTICES.md').matchAll(/^## (\S+) \d/gm)];
		const names = (matches: RegExpExecArray[]) => [...new Set(matches.map(([, library]) => library!))].sort();
		expect(names(inside).length).toBeGreaterThan(3);
		expect(names(noticed)).toEqual(expect.arrayContaining(names(inside)));
		if (published) expect(names(noticed)).toEqual(names(inside));
	});

	test('is English', () => {
		for (const file of files.filter((each) => /\.(json|md)$|LICENSE$/.test(each))) {
			expect([file, CHINESE.exec(read(file).replace(/^> .*$/gm, ''))?.[0]]).toEqual([file, undefined]);
		}
	});
});

describe.each(publishedPackages())('$name has nothing of another service:', (published) => {
	const others = Object.entries(SERVICES).filter(([name]) => name !== published.name);
	let place: string;
	beforeAll(() => {
		assemble(published);
		place = join(unpacked(published.folder), 'package');
	});

	test('no file that is called like one', () => {
		for (const [, { names }] of others) expect(filesIn(place).filter((file) => names.test(file))).toEqual([]);
	});

	test('no word of one in its code, its schemas, its texts', () => {
		for (const file of filesIn(place).filter((each) => /\.(js|json)$|README\.md$/.test(each))) {
			const text = readFileSync(join(place, file), 'utf8').replaceAll(/https:\/\/github\.com\/\S+/g, '');
			const shown = file.endsWith('.js') ? withoutComments(text) : text;
			for (const [, { names }] of others) expect([file, names.exec(shown)?.[0]]).toEqual([file, undefined]);
		}
	});
});
