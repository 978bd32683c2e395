/**
 * n8n's official package scanner on the source and on the packed files, as it runs before a package is verified: inline
 * disables do not count. Ends with 1 when it finds anything.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'scan-'));
try {
	const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
		cwd: root,
		encoding: 'utf8',
	});
	execFileSync('tar', ['xzf', join(folder, packed.trim().split('\n').at(-1)), '-C', folder]);
	const results = {
		source: await analyzePackage(root, SOURCE_FILE_PATTERNS),
		'packed files': await analyzePackage(join(folder, 'package'), ['**/*.js', 'package.json']),
	};
	for (const [what, { passed, message, details }] of Object.entries(results)) {
		console.log(`scan of ${what}: ${passed ? 'no findings' : `${message}\n${details ?? ''}`}`);
		if (!passed) process.exitCode = 1;
	}
} finally {
	rmSync(folder, { recursive: true });
}
