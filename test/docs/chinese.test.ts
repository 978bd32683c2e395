import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { documentedNodes } from '../../scripts/docs/nodes';
import { operationsOf } from '../../scripts/docs/operations';
import { readSchema } from '../../scripts/docs/schemas';

/** docs/README.zh-CN.md has the same content as README.md: as far as that can be told without reading Chinese. */

const root = join(__dirname, '../..');
const english = readFileSync(join(root, 'README.md'), 'utf8');
const chinese = readFileSync(join(root, 'docs/README.zh-CN.md'), 'utf8');

const all = (page: string, pattern: RegExp) => [...page.matchAll(pattern)].map(([match]) => match);

/** A link inside of the page, as the number of the chapter that it leads to; its name is in the language of the page. */
function chapterOf(page: string, anchor: string): string {
	const names = all(page, /^## .+/gm).map((heading) => heading.slice(3).toLowerCase().replaceAll(' ', '-'));
	return `#chapter ${names.indexOf(decodeURIComponent(anchor.slice(1)))}`;
}

test('the chapters are the same', () => {
	expect(all(chinese, /^## /gm)).toHaveLength(all(english, /^## /gm).length);
});

test('every guarantee is there', () => {
	const chapters = (page: string) => page.split(/^## /m);
	const at = chapters(english).findIndex((chapter) => chapter.startsWith('What you can rely on'));
	const guarantees = (page: string) => all(chapters(page)[at]!, /^\*\*[^*]+\*\*/gm).length;
	expect(guarantees(english)).toBeGreaterThan(8);
	expect(guarantees(chinese)).toBe(guarantees(english));
});

test('the commands are the same', () => {
	const commands = (page: string) => all(page.replace(/```jsonc[\s\S]*?```/g, ''), /^```\n[\s\S]*?^```/gm);
	expect(commands(chinese)).toEqual(commands(english));
	for (const script of all(english, /`npm [^`]+`/g)) expect(chinese).toContain(script);
});

test('the output is the same, and what every answer has', () => {
	const members = (page: string) =>
		[.../```jsonc([\s\S]*?)```/.exec(page)![1]!.matchAll(/^\s+"(\w+)"/gm)].map(([, name]) => name);
	expect(members(english)).toEqual(readSchema(root, 'nodes/Reportify', 'message', 'collect').required);
	expect(members(chinese)).toEqual(members(english));
});

test('the links are the same, but for the language', () => {
	const targets = (page: string, folder: string) =>
		all(page.replace(/<!-- docs:begin[\s\S]*?docs:end -->/, ''), /\]\([^)]+\)/g)
			.map((link) => link.slice(2, -1))
			.map((target) => {
				if (target.startsWith('#')) return chapterOf(page, target);
				return /^[a-z]+:/.test(target) ? target : normalize(join(folder, target));
			})
			.filter((target) => !/^(docs\/)?README(\.zh-CN)?\.md$/.test(target));
	const nodePages = documentedNodes.map(({ page }) => page);
	expect(new Set(targets(chinese, 'docs'))).toEqual(new Set([...targets(english, '.'), ...nodePages]));
});

test.each(documentedNodes)('every operation of $folder is named', ({ description }) => {
	const [, section = ''] = chinese.split(`### [${description.displayName}]`);
	const [table = ''] = section.split('\n##');
	let resourceName = '';
	const named = table
		.split('\n')
		.map((row) => row.split('|').map((cell) => /（(.+)）/.exec(cell)?.[1] ?? ''))
		.filter((cells) => cells[2])
		.map((cells) => `${(resourceName = cells[1] || resourceName)}: ${cells[2]!}`);
	const expected = operationsOf(description).map(({ resource, operation }) => `${resource.name}: ${operation.name}`);
	expect(named.sort()).toEqual(expected.sort());
});
