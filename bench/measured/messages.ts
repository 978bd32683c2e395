/** Between the process that conducts a benchmark and one that is measured. */
export type ToMeasured<Assignment> = { kind: 'prepare'; assignment: Assignment } | { kind: 'run' } | { kind: 'leave' };

export type FromMeasured<Figures> =
	{ kind: 'prepared' } | { kind: 'done'; figures: Figures } | { kind: 'failed'; reason: string };
