/** The seed of this run's random tests, printed so that a failure can be had again: `FC_SEED=123 npx jest …`. */
export const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);

process.stdout.write(`random tests use FC_SEED=${seed}\n`);
