import {
	deepCopy,
	type ExecuteWorkflowData,
	type IDataObject,
	type IExecuteSingleFunctions,
	type INodeExecutionData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import type { Clock } from '../clock';
import type { ProgressChoice } from '../parameters/progress-choice';
import { ProgressCalls, type ToldProgress } from '../progress/progress-calls';
import type { ProgressReport } from '../progress/progress-report';

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
