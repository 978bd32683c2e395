import { ExecuteContext, RoutingNode } from 'n8n-core';
import {
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type ICredentialTestRequest,
	type ICredentialType,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type IN8nHttpFullResponse,
	type INodeType,
} from 'n8n-workflow';
import { AiDolApi } from '../../credentials/AiDolApi.credentials';
import { ReportifyApi } from '../../credentials/ReportifyApi.credentials';
import { WpsAccessTokenApi } from '../../credentials/WpsAccessTokenApi.credentials';
import { WpsOAuth2Api } from '../../credentials/WpsOAuth2Api.credentials';
import { additionalDataWith } from '../../harness/engine/additional-data';
import {
	type CredentialTypes,
	EngineCredentials,
	resolved,
	temporaryNode,
	temporaryType,
	workflowOf,
} from '../../harness/engine/credentials';

/**
 * The credentials, from their sources, in n8n's real engine: n8n-core's HTTP helpers and RoutingNode, with what the `n8n`
 * package adds around them (CredentialsTester) written after its 2.41.1.
 */

export const credentialTypes: Record<string, ICredentialType> = Object.fromEntries(
	[new AiDolApi(), new ReportifyApi(), new WpsAccessTokenApi(), new WpsOAuth2Api()].map((type) => [type.name, type]),
);

const types: CredentialTypes = {
	typeOf: (name) => credentialTypes[name]!,
	parentsOf: (name) => credentialTypes[name]!.extends ?? [],
};

/** What a user saved, with the defaults of the other fields and with expressions on `$self` resolved. */
export const resolveCredential = (
	name: string,
	saved: ICredentialDataDecryptedObject,
): ICredentialDataDecryptedObject => resolved(credentialTypes[name]!, saved);

function contextFor(name: string, saved: ICredentialDataDecryptedObject, nodeType: INodeType) {
	const withCredential = { ...temporaryNode, credentials: { [name]: { id: `${name}-id`, name } } };
	const additionalData = additionalDataWith(new EngineCredentials(types, { [name]: saved }));
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
	const context = contextFor(name, saved, temporaryType(name));
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
	const context = contextFor(name, saved, temporaryType(name));
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
	const nodeType = temporaryType(name, [
		{ displayName: 'Temp', name: 'temp', type: 'string', default: '', routing: { request: test.request } },
	]);
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
