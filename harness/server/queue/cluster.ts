import { randomBytes } from 'node:crypto';
import type { N8nRuntime, Report } from '../install';
import { type N8n, type N8nSettings, type N8nWorker, startN8n, startN8nWorker, WITHOUT_EDITOR } from '../server';
import { findQueuePrograms } from './debian-packages';
import { startPostgres } from './postgres';
import { startRedis } from './redis';

export interface ClusterOptions {
	runtime: N8nRuntime;
	/** A folder that contains built packages. */
	extensionsDir: string;
	/** How many workers. */
	workers: number;
	/** How many executions a worker runs at the same time. */
	concurrency: number;
}

/** n8n in queue mode: the main process takes calls, workers run the executions. */
export interface Cluster {
	main: N8n;
	workers: N8nWorker[];
	/** Ends everything, in the right order, and deletes the data. */
	remove(): Promise<void>;
}

/** A killed worker is noticed when its lock on a job has run out; n8n's own minute would only make tests slow. */
const NOTICE_DEAD_WORKERS_SOON: N8nSettings = {
	QUEUE_WORKER_LOCK_DURATION: '6000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '2000',
};

/** Starts Redis, Postgres, n8n's main process and its workers, all on free ports of the loopback interface. */
export async function startCluster(options: ClusterOptions, report: Report): Promise<Cluster> {
	const started: Array<{ remove(): Promise<void> }> = [];
	const keep = <T extends { remove(): Promise<void> }>(server: T): T => {
		started.unshift(server);
		return server;
	};
	const remove = async () => {
		for (const server of started.splice(0)) await server.remove();
	};
	try {
		const programs = await findQueuePrograms(report);
		const redis = keep(await startRedis(programs.redisServer));
		const postgres = keep(await startPostgres(programs));
		const env: N8nSettings = {
			...NOTICE_DEAD_WORKERS_SOON,
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_USER: postgres.user,
			DB_POSTGRESDB_DATABASE: postgres.database,
		};
		const { runtime, extensionsDir, concurrency } = options;
		// first: it makes the tables
		const main = keep(await startN8n({ runtime, extensionsDir, env: { ...env, ...WITHOUT_EDITOR } }));
		const starting = Array.from({ length: options.workers }, async (_each, index) => {
			const name = `n8n worker ${index + 1}`;
			return keep(await startN8nWorker({ runtime, extensionsDir, env, name, concurrency }));
		});
		await Promise.allSettled(starting); // so that those that did start are removed when one does not
		return { main, workers: await Promise.all(starting), remove };
	} catch (error) {
		await remove();
		throw error;
	}
}
