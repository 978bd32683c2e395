import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';
import { node } from '../server/workflow';

/** A trigger that is called at `path`. */
export interface CalledTrigger {
	node: INode;
	path: string;
}

type WebhookAnswer =
	/** All items of the last node, as a JSON list. */
	| 'result'
	/** The id of the execution, at once. */
	| 'execution id'
	/** What nodes send while they work. */
	| 'streaming';

/** A Webhook node that takes POST; its path is different every time. */
export function webhook(answer: WebhookAnswer): CalledTrigger {
	const path = randomUUID();
	const parameters = {
		result: { responseMode: 'lastNode', responseData: 'allEntries' },
		'execution id': { responseMode: 'onReceived', options: { responseData: '={{ $execution.id }}' } },
		streaming: { responseMode: 'streaming' },
	}[answer];
	return {
		path,
		node: node('Webhook', 'n8n-nodes-base.webhook', { httpMethod: 'POST', path, ...parameters }, { typeVersion: 2.1 }),
	};
}

/** Makes an item of each element of `body.items`. */
export function splitItems(): INode {
	return node('Split', 'n8n-nodes-base.splitOut', { fieldToSplitOut: 'body.items' });
}

/** Sets fields to the values of expressions; the other fields of the item go away. */
export function setFields(name: string, fields: Record<string, string>): INode {
	const assignments = Object.entries(fields).map(([field, value]) => ({
		id: randomUUID(),
		name: field,
		value,
		type: 'string',
	}));
	return node(
		name,
		'n8n-nodes-base.set',
		{ assignments: { assignments }, includeOtherFields: false, options: {} },
		{ typeVersion: 3.4 },
	);
}

/** Does nothing: the end of a branch. */
export function end(name: string): INode {
	return node(name, 'n8n-nodes-base.noOp');
}
