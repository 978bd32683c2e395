import {
	type ICredentialDataDecryptedObject,
	type ICredentials,
	ICredentialsHelper,
	type ICredentialType,
	type IDataObject,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeProperties,
	type INodeType,
	type IWorkflowExecuteAdditionalData,
	NodeHelpers,
	Workflow,
} from 'n8n-workflow';

/** The types of credentials that an engine knows. */
export interface CredentialTypes {
	typeOf(name: string): ICredentialType;
	parentsOf(name: string): string[];
}

/** The properties of n8n's own oAuth2Api that matter here; credentials extend it by name only. */
const OAUTH2_PROPERTIES: INodeProperties[] = ['clientId', 'clientSecret'].map((name) => ({
	displayName: name,
	name,
	type: 'string',
	default: '',
}));

/** A node to resolve expressions for, and to send a test request as. */
export const temporaryNode: INode = {
	id: 'temp',
	name: 'Temp',
	type: 'test.temp',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/** A node type that uses the credential and has these properties. */
export const temporaryType = (credential: string, properties: INodeProperties[] = []): INodeType => ({
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

/** A workflow of one node. */
export const workflowOf = (nodeType: INodeType, node: INode): Workflow =>
	new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: {
			getByName: () => nodeType,
			getByNameAndVersion: () => nodeType,
			getKnownTypes: () => ({}),
		},
	});

/** What a user saved, with the defaults of the other fields and with expressions on `$self` resolved. */
export function resolved(type: ICredentialType, saved: ICredentialDataDecryptedObject): ICredentialDataDecryptedObject {
	const properties = [...(type.extends ? OAUTH2_PROPERTIES : []), ...type.properties];
	const filled = NodeHelpers.getNodeParameters(properties, saved as IDataObject as never, true, false, null, null);
	const data = { ...filled, ...(saved.oauthTokenData ? { oauthTokenData: saved.oauthTokenData } : {}) };
	const { expression } = workflowOf(temporaryType(type.name), temporaryNode);
	return expression.getComplexParameterValue(
		temporaryNode,
		data as never,
		'internal',
		{},
		undefined,
		undefined,
		data as never,
	) as ICredentialDataDecryptedObject;
}

/** Mirrors packages/cli CredentialsHelper (n8n 2.41.1) without a database. */
export class EngineCredentials extends ICredentialsHelper {
	/**
	 * @param stored by type; what is renewed is put there
	 * @param delays how long the database takes over each request in turn, milliseconds
	 */
	constructor(
		private readonly types: CredentialTypes,
		private readonly stored: Record<string, ICredentialDataDecryptedObject>,
		private readonly delays: number[] = [],
	) {
		super();
	}

	getParentTypes(name: string): string[] {
		return this.types.parentsOf(name);
	}

	isCredentialUsableByNode() {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		name: string,
		incoming: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.types.typeOf(name);
		if (typeof authenticate !== 'function') throw new Error(`${name} has no authenticate function`);
		return await authenticate(credentials, incoming);
	}

	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		name: string,
		_node: INode,
		expired: boolean,
	) {
		const type = this.types.typeOf(name);
		const expirable = type.properties.find((p) => p.type === 'hidden' && p.typeOptions?.expirable === true);
		if (!expirable || typeof type.preAuthentication !== 'function') return undefined;
		if (credentials[expirable.name] !== '' && !expired) return undefined;
		const output = await type.preAuthentication.call(helpers, credentials);
		this.stored[name] = { ...this.stored[name], ...output } as ICredentialDataDecryptedObject;
		return Object.assign(credentials, output) as ICredentialDataDecryptedObject;
	}

	async runPreAuthentication(helpers: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject, name: string) {
		const { preAuthentication } = this.types.typeOf(name);
		if (typeof preAuthentication !== 'function') return undefined;
		return (await preAuthentication.call(helpers, credentials)) as ICredentialDataDecryptedObject;
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('nothing is stored here');
	}

	async getDecrypted(_data: IWorkflowExecuteAdditionalData, _details: INodeCredentialsDetails, name: string) {
		const delay = this.delays.shift();
		if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay));
		return structuredClone(resolved(this.types.typeOf(name), this.stored[name] ?? {}));
	}

	async updateCredentials(_details: INodeCredentialsDetails, name: string, data: ICredentialDataDecryptedObject) {
		this.stored[name] = { ...this.stored[name], ...data };
	}

	async updateCredentialsOauthTokenData(
		_details: INodeCredentialsDetails,
		name: string,
		data: ICredentialDataDecryptedObject,
	) {
		this.stored[name] = { ...this.stored[name], oauthTokenData: data.oauthTokenData ?? {} };
	}

	getCredentialsProperties(name: string): INodeProperties[] {
		return this.types.typeOf(name).properties;
	}
}
