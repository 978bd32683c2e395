/**
 * n8n's official package scanner on the source and on the packed files, as it runs before a package is verified: inline
 * disables do not count. Ends with 1 when it finds anything.
 *
 * Usage: node scripts/scan.mjs [folder of the package]; the root when it is left out.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize, relative } from 'node:path';
import { analyzePackage, findPackageRoot, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';

const root = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? '.';
const { name } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));

/**
 * The source as the scanner gets it from the repository: what git knows, links as links, and nothing that is installed.
 *
 * @returns the folder that the scanner takes for the package
 */
function sourceInCheckout(checkout) {
	const known = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
		cwd: root,
		maxBuffer: 2 ** 26,
	});
	const archive = execFileSync('tar', ['-c', '--null', '--ignore-failed-read', '-T', '-'], {
		cwd: root,
		input: known,
		maxBuffer: 2 ** 30,
		stdio: ['pipe', 'pipe', 'ignore'],
	});
	mkdirSync(checkout);
	execFileSync('tar', ['-x', '-C', checkout], { input: archive });
	const found = findPackageRoot(realpathSync(checkout), name);
	if (found === null) throw new Error(`The scanner finds no folder with the package ${name}.`);
	const place = relative(realpathSync(checkout), found) || '.';
	if (place !== normalize(folder)) throw new Error(`The scanner takes ${place} for the package ${name}.`);
	console.log(`the scanner finds the source of ${name} in ${place}`);
	return found;
}

function packedFiles(into) {
	const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', into], {
		cwd: join(root, folder),
		encoding: 'utf8',
	});
	execFileSync('tar', ['xzf', join(into, packed.trim().split('\n').at(-1)), '-C', into]);
	return join(into, 'package');
}

const temporary = mkdtempSync(join(tmpdir(), 'scan-'));
try {
	const results = {
		source: await analyzePackage(sourceInCheckout(join(temporary, 'checkout')), SOURCE_FILE_PATTERNS),
		'packed files': await analyzePackage(packedFiles(temporary), ['**/*.js', 'package.json']),
	};
	for (const [what, { passed, message, details }] of Object.entries(results)) {
		console.log(`scan of ${what}: ${passed ? 'no findings' : `${message}\n${details ?? ''}`}`);
		if (!passed) process.exitCode = 1;
	}
} finally {
	rmSync(temporary, { recursive: true });
}
