import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentedNodes } from '../../scripts/docs/nodes';
import { operationsOf } from '../../scripts/docs/operations';
import { generatedPages } from '../../scripts/docs/pages';
import { withRegion } from '../../scripts/docs/regions';
import { publishedPackages } from '../../scripts/packages/published';

const root = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = generatedPages(root);

test('every node has a page, and the READMEs have the operations', () => {
	const ofPackages = publishedPackages().flatMap(({ folder }) => [`${folder}/README.md`, `${folder}/VERIFICATION.md`]);
	expect(pages.map(({ path }) => path)).toEqual([
		...documentedNodes.map(({ page }) => page),
		'README.md',
		...ofPackages,
	]);
});

test.each(pages)('$path is what `npm run docs` makes of it', ({ path, update }) => {
	const page = read(path);
	expect(page).toBe(update(page));
});

test.each(documentedNodes)('$page tells about every parameter, option and choice', ({ description, page }) => {
	const text = read(page);
	for (const { parameters } of operationsOf(description)) {
		for (const { name, options = [] } of parameters) {
			expect(text).toContain(`\`${name}\``);
			for (const option of options)
				expect(text).toContain(`\`${'value' in option ? String(option.value) : option.name}\``);
		}
	}
});

describe('a generated part', () => {
	const page = withMarks('old');

	test('is replaced, the rest stays', () => {
		expect(withRegion(page, 'node', 'new')).toBe(withMarks('new'));
		expect(withRegion(withRegion(page, 'node', 'new'), 'node', 'old')).toBe(page);
	});

	test('must have a place', () => {
		expect(() => withRegion(page, 'other', 'new')).toThrow('no part');
		expect(() => withRegion(page.replace('docs:end', ''), 'node', 'new')).toThrow('no part');
	});
});

function withMarks(text: string): string {
	return [
		'by hand',
		'<!-- prettier-ignore-start -->',
		'<!-- docs:begin node — made by `npm run docs`; change the node, not this text -->',
		'',
		text,
		'',
		'<!-- docs:end -->',
		'<!-- prettier-ignore-end -->',
		'by hand, too',
	].join('\n');
}
