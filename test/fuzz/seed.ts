import fc from 'fast-check';

/** One seed for all randomised tests of a file; FC_SEED repeats a run. */
const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 0x7fffffff));
fc.configureGlobal({ seed });
process.stdout.write(`fast-check: FC_SEED=${seed}\n`);

export { fc };
