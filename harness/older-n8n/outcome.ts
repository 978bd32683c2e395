import { concerns, type Difference, DIFFERENCES, differenceFor } from './differences';
import type { OldEngine } from './engines';

/** The part of jest's result (`--json`) that is read here. */
export interface Report {
	numPassedTests: number;
	numFailedTests: number;
	numRuntimeErrorTestSuites: number;
	testResults: Array<{ name: string; assertionResults: Array<{ fullName: string; status: string }> }>;
}

/** How the tests went in one engine. */
export interface Outcome {
	engine: OldEngine;
	passed: number;
	/** Failed tests, files that could not be run, and entries of differences.ts that no test answers to. */
	failed: number;
	/** Why tests were left out, and how many. */
	skipped: Array<{ reason: string; tests: number }>;
}

const BY_THEMSELVES = 'skipped by the tests themselves';

export function outcomeOf(engine: OldEngine, report: Report): Outcome {
	const reasons = new Map<string, number>();
	const met = new Set<Difference>();
	for (const { name, assertionResults } of report.testResults) {
		for (const { fullName, status } of assertionResults) {
			if (status !== 'pending') continue;
			const difference = differenceFor(engine.n8n, name, fullName);
			if (difference) met.add(difference);
			const reason = difference?.reason ?? BY_THEMSELVES;
			reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
		}
	}
	// A test that was renamed would otherwise be left out in name only.
	const unmet = DIFFERENCES.filter((each) => concerns(each, engine.n8n) && !met.has(each));
	for (const { file, test } of unmet) process.stderr.write(`No test in ${file} is called ${String(test)}\n`);
	return {
		engine,
		passed: report.numPassedTests,
		failed: report.numFailedTests + report.numRuntimeErrorTestSuites + unmet.length,
		skipped: [...reasons].map(([reason, tests]) => ({ reason, tests })),
	};
}
