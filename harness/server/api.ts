import { parse as parseFlatted } from 'flatted';
import type {
	ExecutionError,
	ExecutionStatus,
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	IPinData,
	IRunData,
	ITaskData,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { poll, type PollingLimits } from './polling';
import type { SavedCredential, WorkflowDefinition } from './workflow';

/** n8n's first user; its password must have eight characters, a capital and a digit. */
export interface Owner {
	email: string;
	password: string;
	firstName: string;
	lastName: string;
}

export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

export interface SavedWorkflow extends WorkflowDefinition {
	id: string;
	versionId: string;
	active: boolean;
}

export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	mode: WorkflowExecuteMode;
	startedAt: string | null;
	stoppedAt: string | null;
}

export interface Execution extends ExecutionSummary {
	/** What each node gave, by the node's name, one element per run of that node. */
	runData: IRunData;
	/** What ended the execution, when it failed. */
	error?: ExecutionError;
	lastNodeExecuted?: string;
}

export interface NodeTypeDescription extends IDataObject {
	name: string;
	displayName: string;
	version: number | number[];
	properties: IDataObject[];
}

/** How a workflow is run by hand, as the editor's buttons do it. */
export interface ManualRun {
	/** The trigger to begin with. */
	trigger: string;
	/** Stops after this node ("Execute step"); the whole workflow when it is left out. */
	destination?: string;
	/** Results of an earlier run that nodes before the destination need not repeat (a partial execution). */
	runData?: IRunData;
	/** Nodes changed since, whose results in `runData` are out of date. */
	dirtyNodes?: string[];
}

/** One line of a streaming response. */
export interface StreamedChunk {
	type: 'begin' | 'item' | 'end' | 'error' | 'keepalive';
	content?: string;
	metadata: { nodeId: string; nodeName: string; runIndex: number; itemIndex: number; timestamp: number };
}

/** n8n refused a request. */
export class N8nApiError extends Error {
	constructor(
		readonly method: string,
		readonly path: string,
		readonly status: number,
		readonly body: string,
	) {
		super(`${method} ${path} was answered with ${status}: ${body.slice(0, 2000)}`);
		this.name = 'N8nApiError';
	}
}

export const ENDED: ExecutionStatus[] = ['success', 'error', 'canceled', 'crashed'];

/** The items of one output of one run of a node (the first of each unless told otherwise). */
export function itemsOf(execution: Execution, node: string, { output = 0, run = 0 } = {}): IDataObject[] {
	const task: ITaskData | undefined = execution.runData[node]?.[run];
	return (task?.data?.main?.[output] ?? []).map((item) => item.json);
}

/**
 * The parts of n8n's own REST API that its editor uses and that driving it takes. One object is one logged-in user.
 *
 * Every method throws {@link N8nApiError} when n8n refuses.
 */
export class N8nApi {
	/**
	 * @param url address of n8n without a slash at the end
	 * @param cookie session of a user who is logged in already
	 */
	constructor(
		readonly url: string,
		private cookie = '',
	) {}

	/** The session, to go on with in another process (n8n allows only a few logins a minute). */
	get session(): string {
		return this.cookie;
	}

	/** Creates the first user and logs in as that one. */
	async setUpOwner(owner: Owner): Promise<void> {
		await this.call('POST', '/owner/setup', owner);
	}

	async login({ email, password }: Pick<Owner, 'email' | 'password'>): Promise<void> {
		await this.call('POST', '/login', { emailOrLdapLoginId: email, password });
	}

	// ---------------------------------------------------------------------------------------------- credentials

	/** A credential's `data` are the fields of its form, by name. */
	async createCredential(name: string, type: string, data: ICredentialDataDecryptedObject): Promise<SavedCredential> {
		return await this.call<SavedCredential>('POST', '/credentials', { name, type, data });
	}

	/** The decrypted fields of a credential; secrets come masked, as the editor gets them. */
	async getCredentialData(id: string): Promise<ICredentialDataDecryptedObject> {
		const { data } = await this.call<{ data: ICredentialDataDecryptedObject }>(
			'GET',
			`/credentials/${id}?includeData=true`,
		);
		return data;
	}

	async updateCredential(credential: SavedCredential, data: ICredentialDataDecryptedObject): Promise<void> {
		await this.call('PATCH', `/credentials/${credential.id}`, { ...credential, data });
	}

	async deleteCredential(id: string): Promise<void> {
		await this.call('DELETE', `/credentials/${id}`);
	}

	/** What the *Test* button of a saved credential says. */
	async testCredential(credential: SavedCredential): Promise<CredentialTestResult> {
		const data = await this.getCredentialData(credential.id);
		return await this.call<CredentialTestResult>('POST', '/credentials/test', { credentials: { ...credential, data } });
	}

