/** How long a fresh process takes to load node packages. Milliseconds. */
export interface LoadingFigures {
	/** n8n-workflow, which every n8n has loaded before. */
	n8nWorkflowMs: number;
	/** The three nodes on top of it, made ready as n8n does when it starts. */
	nodesMs: number;
}
