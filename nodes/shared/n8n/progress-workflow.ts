import {
	deepCopy,
	type ExecuteWorkflowData,
	type IDataObject,
	type IExecuteSingleFunctions,
	type INodeExecutionData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import type { Clock } from '../following/clock';
import { InvalidParameter } from '../invalid-parameter';
import { ProgressCalls, type ToldProgress } from '../progress/progress-calls';
import type { ProgressReport } from '../progress/progress-report';

/** Options *Progress Workflow* and *Progress Interval*, checked. */
export interface ProgressChoice {
	workflowId: string;
	intervalMs: number;
}

/** Exists on the context at run time and is missing from its type. */
interface WorkflowExecuting {
	executeWorkflow?(
		workflow: { id: string },
		items: INodeExecutionData[],
		callbackManager: undefined,
		options: {
			parentExecution: { executionId: string; workflowId: string; shouldResume: boolean };
			/** A run by hand takes the workflow as it is on the canvas, any other one as it was published. */
			executionMode: WorkflowExecuteMode;
		},
	): Promise<ExecuteWorkflowData>;
}

/**
 * The chosen workflow; undefined where none is chosen.
 *
 * @param value as the selector leaves it, or the ID as an expression gives it
 * @throws InvalidParameter for what is no workflow, and in an n8n whose nodes cannot call one
 */
export function progressWorkflowId(context: IExecuteSingleFunctions, value: unknown): string | undefined {
	const isLocator = typeof value === 'object' && value !== null && 'value' in value;
	const id: unknown = (isLocator ? value.value : value) ?? '';
	if (typeof id !== 'string' && typeof id !== 'number') {
		throw new InvalidParameter('Progress Workflow', 'is not a workflow', 'Choose one from the list, or enter its ID.');
	}
	const workflowId = String(id).trim();
	if (workflowId === '') return undefined;
	if (!(context as WorkflowExecuting).executeWorkflow) {
		throw new InvalidParameter(
			'Progress Workflow',
			'needs a newer n8n',
			'Update n8n, or remove the option. Nothing was asked.',
		);
	}
	return workflowId;
}

/** Calls the chosen workflow while the answer of the current item is followed. */
export function progressCalls(
	context: IExecuteSingleFunctions,
	clock: Clock,
	{ workflowId, intervalMs }: ProgressChoice,
	told: ToldProgress,
): ProgressCalls {
	const stop = context.getExecutionCancelSignal?.();
	const complaints = new Set<string>();
	const tell = async (report: ProgressReport) => {
		try {
			await executeWorkflow(context, workflowId, report);
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			if (complaints.has(reason)) return; // once is enough, not every few seconds
			complaints.add(reason);
			context.logger.warn(`The progress workflow ${workflowId} of node "${context.getNode().name}" failed: ${reason}`);
		}
	};
	return new ProgressCalls({ clock, intervalMs, stop, tell }, told);
}

/**
 * Resolves when the workflow has ended, or waits for something itself. n8n's way to call one without waiting would tell
 * neither when it has ended nor that it failed.
 */
async function executeWorkflow(
	context: IExecuteSingleFunctions,
	workflowId: string,
	report: ProgressReport,
): Promise<void> {
	// A workflow that is put to sleep by a Wait node would have n8n put ours to sleep as well.
	const caller = Object.create(context, {
		putExecutionToWait: { value: async () => await Promise.resolve() },
		setMetadata: { value: () => undefined },
	}) as IExecuteSingleFunctions & Required<WorkflowExecuting>;
	const json: IDataObject = { ...report, lastStep: report.lastStep && { ...report.lastStep }, input: inputOf(context) };
	await caller.executeWorkflow({ id: workflowId }, [{ json }], undefined, {
		parentExecution: {
			executionId: context.getExecutionId(),
			workflowId: String(context.getWorkflow().id),
			shouldResume: false,
		},
		executionMode: context.getMode(),
	});
}

/** The item that is answered: it says where the progress is to be shown. A copy, which the workflow may change. */
const inputOf = (context: IExecuteSingleFunctions): IDataObject => deepCopy(context.getInputData().json);
