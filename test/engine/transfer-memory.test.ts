import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { IBinaryData } from 'n8n-workflow';
import { createEngine } from '../../harness/engine/engine';
import { BinaryStorage } from './binary-storage';

/** A file on its way is never in memory as a whole: what is held on top stays far below its size. */

const SIZE = 192 * 1024 * 1024;
/** What has been let go of and not yet been collected counts, too. */
const MOST_HELD = 80 * 1024 * 1024;
/** Downloads have a limit. */
const LARGEST = 100 * 1024 * 1024;

const storage = new BinaryStorage();
let engine: Awaited<ReturnType<typeof createEngine>>;
let received = 0;

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
	request.on('data', (chunk: Buffer) => (received += chunk.length));
	request.on('end', () => {
		if (request.method === 'POST') return void response.end('{"id":"1","title":"t"}');
		response.writeHead(200, { 'content-disposition': 'attachment; filename="a.bin"', 'content-length': LARGEST });
		const piece = Buffer.alloc(64 * 1024, 7);
		let left = LARGEST;
		const more = () => {
			while (left > 0) {
				left -= piece.length;
				if (!response.write(piece)) return;
			}
			response.end();
		};
		response.on('drain', more);
		more();
	});
});

beforeAll(async () => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	engine = await createEngine(join(__dirname, '../..'));
});
beforeEach(() => (received = 0));
afterAll(() => {
	server.closeAllConnections();
	server.close();
	storage.stop();
});

/** The most that Buffers held while the work was done, beyond what they held before, bytes. */
async function mostHeld(work: () => Promise<unknown>): Promise<number> {
	const before = process.memoryUsage().arrayBuffers;
	let most = 0;
	const look = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 2);
	await work().finally(() => clearInterval(look));
	return most;
}

const run = async (parameters: object, file?: IBinaryData) => {
	const { error, items } = await engine.run({
		credentials: {
			reportifyApi: { apiKey: 'k', baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
		},
		node: { type: 'n8n-nodes-agent-conversations.reportify', parameters: parameters as never },
		items: [{ json: {}, ...(file ? { binary: { data: file } } : {}) }],
	});
	expect(error).toBeUndefined();
	return items[0]!;
};

const UPLOAD = {
	resource: 'document',
	operation: 'upload',
	binaryPropertyName: 'data',
	options: { waitUntilReady: false },
};

test('a file in the memory of n8n is decoded piece by piece', async () => {
	const data = 'QUJD'.repeat(SIZE / 3);
	const held = await mostHeld(async () => await run(UPLOAD, { data, mimeType: 'text/plain' }));
	expect(received).toBeGreaterThan(SIZE);
	expect(held).toBeLessThan(MOST_HELD);
});

test('a file in the storage of n8n is read piece by piece', async () => {
	await storage.start();
	const file = await storage.storeEmpty(SIZE, { fileName: 'a.bin', mimeType: 'application/octet-stream' });
	const held = await mostHeld(async () => await run(UPLOAD, file));
	expect(received).toBeGreaterThan(SIZE);
	expect(held).toBeLessThan(MOST_HELD);
});

test('a download goes piece by piece to the storage of n8n', async () => {
	await storage.start();
	let file: IBinaryData | undefined;
	const held = await mostHeld(async () => {
		const parameters = { resource: 'file', operation: 'download', fileId: 'x', binaryPropertyName: 'data' };
		file = (await run(parameters)).binary!.data;
	});
	expect(file).toMatchObject({ fileName: 'a.bin', fileSize: expect.stringMatching(/^105 MB$/) });
	expect(held).toBeLessThan(MOST_HELD);
});
