import * as n8nWorkflow from 'n8n-workflow';

/**
 * Whether n8n understands `ignoreHttpStatusErrors.except`. Before n8n 2.10 it lets every status pass instead, so a test
 * that relies on it would call a refused key a success. n8n does not tell; this class came at the same time.
 */
export const knowsStatusExceptions = 'WorkflowExpression' in n8nWorkflow;
