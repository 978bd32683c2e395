import { createServer, type IncomingHttpHeaders, request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request on its way out. */
export interface Outgoing {
	method: string;
	/** Path and query. */
	target: string;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

/** Stands between n8n and a server and may change what passes. */
export class TamperingProxy {
	/** Changes requests in place; by default nothing. */
	tamper: (request: Outgoing) => unknown = () => undefined;
	/** Changes the headers of replies in place; by default nothing. */
	tamperReply: (headers: IncomingHttpHeaders) => unknown = () => undefined;
	private readonly server: Server;

	/** @param upstream base URL of the server */
	constructor(private readonly upstream: () => string) {
		this.server = createServer((incoming, response) => {
			const chunks: Buffer[] = [];
			incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
			incoming.on('end', () => {
				const { method = '', url = '', headers } = incoming;
				const outgoing: Outgoing = { method, target: url, headers: { ...headers }, body: Buffer.concat(chunks) };
				this.tamper(outgoing);
				if (outgoing.body.length > 0) outgoing.headers['content-length'] = String(outgoing.body.length);
				const forwarded = send(
					this.upstream(),
					{ method: outgoing.method, path: outgoing.target, headers: outgoing.headers },
					(reply) => {
						const replied = { ...reply.headers };
						this.tamperReply(replied);
						response.writeHead(reply.statusCode ?? 502, replied);
						reply.pipe(response);
					},
				);
				forwarded.on('error', () => response.destroy());
				forwarded.end(outgoing.body);
			});
		});
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	async start(): Promise<void> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}
