/**
 * The replay server: a process of its own that sends the same bytes in the same pieces to whoever asks, and tells over a
 * side channel when the first text and the last byte of each answer left. Started by `startReplayServer`.
 */
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { machineMs } from '../clock';
import { shapeOf } from './conversation';
import { bodyOf, type ReplayBody, type ShapeName } from './shapes';
import { MESSAGE_ID } from './message-id';
import type { FromReplayServer, ToReplayServer } from './messages';

const SLICE_BYTES = 64 * 1024;
const TICK_MS = 2;
const MESSAGE_ID_HEADER = 'X-REPORTIFY-ASSISTANT-MESSAGE-ID';
const CHAT = /^\/v1\/agent\/conversations\/(\d+)\/chat$/;
const MESSAGE = /^\/v1\/agent\/conversations\/(\d+)\/messages\/[^/?]+(?:\?|$)/;

const tell = (message: FromReplayServer) => process.send?.(message);

/** A body in HTTP's chunked encoding, made beforehand: sending it costs next to nothing, so the reader is what is measured. */
interface EncodedBody {
	bytes: Buffer;
	/** Where each piece ends within `bytes`, chunk framing included. */
	ends: Uint32Array;
	body: ReplayBody;
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n');

function encode(body: ReplayBody): EncodedBody {
	const parts: Buffer[] = [];
	const ends = new Uint32Array(body.ends.length);
	let length = 0;
	let from = 0;
	body.ends.forEach((to, index) => {
		const head = Buffer.from(`${(to - from).toString(16)}\r\n`);
		parts.push(head, body.bytes.subarray(from, to), Buffer.from('\r\n'));
		length += head.length + (to - from) + 2;
		ends[index] = length;
		from = to;
	});
	return { bytes: Buffer.concat([...parts, LAST_CHUNK]), ends, body };
}

/** Bodies by shape; only the latest large one is kept. */
class Bodies {
	private readonly kept = new Map<ShapeName, EncodedBody>();

	constructor(private readonly seed: number) {}

	get(shape: ShapeName): EncodedBody {
		const known = this.kept.get(shape);
		if (known) return known;
		for (const [name, { bytes }] of this.kept) if (bytes.length > 20_000_000) this.kept.delete(name);
		const made = encode(bodyOf(shape, this.seed));
		this.kept.set(shape, made);
		return made;
	}
}

/** Writes; resolves with the time at which the bytes had left this process. */
async function write(response: ServerResponse, bytes: Buffer): Promise<number> {
	const written = new Promise<void>((resolve, reject) => {
		response.write(bytes, (error) => (error ? reject(error) : resolve()));
	});
	if (response.socket?.writableLength === 0) return machineMs(); // the kernel has taken them already
	await written;
	return machineMs();
}

async function sendAsFastAsRead(response: ServerResponse, encoded: EncodedBody, conversation: string): Promise<void> {
	const { bytes, ends, body } = encoded;
	const textAt = ends[body.firstTextPiece] ?? 0;
	let leftAt = 0;
	for (let from = 0; from < bytes.length; from += SLICE_BYTES) {
		leftAt = await write(response, bytes.subarray(from, from + SLICE_BYTES));
		if (from < textAt && from + SLICE_BYTES >= textAt) tell({ kind: 'firstText', conversation, at: leftAt });
	}
	tell({ kind: 'lastByte', conversation, at: leftAt, epochMs: Date.now() });
}

/** Sends each piece when its time has come; pieces that are late because this process was busy are sent at once. */
class Pacer {
	private readonly running = new Set<() => boolean>();
	private timer: NodeJS.Timeout | undefined;

	send(response: ServerResponse, encoded: EncodedBody, pace: number, conversation: string): void {
		const { bytes, ends, body } = encoded;
		const startedAt = machineMs();
		let piece = 0;
		this.running.add(() => {
			const due = Math.min(ends.length, Math.floor(((machineMs() - startedAt) * pace) / 1000) + 1);
			for (; piece < due; piece++) {
				if (response.destroyed) return false;
				const isLast = piece === ends.length - 1;
				response.write(bytes.subarray(ends[piece - 1] ?? 0, isLast ? bytes.length : ends[piece]));
				const at = machineMs();
				if (piece === body.firstTextPiece) tell({ kind: 'firstText', conversation, at });
				if (isLast) tell({ kind: 'lastByte', conversation, at, epochMs: Date.now() });
			}
			if (piece === ends.length) response.end();
			return piece < ends.length;
		});
		this.timer ??= setInterval(() => this.tick(), TICK_MS);
	}

	private tick(): void {
		for (const sendDue of this.running) if (!sendDue()) this.running.delete(sendDue);
		if (this.running.size > 0) return;
		clearInterval(this.timer);
		this.timer = undefined;
	}
}

async function main(seed: number): Promise<void> {
	const bodies = new Bodies(seed);
	const pacer = new Pacer();

	const server = createServer((request, response) => {
		request.resume();
		const url = request.url ?? '';
		const [, asked] = CHAT.exec(url) ?? [];
		const [, collected] = MESSAGE.exec(url) ?? [];
		const conversation = asked ?? collected ?? '';
		const shape = shapeOf(conversation);
		if (shape === undefined) return void response.writeHead(404).end();
		const encoded = bodies.get(shape);
		response.writeHead(200, {
			'Content-Type': 'text/event-stream',
			'Transfer-Encoding': 'chunked',
			[MESSAGE_ID_HEADER]: MESSAGE_ID,
		});
		response.flushHeaders();
		response.chunkedEncoding = false; // the body is encoded already
		request.once('end', () => {
			const { pace } = encoded.body;
			if (pace !== undefined && asked !== undefined) return pacer.send(response, encoded, pace, conversation);
			sendAsFastAsRead(response, encoded, conversation).then(
				() => response.end(),
				() => response.destroy(), // the reader has left
			);
		});
	});
	server.keepAliveTimeout = 60_000;
	server.on('connection', (socket) => socket.setNoDelay(true));
	server.listen({ port: 0, host: '127.0.0.1', backlog: 2_000 });
	await once(server, 'listening');

	process.on('message', ({ kind, shape }: ToReplayServer) => {
		if (kind !== 'prepare') return;
		const { body } = bodies.get(shape);
		tell({ kind: 'prepared', shape, events: body.events, bytes: body.bytes.length, text: body.text });
	});
	process.on('disconnect', () => process.exit(0));
	tell({ kind: 'listening', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

void main(Number(process.argv[2]));
