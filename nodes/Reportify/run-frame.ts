import { type JsonObject, textMember } from '../shared/json/json';

/**
 * What a part of a run is for: the plan is made, the work is done, the end sums it up
 * (`docs/apis/reportify.md §3d-2`).
 */
export type RunPart = 'plan' | 'work' | 'end';

const PLANNER = 'workflow_planner';
const SUMMARIZER = 'workflow_summarizer';

export const runIdOf = (event: JsonObject) => textMember(event, 'run_id');

/** The frame that holds a run together: its outermost workflow, and its nodes. */
export class RunFrame {
	private hasStarted = false;
	private rootRunId: string | undefined;
	private rootWorkflowId: string | undefined;
	private openWorkflows = 0;
	private readonly partsOfNodes = new Map<string, RunPart>();
	private readonly openNodes = new Map<string, number>();

	workflowStarted(event: JsonObject): void {
		if (!this.hasStarted) {
			this.rootRunId = runIdOf(event);
			this.rootWorkflowId = textMember(event, 'workflow_id');
		}
		this.hasStarted = true;
		this.openWorkflows++;
	}

	/** @returns whether the whole run has ended, rather than a workflow inside it */
	workflowEnded(event: JsonObject): boolean {
		this.openWorkflows--;
		const runId = runIdOf(event);
		if (this.rootRunId === undefined || runId === undefined) return this.openWorkflows <= 0;
		return runId === this.rootRunId;
	}

	nodeStarted(event: JsonObject): void {
		const nodeId = textMember(event, 'node_id');
		if (nodeId === undefined) return;
		this.partsOfNodes.set(nodeId, this.partByType(event));
		this.openNodes.set(nodeId, (this.openNodes.get(nodeId) ?? 0) + 1);
	}

	nodeEnded(event: JsonObject): void {
		const nodeId = textMember(event, 'node_id');
		if (nodeId === undefined) return;
		const others = (this.openNodes.get(nodeId) ?? 1) - 1;
		if (others > 0) this.openNodes.set(nodeId, others);
		else this.openNodes.delete(nodeId);
	}

	/** An `error` or `cancel` that concerns a part of the run, not all of it. */
	isOfPart(event: JsonObject): boolean {
		const runId = runIdOf(event);
		return this.rootRunId !== undefined && runId !== undefined && runId !== this.rootRunId;
	}

	/** Belongs to a workflow inside of the run. */
	isNested(event: JsonObject): boolean {
		const workflowId = textMember(event, 'workflow_id');
		if (workflowId === undefined || this.rootWorkflowId === undefined) return this.openWorkflows > 1;
		return workflowId !== this.rootWorkflowId;
	}

	/** The node that an event belongs to; an event that does not say belongs to the only open node. */
	nodeOf(event: JsonObject): string | undefined {
		const nodeId = textMember(event, 'node_id');
		if (nodeId !== undefined || this.openNodes.size !== 1) return nodeId;
		return this.openNodes.keys().next().value;
	}

	partOf(event: JsonObject): RunPart {
		const agents = [event.agent_id, event.agent_name];
		if (agents.includes(PLANNER)) return 'plan';
		if (agents.includes(SUMMARIZER)) return this.isNested(event) ? 'work' : 'end';
		const nodeId = this.nodeOf(event);
		return (nodeId === undefined ? undefined : this.partsOfNodes.get(nodeId)) ?? this.partByType(event);
	}

	/** The end of a workflow inside of the run is work for the whole. */
	private partByType(event: JsonObject): RunPart {
		const type = textMember(event, 'node_type', 'node_id');
		if (type === 'start') return 'plan';
		return type === 'end' && !this.isNested(event) ? 'end' : 'work';
	}
}
