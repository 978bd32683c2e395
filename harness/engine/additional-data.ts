import type { ExecutionLifecycleHooks } from 'n8n-core';
import type { ICredentialsHelper, IWorkflowExecuteAdditionalData } from 'n8n-workflow';

/** What n8n hands to every node beside its input. */
export const additionalDataWith = (
	credentialsHelper: ICredentialsHelper,
	hooks?: ExecutionLifecycleHooks,
	streaming = false,
): IWorkflowExecuteAdditionalData =>
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
