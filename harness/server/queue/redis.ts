import { createConnection } from 'node:net';
import { poll } from '../polling';
import { findFreePort, startServerProcess } from '../server-process';
import { createTemporaryFolder } from '../temporary-folder';

export interface Redis {
	port: number;
	remove(): Promise<void>;
}

async function answers(port: number): Promise<true | undefined> {
	return await new Promise((resolve) => {
		const socket = createConnection(port, '127.0.0.1');
		socket.once('error', () => resolve(undefined));
		socket.once('connect', () => socket.write('PING\r\n'));
		socket.once('data', (data) => {
			resolve(data.toString().startsWith('+PONG') ? true : undefined);
			socket.destroy();
		});
	});
}

/** Starts a Redis of our own on a free port of the loopback interface; it keeps nothing on disk. */
export async function startRedis(redisServer: string): Promise<Redis> {
	const data = await createTemporaryFolder('redis');
	const port = await findFreePort();
	const redis = await startServerProcess({
		name: 'Redis',
		command: redisServer,
		args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', data.path, '--save', '', '--appendonly', 'no'],
		env: { PATH: process.env.PATH },
	});
	await poll('Redis to answer', async () => await answers(port), { signal: redis.ended });
	return {
		port,
		async remove() {
			await redis.stop();
			await data.remove();
		},
	};
}
