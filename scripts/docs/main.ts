/**
 * `npm run docs`: brings the parts of the documentation that are made from the code up to date: the node pages in
 * `docs/` and the operations in `README.md`. `test/docs` fails when they are not.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from './pages';

const root = join(__dirname, '../..');

for (const { path, update } of generatedPages(root)) {
	const before = readFileSync(join(root, path), 'utf8');
	const after = update(before);
	if (after !== before) writeFileSync(join(root, path), after);
	console.log(`${after === before ? 'unchanged' : 'updated  '}  ${path}`);
}
