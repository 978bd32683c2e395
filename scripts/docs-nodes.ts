import type { INodeTypeDescription } from 'n8n-workflow';
import { AiDol } from '../nodes/AiDol/AiDol.node';
import { Reportify } from '../nodes/Reportify/Reportify.node';
import { WpsAgent } from '../nodes/WpsAgent/WpsAgent.node';

/** A node of the package and where its documentation is. */
export interface DocumentedNode {
	description: INodeTypeDescription;
	/** Folder of its source, where `__schema__` is. */
	folder: string;
	page: string;
}

export const documentedNodes: DocumentedNode[] = [
	{ description: new Reportify().description, folder: 'nodes/Reportify', page: 'docs/reportify.md' },
	{ description: new WpsAgent().description, folder: 'nodes/WpsAgent', page: 'docs/wps-agent.md' },
	{ description: new AiDol().description, folder: 'nodes/AiDol', page: 'docs/ai-dol.md' },
];
