import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request to the byte: nothing decoded, nothing normalised. */
export interface ReceivedRequest {
	method: string;
	/** The target of the request line. */
	target: string;
	/** Header names in lower case; a doubled header shows as joined by commas. */
	headers: Record<string, string>;
	body: Buffer;
}

type Answer = (response: ServerResponse, request: ReceivedRequest) => void;

export const json =
	(value: unknown, status = 200): Answer =>
	(response) => {
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(JSON.stringify(value));
	};

/** A local HTTP server that keeps what it received and answers what it is told. */
export class RecordingServer {
	readonly received: ReceivedRequest[] = [];

	answer: Answer = json({});

	private readonly server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const headers: Record<string, string> = {};
			for (let index = 0; index < request.rawHeaders.length; index += 2) {
				const name = request.rawHeaders[index]!.toLowerCase();
				const value = request.rawHeaders[index + 1]!;
				headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
			}
			const whole = { method: request.method!, target: request.url!, headers, body: Buffer.concat(chunks) };
			this.received.push(whole);
			this.answer(response, whole);
		});
	});

	async start(): Promise<void> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	get last(): ReceivedRequest {
		return this.received.at(-1)!;
	}

	reset(): void {
		this.received.length = 0;
		this.answer = json({});
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}
