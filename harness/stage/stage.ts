import { type Sandbox, type SandboxRequest, startSandbox } from '../../sandbox';
import type { Execution, ManualRun, N8nApi, SavedWorkflow } from '../server/api';
import { sandboxCredentials } from '../server/sandbox-credentials';
import type { SavedCredential, WorkflowDefinition } from '../server/workflow';
import { sharedN8n } from './shared-n8n';

/** What one test file works with: a logged-in user of n8n, the providers' stand-ins, and credentials for them. */
export class Stage {
	private readonly workflows: SavedWorkflow[] = [];

	private constructor(
		readonly api: N8nApi,
		readonly sandbox: Sandbox,
		private readonly credentials: ReadonlyMap<string, SavedCredential>,
	) {}

	/**
	 * @param api the shared n8n unless a test has its own
	 * @param types the credentials that this n8n knows; all of ours when they are left out
	 */
	static async open(api = sharedN8n(), types?: string[]): Promise<Stage> {
		const sandbox = await startSandbox();
		const credentials = new Map<string, SavedCredential>();
		for (const [type, data] of Object.entries(sandboxCredentials(sandbox))) {
			if (types && !types.includes(type)) continue;
			const credential = await api.createCredential(`Sandbox ${type}`, type, data);
			if (/OAuth2/.test(type)) await api.connectOAuth2(credential.id);
			credentials.set(type, credential);
		}
		return new Stage(api, sandbox, credentials);
	}

	/** The saved credential of a type. */
	credential(type: string): SavedCredential {
		const credential = this.credentials.get(type);
		if (!credential) throw new Error(`The stage has no credential of type ${type}.`);
		return credential;
	}

	get savedCredentials(): SavedCredential[] {
		return [...this.credentials.values()];
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

	/** Presses *Execute workflow* or *Execute step* and waits for the end. */
	async runByHand(workflow: SavedWorkflow, run: ManualRun): Promise<Execution> {
		return await this.api.waitForExecution(await this.api.runManually(workflow, run));
	}

	/** The questions that the agents were asked, the first one first. */
	questions(): SandboxRequest[] {
		return this.sandbox.findRequests({ operation: 'chat' });
	}

	/** Deletes what the tests have saved and stops the stand-ins. */
	async close(): Promise<void> {
		for (const { id } of this.workflows) await this.api.deleteWorkflow(id);
		for (const { id } of this.credentials.values()) await this.api.deleteCredential(id);
		await this.sandbox.close();
	}
}
