import {
	ExecuteContext,
	ExecutionLifecycleHooks,
	PackageDirectoryLoader,
	RoutingNode,
	WorkflowExecute,
} from 'n8n-core';
import {
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	ICredentialsHelper,
	type ICredentialType,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestHelper,
	type IHttpRequestOptions,
	type INode,
	type INodeCredentialsDetails,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IWorkflowExecuteAdditionalData,
	NodeHelpers,
	type StructuredChunk,
	Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

/**
 * Runs workflows of one node in n8n's own engine, in this process: the package is loaded from disk as n8n loads it, and
 * executed by `WorkflowExecute`. Only database, queue and editor are missing.
 */

/** Emits its single input item; stands in for a trigger. */
class StartNode implements INodeType {
	description = {
		displayName: 'Start',
		name: 'start',
		group: ['trigger' as const],
		version: 1,
		description: '',
		defaults: { name: 'Start' },
		inputs: [],
		outputs: ['main' as const],
		properties: [],
	};

	async execute(this: IExecuteFunctions) {
		return [this.getInputData()];
	}
}

/** Mirrors packages/cli NodeTypes: a declarative node gets an `execute` that runs RoutingNode. */
class EngineNodeTypes implements INodeTypes {
	private readonly start = new StartNode();

	constructor(private readonly loader: PackageDirectoryLoader) {}

	getByName(type: string) {
		return type === 'test.start' ? this.start : this.loader.getNode(type.split('.').pop()!).type;
	}

	getByNameAndVersion(type: string, version?: number): INodeType {
		const nodeType = NodeHelpers.getVersionedNodeType(this.getByName(type), version);
		if (!nodeType.execute && !nodeType.poll && !nodeType.trigger && !nodeType.supplyData) {
			nodeType.execute = async function (this: IExecuteFunctions) {
				return (await new RoutingNode(this as never, nodeType).runNode()) ?? [];
			};
		}
		return nodeType;
	}

	getKnownTypes(): IDataObject {
		return this.loader.known.nodes as unknown as IDataObject;
	}
}

/** Mirrors packages/cli CredentialsHelper without a database. */
class EngineCredentialsHelper extends ICredentialsHelper {
	constructor(
		private readonly loader: PackageDirectoryLoader,
		private readonly stored: Record<string, ICredentialDataDecryptedObject>,
		private readonly delays: number[] = [],
	) {
		super();
	}

	private type(name: string): ICredentialType {
		return this.loader.getCredential(name).type;
	}

	getParentTypes(name: string): string[] {
		return this.loader.known.credentials[name]?.extends ?? [];
	}

	isCredentialUsableByNode() {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		incoming: IHttpRequestOptions,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.type(typeName);
		if (typeof authenticate === 'function') return await authenticate(credentials, incoming);
		const target = incoming as unknown as Record<string, IDataObject>;
		const resolve = (value: string) =>
			value.startsWith('=')
				? String(
						workflow!.expression.getSimpleParameterValue(
							node!,
							value,
							'internal',
							{ $credentials: credentials } as never,
							undefined,
							'',
						) ?? '',
					)
				: value;
		for (const [section, values] of Object.entries(authenticate?.properties ?? {})) {
			target[section] ??= {};
			for (const [key, value] of Object.entries(values as Record<string, string>)) {
				target[section][resolve(key)] = resolve(value);
			}
		}
		return incoming;
	}

	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		_node: INode,
		expired: boolean,
	) {
		const type = this.type(typeName);
		const expirable = type.properties.find((p) => p.type === 'hidden' && p.typeOptions?.expirable === true);
		if (!expirable || typeof type.preAuthentication !== 'function') return undefined;
		if (credentials[expirable.name] !== '' && !expired) return undefined;
		const output = await type.preAuthentication.call(helpers, credentials);
		this.stored[typeName] = { ...this.stored[typeName], ...output } as ICredentialDataDecryptedObject;
		return Object.assign(credentials, output) as ICredentialDataDecryptedObject;
	}

	async runPreAuthentication(
		helpers: IHttpRequestHelper,
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
	) {
		const { preAuthentication } = this.type(typeName);
		if (typeof preAuthentication !== 'function') return undefined;
		return (await preAuthentication.call(helpers, credentials)) as ICredentialDataDecryptedObject;
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('not stored in the test engine');
	}

	async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		_nodeCredentials: INodeCredentialsDetails,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		const delay = this.delays.shift();
		if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay));
		const defaults: ICredentialDataDecryptedObject = {};
		for (const property of this.getCredentialsProperties(type)) {
			defaults[property.name] = property.default as string;
		}
		return structuredClone({ ...defaults, ...this.stored[type] });
	}

	async updateCredentials(_n: INodeCredentialsDetails, type: string, data: ICredentialDataDecryptedObject) {
		this.stored[type] = { ...this.stored[type], ...data };
	}

	async updateCredentialsOauthTokenData(
		_n: INodeCredentialsDetails,
		type: string,
		data: ICredentialDataDecryptedObject,
	) {
		this.stored[type] = { ...this.stored[type], oauthTokenData: data.oauthTokenData ?? {} };
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		return this.type(type).properties;
	}
}

export interface RunOptions {
	node: Partial<INode> & { type: string; parameters: INode['parameters'] };
	credentials?: Record<string, ICredentialDataDecryptedObject>;
	items?: INodeExecutionData[];
	mode?: WorkflowExecuteMode;
	streaming?: boolean;
	/** How long the database takes over the credentials of each request in turn, milliseconds. */
	credentialDelays?: number[];
	/** What n8n does with a sub-workflow; without it there is none. */
	executeWorkflow?: IWorkflowExecuteAdditionalData['executeWorkflow'];
	/** Called with each live chunk. */
	onChunk?: (chunk: StructuredChunk) => void;
	/** Called once the execution is running; cancel() is what the Stop button does. */
	onStarted?: (control: { cancel: () => void }) => void;
}

