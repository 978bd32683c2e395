import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { ofKind, type Fault } from './faults';
import type { EventStream, Reply } from './provider';
import type { SandboxRequest } from './request-log';

/** How a body is broken off, or that it is not. */
type Stop =
	| { readonly stop: 'end' | 'close' | 'reset' | 'stall' }
	| { readonly stop: 'heartbeats'; readonly everyMs: number; readonly heartbeat: string };
type Piece = { readonly bytes: string; readonly isEvent: boolean } | Stop;

/** Long enough for bytes on the loopback to be read before a reset throws away what is still unread. */
const BEFORE_RESET_MS = 20;

/**
 * Sends a reply, applying the faults that concern the wire. Resolves when the response has ended, was broken off, or the
 * client has gone (`gone` aborted).
 */
export async function deliver(
	reply: Reply,
	faults: readonly Fault[],
	request: SandboxRequest,
	response: ServerResponse,
	gone: AbortSignal,
): Promise<void> {
	for (const { ms } of ofKind(faults, 'delay')) await pause(ms, undefined, { signal: gone });
	if (ofKind(faults, 'silence').length > 0) return await untilAborted(gone);
	if (ofKind(faults, 'reset-after-request').length > 0) return breakOff('reset', request, response);

	const headers = { ...reply.headers };
	for (const { header } of ofKind(faults, 'drop-header')) {
		for (const name of Object.keys(headers)) if (name.toLowerCase() === header.toLowerCase()) delete headers[name];
	}
	const zip = ofKind(faults, 'gzip').length > 0 && reply.stream === undefined;
	const body = zip ? gzipSync(reply.body ?? '') : Buffer.from(reply.body ?? '');
	if (zip) headers['Content-Encoding'] = 'gzip';
	const bodyIsBroken = faults.some(({ kind }) => kind === 'cut' || kind === 'stall' || kind === 'heartbeats');
	if (reply.stream === undefined && !bodyIsBroken) headers['Content-Length'] = String(body.length);

	request.status = reply.status;
	response.writeHead(reply.status, headers);
	response.flushHeaders();
	request.changed();
	const writer = new FaultyWriter(faults, request, response, gone);
	const stop =
		reply.stream === undefined
			? await writer.writeWhole(body, faults)
			: await writer.writeEvents(eventPieces(reply.stream, faults, gone));
	if (gone.aborted) return;
	if (stop === undefined || stop.stop === 'end') {
		await new Promise<void>((resolve) => {
			response.once('close', resolve);
			response.end(resolve);
		});
	} else if (stop.stop === 'stall') await untilAborted(gone);
	else if (stop.stop === 'heartbeats') {
		while (!gone.aborted) {
			response.write(stop.heartbeat);
			await pause(stop.everyMs, undefined, { signal: gone });
		}
	} else {
		await pause(BEFORE_RESET_MS);
		breakOff(stop.stop, request, response);
	}
}

/** Breaks the connection: orderly (`close`) or with a TCP reset. */
export function breakOff(how: 'close' | 'reset', request: SandboxRequest | undefined, response: ServerResponse): void {
	if (request !== undefined) request.outcome = 'broken-by-fault';
	const { socket } = response;
	if (how === 'reset') socket?.resetAndDestroy();
	else socket?.destroySoon();
}

async function untilAborted(signal: AbortSignal): Promise<void> {
	if (!signal.aborted) await once(signal, 'abort');
}

/** The stream's events with event-wise faults applied, as pieces of the body. */
async function* eventPieces(stream: EventStream, faults: readonly Fault[], gone: AbortSignal): AsyncGenerator<Piece> {
	const duplicate = ofKind(faults, 'duplicate').length > 0;
	const comments = ofKind(faults, 'comments').length > 0;
	const lost = new Set(ofKind(faults, 'drop').flatMap(({ events }) => events));
	let position = 0;
	let sent = 0;

	/** Strange events due at this point. */
	function* inserted(): Generator<Piece> {
		for (const { afterEvents, json } of ofKind(faults, 'unknown-event')) {
			const unknown = json ?? '{"event_type":"sandbox_unknown","event":"sandbox_unknown","data":{"x":1}}';
			if (afterEvents === sent) yield { bytes: stream.frame({ json: unknown, terminal: false }), isEvent: false };
		}
		for (const { afterEvents, json } of ofKind(faults, 'malformed')) {
			const broken = json ?? '{"event_type":"streaming","content":"broken';
			if (afterEvents === sent) yield { bytes: stream.frame({ json: broken, terminal: false }), isEvent: false };
		}
	}
	function stopNow(beforeTerminal: boolean): Stop | undefined {
		for (const fault of faults) {
			if (fault.kind !== 'cut' && fault.kind !== 'stall' && fault.kind !== 'heartbeats') continue;
			if (fault.afterBytes !== undefined) continue;
			const due = fault.beforeTerminal ? beforeTerminal : (fault.afterEvents ?? 0) <= sent;
			if (due) return stopOf(fault, stream.heartbeat);
		}
		return undefined;
	}

	if (stream.opening !== undefined) yield { bytes: stream.opening, isEvent: false };
	yield* inserted();
	let stop = stopNow(false);
	if (stop !== undefined) return yield stop;
	for await (const event of stream.events(gone)) {
		if (lost.has(position++)) continue;
		if (event.terminal) stop = stopNow(true);
		if (stop !== undefined) return yield stop;
		if (comments) yield { bytes: stream.heartbeat, isEvent: false };
		const bytes = stream.frame(event);
		yield { bytes, isEvent: true };
		if (duplicate) yield { bytes, isEvent: false };
		sent++;
		yield* inserted();
		stop = stopNow(false);
		if (stop !== undefined) return yield stop;
	}
	if (stream.closing !== undefined) yield { bytes: stream.closing, isEvent: false };
}

