import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { breakOff, deliver } from './delivery';
import { parseFaultPhrase } from './fault-markers';
import { ofKind, type Fault, type FaultBook } from './faults';
import { findMarkers } from './markers';
import { jsonReply, type Call, type Provider, type Reply, type Route } from './provider';
import { SandboxRequest, type RequestLog } from './request-log';

/** Answers requests below `/__sandbox`; undefined = not one of them. */
export type Control = (method: string, url: URL, body: () => Promise<Buffer>, gone: AbortSignal) => Promise<Reply>;

const LOGIN_PAGE = `<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1>
<form method="post"><input name="user"><input name="password" type="password"><button>Sign in</button></form></body></html>`;
/** Statuses a gateway gives after it has passed the request on. */
const AFTER_THE_FACT = new Set([504, 524]);

/** The HTTP listener of one provider. Paths are those of the real host, because WPS signs them. */
export class ProviderServer {
	private server: Server;
	private port = 0;

	constructor(
		private readonly provider: Provider,
		private readonly log: RequestLog,
		private readonly faults: FaultBook,
		private readonly control: Control,
	) {
		this.server = this.makeServer();
	}

	/** Base URL without a slash at the end, for example `http://127.0.0.1:8791`. */
	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** Starts to listen; 0 = any free port. */
	async listen(port = 0): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(port, '127.0.0.1', () => {
				this.server.off('error', reject);
				resolve();
			});
		});
		this.port = (this.server.address() as AddressInfo).port;
	}

	/** Stops listening and breaks all connections: clients then get ECONNREFUSED. Runs go on. */
	async offline(): Promise<void> {
		if (!this.server.listening) return;
		const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
		this.server.closeAllConnections();
		await closed;
	}

	/** Listens again, on the same port. */
	async online(): Promise<void> {
		if (this.server.listening) return;
		this.server = this.makeServer();
		await this.listen(this.port);
	}

	private makeServer(): Server {
		const server = createServer((request, response) => {
			this.serve(request, response).catch((error: unknown) => {
				// A client that leaves in the middle aborts the waits of its reply: nothing to report.
				if (response.destroyed || response.writableEnded) return;
				const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
				if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' });
				response.end(`The sandbox itself failed: ${text}`);
			});
		});
		server.requestTimeout = 0;
		server.headersTimeout = 0;
		server.keepAliveTimeout = 60_000;
		server.on('connection', (socket) => socket.setNoDelay(true));
		return server;
	}

	private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		const target = incoming.url ?? '/';
		const method = incoming.method ?? 'GET';
		const url = new URL(target, this.url);
		const gone = new AbortController();
		response.on('close', () => gone.abort());
		response.on('error', () => {}); // writes to a client that has left

		if (url.pathname === '/__sandbox' || url.pathname.startsWith('/__sandbox/')) {
			const reply = await this.control(method, url, () => readBody(incoming), gone.signal);
			response.writeHead(reply.status, reply.headers).end(reply.body);
			return;
		}

		const path = url.pathname;
		const candidates = this.provider.routes.filter(({ pattern }) => pattern.test(path));
		const route = candidates.find((candidate) => candidate.method === method);
		const operation = route?.operation ?? 'unknown';
		const received = (body: Buffer) => {
			const { headers, rawHeaders } = incoming;
			const number = this.log.nextNumber();
			return new SandboxRequest(number, this.provider.name, operation, method, target, headers, rawHeaders, body);
		};

		if (this.faults.take(this.provider.name, operation, target, (kind) => kind === 'refuse').length > 0) {
			const request = received(Buffer.alloc(0));
			request.faults.push('refuse');
			breakOff('reset', request, response);
			this.log.add(request);
			return;
		}
		let body: Buffer;
		try {
			body = await readBody(incoming);
		} catch {
			return; // the client left before its request was complete
		}
		const request = received(body);
		response.on('close', () => {
			if (!response.writableEnded && request.outcome === undefined) request.closedAt = Date.now();
			request.outcome ??= response.writableEnded ? 'answered' : 'closed-by-client';
			request.changed();
		});

		const call: Call = {
			request,
			path,
			query: url.searchParams,
			params: decoded(route?.pattern.exec(path)?.groups),
			faults: this.faults.take(this.provider.name, operation, target),
		};
		const { faults, problem } = this.withMarkers(route, call);
		request.faults = faults.map(({ kind }) => kind);
		this.log.add(request);
		if (faults.some(({ kind }) => kind === 'refuse')) return breakOff('reset', request, response);
		const reply = problem ?? (await this.reply(route, candidates.length > 0, { ...call, faults }));
		await deliver(reply, faults, request, response, gone.signal);
	}

	/** Adds the faults that the message text asks for: those of this request, and (armed) those of later ones. */
	private withMarkers(route: Route | undefined, call: Call): { faults: Fault[]; problem?: Reply } {
		const faults = [...call.faults];
		const text = route?.text?.(call.request) ?? '';
		for (const { name, argument } of findMarkers(text)) {
			if (name !== 'fault') continue;
			let fault: Fault;
			try {
				fault = parseFaultPhrase(argument);
			} catch (error) {
				const problem = error instanceof Error ? error.message : String(error);
				return { faults: [], problem: this.provider.error(400, problem) };
			}
			if (fault.operation === route?.operation || fault.operation === '*') faults.push(fault);
			else this.faults.add({ ...fault, provider: this.provider.name, path: this.provider.conversationOf?.(call) });
		}
		return { faults };
	}

	private async reply(route: Route | undefined, pathIsKnown: boolean, call: Call): Promise<Reply> {
		const { faults } = call;
		const [status] = ofKind(faults, 'status');
		const [json] = ofKind(faults, 'json-200');
		const [html] = ofKind(faults, 'html');
		if (status !== undefined) {
			if (status.handled ?? AFTER_THE_FACT.has(status.status)) await this.handled(route, pathIsKnown, call);
			const own = this.provider.error(status.status, `Sandbox fault: HTTP ${status.status}`);
			const custom = status.body === undefined ? own : { ...own, body: status.body };
			return { ...custom, headers: { ...custom.headers, ...status.headers } };
		}
		if (json !== undefined)
			return json.body === undefined ? this.provider.errorUnder200(json.message) : jsonReply(200, json.body);
		if (html !== undefined) {
			return {
				status: html.status,
				headers: { 'Content-Type': 'text/html; charset=utf-8' },
				body: html.body ?? LOGIN_PAGE,
			};
		}
		return await this.handled(route, pathIsKnown, call);
	}

	private async handled(route: Route | undefined, pathIsKnown: boolean, call: Call): Promise<Reply> {
		if (route === undefined) {
			return pathIsKnown ? this.provider.error(405, 'Method Not Allowed') : this.provider.error(404, 'Not Found');
		}
		return route.guard?.(call) ?? (await route.handle(call));
	}
}

function decoded(groups: Record<string, string> | undefined): Record<string, string> {
	return Object.fromEntries(
		Object.entries(groups ?? {}).map(([name, value]) => {
			try {
				return [name, decodeURIComponent(value)];
			} catch {
				return [name, value];
			}
		}),
	);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of incoming) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}
