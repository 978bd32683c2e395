import type { ProviderConnection } from '../../nodes/shared/http/requests';
import { type HttpReply, type HttpRequest, TransportFailure } from '../../nodes/shared/http/transport';
import type { JsonObject } from '../../nodes/shared/json/json';
import { wpsComplaint } from '../../nodes/WpsAgent/wps-error';
import { PatientClock } from './patient-clock';

const encoder = new TextEncoder();

/** What is answered to a request. `breaks`: the connection, after the body or instead of a reply. */
export interface Scripted {
	status?: number;
	json?: unknown;
	text?: string;
	bytes?: Uint8Array;
	/** The body as it arrives. */
	pieces?: Array<Uint8Array | string>;
	headers?: Record<string, string>;
	breaks?: boolean;
	/** Nothing comes any more, after the body. */
	stalls?: boolean;
}

/** An answer, or a way to find one. */
export type Script = Scripted | ((request: HttpRequest, nth: number) => Scripted | undefined);

/** WPS as a transport without a network: the path of a request decides what is answered. */
export class ScriptedWps {
	readonly clock = new PatientClock();
	readonly requests: HttpRequest[] = [];
	private readonly scripts: Array<{ path: RegExp; script: Script }> = [];

	/** Answers requests like `POST /v7/…`; what is set last wins. */
	on(path: RegExp, script: Script): this {
		this.scripts.unshift({ path, script });
		return this;
	}

	/** Requests so far, like `POST /v7/…`. */
	get log(): string[] {
		return this.requests.map(({ method, path }) => `${method} ${path}`);
	}

	count(path: RegExp): number {
		return this.log.filter((entry) => path.test(entry)).length;
	}

	get connection(): ProviderConnection {
		return {
			providerName: 'WPS',
			clock: this.clock,
			complaintOf: wpsComplaint(),
			transport: async (request, signal) => await this.answer(request, signal),
		};
	}

	private async answer(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpReply> {
		signal?.throwIfAborted();
		this.requests.push(request);
		const target = `${request.method} ${request.path}`;
		for (const { path, script } of this.scripts) {
			if (!path.test(target)) continue;
			const scripted = typeof script === 'function' ? script(request, this.count(path)) : script;
			if (scripted === undefined) continue;
			const { status = 200, headers = {} } = scripted;
			const body = bodyOf(scripted);
			if (scripted.pieces) return { status, headers, body: inPieces(scripted.pieces) };
			if (scripted.breaks && body.length === 0) throw new TransportFailure('maybe', 'ECONNRESET: aborted');
			return { status, headers, body: delivered(body, scripted, signal) };
		}
		return { status: 404, headers: {}, body: delivered(encoder.encode('404 page not found'), {}, signal) };
	}
}

function bodyOf({ json, text, bytes }: Scripted): Uint8Array {
	if (bytes) return bytes;
	return encoder.encode(json === undefined ? (text ?? '') : JSON.stringify(json));
}

async function* delivered(body: Uint8Array, { breaks, stalls }: Scripted, signal: AbortSignal | undefined) {
	if (body.length > 0) yield body;
	if (stalls) await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('canceled'))));
	if (breaks) throw new Error('aborted');
}

async function* inPieces(pieces: Array<Uint8Array | string>) {
	for (const piece of pieces) {
		await Promise.resolve();
		yield typeof piece === 'string' ? encoder.encode(piece) : piece;
	}
}

export const ok = (data?: unknown): Scripted => ({ json: { code: 0, msg: 'success', data } });
export const refusal = (code: number, status = 200): Scripted => ({ status, json: { code, msg: `refused ${code}` } });

/** A message as sessions list it (`docs/apis/wps.md §4`, B4). */
export const listed = (sender_name: string, text: string, more: JsonObject = {}): JsonObject => ({
	id: `${sender_name}-${text}`,
	timestamp: '2026-01-01T00:00:00Z',
	sender_name,
	session_id: 's1',
	text,
	files: [],
	...more,
});
