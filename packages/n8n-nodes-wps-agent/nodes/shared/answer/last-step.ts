import type { AnswerStep } from './answer-change';

/** A step without what went in and out of it, which can be large. */
export type StepInBrief = Pick<AnswerStep, 'kind' | 'name' | 'status'>;

/** What the agent began last. Known whether steps are kept or not, and costs nothing to keep. */
export class LastStep {
	private step: StepInBrief | undefined;
	private key: string | undefined;
	/** How many steps of a key have begun and not ended. */
	private readonly open = new Map<string, number>();

	get inBrief(): StepInBrief | undefined {
		return this.step;
	}

	started(key: string, { kind, name }: Pick<AnswerStep, 'kind' | 'name'>): void {
		this.open.set(key, (this.open.get(key) ?? 0) + 1);
		this.key = key;
		this.step = { kind, name, status: 'running' };
	}

	/** A step that is told of only when it has ended counts as begun then. */
	ended(key: string, { kind = '', name = '', status = 'completed' }: Partial<AnswerStep>): void {
		const open = this.open.get(key) ?? 0;
		if (open === 0) {
			this.key = key;
			this.step = { kind, name, status };
		} else if (this.key === key && this.step) {
			this.step = { ...this.step, status };
		}
		if (open > 1) this.open.set(key, open - 1);
		else this.open.delete(key);
	}
}
