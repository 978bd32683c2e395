import type { ChildProcess } from 'node:child_process';
import type { Stage } from '../stage';
import type { FromReplayServer, ToReplayServer } from './messages';
import type { ShapeName } from './shapes';

/** What the server has told of one answer. */
export interface Served {
	/** Machine clock, milliseconds. */
	firstTextAt?: number;
	lastByteAt?: number;
	/** Of the last byte, milliseconds since 1970. */
	lastByteEpochMs?: number;
}

export type Prepared = Extract<FromReplayServer, { kind: 'prepared' }>;

/** The replay server, seen from the process that conducts the benchmark. */
export class Replay {
	private readonly served = new Map<string, Served>();
	private readonly waiting = new Set<() => void>();

	private constructor(
		private readonly server: ChildProcess,
		readonly url: string,
	) {
		server.on('message', (message: FromReplayServer) => {
			if (message.kind !== 'firstText' && message.kind !== 'lastByte') return;
			const served = this.served.get(message.conversation) ?? {};
			this.served.set(message.conversation, served);
			if (message.kind === 'firstText') served.firstTextAt = message.at;
			else Object.assign(served, { lastByteAt: message.at, lastByteEpochMs: message.epochMs });
			for (const check of this.waiting) check();
		});
	}

	static async start(stage: Stage, seed: number): Promise<Replay> {
		const server = stage.start('replay-server', { args: [String(seed)] });
		const { url } = await reply(server, 'listening');
		return new Replay(server, url);
	}

	/** Makes the body of a shape, so that it does not have to be made while somebody waits. */
	async prepare(shape: ShapeName): Promise<Prepared> {
		const prepared = reply(this.server, 'prepared');
		this.server.send({ kind: 'prepare', shape } satisfies ToReplayServer);
		return await prepared;
	}

	forget(): void {
		this.served.clear();
	}

	/** What was served for these conversations, as soon as the last byte of each has left. */
	async allServed(conversations: string[]): Promise<Served[]> {
		const find = () => conversations.map((id) => this.served.get(id) ?? {});
		const isComplete = () => find().every(({ lastByteAt }) => lastByteAt !== undefined);
		await new Promise<void>((resolve) => {
			const check = () => {
				if (!isComplete()) return;
				this.waiting.delete(check);
				resolve();
			};
			this.waiting.add(check);
			check();
		});
		return find();
	}

	stop(): void {
		this.server.disconnect();
	}
}

async function reply<K extends FromReplayServer['kind']>(server: ChildProcess, kind: K) {
	return await new Promise<Extract<FromReplayServer, { kind: K }>>((resolve, reject) => {
		const onExit = () => reject(new Error('The replay server ended'));
		server.once('exit', onExit);
		server.on('message', function take(message: FromReplayServer) {
			if (message.kind !== kind) return;
			server.off('message', take);
			server.off('exit', onExit);
			resolve(message as Extract<FromReplayServer, { kind: K }>);
		});
	});
}
