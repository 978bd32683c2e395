import fc from 'fast-check';
import { PROPERTIES } from './properties';

/*
 * The properties, for as long as one likes: `npm run fuzz -- --time 60` (seconds in all). A failure is repeated with
 * `npm run fuzz -- --seed N --path P --property M` as it is printed.
 */

const argument = (name: string): string | undefined => {
	const at = process.argv.indexOf(name);
	return at < 0 ? undefined : process.argv[at + 1];
};

/** Each property gets this much time per round, milliseconds. */
const ROUND_MS = 500;

interface Tally {
	runs: number;
	ms: number;
	failures: number;
}

function main(): void {
	const until = Date.now() + Number(argument('--time') ?? 60) * 1000;
	const only = argument('--property');
	const path = argument('--path');
	let seed = Number(argument('--seed') ?? Math.floor(Math.random() * 0x7fffffff));
	process.stdout.write(`first seed ${seed}\n`);
	const tallies = PROPERTIES.map((): Tally => ({ runs: 0, ms: 0, failures: 0 }));
	let isFirst = true;
	while (isFirst || (path === undefined && Date.now() < until)) {
		isFirst = false;
		for (const [at, { name, property }] of PROPERTIES.entries()) {
			if (only !== undefined && Number(only) !== at) continue;
			const tally = tallies[at] as Tally;
			if (tally.failures > 0) continue;
			const startedAt = Date.now();
			const result = fc.check(property as fc.IProperty<unknown>, {
				seed,
				path,
				numRuns: 1_000_000,
				interruptAfterTimeLimit: ROUND_MS,
			});
			const ms = Date.now() - startedAt;
			tally.runs += result.numRuns;
			tally.ms += ms;
			if (!result.failed) continue;
			tally.failures++;
			process.stdout.write(`\nFAILED ${name}\n  --property ${at} --seed ${seed} --path ${result.counterexamplePath}\n`);
			process.stdout.write(`  ${JSON.stringify(result.counterexample)}\n  ${String(result.errorInstance)}\n`);
		}
		seed = (seed + 1) % 0x7fffffff;
	}
	process.stdout.write(`last seed ${seed - 1}\n\n| property | runs | s | failures |\n| --- | ---: | ---: | ---: |\n`);
	for (const [at, { name }] of PROPERTIES.entries()) {
		const { runs, ms, failures } = tallies[at] as Tally;
		process.stdout.write(`| ${name} | ${runs} | ${(ms / 1000).toFixed(1)} | ${failures} |\n`);
	}
	process.exitCode = tallies.some(({ failures }) => failures > 0) ? 1 : 0;
}

main();
