import { spawn, type SpawnOptions } from 'node:child_process';

/**
 * Runs a command to its end, its output being ours.
 *
 * @returns its exit code; null when a signal ended it
 * @throws when it cannot be started
 */
export async function exitCodeOf(command: string, args: string[], options: SpawnOptions = {}): Promise<number | null> {
	const child = spawn(command, args, { stdio: 'inherit', ...options });
	return await new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('exit', resolve);
	});
}
