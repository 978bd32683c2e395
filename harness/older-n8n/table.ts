import type { Outcome } from './outcome';

/** Markdown: on which Node.js, one row per version, and below it why tests were left out. */
export function table(outcomes: Outcome[]): string {
	const rows = outcomes.map(({ engine, passed, failed, skipped }) => {
		const left = skipped.reduce((sum, { tests }) => sum + tests, 0);
		return `| ${engine.n8n} | ${engine.core} | ${passed} | ${failed} | ${left} |`;
	});
	const reasons = outcomes.flatMap(({ engine, skipped }) =>
		skipped.map(({ reason, tests }) => `- n8n ${engine.n8n}, ${tests} left out: ${reason}.`),
	);
	return [
		`On Node.js ${process.versions.node}:`,
		'',
		'| n8n | n8n-core | passed | failed | left out |',
		'| --- | --- | ---: | ---: | ---: |',
		...rows,
		...(reasons.length > 0 ? ['', ...reasons] : []),
		'',
	].join('\n');
}
