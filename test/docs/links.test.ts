import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import fastGlob from 'fast-glob';
import { addressOf, readProject } from '../../scripts/project';

/** Every link inside the repository leads somewhere: the file exists, and so does the heading. */

const root = join(__dirname, '../..');
const pages = fastGlob.sync(
	['*.md', 'docs/**/*.md', 'sandbox/*.md', 'packages/*/{README,VERIFICATION}.md', '.github/*.md'],
	{
		cwd: root,
		ignore: ['THIRD_PARTY_NOTICES.md'],
	},
);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Code is no text: what looks like a link in it is none. */
const withoutCode = (page: string) => page.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, 'code');

const targetsIn = (page: string): string[] => [
	...[...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!),
	...[...page.matchAll(/<img[^>]+src="([^"]+)"/g)].map(([, target]) => target!),
];

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(path: string): string[] {
	const seen = new Map<string, number>();
	const headings = [
		...read(path)
			.replace(/^```[\s\S]*?^```/gm, '')
			.matchAll(/^#+ (.+)$/gm),
	];
	return headings.map(([, heading]) => {
		const slug = heading!
			.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, '')
			.replaceAll(' ', '-');
		const count = seen.get(slug) ?? 0;
		seen.set(slug, count + 1);
		return count === 0 ? slug : `${slug}-${count}`;
	});
}

const links = pages.flatMap((page) =>
	targetsIn(read(page))
		.filter((target) => !/^[a-z]+:/.test(target))
		.map((target) => ({ page, target })),
);

test('there are links', () => expect(links.length).toBeGreaterThan(40));

test.each(links)('$page → $target', ({ page, target }) => {
	const [path = '', anchor] = target.split('#');
	const file = path === '' ? page : normalize(join(dirname(page), decodeURI(path)));
	expect(existsSync(join(root, file))).toBe(true);
	if (anchor !== undefined) expect(anchorsOf(file)).toContain(decodeURIComponent(anchor));
});

const address = addressOf(readProject());
const OWN = `${address}/blob/main/`;
const sources = fastGlob.sync(
	['{nodes,credentials}/**/*.{ts,json}', 'examples/*.json', 'packages/*/README.md', '.github/**/*.yml'],
	{ cwd: root },
);
const linksFromCode = sources.flatMap((source) =>
	[...read(source).matchAll(/https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/blob\/[^\s"')\\\]]+/g)].map(([url]) => ({
		source,
		url,
	})),
);

test('the product links to its documentation', () => expect(linksFromCode.length).toBeGreaterThan(8));

test.each(linksFromCode)('$source → $url', ({ url }) => {
	expect(url.startsWith(OWN)).toBe(true);
	const [path = '', anchor] = url.slice(OWN.length).split('#');
	expect(existsSync(join(root, path))).toBe(true);
	if (anchor !== undefined) expect(anchorsOf(path)).toContain(anchor);
});

test('every command that a page names exists', () => {
	const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
	const named = pages.flatMap((page) => [...read(page).matchAll(/\bnpm run ([\w:]+)/g)].map(([, name]) => name!));
	expect(named).toContain('demo');
	expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
