import type { IExecuteSingleFunctions } from 'n8n-workflow';
import { InvalidParameter } from '../failures/invalid-parameter';

/** Options *Progress Workflow* and *Progress Interval*, checked. */
export interface ProgressChoice {
	workflowId: string;
	intervalMs: number;
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
	if (!(context as { executeWorkflow?: unknown }).executeWorkflow) {
		throw new InvalidParameter(
			'Progress Workflow',
			'needs a newer n8n',
			'Update n8n, or remove the option. Nothing was asked.',
		);
	}
	return workflowId;
}
