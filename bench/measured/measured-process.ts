import type { ChildProcess } from 'node:child_process';
import type { Program, Stage } from '../stage';
import type { FromMeasured, ToMeasured } from './messages';

const PATIENCE_MS = 120_000;

/** A fresh process that is measured, warmed up and ready. */
export class MeasuredProcess<Assignment, Figures> {
	private constructor(private readonly child: ChildProcess) {}

	/** @throws when it cannot be made ready; the process is gone then */
	static async start<Assignment, Figures>(
		stage: Stage,
		program: Program,
		assignment: Assignment,
		profileFolder?: string,
	): Promise<MeasuredProcess<Assignment, Figures>> {
		const measured = new MeasuredProcess<Assignment, Figures>(stage.start(program, { profileFolder }));
		await measured.request({ kind: 'prepare', assignment }, 'prepared');
		return measured;
	}

	/** @throws when the run fails or takes longer than two minutes */
	async run(): Promise<Figures> {
		return (await this.request({ kind: 'run' }, 'done')).figures;
	}

	/** Resolves when the process is gone. */
	async leave(): Promise<void> {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		const gone = new Promise((resolve) => this.child.once('exit', resolve));
		if (this.child.connected) this.child.send({ kind: 'leave' } satisfies ToMeasured<Assignment>);
		const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
		await gone;
		clearTimeout(timer);
	}

	private async request<K extends FromMeasured<Figures>['kind']>(message: ToMeasured<Assignment>, kind: K) {
		const { child } = this;
		return await new Promise<Extract<FromMeasured<Figures>, { kind: K }>>((resolve, reject) => {
			const settle = () => {
				clearTimeout(timer);
				child.off('message', take).off('exit', onExit);
			};
			const fail = (reason: string) => {
				settle();
				child.kill('SIGKILL');
				reject(new Error(reason));
			};
			const onExit = (code: number | null) => fail(`the process ended with code ${code}`);
			const timer = setTimeout(() => fail('no result within two minutes'), PATIENCE_MS);
			const take = (reply: FromMeasured<Figures>) => {
				if (reply.kind === 'failed') return fail(reply.reason);
				settle();
				if (reply.kind === kind) resolve(reply as Extract<FromMeasured<Figures>, { kind: K }>);
				else reject(new Error(`unexpected message "${reply.kind}"`));
			};
			child.once('message', take).once('exit', onExit);
			child.send(message as ToMeasured<never>);
		});
	}
}