export interface RunResult {
	run: IRun;
	items: INodeExecutionData[];
	/** What went to the error output, for `onError: 'continueErrorOutput'`. */
	errorItems: INodeExecutionData[];
	error: Error | undefined;
	chunks: StructuredChunk[];
}

const createAdditionalData = (
	credentialsHelper: ICredentialsHelper,
	hooks?: ExecutionLifecycleHooks,
	streaming = false,
) =>
	({
		executionId: '1',
		credentialsHelper,
		hooks,
		streamingEnabled: streaming,
		restApiUrl: 'http://localhost/rest',
		instanceBaseUrl: 'http://localhost',
		webhookWaitingBaseUrl: 'http://localhost/webhook-waiting',
		formWaitingBaseUrl: 'http://localhost/form-waiting',
		currentNodeExecutionIndex: 0,
		variables: {},
		setExecutionStatus: () => {},
	}) as unknown as IWorkflowExecuteAdditionalData;

export async function createEngine(packageDir: string) {
	const loader = new PackageDirectoryLoader(packageDir);
	await loader.loadAll();
	const nodeTypes = new EngineNodeTypes(loader);

	/** What the Save button of a credential does: the credential's `test` request through RoutingNode. */
	async function testCredential(type: string, data: ICredentialDataDecryptedObject) {
		const request = loader.getCredential(type).type.test?.request;
		if (!request) throw new Error(`Credential ${type} has no test request`);
		const nodeType = {
			description: {
				...new StartNode().description,
				credentials: [{ name: type, required: true }],
				properties: [{ displayName: 'Temp', name: 'temp', type: 'string', default: '', routing: { request } }],
			},
		} as unknown as INodeType;
		const node: INode = {
			id: 'temp',
			name: 'Temp',
			type: 'test.temp',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
			credentials: { [type]: { id: 'temp', name: 'temp' } },
		};
		const workflow = new Workflow({
			nodes: [node],
			connections: {},
			active: false,
			nodeTypes: {
				getByName: () => nodeType,
				getByNameAndVersion: () => nodeType,
				getKnownTypes: () => ({}),
			},
		});
		const context = new ExecuteContext(
			workflow,
			node,
			createAdditionalData(new EngineCredentialsHelper(loader, { [type]: data })),
			'internal',
			createRunExecutionData({}),
			0,
			[],
			{ main: [[{ json: {} }]] },
			{ node, data: {}, source: null },
			[],
		);
		const credentials = { id: 'temp', name: 'temp', type, data };
		return await new RoutingNode(context, nodeType, credentials).runNode();
	}

	async function run(options: RunOptions): Promise<RunResult> {
		const stored = structuredClone(options.credentials ?? {});
		const start: INode = {
			id: 'start',
			name: 'Start',
			type: 'test.start',
			typeVersion: 1,
			position: [0, 0],
			parameters: {},
		};
		const tested: INode = {
			id: 'tested',
			name: 'Tested',
			typeVersion: 1,
			position: [200, 0],
			credentials: Object.fromEntries(Object.keys(stored).map((type) => [type, { id: `${type}-id`, name: type }])),
			...options.node,
		};
		const workflow = new Workflow({
			id: 'workflow',
			nodes: [start, tested],
			connections: { Start: { main: [[{ node: 'Tested', type: 'main', index: 0 }]] } },
			active: false,
			nodeTypes,
			settings: { executionOrder: 'v1' },
		});

		const mode = options.mode ?? 'manual';
		const chunks: StructuredChunk[] = [];
		const hooks = new ExecutionLifecycleHooks(mode, '1', {} as never);
		if (options.streaming)
			hooks.addHandler('sendChunk', async (chunk) => {
				chunks.push(chunk);
				options.onChunk?.(chunk);
			});
		const finished = new Promise<IRun>((resolve) =>
			hooks.addHandler('workflowExecuteAfter', async (fullRun) => resolve(fullRun)),
		);

		const additionalData = createAdditionalData(new EngineCredentialsHelper(loader, stored), hooks, options.streaming);
		if (options.executeWorkflow) additionalData.executeWorkflow = options.executeWorkflow;

		const runExecutionData = createRunExecutionData({
			executionData: {
				nodeExecutionStack: [
					{
						node: workflow.getNode('Start')!,
						data: { main: [options.items ?? [{ json: {} }]] },
						source: null,
					},
				],
			},
		});

		const execution = new WorkflowExecute(additionalData, mode, runExecutionData).processRunExecutionData(workflow);
		options.onStarted?.({ cancel: () => execution.cancel() });
		// After cancel() the engine promise stays pending (onCancel.shouldReject = false) until the
		// node returns; the lifecycle hook is what reports the cancelled run.
		execution.catch(() => {});
		const run = await finished;
		const task = run.data.resultData.runData.Tested?.[0];
		return {
			run,
			items: task?.data?.main?.[0] ?? [],
			errorItems: task?.data?.main?.[1] ?? [],
			error: (task?.error ?? run.data.resultData.error) as Error | undefined,
			chunks,
		};
	}

	/** For running a node without `run`: what n8n hands to every node, with these credentials. */
	const additionalData = (stored: Record<string, ICredentialDataDecryptedObject>) =>
		createAdditionalData(new EngineCredentialsHelper(loader, structuredClone(stored)));

	return { loader, nodeTypes, run, testCredential, additionalData };
}
