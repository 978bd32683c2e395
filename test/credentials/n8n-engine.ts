import { ExecuteContext, RoutingNode } from 'n8n-core';
import {
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	ICredentialsHelper,
	type ICredentialTestRequest,
	type ICredentialType,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type IN8nHttpFullResponse,
	type INode,
	type INodeCredentialsDetails,
	type INodeProperties,
	type INodeType,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
	NodeHelpers,
	Workflow,
} from 'n8n-workflow';

import { AiDolApi } from '../../credentials/AiDolApi.credentials';
import { ReportifyApi } from '../../credentials/ReportifyApi.credentials';
import { WpsAccessTokenApi } from '../../credentials/WpsAccessTokenApi.credentials';
import { WpsOAuth2Api } from '../../credentials/WpsOAuth2Api.credentials';

/**
 * The credentials in n8n's real engine: n8n-core's HTTP helpers and RoutingNode, with what the `n8n` package adds
 * around them (CredentialsHelper without a database, CredentialsTester) written after its 2.41.1.
 */

export const credentialTypes: Record<string, ICredentialType> = Object.fromEntries(
	[new AiDolApi(), new ReportifyApi(), new WpsAccessTokenApi(), new WpsOAuth2Api()].map((type) => [type.name, type]),
);

/** The properties of n8n's own oAuth2Api that matter here; the package extends it by name only. */
const OAUTH2_PROPERTIES: INodeProperties[] = ['clientId', 'clientSecret'].map((name) => ({
	displayName: name,
	name,
	type: 'string',
	default: '',
}));

const node: INode = {
	id: 'temp',
	name: 'Temp-Node',
	type: 'test.temp',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

const nodeTypeWith = (properties: INodeProperties[], credential: string): INodeType => ({
	description: {
		displayName: 'Temp',
		name: 'temp',
		group: ['input'],
		version: 1,
		description: '',
		defaults: { name: 'Temp' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: credential, required: true }],
		properties,
	},
});

const workflowOf = (nodeType: INodeType, withCredential: INode) =>
	new Workflow({
		nodes: [withCredential],
		connections: {},
		active: false,
		nodeTypes: {
			getByName: () => nodeType,
			getByNameAndVersion: () => nodeType,
			getKnownTypes: () => ({}),
		} as INodeTypes,
	});

/** What a user saved, with the defaults of the other fields and with expressions on `$self` resolved. */
export function resolveCredential(name: string, saved: ICredentialDataDecryptedObject): ICredentialDataDecryptedObject {
	const type = credentialTypes[name]!;
	const properties = [...(type.extends ? OAUTH2_PROPERTIES : []), ...type.properties];
	const filled = NodeHelpers.getNodeParameters(properties, saved as IDataObject as never, true, false, null, null);
	const data = { ...filled, ...(saved.oauthTokenData ? { oauthTokenData: saved.oauthTokenData } : {}) };
	const { expression } = workflowOf(nodeTypeWith([], name), node);
	return expression.getComplexParameterValue(
		node,
		data as never,
		'internal',
		{},
		undefined,
		undefined,
		data as never,
	) as ICredentialDataDecryptedObject;
}

class EngineCredentials extends ICredentialsHelper {
	constructor(private saved: ICredentialDataDecryptedObject) {
		super();
	}

	getParentTypes = (name: string) => credentialTypes[name]!.extends ?? [];

	isCredentialUsableByNode = () => true;

	async authenticate(data: ICredentialDataDecryptedObject, name: string, options: IHttpRequestOptions) {
		const { authenticate } = credentialTypes[name]!;
		if (typeof authenticate !== 'function') throw new Error(`${name} has no authenticate function`);
		return await authenticate(data, options);
	}

	preAuthentication = async () => undefined;

	runPreAuthentication = async () => undefined;

	async getCredentials(): Promise<ICredentials> {
		throw new Error('nothing is stored here');
	}

	async getDecrypted(_data: IWorkflowExecuteAdditionalData, _details: INodeCredentialsDetails, name: string) {
		return resolveCredential(name, this.saved);
	}

	updateCredentials = async () => {};

