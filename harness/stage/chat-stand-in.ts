import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';

/** A request that a chat service got. */
export interface ChatRequest {
	method: string;
	/** With its query. */
	path: string;
	/** The body; a member `raw` with its text where it is no JSON. */
	body: IDataObject;
	authorization: string | undefined;
}

type Reply = (request: ChatRequest) => IDataObject;

/** Stands in for a chat service: remembers what it was told and replies as the test says. */
export class ChatStandIn {
	readonly requests: ChatRequest[] = [];
	private readonly waiting = new Set<() => void>();

	private constructor(private readonly server: Server) {}

	static async start(reply: Reply): Promise<ChatStandIn> {
		const server = createServer((incoming, response) => {
			void readBody(incoming).then((body) => {
				const { method = '', url: path = '', headers } = incoming;
				const request = { method, path, body, authorization: headers.authorization };
				standIn.requests.push(request);
				response.setHeader('content-type', 'application/json');
				response.end(JSON.stringify(reply(request)));
				for (const look of standIn.waiting) look();
			});
		});
		const standIn = new ChatStandIn(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return standIn;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	to(path: RegExp): ChatRequest[] {
		return this.requests.filter((request) => path.test(request.path));
	}

	/** Resolves with the first request that is meant, be it there already or still to come. */
	async request(isMeant: (request: ChatRequest) => boolean): Promise<ChatRequest> {
		return await new Promise((resolve) => {
			const look = () => {
				const found = this.requests.find(isMeant);
				if (!found) return;
				this.waiting.delete(look);
				resolve(found);
			};
			this.waiting.add(look);
			look();
		});
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}

async function readBody(incoming: IncomingMessage): Promise<IDataObject> {
	const pieces: Buffer[] = [];
	for await (const piece of incoming) pieces.push(piece as Buffer);
	const raw = Buffer.concat(pieces).toString();
	try {
		return JSON.parse(raw) as IDataObject;
	} catch {
		return { raw };
	}
}
