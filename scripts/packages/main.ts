/**
 * `npm run packages`: builds, packs, scans and lints the packages that are published, and prints a table. Ends with 1 when
 * anything is wrong with one of them.
 *
 * - `--update` brings what is derived up to date first: links to the sources, manifests, addresses.
 * - `--into <folder>` leaves the tarballs there.
 * - `--newest` lints with the newest tool of n8n instead of the one that is pinned.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exitCodeOf } from '../exit-code';
import { root } from '../project';
import { staleFiles, writeFiles } from './derived';
import { staleLinks, updateLinks } from './links';
import { cloudSupport, installOfficialTool, lint, outcomeOf, type Outcome } from './official-tool';
import { pack, type Tarball } from './pack';
import { publishedPackages } from './published';

const report = (line: string) => console.log(line);

function update(): void {
	for (const published of publishedPackages()) updateLinks(published);
	const files = staleFiles();
	writeFiles(files);
	for (const { path } of files) report(`updated  ${path}`);
}

/** What is not up to date, in words. */
function staleParts(): string[] {
	return [...publishedPackages().flatMap(staleLinks), ...staleFiles().map(({ path }) => `${path} is not up to date`)];
}

/** n8n's scanner, which is an ES module, in a process of its own. */
const scan = async (folder: string): Promise<Outcome> =>
	await outcomeOf(process.execPath, [join(root, 'scripts/scan.mjs'), folder], root);

interface Row {
	tarball: Tarball;
	verdicts: Record<string, Outcome>;
}

async function examine(tarball: Tarball): Promise<Row> {
	const { published } = tarball;
	return {
		tarball,
		verdicts: {
			scanner: await scan(published.folder),
			'n8n-node lint': await lint(published),
			'n8n Cloud': await cloudSupport(published),
		},
	};
}

function table(rows: Row[]): string {
	const verdicts = Object.keys(rows[0]?.verdicts ?? {});
	const cells = [
		['package', 'version', 'files', 'kB', ...verdicts],
		...rows.map(({ tarball: { published, files, size }, verdicts: found }) => [
			published.name,
			published.manifest.version,
			String(files.length),
			(size / 1000).toFixed(0),
			...verdicts.map((verdict) => (found[verdict]?.isGood ? 'no findings' : 'FINDINGS')),
		]),
	];
	const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
	return cells
		.map((row) =>
			row
				.map((cell, column) => cell.padEnd(widths[column]!))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
}

async function main(args: string[]): Promise<void> {
	if (args.includes('--update')) update();
	const stale = staleParts();
	if (stale.length > 0) {
		throw new Error(`${stale.join('\n')}\nBring it up to date with: npm run packages -- --update`);
	}
	if ((await exitCodeOf('npm', ['run', 'build', '--silent'], { cwd: root })) !== 0)
		throw new Error('The build failed.');
	await installOfficialTool(args.includes('--newest'));
	const wanted = args.includes('--into') ? args[args.indexOf('--into') + 1] : undefined;
	const into = wanted === undefined ? mkdtempSync(join(tmpdir(), 'packages-')) : resolve(wanted);
	mkdirSync(into, { recursive: true });
	try {
		const rows: Row[] = [];
		for (const published of publishedPackages()) rows.push(await examine(await pack(published, into)));
		const bad = rows.flatMap(({ tarball, verdicts }) =>
			Object.entries(verdicts)
				.filter(([, { isGood }]) => !isGood)
				.map(([verdict, { output }]) => `${tarball.published.name}, ${verdict}:\n${output}\n`),
		);
		for (const text of bad) report(text);
		report(table(rows));
		if (bad.length > 0) process.exitCode = 1;
	} finally {
		if (wanted === undefined) rmSync(into, { recursive: true });
	}
}

main(process.argv.slice(2)).catch((error: Error) => {
	console.error(error.message);
	process.exitCode = 1;
});
