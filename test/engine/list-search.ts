import { LoadOptionsContext } from 'n8n-core';
import {
	type ILoadOptionsFunctions,
	type INode,
	type INodeListSearchResult,
	type INodeParameters,
	Workflow,
} from 'n8n-workflow';
import type { createEngine, RunOptions } from '../../harness/engine/engine';

/** What the editor gets for the list of a resource locator, as n8n makes it. */
export async function listSearch(
	engine: Awaited<ReturnType<typeof createEngine>>,
	type: string,
	method: string,
	parameters: INodeParameters,
	credentials: NonNullable<RunOptions['credentials']>,
	filter?: string,
): Promise<INodeListSearchResult> {
	const node: INode = {
		id: 'list',
		name: 'List',
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: Object.fromEntries(Object.keys(credentials).map((name) => [name, { id: `${name}-id`, name }])),
	};
	const { nodeTypes } = engine;
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const context: ILoadOptionsFunctions = new LoadOptionsContext(
		workflow,
		node,
		engine.additionalData(credentials),
		'parameters.list',
	);
	const search = nodeTypes.getByNameAndVersion(type, 1).methods?.listSearch?.[method];
	if (!search) throw new Error(`no list search ${method}`);
	return await search.call(context, filter);
}
