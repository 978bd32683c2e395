import { randomUUID } from 'node:crypto';
import type {
	IConnections,
	INode,
	INodeParameters,
	IPinData,
	IWorkflowSettings,
	NodeConnectionType,
	OnError,
} from 'n8n-workflow';

/** A credential as n8n knows it once it is saved. */
export interface SavedCredential {
	id: string;
	name: string;
	type: string;
}

/** A workflow as n8n exports and imports it. */
export interface WorkflowDefinition {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: IPinData;
}

export interface NodeOptions {
	typeVersion?: number;
	/** Saved credentials that the node uses. */
	credentials?: SavedCredential[];
	/** *On Error* of the node's settings. */
	onError?: OnError;
	retryOnFail?: boolean;
	maxTries?: number;
	waitBetweenTries?: number;
	/** Part of the address of nodes that wait for calls (Chat Trigger, Wait). */
	webhookId?: string;
	/** Runs for the first item only. */
	executeOnce?: boolean;
}

/** A node of a workflow; its name doubles as its title on the canvas. */
export function node(name: string, type: string, parameters: INodeParameters = {}, options: NodeOptions = {}): INode {
	const { typeVersion = 1, credentials = [], ...settings } = options;
	return {
		id: randomUUID(),
		name,
		type,
		typeVersion,
		position: [0, 0],
		parameters,
		credentials: Object.fromEntries(credentials.map(({ id, name: title, type: key }) => [key, { id, name: title }])),
		...settings,
	};
}

/** A wire between two nodes, by name. */
export interface Wire {
	from: string;
	to: string;
	/** Number of the output, 0 is the first; an error output comes after the others. */
	output?: number;
	input?: number;
	/** `ai_tool`, `ai_languageModel` … for the sub-nodes of an agent. */
	type?: NodeConnectionType;
}

/** Wires the nodes one after the other, in the order of their names. */
export function inSequence(...names: string[]): Wire[] {
	return names.slice(1).map((to, index) => ({ from: names[index] ?? '', to }));
}

/** A workflow; nodes are laid out from left to right. */
export function workflow(
	name: string,
	nodes: INode[],
	wires: Wire[],
	more: Pick<WorkflowDefinition, 'settings' | 'pinData'> = {},
): WorkflowDefinition {
	const connections: IConnections = {};
	for (const { from, to, output = 0, input = 0, type = 'main' } of wires) {
		const outputs = ((connections[from] ??= {})[type] ??= []);
		while (outputs.length <= output) outputs.push([]);
		outputs[output]?.push({ node: to, type, index: input });
	}
	nodes.forEach((each, index) => (each.position = [index * 220, 0]));
	return { name, nodes, connections, ...more };
}
