import { ExecutionLifecycleHooks, PackageDirectoryLoader, RoutingNode, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IWorkflowExecuteAdditionalData,
	NodeHelpers,
	type StructuredChunk,
	Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { additionalDataWith } from './additional-data';
import { type CredentialTypes, EngineCredentials } from './credentials';

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

export async function createEngine(packageDir: string) {
	const loader = new PackageDirectoryLoader(packageDir);
	await loader.loadAll();
	const nodeTypes = new EngineNodeTypes(loader);
	const credentialTypes: CredentialTypes = {
		typeOf: (name) => loader.getCredential(name).type,
		parentsOf: (name) => loader.known.credentials[name]?.extends ?? [],
	};

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

		const additionalData = additionalDataWith(
			new EngineCredentials(credentialTypes, stored, options.credentialDelays),
			hooks,
			options.streaming,
		);
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
		additionalDataWith(new EngineCredentials(credentialTypes, structuredClone(stored)));

	return { loader, nodeTypes, run, additionalData };
}
