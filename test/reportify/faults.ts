import { tryFaults } from './random-faults';

/*
 * Random faults, seed by seed: `npm run test:faults -- --seeds 20000`, or one of them with all that is known about it:
 * `npm run test:faults -- --seed 4711`. Prints what became of the questions; fails when one of them went wrong.
 */

const argument = (name: string): number | undefined => {
	const at = process.argv.indexOf(name);
	return at < 0 ? undefined : Number(process.argv[at + 1]);
};

async function main(): Promise<void> {
	const single = argument('--seed');
	const first = single ?? Math.floor(Math.random() * 1e9);
	const count = single === undefined ? (argument('--seeds') ?? 20_000) : 1;
	const counts = new Map<string, number>();
	const failed: number[] = [];
	let faults = 0;
	for (let seed = first; seed < first + count; seed++) {
		const { world, outcome, wrongs } = await tryFaults(seed);
		faults += world.streamFaults.length + world.listFaults.length;
		const { answer, failure } = outcome;
		const result = answer ? `answer by ${answer.deliveredBy}` : `error ${failure?.details.code ?? 'unforeseen'}`;
		counts.set(result, (counts.get(result) ?? 0) + 1);
		if (wrongs.length > 0) failed.push(seed);
		for (const wrong of wrongs) process.stdout.write(`seed ${seed}: ${wrong}\n`);
		if (single !== undefined)
			process.stdout.write(
				`${JSON.stringify({ world, answer, failure, requests: outcome.model?.requests }, null, 1)}\n`,
			);
	}
	process.stdout.write(
		`seeds ${first} to ${first + count - 1}, ${faults} faults\n\n| outcome | runs |\n| --- | ---: |\n`,
	);
	for (const [result, runs] of [...counts].sort((one, other) => other[1] - one[1])) {
		process.stdout.write(`| ${result} | ${runs} |\n`);
	}
	process.stdout.write(`| **wrong** | **${failed.length}** |\n`);
	if (failed.length > 0) process.stdout.write(`\nrepeat one: npm run test:faults -- --seed ${failed[0]}\n`);
	process.exitCode = failed.length > 0 ? 1 : 0;
}

void main();
