import * as n8nWorkflow from 'n8n-workflow';

/**
 * Whether n8n understands `ignoreHttpStatusErrors.except`. Before n8n 2.10 it lets every status pass instead, so a test
 * that relies on it would call a refused key a success. n8n does not say whether it can; this class was added in the
 * same version.
 */
export const knowsStatusExceptions = 'WorkflowExpression' in n8nWorkflow;
