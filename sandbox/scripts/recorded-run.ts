import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Script } from './script';

/** A whole run in the shapes that Reportify documents, one event per line (docs/apis/reportify.md). */
export const DOCUMENTED_RUN = join(__dirname, '../../docs/apis/reportify-run.ndjson');

/** A script that plays a file of events, one JSON text per line, byte for byte. */
export function recordedRun(file: string): Script {
	const lines = readFileSync(file, 'utf8').split(/\r?\n/);
	return { bare: true, steps: lines.filter((line) => line.trim() !== '').map((raw) => ({ raw })) };
}
