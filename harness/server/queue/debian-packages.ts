import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import fastGlob from 'fast-glob';
import type { Report } from '../install';

const run = promisify(execFile);

/** A program, and the Debian package that brings it. */
interface Program {
	name: string;
	debianPackage: string;
	/** Where Debian puts it when that is not on the PATH. */
	elsewhere?: string;
}

const REDIS: Program = { name: 'redis-server', debianPackage: 'redis-server' };
const INITDB: Program = { name: 'initdb', debianPackage: 'postgresql', elsewhere: '/usr/lib/postgresql/*/bin/initdb' };
const POSTGRES: Program = { ...INITDB, name: 'postgres', elsewhere: '/usr/lib/postgresql/*/bin/postgres' };

/** Paths of the programs that queue mode needs beside n8n. */
export interface QueuePrograms {
	redisServer: string;
	initdb: string;
	postgres: string;
}

async function find({ name, elsewhere }: Program): Promise<string | undefined> {
	const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
	const found = elsewhere === undefined ? [] : (await fastGlob(elsewhere)).sort().reverse();
	for (const path of [...folders.map((folder) => join(folder, name)), ...found]) {
		const isProgram = await access(path, constants.X_OK).then(
			() => true,
			() => false,
		);
		if (isProgram) return path;
	}
	return undefined;
}

async function install(packages: string[], report: Report): Promise<void> {
	const command = `apt-get install --yes ${packages.join(' ')}`;
	if (process.getuid?.() !== 0) {
		throw new Error(
			`Queue mode needs Redis and Postgres, which are not installed. Install them first: sudo ${command}`,
		);
	}
	report(`Installing ${packages.join(' and ')} with apt-get`);
	const env = {
		...process.env,
		DEBIAN_FRONTEND: 'noninteractive',
		RUNLEVEL: '1', // so that Debian does not start them: the tests run servers of their own
	};
	const options = { env, maxBuffer: 64 * 1024 * 1024 };
	await run('apt-get', ['update', '--quiet'], options);
	await run('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], options);
}

/**
 * Finds Redis and Postgres; installs Debian's packages when they are missing.
 *
 * @throws Error that says what to install, when this is not run as root
 */
export async function findQueuePrograms(report: Report): Promise<QueuePrograms> {
	const programs = [REDIS, INITDB, POSTGRES];
	const missing: string[] = [];
	for (const program of programs) if (!(await find(program))) missing.push(program.debianPackage);
	if (missing.length > 0) await install([...new Set(missing)], report);
	const [redisServer, initdb, postgres] = await Promise.all(programs.map(find));
	if (!redisServer || !initdb || !postgres) throw new Error('Redis or Postgres was installed, but cannot be found.');
	return { redisServer, initdb, postgres };
}

// Tells by its exit code whether the tests in queue mode can run on this machine.
if (require.main === module) {
	findQueuePrograms((line) => console.log(line)).catch((error: Error) => {
		console.error(error.message);
		process.exitCode = 1;
	});
}