	async updateCredentialsOauthTokenData(
		_details: INodeCredentialsDetails,
		_name: string,
		data: ICredentialDataDecryptedObject,
	) {
		this.saved = { ...this.saved, oauthTokenData: data.oauthTokenData! };
	}

	getCredentialsProperties = (name: string) => credentialTypes[name]!.properties;
}

function contextFor(name: string, saved: ICredentialDataDecryptedObject, nodeType: INodeType) {
	const withCredential = { ...node, credentials: { [name]: { id: `${name}-id`, name } } };
	const additionalData = {
		executionId: '1',
		credentialsHelper: new EngineCredentials(saved),
		restApiUrl: 'http://localhost/rest',
		instanceBaseUrl: 'http://localhost',
		webhookWaitingBaseUrl: 'http://localhost/webhook-waiting',
		formWaitingBaseUrl: 'http://localhost/form-waiting',
		currentNodeExecutionIndex: 0,
		variables: {},
		setExecutionStatus: () => {},
	} as unknown as IWorkflowExecuteAdditionalData;
	return new ExecuteContext(
		workflowOf(nodeType, withCredential),
		withCredential,
		additionalData,
		'internal',
		createRunExecutionData({}),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node: withCredential, data: {}, source: null },
		[],
	) as unknown as IExecuteFunctions & ExecuteContext;
}

/** Sends a request as a node does: `helpers.httpRequestWithAuthentication` with a saved credential. */
export async function send(name: string, saved: ICredentialDataDecryptedObject, options: IHttpRequestOptions) {
	const context = contextFor(name, saved, nodeTypeWith([], name));
	return (await context.helpers.httpRequestWithAuthentication.call(context, name, {
		...options,
		returnFullResponse: true,
	})) as IN8nHttpFullResponse;
}

/** Sends a request as the HTTP Request node does: with the older helper and the older options. */
export async function sendLikeHttpRequestNode(
	name: string,
	saved: ICredentialDataDecryptedObject,
	options: object,
): Promise<unknown> {
	const context = contextFor(name, saved, nodeTypeWith([], name));
	const { requestWithAuthentication } = context.helpers;
	return await requestWithAuthentication.call(context, name, options as never);
}

/** What the Test button answers: the test request through RoutingNode, then the rules, as CredentialsTester does. */
export async function testCredential(
	name: string,
	saved: ICredentialDataDecryptedObject,
): Promise<{ status: 'OK' | 'Error'; message: string }> {
	const test = credentialTypes[name]!.test!;
	const data = resolveCredential(name, saved);
	const nodeType = nodeTypeWith(
		[{ displayName: 'Temp', name: 'temp', type: 'string', default: '', routing: { request: test.request } }],
		name,
	);
	const context = contextFor(name, saved, nodeType);
	let response;
	try {
		response = await new RoutingNode(context, nodeType, { id: 'temp', name: 'temp', type: name, data }).runNode();
	} catch (error) {
		return { status: 'Error', message: failedTestMessage(test, error) };
	}
	for (const rule of rulesOf(test)) {
		if (rule.type !== 'responseSuccessBody') continue;
		const body = response?.[0]?.[0]?.json as IDataObject | string | undefined;
		const value = typeof body === 'object' ? body[String(rule.properties.key)] : undefined;
		if (value === rule.properties.value) return { status: 'Error', message: rule.properties.message };
	}
	return { status: 'OK', message: 'Connection successful!' };
}

type AnyRule = { type: string; properties: { message: string; value: unknown; key?: string } };

const rulesOf = (test: ICredentialTestRequest) => (test.rules ?? []) as AnyRule[];

function failedTestMessage(test: ICredentialTestRequest, thrown: unknown): string {
	const error = thrown as Error & { cause?: { response?: { status: number; statusText: string }; code?: string } };
	const answer = error.cause?.response;
	if (answer) {
		const rule = rulesOf(test).find(
			({ type, properties }) => type === 'responseCode' && properties.value === answer.status,
		);
		return rule?.properties.message ?? (answer.statusText || `Received HTTP status code: ${answer.status}`);
	}
	return error.cause?.code ?? error.message;
}
