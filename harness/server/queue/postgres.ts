import { execFile } from 'node:child_process';
import { chown, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort, startServerProcess } from '../server-process';
import { createTemporaryFolder } from '../temporary-folder';

const run = promisify(execFile);
const READY_WITHIN_MS = 60_000;

export interface Postgres {
	port: number;
	user: string;
	database: string;
	remove(): Promise<void>;
}

/** Postgres refuses to run as root, and Debian's package comes with a user for it. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
	const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
	if (!user) throw new Error('Postgres cannot run as root, and there is neither a user postgres nor nobody.');
	return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** Starts a Postgres of our own, with an empty database, on a free port of the loopback interface. */
export async function startPostgres(programs: { initdb: string; postgres: string }): Promise<Postgres> {
	const user = await unprivilegedUser();
	const data = await createTemporaryFolder('postgres');
	if (user) await chown(data.path, user.uid, user.gid);
	const cluster = join(data.path, 'cluster');
	const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' };
	const options = { ...user, env, cwd: data.path };
	// Only this machine reaches it, and only for the time of a test: no password
	await run(programs.initdb, ['--pgdata', cluster, '--username', 'n8n', '--auth', 'trust', '--no-sync'], options);
	const port = await findFreePort();
	const postgres = await startServerProcess({
		name: 'Postgres',
		command: programs.postgres,
		args: ['-D', cluster, '-p', String(port), '-h', '127.0.0.1', '-k', data.path, '-c', 'fsync=off'],
		env,
		cwd: data.path,
		...user,
	});
	const patience = AbortSignal.any([AbortSignal.timeout(READY_WITHIN_MS), postgres.ended]);
	await postgres.log.waitFor(/database system is ready to accept connections/, patience);
	return {
		port,
		user: 'n8n',
		database: 'postgres',
		async remove() {
			await postgres.stop();
			await data.remove();
		},
	};
}
