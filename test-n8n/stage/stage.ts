import { N8nApi, type SavedCredential, type SavedWorkflow } from '../../real-n8n/api';
import { sandboxCredentials } from '../../real-n8n/sandbox-credentials';
import type { WorkflowDefinition } from '../../real-n8n/workflow';
import { type Sandbox, startSandbox } from '../../sandbox';
import { owner, sharedN8nUrl } from './shared-n8n';

/** What one test file works with: a logged-in user of n8n, the providers' stand-ins, and credentials for them. */
export class Stage {
	private readonly workflows: SavedWorkflow[] = [];

	private constructor(
		readonly api: N8nApi,
		readonly sandbox: Sandbox,
		private readonly credentials: ReadonlyMap<string, SavedCredential>,
	) {}

	/** @param url address of n8n; the shared one unless a test has its own */
	static async open(url = sharedN8nUrl()): Promise<Stage> {
		const api = new N8nApi(url);
		await api.login(owner);
		const sandbox = await startSandbox();
		const credentials = new Map<string, SavedCredential>();
		for (const [type, data] of Object.entries(sandboxCredentials(sandbox))) {
			credentials.set(type, await api.createCredential(`Sandbox ${type}`, type, data));
		}
		return new Stage(api, sandbox, credentials);
	}

	/** The saved credential of a type. */
	credential(type: string): SavedCredential {
		const credential = this.credentials.get(type);
		if (!credential) throw new Error(`The stage has no credential of type ${type}.`);
		return credential;
	}

	/** Saves a workflow without publishing it. */
	async save(definition: WorkflowDefinition): Promise<SavedWorkflow> {
		const workflow = await this.api.createWorkflow(definition);
		this.workflows.push(workflow);
		return workflow;
	}

	/** Saves a workflow and publishes it: its webhooks answer when this returns. */
	async publish(definition: WorkflowDefinition): Promise<SavedWorkflow> {
		const workflow = await this.save(definition);
		await this.api.activateWorkflow(workflow);
		return workflow;
	}

	/** Deletes what the tests have saved and stops the stand-ins. */
	async close(): Promise<void> {
		for (const { id } of this.workflows) await this.api.deleteWorkflow(id);
		for (const { id } of this.credentials.values()) await this.api.deleteCredential(id);
		await this.sandbox.close();
	}
}
