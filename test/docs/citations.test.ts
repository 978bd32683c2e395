import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fastGlob from 'fast-glob';
import { commentsIn } from './comments';

/**
 * What comments cite can be opened: the facts about the providers in docs/apis (`docs/apis/wps.md §2`, and behind it `§3`
 * of the same page), the README (README: Live text), and files by their names.
 */

const root = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const files = fastGlob.sync(['**/*.{ts,js,mjs,md}'], {
	cwd: root,
	ignore: ['**/node_modules/**', 'dist/**', 'packages/*/{nodes,credentials,dist}/**'],
});
const sources = files.filter((file) => !file.endsWith('.md'));
/** What users read speaks of the product, the other pages of its code. */
const citing = [
	...sources,
	'CONTRIBUTING.md',
	'sandbox/README.md',
	...files.filter((file) => /^docs\/(?!README)/.test(file)),
];

/** The sections of a page by their numbers, each with its text. */
function sectionsOf(path: string): Map<string, string> {
	const parts = read(path).split(/^#{2,} (?=\d)/m);
	return new Map(parts.slice(1).map((part) => [/^\d[\w-]*(?:\.\d+)?/.exec(part)![0], part]));
}

const facts = new Map(
	fastGlob
		.sync('docs/apis/*.md', { cwd: root })
		.map((path) => [path, { page: read(path), sections: sectionsOf(path) }]),
);

interface Citation {
	place: string;
	/** As it is written; undefined where none is named in front of the section. */
	page: string | undefined;
	section: string;
	/** A number in a list of the section (`§5.3, 1`), or the name of an endpoint (`§4, B4`). */
	part: string | undefined;
}

/** A page of that name wherever it is said to be, or a section. */
const CITED = new RegExp(
	`[\\w./-]*\\b(?:${[...facts.keys()].map((path) => basename(path, '.md')).join('|')})\\.md\\b|` +
		'§([\\w-]+(?:\\.\\d+)?)(?:`?,? (?:rule )?([AB]\\d\\w?|\\d+)\\b)?',
	'g',
);

/** The sections that a file cites; one without a page belongs to the page that was named last. */
function citationsIn(file: string): Citation[] {
	const text = read(file);
	let page = facts.has(file) ? file : undefined;
	const found: Citation[] = [];
	for (const { 0: cited, 1: section, 2: part, index } of text.matchAll(CITED)) {
		if (section === undefined) page = cited;
		else found.push({ place: `${file}:${text.slice(0, index).split('\n').length}`, page, section, part });
	}
	return found;
}

const citations = citing.flatMap(citationsIn);

test('the facts about all three providers are cited', () => {
	const cited = new Set(citations.map(({ page }) => page));
	expect([...facts.keys()].filter((page) => !cited.has(page))).toEqual([]);
	expect(citations.length).toBeGreaterThan(150);
});

test('every section that is cited exists', () => {
	const missing = citations.filter(({ page, section }) => !facts.get(page ?? '')?.sections.has(section));
	expect(missing.map(({ place, page, section }) => `${place}: ${page ?? 'no page named'} §${section}`)).toEqual([]);
});

test('so does every endpoint, and every number of a list in a section', () => {
	const missing = citations.filter(({ page, section, part }) => {
		const { page: whole = '', sections } = facts.get(page ?? '') ?? {};
		if (part === undefined) return false;
		if (/^[AB]/.test(part)) return !whole.includes(`\n### ${part}. `) && !whole.includes(`\n| ${part} | `);
		return !sections?.get(section)?.includes(`\n${part}. `);
	});
	expect(missing.map(({ place, section, part }) => `${place}: §${section}, ${part}`)).toEqual([]);
});

const comments = sources.flatMap((file) =>
	commentsIn(read(file)).map(({ text, line }) => ({ file, text, place: `${file}:${line}` })),
);

test('there are comments', () => expect(comments.length).toBeGreaterThan(1500));

test('every page that a comment names is in the repository', () => {
	const isThere = (file: string, page: string) =>
		existsSync(join(root, page)) ||
		existsSync(join(root, dirname(file), page)) ||
		files.some((each) => each.endsWith(`/${page}`));
	const missing = comments.flatMap(({ file, text, place }) =>
		[...text.matchAll(/(?<![\w/.*-])[A-Za-z][\w./-]*\.(?:md|ndjson)\b/g)]
			.filter(([page]) => !isThere(file, page))
			.map(([page]) => `${place}: ${page}`),
	);
	expect(missing).toEqual([]);
});

test('and so is every source file', () => {
	const missing = comments.flatMap(({ text, place }) =>
		[...text.matchAll(/(?<![\w/.*])[\w./-]+\.(?:ts|mjs)\b/g)]
			.filter(([name]) => !sources.some((source) => `/${source}`.endsWith(`/${name}`)))
			.map(([name]) => `${place}: ${name}`),
	);
	expect(missing).toEqual([]);
});

test('every chapter and guarantee of the README that a comment names is there', () => {
	const readme = read('README.md');
	const titles = [...readme.matchAll(/^#+ (.+)$|^\*\*([^*]+?)\.?\*\*/gm)].map(([, heading, bold]) => heading ?? bold);
	const named = comments.flatMap(({ text, place }) =>
		[...text.replace(/\s*\n\s*\*?\s*/g, ' ').matchAll(/\bREADME: ([^;)`]+)/g)].map(([, title]) => ({ place, title })),
	);
	expect(named.length).toBeGreaterThan(5);
	expect(named.filter(({ title }) => !titles.includes(title))).toEqual([]);
});

test('every promise of the README names the file that keeps it', () => {
	const [, chapter = ''] = read('README.md').split('\n## What you can rely on, and what not\n');
	const promises = chapter
		.split('\n## ')[0]!
		.split('\n\n')
		.filter((paragraph) => paragraph.startsWith('**'));
	const unkept = promises.filter((promise) => !/→ \[\w[\w-]*\.ts\]\(nodes\//.test(promise));
	expect(promises.length).toBeGreaterThan(8);
	expect(unkept.map((promise) => promise.split('\n')[0])).toEqual([
		expect.stringContaining('**What it was tested against.**'),
	]);
});

test('no comment speaks of a paper that is not here', () => {
	const elsewhere = /\bproviders\/|\(contract\b|\bpeers\b|\b[CDHLM]\d{1,2}\b(?=[,;)])/;
	expect(comments.filter(({ text }) => elsewhere.test(text)).map(({ place }) => place)).toEqual([]);
});
