import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { aiDolBench } from './aidol';

/** Signatures through n8n's own HTTP client, against a server that recomputes them from the bytes that arrived. */

jest.setTimeout(60_000);

const bench = aiDolBench();
const METADATA = '{"b": {"z": 1, "a": [null, "", "你好"]}, "n": 9007199254740993, "é": true}';
const QUESTION = { message: '  = & \n你好 «École» 👩‍🔬 {"a":1} ', options: { language: 'zh', metadata: METADATA } };

test.each(['v2', 'v1'] as const)('%s: agents, conversations and questions are accepted', async (signatureVersion) => {
	bench.sandbox.configure({ aidol: { signatureVersions: [signatureVersion] } });
	const credentials = bench.credentials({ signatureVersion, userId: 'user+1@example.com' });
	const list = await bench.run({ resource: 'agent', operation: 'getAll' }, { credentials });
	expect(list.error).toBeUndefined();
	const { items, error } = await bench.send(QUESTION, { credentials });
	expect(error).toBeUndefined();
	expect(items[0]?.json.status).toBe('completed');
	expect(bench.sandbox.requests.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test.each([
	['another version', { signatureVersion: 'v1' }],
	['another secret', { apiSecret: 'sandbox-secreT' }],
])('%s is refused, and the error says what to check', async (_title, changes) => {
	const { items } = await bench.send(
		{},
		{ credentials: bench.credentials(changes), node: { onError: 'continueRegularOutput' } },
	);
	const error = items[0]!.json.error as Record<string, string>;
	expect(error).toMatchObject({
		message: 'The API key or signature was refused by AI-DOL (401)',
		httpStatus: 401,
		status: 'notSent',
	});
	expect(error.description).toMatch(/API Secret and the wrong Signature Version/);
	expect(JSON.stringify(error)).not.toMatch(/sandbox-secre|sandbox-key/i);
});

test('every attempt is signed afresh: another request id each time, also when it is repeated', async () => {
	bench.sandbox.configure({ aidol: { refuseRepeatedRequestIds: true } });
	bench.sandbox.faults.add({ kind: 'json-200' });
	const { items } = await bench.send();
	expect(items[0]?.json.status).toBe('completed');
	const ids = bench.sandbox.requests.map(({ headers }) => headers['x-request-id']);
	expect(ids).toHaveLength(3);
	expect(new Set(ids).size).toBe(3);
	for (const id of ids) expect(id).toMatch(/^\w{32}$/);
});

/** A connection to the sandbox on which requests can be changed. */
class TamperingProxy {
	/** Changes the bytes of a request on its way out. */
	tamper = (request: Buffer): Buffer => request;
	private readonly server: Server = createServer((client) => void this.pass(client));

	async start(): Promise<string> {
		await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	async stop(): Promise<void> {
		await new Promise((resolve) => this.server.close(resolve));
	}

	private async pass(client: Socket): Promise<void> {
		const target = new URL(bench.sandbox.aidol.url);
		const upstream = connect(Number(target.port), target.hostname);
		for (const [from, to] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			from.on('error', () => to.destroy());
			from.on('close', () => to.destroy());
		}
		upstream.pipe(client);
		let request = Buffer.alloc(0);
		client.on('data', (bytes) => {
			request = Buffer.concat([request, bytes]);
			const head = request.indexOf('\r\n\r\n');
			const length = Number(/content-length: (\d+)/i.exec(request.subarray(0, Math.max(head, 0)).toString())?.[1]);
			if (head < 0 || request.length < head + 4 + length) return;
			upstream.write(this.tamper(request));
			request = Buffer.alloc(0);
		});
	}
}

describe('a request that is changed on its way', () => {
	const proxy = new TamperingProxy();
	let baseUrl: string;
	beforeAll(async () => (baseUrl = await proxy.start()));
	afterAll(async () => await proxy.stop());

	/** Asks through the proxy; the HTTP status of the question, and of what the node made of it. */
	async function ask(conversationId: string, tamper: (request: Buffer) => Buffer) {
		proxy.tamper = tamper;
		bench.sandbox.clearRequests();
		const { items } = await bench.send(
			{ ...QUESTION, conversationId },
			{ credentials: bench.credentials({ baseUrl }), node: { onError: 'continueRegularOutput' } },
		);
		const error = items[0]?.json.error as { httpStatus?: number } | undefined;
		return { received: bench.sandbox.requests[0]?.status, shown: error?.httpStatus ?? items[0]?.json.status };
	}

	/** The request with one bit of one byte the other way round. */
	const flipped = (request: Buffer, at: number): Buffer => {
		const changed = Buffer.from(request);
		changed[at]! ^= 1;
		return changed;
	};

	test('unchanged, it is accepted', async () => {
		expect(await ask(await bench.newConversation(), (request) => request)).toEqual({
			received: 200,
			shown: 'completed',
		});
	});

	test('one changed byte anywhere in the body is refused', async () => {
		const conversationId = await bench.newConversation();
		let length = 1;
		for (let at = 0; at < length; at++) {
			const outcome = await ask(conversationId, (request) => {
				const body = request.indexOf('\r\n\r\n') + 4;
				length = request.length - body;
				return flipped(request, body + at);
			});
			expect([at, outcome]).toEqual([at, { received: 401, shown: 401 }]);
		}
		expect(length).toBeGreaterThan(250);
	});

	test.each(['X-Timestamp', 'X-User-ID', 'X-Signature', 'Authorization'])(
		'one changed byte of %s is refused',
		async (name) => {
			const conversationId = await bench.newConversation();
			let at = 0;
			const outcome = await ask(conversationId, (request) => {
				at = request.toString('latin1').toLowerCase().indexOf(`${name.toLowerCase()}: `);
				return flipped(request, request.indexOf('\r\n', at) - 1);
			});
			expect(at).toBeGreaterThan(0);
			expect(outcome).toEqual({ received: 401, shown: 401 });
		},
	);

	test('another path is refused', async () => {
		const conversationId = await bench.newConversation();
		const outcome = await ask(conversationId, (request) =>
			Buffer.concat([Buffer.from('POST /v1/agent/list'), request.subarray('POST /v1/chat/stream'.length)]),
		);
		expect(outcome).toEqual({ received: 401, shown: 401 });
	});
});
