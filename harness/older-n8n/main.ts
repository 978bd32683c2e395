/**
 * `npm run test:compat`: the engine tests in the engines of older n8n, one after the other.
 *
 * `-- 1.123` picks one version, `-- --write` keeps the table in docs/compatibility.md. An engine that is missing is
 * installed first, from the lockfile in its folder. Ends with 1 when a test failed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodeOf } from '../../scripts/exit-code';
import { install, type OldEngine, oldEngines } from './engines';
import { inDocument } from './document';
import { outcomeOf, type Outcome, type Report } from './outcome';
import { table } from './table';

const DOCUMENT = join(__dirname, '../../docs/compatibility.md');

const report = (line: string) => process.stdout.write(`${line}\n`);

/** @throws when jest ended without a result */
async function test(engine: OldEngine, folder: string): Promise<Outcome> {
	report(`\nEngine tests in n8n ${engine.n8n} (n8n-core ${engine.core})`);
	const file = join(folder, `${engine.name}.json`);
	const jest = [require.resolve('jest/bin/jest'), '-c', join(__dirname, 'jest.config.js')];
	await exitCodeOf(process.execPath, [...jest, '--json', '--outputFile', file], {
		env: { ...process.env, N8N_COMPAT_VERSION: engine.name },
	});
	return outcomeOf(engine, JSON.parse(readFileSync(file, 'utf8')) as Report);
}

async function main(given: string[]): Promise<void> {
	const engines = oldEngines();
	const chosen = given.filter((argument) => !argument.startsWith('--'));
	const unknown = chosen.filter((version) => !engines.some(({ minor }) => minor === version));
	if (unknown.length > 0) {
		throw new Error(
			`There is no ${unknown.join(', ')} here; there are ${engines.map(({ minor }) => minor).join(', ')}.`,
		);
	}
	const folder = mkdtempSync(join(tmpdir(), 'compat-'));
	try {
		const outcomes: Outcome[] = [];
		for (const engine of engines.filter(({ minor }) => chosen.length === 0 || chosen.includes(minor))) {
			await install(engine, report);
			outcomes.push(await test(engine, folder));
		}
		report(`\n${table(outcomes)}`);
		if (given.includes('--write')) writeFileSync(DOCUMENT, inDocument(readFileSync(DOCUMENT, 'utf8'), table(outcomes)));
		if (outcomes.some(({ failed }) => failed > 0)) process.exitCode = 1;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

main(process.argv.slice(2)).catch((error: Error) => {
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
});