	/**
	 * The *Connect* button of an OAuth2 credential: the address that the browser would open.
	 */
	async getOAuth2AuthorizationUrl(id: string): Promise<string> {
		return await this.call<string>('GET', `/oauth2-credential/auth?id=${id}`);
	}

	/**
	 * Connects an OAuth2 credential as a user who agrees at once: follows the provider's redirect back to n8n.
	 *
	 * @throws Error with what the provider or n8n answered instead
	 */
	async connectOAuth2(id: string): Promise<void> {
		const authorizationUrl = await this.getOAuth2AuthorizationUrl(id);
		const consent = await fetch(authorizationUrl, { redirect: 'manual' });
		const callback = consent.headers.get('location');
		if (!callback) throw new Error(`${authorizationUrl} did not redirect: ${consent.status} ${await consent.text()}`);
		const result = await fetch(callback, { headers: { cookie: this.cookie } });
		const page = await result.text();
		// the page is for people and comes with 200 in any case; a token tells whether it worked
		const { oauthTokenData } = await this.getCredentialData(id);
		if (!oauthTokenData) throw new Error(`n8n got no token: ${result.status} ${page}`);
	}

	// ---------------------------------------------------------------------------------------------- workflows

	/** Saves a new workflow with the settings that the editor gives to new ones. */
	async createWorkflow({ settings, pinData = {}, ...workflow }: WorkflowDefinition): Promise<SavedWorkflow> {
		const body = { ...workflow, pinData, settings: { executionOrder: 'v1', ...settings } };
		return await this.call<SavedWorkflow>('POST', '/workflows', body);
	}

	async getWorkflow(id: string): Promise<SavedWorkflow> {
		return await this.call<SavedWorkflow>('GET', `/workflows/${id}`);
	}

	async listWorkflows(): Promise<Array<Pick<SavedWorkflow, 'id' | 'name' | 'active'>>> {
		return await this.call('GET', '/workflows');
	}

	/** Publishes the workflow's current version, so that its triggers work. Webhooks answer when this returns. */
	async activateWorkflow({ id, versionId }: Pick<SavedWorkflow, 'id' | 'versionId'>): Promise<void> {
		await this.call('POST', `/workflows/${id}/activate`, { versionId });
		await this.waitForPublication(id);
	}

	async deactivateWorkflow(id: string): Promise<void> {
		await this.call('POST', `/workflows/${id}/deactivate`, {});
		await this.waitForPublication(id);
	}

	/** n8n registers and removes triggers in the background, after it has answered. */
	private async waitForPublication(id: string): Promise<void> {
		interface Publication {
			status: 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';
			triggers: Array<{ errorMessage: string | null }>;
		}
		const { status, triggers } = await poll(`workflow ${id} to be published`, async () => {
			const publication = await this.call<Publication>('GET', `/workflows/${id}/publication-status`);
			return publication.status === 'in_progress' ? undefined : publication;
		});
		if (status === 'failed' || status === 'partial') {
			const reasons = triggers.map(({ errorMessage }) => errorMessage).filter((message) => message !== null);
			throw new Error(`Workflow ${id} could not be published: ${reasons.join('; ')}`);
		}
	}

	async deleteWorkflow(id: string): Promise<void> {
		await this.deactivateWorkflow(id);
		await this.call('POST', `/workflows/${id}/archive`, {});
		await this.call('DELETE', `/workflows/${id}`);
	}

	// ---------------------------------------------------------------------------------------------- executions

	/** Runs a saved workflow by hand and returns the execution's id at once. */
	async runManually(workflow: SavedWorkflow, run: ManualRun): Promise<string> {
		const payload = run.runData
			? { runData: run.runData, dirtyNodeNames: run.dirtyNodes ?? [] }
			: { triggerToStartFrom: { name: run.trigger } };
		const destinationNode = run.destination ? { nodeName: run.destination, mode: 'inclusive' } : undefined;
		const { executionId } = await this.call<{ executionId?: string }>('POST', `/workflows/${workflow.id}/run`, {
			...payload,
			destinationNode,
		});
		if (!executionId) throw new Error(`n8n did not start "${workflow.name}": its trigger waits for a call.`);
		return executionId;
	}

	/** The newest executions first. */
	async listExecutions(filter: { workflowId?: string; status?: ExecutionStatus[] } = {}): Promise<ExecutionSummary[]> {
		const query = new URLSearchParams({ filter: JSON.stringify(filter), limit: '100' });
		const { results } = await this.call<{ results: ExecutionSummary[] }>('GET', `/executions?${query.toString()}`);
		return results;
	}

