import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

import { parseExact } from '../../sandbox/exact-json';

/** A response read to its end, whatever the end was. */
export interface Received {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
	/** The body's bytes as they arrived, one entry per `data` event. */
	readonly chunks: readonly Buffer[];
	readonly text: string;
	/** Undefined when the body ended properly; else the error's code, such as ECONNRESET. */
	readonly broken: string | undefined;
}

interface Ask {
	method?: string;
	headers?: Record<string, string>;
	body?: string | Buffer;
	/** Aborting closes the connection. */
	signal?: AbortSignal;
	/** Called with the text so far after every chunk. */
	onText?(text: string): void;
}

/** A plain HTTP client without retries, pools or content decoding: what it reports is what was on the wire. */
export async function ask(
	url: string,
	{ method = 'GET', headers = {}, body, signal, onText }: Ask = {},
): Promise<Received> {
	return await new Promise((resolve, reject) => {
		let fail: (error: NodeJS.ErrnoException) => void = reject;
		const outgoing = httpRequest(url, { method, headers, agent: false, signal }, (response) => {
			const chunks: Buffer[] = [];
			const finish = (broken?: string) => {
				const whole = Buffer.concat(chunks);
				const text = whole.toString('utf8');
				resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole, chunks, text, broken });
			};
			response.on('data', (chunk: Buffer) => {
				chunks.push(chunk);
				onText?.(Buffer.concat(chunks).toString('utf8'));
			});
			response.on('end', () => finish());
			fail = (error) => finish(error.code ?? error.message);
			response.on('error', fail);
		});
		outgoing.on('error', (error) => fail(error));
		outgoing.end(body);
	});
}

/** The error code with which a request fails that gets no response at all. */
export async function failure(url: string, options: Ask = {}): Promise<string | undefined> {
	try {
		await ask(url, options);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code;
	}
	return undefined;
}

/** Events of an SSE body with `data:` lines only; integers beyond 2^53 are bigints. */
export function sseEvents(text: string): Array<Record<string, unknown>> {
	return text
		.split('\n\n')
		.filter((block) => block.startsWith('data: '))
		.map((block) => parseExact(block.slice('data: '.length)) as Record<string, unknown>);
}

/** How the server ended the TCP connection after a POST: `FIN`, or the error of the socket (ECONNRESET = RST). */
export async function endOfConnection(url: string, headers: Record<string, string>, body: string): Promise<string> {
	const { hostname, port, pathname } = new URL(url);
	const all = { ...headers, Host: `${hostname}:${port}`, 'Content-Length': String(Buffer.byteLength(body)) };
	const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
	return await new Promise((resolve) => {
		const socket = connect(Number(port), hostname, () => {
			socket.write(`POST ${pathname} HTTP/1.1\r\n${head.join('')}\r\n${body}`);
		});
		socket.resume();
		socket.on('end', () => resolve('FIN'));
		socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
	});
}
