import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checks, ours, results, table } from './check';
import { inDocument } from './document';
import { JSON_VECTORS } from './json-vectors';
import { SSE_VECTORS } from './sse-vectors';

/* Prints the table of results; with `--write`, docs/conformance.md gets it as well. Fails when a check of ours fails. */

const DOCUMENT = join(__dirname, '../../docs/conformance.md');

const rows = results();
process.stdout.write(table(rows));

const failed = checks([...SSE_VECTORS, ...JSON_VECTORS], ours).filter(({ passed }) => !passed);
for (const { vector, lineEnds, chunk, parsed } of failed) {
	process.stdout.write(`\nFAILED ${vector.group}: ${vector.title} (${lineEnds}, pieces of ${chunk || 'all'} bytes)\n`);
	process.stdout.write(`  expected ${JSON.stringify(vector.expected).slice(0, 500)}\n`);
	process.stdout.write(`  came     ${JSON.stringify(parsed).slice(0, 500)}\n`);
}
process.exitCode = failed.length === 0 ? 0 : 1;

if (process.argv.includes('--write')) {
	writeFileSync(DOCUMENT, inDocument(readFileSync(DOCUMENT, 'utf8'), table(rows)));
}