	/** How many executions of a workflow have ended; a list has a hundred at most. */
	async countEndedExecutions(workflowId: string): Promise<number> {
		const filter = { workflowId, status: ENDED };
		const query = new URLSearchParams({ filter: JSON.stringify(filter), limit: '1' });
		return (await this.call<{ count: number }>('GET', `/executions?${query.toString()}`)).count;
	}

	async getExecution(id: string): Promise<Execution> {
		const { data, ...summary } = await this.call<ExecutionSummary & { data: string }>('GET', `/executions/${id}`);
		// n8n sends it in "flatted" form, JSON whose strings and objects are shared by index; empty until the first node ran
		const { resultData } = (parseFlatted(data) ?? {}) as { resultData?: Omit<Execution, keyof ExecutionSummary> };
		return { ...summary, ...resultData, runData: resultData?.runData ?? {} };
	}

	/** The *Stop* button. */
	async stopExecution(id: string): Promise<void> {
		await this.call('POST', `/executions/${id}/stop`, {});
	}

	/** Waits until an execution has ended; n8n has no event for that which reaches an API client. */
	async waitForExecution(id: string, limits?: PollingLimits): Promise<Execution> {
		return await this.waitForStatus(id, ENDED, limits);
	}

	async waitForStatus(id: string, wanted: ExecutionStatus[], limits?: PollingLimits): Promise<Execution> {
		return await poll(
			`execution ${id} to be ${wanted.join(' or ')}`,
			async () => {
				const execution = await this.getExecution(id);
				return wanted.includes(execution.status) ? execution : undefined;
			},
			limits,
		);
	}

	/** Waits for the newest execution of a workflow to exist and to have one of the wanted states. */
	async waitForExecutionOf(
		workflowId: string,
		wanted: ExecutionStatus[] = ENDED,
		limits?: PollingLimits,
	): Promise<Execution> {
		const { id } = await poll(
			`an execution of workflow ${workflowId} that is ${wanted.join(' or ')}`,
			async () => (await this.listExecutions({ workflowId })).find(({ status }) => wanted.includes(status)),
			limits,
		);
		return await this.getExecution(id);
	}

	// ---------------------------------------------------------------------------------------------- node types

	/** The descriptions of all nodes that n8n knows, as its editor loads them. */
	async listNodeTypes(): Promise<NodeTypeDescription[]> {
		const response = await fetch(`${this.url}/types/nodes.json`, { headers: { cookie: this.cookie } });
		return (await response.json()) as NodeTypeDescription[];
	}

	/** The entries of a "From list" field. */
	async searchList(
		node: Pick<INode, 'type' | 'typeVersion' | 'parameters' | 'credentials'>,
		method: string,
		path: string,
	) {
		return await this.call<{ results: Array<{ name: string; value: string }> }>(
			'POST',
			'/dynamic-node-parameters/resource-locator-results',
			{
				nodeTypeAndVersion: { name: node.type, version: node.typeVersion },
				currentNodeParameters: node.parameters,
				credentials: node.credentials,
				methodName: method,
				path,
			},
		);
	}

	// ---------------------------------------------------------------------------------------------- webhooks

	/**
	 * Calls a production webhook and returns the response as it comes; the caller reads the body.
	 *
	 * @param path the Webhook node's path
	 */
	async callWebhook(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
		return await fetch(`${this.url}/webhook/${path}`, {
			method: 'POST',
			// compressed responses are held back until there is enough to compress
			headers: { 'content-type': 'application/json', 'accept-encoding': 'identity' },
			body: JSON.stringify(body),
			signal,
		});
	}

	private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await fetch(`${this.url}/rest${path}`, {
			method,
			headers: { cookie: this.cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new N8nApiError(method, path, response.status, text);
		const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '');
		if (cookies.length > 0) this.cookie = cookies.join('; ');
		return (text === '' ? undefined : (JSON.parse(text) as { data: T }).data) as T;
	}
}

/**
 * Reads a streaming response (a Webhook or Chat Trigger in streaming mode) line by line, as the lines arrive.
 *
 * @throws Error when the response is not a stream of JSON lines
 */
export async function* readChunks(response: Response): AsyncGenerator<StreamedChunk> {
	if (!response.body) throw new Error('The response has no body.');
	const decoder = new TextDecoder();
	let rest = '';
	for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
		const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as StreamedChunk;
	}
	if (rest.trim() !== '') yield JSON.parse(rest) as StreamedChunk;
}

/** Pinned data of a node: what it gives instead of being run, in runs by hand. */
export function pinned(node: string, items: IDataObject[]): IPinData {
	return { [node]: items.map((json) => ({ json })) } as IPinData;
}
