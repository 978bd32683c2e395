import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The package as a user gets it: packed, unpacked in an empty folder beside n8n-workflow alone. */
let folder: string;
const root = join(__dirname, '../..');

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'packed-'));
	const listing = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
		cwd: root,
		encoding: 'utf8',
	});
	execFileSync('tar', ['xzf', join(folder, listing.trim().split('\n').at(-1)!), '-C', folder]);
	mkdirSync(join(folder, 'node_modules'));
	symlinkSync(join(root, 'node_modules/n8n-workflow'), join(folder, 'node_modules/n8n-workflow'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const filesIn = (path: string): string[] =>
	readdirSync(path, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1));

test('it holds what users need, and nothing else', () => {
	const files = filesIn(join(folder, 'package'));
	const outside = files.filter((file) => !file.startsWith('dist/'));
	expect(outside.sort()).toEqual(['LICENSE', 'README.md', 'README.zh-CN.md', 'THIRD_PARTY_NOTICES.md', 'package.json']);
	const kinds = new Set(files.filter((file) => file.startsWith('dist/')).map((file) => /\.[a-z]+$/.exec(file)?.[0]));
	expect([...kinds].sort()).toEqual(['.js', '.json', '.svg']);
});

test('it has no runtime dependencies', () => {
	const manifest = jest.requireActual<Record<string, unknown>>(join(folder, 'package/package.json'));
	expect(manifest.dependencies).toBeUndefined();
	expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
});

test("n8n's own loader loads every node and credential of it, in a process that has nothing else", () => {
	// In a process of its own: jest would resolve a forgotten dependency from the project's node_modules.
	const script = `
		const { PackageDirectoryLoader } = require(${JSON.stringify(join(root, 'node_modules/n8n-core'))});
		const loader = new PackageDirectoryLoader(${JSON.stringify(join(folder, 'package'))});
		loader.loadAll().then(() => {
			const { nodes, credentials } = loader.types;
			console.log(JSON.stringify({
				nodes: nodes.map(({ name, iconUrl, codex, usableAsTool }) => ({ name, icons: iconUrl, listedUnder: codex?.subcategories?.AI, usableAsTool: !!usableAsTool })),
				credentials: credentials.map(({ name, iconUrl }) => ({ name, icons: iconUrl })),
			}));
			process.exit(0);
		});`;
	const file = join(folder, 'load.js');
	writeFileSync(file, script);
	const env = { ...process.env, NODE_ENV: 'production', N8N_USER_FOLDER: folder };
	const output = execFileSync(process.execPath, [file], { encoding: 'utf8', cwd: folder, env });
	const { nodes, credentials } = JSON.parse(output.trim().split('\n').at(-1)!) as Record<
		string,
		Array<Record<string, unknown>>
	>;
	const icons = { light: expect.stringMatching(/\.svg$/), dark: expect.stringMatching(/\.dark\.svg$/) };
	const declared = jest.requireActual<{ n8n: { nodes: string[]; credentials: string[] } }>(
		join(root, 'package.json'),
	).n8n;
	expect(nodes).toHaveLength(declared.nodes.length);
	expect(credentials).toHaveLength(declared.credentials.length);
	// With "Tools" here, the editor would offer a node to AI Agents only, and hide it everywhere else.
	for (const node of nodes!)
		expect(node).toMatchObject({ icons, listedUnder: ['Agents', 'Root Nodes'], usableAsTool: true });
	for (const credential of credentials!) expect(credential).toMatchObject({ icons });
});
