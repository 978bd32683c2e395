import { once } from 'node:events';
import { summaryOf, type Summary } from '../figures/statistics';
import type { Stage } from '../stage';
import type { LoadingFigures } from './messages';

const PROCESSES = 9;

/** How long the three nodes take to load over n8n-workflow, each time in a fresh process. Milliseconds. */
export async function loadingTimes(stage: Stage): Promise<Summary> {
	const times: number[] = [];
	for (let at = 0; at < PROCESSES; at++) {
		const child = stage.start('loading', { args: [stage.packageFolder] });
		const [{ nodesMs }] = (await once(child, 'message')) as [LoadingFigures];
		times.push(nodesMs);
	}
	return summaryOf(times) as Summary;
}
