/**
 * `npm run bench`: the Reportify node beside what users would take instead, over loopback, on the same bytes.
 *
 * `-- --quick` takes less than two minutes, the full form less than 25. `-- --write` keeps the result in
 * docs/benchmarks.md. `-- --shape L --contestant ours --profile <folder>` leaves CPU profiles. `-- --scale` runs 500
 * conversations at once. `-- --progress` tells what a Progress Workflow costs a whole n8n: 12 minutes. `-- --by-hand`
 * takes no notice of an installed n8n.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { versionsOf } from './contestants/versions';
import { describeMachine, load } from './figures/machine';
import { resultTable, shapeTable } from './figures/tables';
import { targetTable } from './figures/targets';
import { loadingTimes } from './loading/loading';
import { measure } from './measure';
import { FULL, only, QUICK } from './plan';
import { Random } from './random';
import { Replay } from './replay/replay';
import type { ShapeName } from './replay/shapes';
import { writeResults } from './results-file';
import { progressReport } from './progress/progress';
import { scaleReport } from './scale/scale';
import { setStage, type Stage } from './stage';

const docsFolder = join(__dirname, '../docs');

const { values: given } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
		scale: { type: 'boolean', default: false },
		progress: { type: 'boolean', default: false },
		write: { type: 'boolean', default: false },
		'by-hand': { type: 'boolean', default: false },
		seed: { type: 'string' },
		shape: { type: 'string', multiple: true, default: [] },
		contestant: { type: 'string', multiple: true, default: [] },
		rounds: { type: 'string' },
		profile: { type: 'string' },
	},
});

const progress = (line: string) => process.stderr.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`);

async function measured(stage: Stage, replay: Replay, random: Random): Promise<string> {
	if (given.scale) return await scaleReport(stage, replay, progress);
	if (!given.progress) return await comparison(stage, replay, random);
	return await progressReport({ rounds: Number(given.rounds ?? 3), answers: 10 }, random, progress);
}

const resultsFile = () => (given.scale ? 'sizing.md' : given.progress ? 'progress.md' : 'benchmarks.md');

async function comparison(stage: Stage, replay: Replay, random: Random): Promise<string> {
	const base = given.quick ? QUICK : FULL;
	const rounds = given.rounds === undefined ? base.rounds : Number(given.rounds);
	const plan = only({ ...base, rounds }, given.shape, given.contestant);
	if (given.profile) mkdirSync(given.profile, { recursive: true });
	const outcome = await measure({ stage, replay, random, profileFolder: given.profile, report: progress }, plan);
	const textBytes = new Map<ShapeName, number>();
	for (const { shape } of plan.events) {
		if (!textBytes.has(shape)) textBytes.set(shape, Buffer.byteLength((await replay.prepare(shape)).text));
	}
	const isWhole = given.shape.length + given.contestant.length === 0;
	if (isWhole) progress('loading the three nodes');
	const loading = isWhole ? await loadingTimes(stage) : undefined;
	return [
		`${outcome.rounds} round(s), each in fresh processes after 20 warm-ups; median (least–most). Shapes whose times say little new take part in the first rounds only.`,
		versionsOf(stage.n8nFolder),
		targetTable(outcome.results, textBytes, loading),
		resultTable(outcome.results),
		shapeTable(plan.events),
	].join('\n\n');
}

function commit(): string {
	try {
		return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
			encoding: 'utf8',
			cwd: __dirname,
			stdio: ['ignore', 'pipe', 'ignore'],
		}).trim();
	} catch {
		return 'unknown';
	}
}

async function main(): Promise<void> {
	const seed = given.seed === undefined ? Date.now() % 1_000_000 : Number(given.seed);
	const loadBefore = load();
	const stage = await setStage(given['by-hand']);
	const replay = await Replay.start(stage, seed);
	try {
		const startedAt = Date.now();
		const report = await measured(stage, replay, new Random(seed));
		const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
		const flags = process.argv.slice(2).filter((each) => each !== '--write');
		const command = ['npm run bench', ...(flags.length > 0 ? ['--'] : []), ...flags].join(' ');
		const written = [
			`Made by \`${command}\` in ${minutes} minutes: ${describeMachine(stage.node)}; seed ${seed}; commit ${commit()}; load before ${loadBefore}, after ${load()}.`,
			report,
		].join('\n\n');
		console.log(`\n${written}\n`);
		if (given.write) await writeResults(join(docsFolder, resultsFile()), written);
	} finally {
		replay.stop();
	}
}

main().then(
	() => process.exit(0),
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	},
);
