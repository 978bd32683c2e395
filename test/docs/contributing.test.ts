import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastGlob from 'fast-glob';

/** CONTRIBUTING.md says what every folder is for. */

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const explained = [...page.matchAll(/^\| `([^`]+)`\s*\| [^|]{15,} \|$/gm)].map(([, folder]) => folder!);
const NOT_OURS = ['node_modules', 'dist', 'coverage'];
const foldersIn = (pattern: string) => fastGlob.sync(pattern, { cwd: root, onlyDirectories: true, ignore: NOT_OURS });

test('every folder at the top', () => {
	const folders = foldersIn('*').filter((folder) => folder !== 'nodes');
	expect(folders.length).toBeGreaterThan(8);
	expect(folders.filter((folder) => !explained.includes(folder))).toEqual([]);
});

test('every folder that the nodes share', () => {
	expect(foldersIn('nodes/shared/*').filter((folder) => !explained.includes(folder))).toEqual([]);
});

test('and none that is no more', () => {
	const folders = foldersIn('{*,nodes/*,nodes/shared/*}');
	expect(explained.filter((folder) => !folder.includes('<') && !folders.includes(folder))).toEqual([]);
});