function stopOf(fault: Fault, heartbeat: string): Stop | undefined {
	if (fault.kind === 'cut') return { stop: fault.how };
	if (fault.kind === 'stall') return { stop: 'stall' };
	if (fault.kind === 'heartbeats') return { stop: 'heartbeats', everyMs: fault.everyMs, heartbeat };
	return undefined;
}

/** Writes body bytes, applying the faults that count bytes. */
class FaultyWriter {
	private written = 0;
	private nextSize = 0;
	private readonly sizes: number[];
	private readonly positions: number[];
	private readonly byteStop: { at: number; fault: Fault } | undefined;

	constructor(
		faults: readonly Fault[],
		private readonly request: SandboxRequest,
		private readonly response: ServerResponse,
		private readonly gone: AbortSignal,
	) {
		const splits = ofKind(faults, 'split');
		this.sizes = splits.flatMap(({ writes }) => writes ?? []);
		this.positions = splits.flatMap(({ at }) => at ?? []).sort((a, b) => a - b);
		for (const fault of faults) {
			if (!('afterBytes' in fault) || fault.afterBytes === undefined) continue;
			if (this.byteStop === undefined || fault.afterBytes < this.byteStop.at) {
				this.byteStop = { at: fault.afterBytes, fault };
			}
		}
	}

	async writeEvents(pieces: AsyncIterable<Piece>): Promise<Stop | undefined> {
		for await (const piece of pieces) {
			if (this.gone.aborted) return undefined;
			if ('stop' in piece) return piece;
			const stop = await this.write(Buffer.from(piece.bytes));
			if (stop !== undefined) return stop;
			if (piece.isEvent) {
				this.request.eventsSent++;
				this.request.changed();
			}
			// A turn of the event loop per event, so that each leaves in a write of its own.
			await nextTurn();
		}
		return undefined;
	}

	/** A body that is no stream: of the event-wise stops only "right after the headers" makes sense. */
	async writeWhole(body: Buffer, faults: readonly Fault[]): Promise<Stop | undefined> {
		for (const fault of faults) {
			if (!('afterBytes' in fault) || fault.afterBytes !== undefined) continue;
			if (!fault.beforeTerminal && (fault.afterEvents ?? 0) === 0) return stopOf(fault, ' ');
		}
		return await this.write(body);
	}

	private async write(bytes: Buffer): Promise<Stop | undefined> {
		let rest = bytes;
		while (rest.length > 0 && !this.gone.aborted) {
			const room = this.byteStop === undefined ? Infinity : this.byteStop.at - this.written;
			if (room <= 0) break;
			const size = Math.min(rest.length, room, this.splitSize());
			await this.send(rest.subarray(0, size));
			rest = rest.subarray(size);
		}
		if (this.byteStop !== undefined && this.written >= this.byteStop.at) return stopOf(this.byteStop.fault, ' ');
		return undefined;
	}

	private splitSize(): number {
		const size = this.sizes.length === 0 ? Infinity : (this.sizes[this.nextSize++ % this.sizes.length] ?? Infinity);
		const position = this.positions.find((at) => at > this.written);
		return Math.min(size, position === undefined ? Infinity : position - this.written);
	}

	private async send(chunk: Buffer): Promise<void> {
		const alone = this.sizes.length > 0 || this.positions.length > 0;
		const flushed = this.response.write(chunk);
		this.written += chunk.length;
		this.request.bytesSent = this.written;
		this.request.changed();
		if (alone) await nextTurn();
		// rejects when the reader has gone, which the caller notices by itself
		if (!flushed) await once(this.response, 'drain', { signal: this.gone }).catch(() => undefined);
	}
}
