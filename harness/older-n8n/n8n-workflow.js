const old = require(globalThis.OLD_N8N_WORKFLOW);

/**
 * The older `n8n-workflow`, with the one function that our test engine uses and older versions do not have. What the
 * package itself uses has to be there as it is.
 */
module.exports = {
	__esModule: true,
	createRunExecutionData: ({ executionData = {} } = {}) => ({
		startData: {},
		resultData: { runData: {} },
		executionData: {
			contextData: {},
			nodeExecutionStack: [],
			metadata: {},
			waitingExecution: {},
			waitingExecutionSource: {},
			...executionData,
		},
	}),
	...old,
};
