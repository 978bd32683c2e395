import type { ChildProcess } from 'node:child_process';
import type { Stage } from '../stage';
import type { Assignment, FromContestant, RunFigures, ToContestant } from './messages';

const PATIENCE_MS = 120_000;

/** A contestant in a fresh process of its own, warmed up and ready. */
export class ContestantProcess {
	private constructor(private readonly child: ChildProcess) {}

	/** @throws when it cannot be made ready; the process is gone then */
	static async start(stage: Stage, assignment: Assignment, profileFolder?: string): Promise<ContestantProcess> {
		const contestant = new ContestantProcess(stage.start('contestant', { profileFolder }));
		await contestant.request({ kind: 'prepare', assignment }, 'prepared');
		return contestant;
	}

	/** @throws when the contestant fails or takes longer than two minutes */
	async run(): Promise<RunFigures> {
		return (await this.request({ kind: 'run' }, 'done')).figures;
	}

	/** Resolves when the process is gone. */
	async leave(): Promise<void> {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		const gone = new Promise((resolve) => this.child.once('exit', resolve));
		if (this.child.connected) this.child.send({ kind: 'leave' } satisfies ToContestant);
		const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
		await gone;
		clearTimeout(timer);
	}

	private async request<K extends FromContestant['kind']>(message: ToContestant, kind: K) {
		const { child } = this;
		return await new Promise<Extract<FromContestant, { kind: K }>>((resolve, reject) => {
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
			const take = (reply: FromContestant) => {
				if (reply.kind === 'failed') return fail(reply.reason);
				settle();
				if (reply.kind === kind) resolve(reply as Extract<FromContestant, { kind: K }>);
				else reject(new Error(`unexpected message "${reply.kind}"`));
			};
			child.once('message', take).once('exit', onExit);
			child.send(message);
		});
	}
}
