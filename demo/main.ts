/**
 * `npm run demo`: a workflow with one node of this package, in n8n's own engine, against the sandbox. No key, no account.
 *
 * `npm run demo -- wps` and `npm run demo -- aidol` show the other providers.
 */
import '../harness/engine/n8n-environment';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { demos } from './demos';

async function main(): Promise<void> {
	const name = process.argv[2] ?? 'reportify';
	const demo = demos[name];
	if (!demo) throw new Error(`There is no demo "${name}"; there are: ${Object.keys(demos).join(', ')}`);
	if (!existsSync(join(__dirname, '../dist'))) throw new Error('Run `npm run build` first');
	await demo();
}

main().then(
	() => process.exit(0), // n8n's engine leaves timers behind
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	},
);
