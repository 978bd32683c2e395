import type { INode, INodeParameters } from 'n8n-workflow';
import type { ProviderName } from '../../sandbox';
import { node, type NodeOptions } from '../server/workflow';
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
	/** Whether the provider has endpoints that cancel a running answer and find a finished one. */
	cancels: boolean;
	collects: boolean;
	/** How many events the stand-in has sent when the first words of an answer are out. */
	openingEvents: number;
}

export const reportify: ProviderUnderTest = {
	provider: 'reportify',
	title: 'Reportify',
	nodeType: 'CUSTOM.reportify',
	credentialType: 'reportifyApi',
	sendParameters: {},
	cancels: true,
	collects: true,
	openingEvents: 7,
};

export const wpsWithAccessToken: ProviderUnderTest = {
	provider: 'wps',
	title: 'WPS Agent',
	nodeType: 'CUSTOM.wpsAgent',
	credentialType: 'wpsAccessTokenApi',
	sendParameters: { authentication: 'accessToken', appId: 'app1' },
	cancels: true,
	collects: true,
	openingEvents: 5,
};

export const wpsWithOAuth2: ProviderUnderTest = {
	...wpsWithAccessToken,
	title: 'WPS Agent (OAuth2)',
	credentialType: 'wpsOAuth2Api',
	sendParameters: { authentication: 'oAuth2', appId: 'app1' },
};

export const aiDol: ProviderUnderTest = {
	provider: 'aidol',
	title: 'AI-DOL',
	nodeType: 'CUSTOM.aiDol',
	credentialType: 'aiDolApi',
	sendParameters: { agentId: '6f1c2a34-5b6d-4e7f-8a90-1b2c3d4e5f60' },
	cancels: false,
	collects: false,
	openingEvents: 1,
};

/** Every node with every way to sign in, for `describe.each`. */
export const providers: ProviderUnderTest[] = [reportify, wpsWithAccessToken, wpsWithOAuth2, aiDol];

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
