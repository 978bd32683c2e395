import { readFileSync, writeFileSync } from 'node:fs';

/** CPU time and memory of this process and its helpers. Exact on Linux; elsewhere this process alone, roughly. */
export class Processes {
	constructor(private readonly helpers: readonly number[]) {}

	/** Memory in use at present, bytes. */
	residentBytes(): number {
		return process.memoryUsage.rss() + sum(this.helpers.map((id) => memoryOf(id, 'VmRSS') ?? 0));
	}

	/** Forgets the peak so far. The helpers' peaks are added up, though they need not have been at the same moment. */
	forgetPeak(): void {
		for (const id of [process.pid, ...this.helpers]) {
			try {
				writeFileSync(`/proc/${id}/clear_refs`, '5');
			} catch {
				// not Linux, or not allowed: the peak is then that of the whole life of the process
			}
		}
	}

	/** The most memory since `forgetPeak`, bytes. */
	peakBytes(): number {
		const own = memoryOf(process.pid, 'VmHWM') ?? process.resourceUsage().maxRSS * 1024;
		return own + sum(this.helpers.map((id) => memoryOf(id, 'VmHWM') ?? 0));
	}

	/** CPU time spent so far, milliseconds. Of helpers it is known to 10 ms. */
	cpuMs(): number {
		const { user, system } = process.cpuUsage();
		return (user + system) / 1000 + sum(this.helpers.map(cpuMsOf));
	}
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

function memoryOf(processId: number, field: 'VmRSS' | 'VmHWM'): number | undefined {
	const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(fileOf(processId, 'status')) ?? [];
	return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

const MS_PER_TICK = 10;

/** CPU time that a process has spent so far, milliseconds, to 10 ms; 0 where there is no `/proc`. */
export function cpuMsOf(processId: number): number {
	// The name of the command, in brackets, may hold spaces; the numbers follow it.
	const fields = fileOf(processId, 'stat').split(') ').at(-1)?.split(' ') ?? [];
	const [userTicks = 0, systemTicks = 0] = fields.slice(11, 13).map(Number);
	return (userTicks + systemTicks) * MS_PER_TICK;
}

function fileOf(processId: number, name: string): string {
	try {
		return readFileSync(`/proc/${processId}/${name}`, 'utf8');
	} catch {
		return '';
	}
}
