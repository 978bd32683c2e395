import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastGlob from 'fast-glob';
import { publishedPackages } from '../../scripts/packages/published';
import { root } from '../../scripts/project';

/** What n8n's documentation of codex files lists; reviewers turn down anything else. */
const MEMBERS = ['alias', 'categories', 'codexVersion', 'node', 'nodeVersion', 'resources'];
const CATEGORIES = [
	'Data & Storage',
	'Finance & Accounting',
	'Marketing & Content',
	'Productivity',
	'Miscellaneous',
	'Sales',
	'Development',
	'Analytics',
	'Communication',
	'Utility',
];

interface Codex {
	node: string;
	categories: string[];
	alias: string[];
	resources: Record<'primaryDocumentation' | 'credentialDocumentation', Array<{ url: string }>>;
}

const files = fastGlob.sync('nodes/*/*.node.json', { cwd: root });

test('every node has one', () => expect(files).toHaveLength(publishedPackages().length));

test.each(files)('%s', (file) => {
	const codex = JSON.parse(readFileSync(join(root, file), 'utf8')) as Codex;
	expect(Object.keys(codex).sort()).toEqual(MEMBERS);
	expect(codex.categories.filter((category) => !CATEGORIES.includes(category))).toEqual([]);
	expect(codex.categories.length).toBeGreaterThan(0);
	expect(codex.alias.filter((word) => !/^[A-Za-z0-9][A-Za-z0-9 -]*$/.test(word))).toEqual([]);
	expect(new Set(codex.alias.map((word) => word.toLowerCase())).size).toBe(codex.alias.length);
	const [packageName, nodeName] = codex.node.split('.');
	const published = publishedPackages().find(({ name }) => name === packageName);
	expect(published?.manifest.n8n.nodes).toEqual([`dist/${file.replace(/\.json$/, '.js')}`]);
	expect(file).toMatch(new RegExp(`/${nodeName}\\.node\\.json$`, 'i'));
	expect(Object.keys(codex.resources).sort()).toEqual(['credentialDocumentation', 'primaryDocumentation']);
});
