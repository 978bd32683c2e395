/** Jest reporter: one plain line at the very end that says how many tests passed and failed. */
module.exports = class ClosingLine {
	onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
		const failed = numFailedTests + numRuntimeErrorTestSuites;
		const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
		process.on('exit', () => console.log(`${numPassedTests} passed, ${failed} failed${skipped}`));
	}
};
