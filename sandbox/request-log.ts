import type { IncomingHttpHeaders } from 'node:http';

import { parseExact } from './exact-json';
import type { ProviderName } from './provider-name';

/** How a request ended: the sandbox finished its reply, the client went away first, or a fault broke the connection. */
export type Outcome = 'answered' | 'closed-by-client' | 'broken-by-fault';

/** A request as the sandbox received it, and what became of it. */
export class SandboxRequest {
	/** Unix time in ms at which the request was complete (body included). */
	readonly at = Date.now();
	/** HTTP status sent; undefined while there is none. */
	status?: number;
	/** Complete events written to the client so far (streams only). */
	eventsSent = 0;
	/** Body bytes written to the client so far, after faults. */
	bytesSent = 0;
	/** Unix time in ms at which the client closed the connection before the sandbox had ended the reply. */
	closedAt?: number;
	outcome?: Outcome;
	/** Why the request was refused (wrong signature, wrong key …); never holds a secret. */
	refusal?: string;
	/** Kinds of the faults applied to this request. */
	faults: string[] = [];

	private readonly watchers = new Set<() => void>();

	constructor(
		/** 1 for the first request since the log was cleared. */
		readonly number: number,
		readonly provider: ProviderName,
		/** Name of the API operation, or `unknown`. */
		readonly operation: string,
		readonly method: string,
		/** The raw request target: path and query exactly as sent. */
		readonly path: string,
		readonly headers: IncomingHttpHeaders,
		/** Header names and values in the order and spelling sent: `[name, value, name, value, …]`. */
		readonly rawHeaders: readonly string[],
		/** The body's exact bytes. */
		readonly body: Buffer,
	) {}

	/** The body as UTF-8 text. */
	get text(): string {
		return this.body.toString('utf8');
	}

	/** The body parsed as JSON; integers beyond 2^53 are bigints. Throws when it is not JSON. */
	json(): unknown {
		return parseExact(this.text);
	}

	/** Resolves as soon as `reached()` holds; it is looked at after every change of this request. */
	async until(reached: () => boolean): Promise<void> {
		if (reached()) return;
		await new Promise<void>((resolve) => {
			const look = () => {
				if (!reached()) return;
				this.watchers.delete(look);
				resolve();
			};
			this.watchers.add(look);
		});
	}

	/** To be called after a change, wakes those who wait in `until`. */
	changed(): void {
		for (const look of [...this.watchers]) look();
	}

	/** The form in which the log is shown over HTTP (no bearer tokens, no signatures). */
	toJSON() {
		const { number, provider, operation, method, path, at, status, eventsSent, bytesSent } = this;
		const { closedAt, outcome, refusal, faults, text } = this;
		const headers = { ...this.headers };
		for (const name of ['authorization', 'x-signature', 'x-kso-authorization']) {
			if (headers[name] !== undefined) headers[name] = '(not shown)';
		}
		const body = operation === 'token' ? '(not shown)' : text.slice(0, 20_000);
		return {
			...{ number, provider, operation, method, path, headers, body, at, status, outcome },
			...{ eventsSent, bytesSent, closedAt, refusal, faults },
		};
	}
}

/** Which requests are meant. All given conditions must hold. */
export interface RequestQuery {
	provider?: ProviderName;
	operation?: string;
	method?: string;
	/** Matched against the raw request target. */
	path?: RegExp;
}

function matches(request: SandboxRequest, query: RequestQuery): boolean {
	return (
		(query.provider === undefined || request.provider === query.provider) &&
		(query.operation === undefined || request.operation === query.operation) &&
		(query.method === undefined || request.method === query.method.toUpperCase()) &&
		(query.path === undefined || query.path.test(request.path))
	);
}

/** Every request received, in order, and ways to wait for the next one. */
export class RequestLog {
	/** The requests since the last `clear()`; the same array object for the sandbox's whole life. */
	readonly all: SandboxRequest[] = [];
	private readonly watchers = new Set<() => void>();
	private readonly listeners = new Set<(request: SandboxRequest) => void>();
	private count = 0;

	/** Number for the next request. */
	nextNumber(): number {
		return ++this.count;
	}

	onRequest(listener: (request: SandboxRequest) => void): () => void {
		this.listeners.add(listener);
		return () => void this.listeners.delete(listener);
	}

	add(request: SandboxRequest): void {
		this.all.push(request);
		for (const listener of this.listeners) listener(request);
		for (const look of [...this.watchers]) look();
	}

	clear(): void {
		this.all.length = 0;
		this.count = 0;
	}

	/** The requests that match, in order of arrival. */
	find(query: RequestQuery): SandboxRequest[] {
		return this.all.filter((request) => matches(request, query));
	}

	/**
	 * Resolves with the nth matching request (1 = first since the log was cleared), at once when it is already here.
	 * Rejects after `timeoutMs` with a list of what did arrive.
	 */
	async waitFor(query: RequestQuery, nth = 1, timeoutMs = 10_000): Promise<SandboxRequest> {
		return await new Promise((resolve, reject) => {
			const finish = () => {
				clearTimeout(timer);
				this.watchers.delete(look);
			};
			const timer = setTimeout(() => {
				finish();
				const seen = this.all.map(({ method, path }) => `${method} ${path}`).join('\n  ') || '(none)';
				const wanted = [query.provider, query.operation, query.method, query.path].filter(Boolean).join(' ');
				reject(new Error(`No request no. ${nth} for "${wanted}" within ${timeoutMs} ms. Requests so far:\n  ${seen}`));
			}, timeoutMs);
			const look = () => {
				const found = this.find(query)[nth - 1];
				if (found === undefined) return;
				finish();
				resolve(found);
			};
			this.watchers.add(look);
			look();
		});
	}
}
