import type { ExecuteWorkflowOptions, IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { RunOptions } from '../../harness/engine/engine';

type ExecuteWorkflow = NonNullable<RunOptions['executeWorkflow']>;

/** A call of the sub-workflow, as n8n gets it. */
export interface SubWorkflowCall {
	workflowId: string | undefined;
	/** The one item that it is given. */
	input: IDataObject;
	options: ExecuteWorkflowOptions;
}

/** Stands in for n8n's own executor of sub-workflows. */
export class ProgressWorkflow {
	readonly calls: SubWorkflowCall[] = [];
	mostAtOnce = 0;
	private going = 0;
	private readonly waiting = new Set<{ count: number; resolve: () => void }>();

	/** @param work what a call does until it has ended; nothing where it is left out */
	constructor(private readonly work: (call: SubWorkflowCall) => unknown = () => undefined) {}

	/** To be handed to n8n. */
	readonly execute = (async (workflow, _additionalData, options) => {
		const [item] = options.inputData as INodeExecutionData[];
		const call = { workflowId: workflow.id, input: item!.json, options };
		this.calls.push(call);
		this.mostAtOnce = Math.max(this.mostAtOnce, ++this.going);
		for (const waiting of this.waiting) if (this.calls.length >= waiting.count) waiting.resolve();
		try {
			const waitTill = (await this.work(call)) as Date | undefined;
			return { executionId: String(this.calls.length), data: [[]], waitTill };
		} finally {
			this.going--;
		}
	}) as ExecuteWorkflow;

	/** Resolves when this many calls have begun. */
	async called(count: number): Promise<void> {
		if (this.calls.length >= count) return;
		await new Promise<void>((resolve) => this.waiting.add({ count, resolve }));
	}

	/** Resolves when the last call has begun. */
	async calledForTheLastTime(): Promise<void> {
		while (this.calls.at(-1)?.input.isFinal !== true) await this.called(this.calls.length + 1);
	}

	get inputs(): IDataObject[] {
		return this.calls.map(({ input }) => input);
	}
}

/** What the selector of a workflow leaves in a parameter. */
export const CHOSEN = { __rl: true, mode: 'list', value: 'wf-1', cachedResultName: 'Edit the message' };
