import type { FromMeasured, ToMeasured } from './messages';

/** Something that is ready to be measured. */
export interface Measurable<Figures> {
	run(): Promise<Figures>;
	stop(): Promise<void>;
}

/** The other end of a `MeasuredProcess`: does what it is told over IPC until it is told to leave. */
export function obey<Assignment, Figures>(prepare: (assignment: Assignment) => Promise<Measurable<Figures>>): void {
	let measurable: Measurable<Figures> | undefined;
	const tell = (message: FromMeasured<Figures>) => process.send!(message);

	async function act(message: ToMeasured<Assignment>): Promise<void> {
		if (message.kind === 'prepare') {
			measurable = await prepare(message.assignment);
			tell({ kind: 'prepared' });
		} else if (message.kind === 'run') tell({ kind: 'done', figures: await measurable!.run() });
		else {
			await measurable?.stop();
			process.exit(0); // n8n's engine leaves timers behind
		}
	}

	process.on('message', (message: ToMeasured<Assignment>) => {
		act(message).catch((error: Error) => tell({ kind: 'failed', reason: error.message }));
	});
	process.on('disconnect', () => process.exit(1));
}
