import type { INode, INodeParameters } from 'n8n-workflow';
import { node, type NodeOptions } from '../../real-n8n/workflow';
import type { ProviderName } from '../../sandbox';
import type { Stage } from './stage';

/** One of the package's nodes, as the tests need to know it. */
export interface ProviderUnderTest {
	provider: ProviderName;
	/** The node's title in n8n. */
	title: string;
	nodeType: string;
	credentialType: string;
	/** What `send` needs besides the message. */
	sendParameters: INodeParameters;
	/** Whether the provider has an endpoint that cancels a running answer. */
	cancels: boolean;
}

export const reportify: ProviderUnderTest = {
	provider: 'reportify',
	title: 'Reportify',
	nodeType: 'CUSTOM.reportify',
	credentialType: 'reportifyApi',
	sendParameters: {},
	cancels: true,
};

/** The nodes that exist, for `describe.each`. */
export const providers: ProviderUnderTest[] = [reportify];

/** A node that sends a message; the message may be an expression. */
export function send(
	stage: Stage,
	under: ProviderUnderTest,
	parameters: INodeParameters,
	options: Omit<NodeOptions, 'credentials'> & { name?: string } = {},
): INode {
	const { name = 'Ask', ...settings } = options;
	return node(
		name,
		under.nodeType,
		{ resource: 'message', operation: 'send', ...under.sendParameters, ...parameters },
		{ credentials: [stage.credential(under.credentialType)], ...settings },
	);
}
