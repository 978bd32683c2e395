import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';

/** The machine, as far as the figures depend on it. */
export function describeMachine(node: string): string {
	const [{ model } = { model: 'unknown CPU' }] = cpus();
	const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
	return `${cpus().length} cores of ${model.trim()}, Node ${version.slice(1)}`;
}

/** How busy the machine was in the last 1, 5 and 15 minutes; above the number of cores, figures are of little worth. */
export const load = (): string =>
	loadavg()
		.map((value) => value.toFixed(1))
		.join(', ');
