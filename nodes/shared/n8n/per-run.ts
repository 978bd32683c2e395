import type { IExecuteSingleFunctions } from 'n8n-workflow';

/**
 * Something that the items of one run of a node share, n8n's retries of the run included.
 *
 * n8n's Retry On Fail runs the node again with the same execute data, so that object is what it hangs on; it is gone
 * together with the execution.
 *
 * @param make called once for each run, when it is first wanted
 */
export function perRun<T>(make: (context: IExecuteSingleFunctions) => T): (context: IExecuteSingleFunctions) => T {
	const runs = new WeakMap<object, Map<string, { made: T }>>();
	return (context) => {
		const executeData = context.getExecuteData() as object;
		const byNode = runs.get(executeData) ?? new Map<string, { made: T }>();
		runs.set(executeData, byNode);
		const { name } = context.getNode(); // an AI Agent and its tools share the execute data
		const run = byNode.get(name) ?? { made: make(context) };
		byNode.set(name, run);
		return run.made;
	};
}
