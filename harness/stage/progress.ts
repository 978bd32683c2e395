import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { type Execution, itemsOf } from '../server/api';
import { poll } from '../server/polling';
import { inSequence, node, type WorkflowDefinition, workflow } from '../server/workflow';
import type { Stage } from './stage';

/** A call of a progress workflow. */
export interface ProgressCall {
	input: IDataObject;
	execution: Execution;
}

/** A sub-workflow that takes whatever it is given; its nodes come behind the trigger. */
export function progressWorkflow(name: string, nodes: INode[] = []): WorkflowDefinition {
	const trigger = node(
		'Called',
		'n8n-nodes-base.executeWorkflowTrigger',
		{ inputSource: 'passthrough' },
		{ typeVersion: 1.1 },
	);
	return workflow(name, [trigger, ...nodes], inSequence('Called', ...nodes.map((each) => each.name)));
}

/** What the selector of a workflow leaves in a parameter. */
export const chosen = ({ id, name }: { id: string; name: string }): INodeParameters => ({
	__rl: true,
	mode: 'list',
	value: id,
	cachedResultName: name,
});

/** All calls up to the last one, in their order; waits until that one has ended. */
export async function progressCalls(stage: Stage, workflowId: string, timeoutMs = 30_000): Promise<ProgressCall[]> {
	return await poll(
		`the last call of the progress workflow ${workflowId}`,
		async () => {
			const calls = await callsSoFar(stage, workflowId);
			const haveEnded = calls.every(({ execution }) => execution.stoppedAt !== null);
			return haveEnded && calls.at(-1)?.input.isFinal === true ? calls : undefined;
		},
		{ timeoutMs, intervalMs: 500 },
	);
}

/** The calls that have begun. */
export async function callsSoFar(stage: Stage, workflowId: string): Promise<ProgressCall[]> {
	const listed = await stage.api.listExecutions({ workflowId });
	const executions = await Promise.all(listed.map(async ({ id }) => await stage.api.getExecution(id)));
	return executions
		.map((execution) => ({ execution, input: itemsOf(execution, 'Called')[0] ?? {} }))
		.sort((a, b) => Number(a.execution.id) - Number(b.execution.id));
}

/** Whether each began when the one before had ended, as n8n has written it down. */
export function overlapping(calls: ProgressCall[]): string[] {
	return calls.slice(1).flatMap(({ execution }, index) => {
		const before = calls[index]!.execution;
		const isOverlap = Date.parse(execution.startedAt!) < Date.parse(before.stoppedAt!);
		return isOverlap ? [`${execution.id} began before ${before.id} had ended`] : [];
	});
}

/** How many calls there can be: one each time the interval was over, and the last one; on a busy machine fewer. */
export function expectedCalls(durationMs: unknown, intervalMs: number): { least: number; most: number } {
	const times = Math.floor(Number(durationMs) / intervalMs);
	return { least: times - 1, most: times + 1 };
}
