import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { IBinaryData } from 'n8n-workflow';
import { createEngine, type RunOptions } from '../../harness/engine/engine';
import { RecordingServer } from '../credentials/recording-server';
import { BinaryStorage } from './binary-storage';
import { errorIn } from './reportify';

/** What a file becomes, whatever the server says around it: in n8n's memory and in its storage for files. */

const server = new RecordingServer();
const storage = new BinaryStorage();
let engine: Awaited<ReturnType<typeof createEngine>>;

beforeAll(async () => {
	await server.start();
	engine = await createEngine(join(__dirname, '../..'));
});
beforeEach(() => server.reset());
afterAll(async () => {
	await server.stop();
	storage.stop();
});

const CONTENT = Buffer.from('# 年报\n');

type Headers = Record<string, string>;

const sends =
	(headers: Headers, content: Buffer | string = CONTENT, status = 200): RecordingServer['answer'] =>
	(response) => {
		response.writeHead(
			status,
			Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, bytes(value)])),
		);
		response.end(content);
	};

/** Raw UTF-8, as servers write it into headers. */
const bytes = (value: string) => Buffer.from(value).toString('latin1');

async function download(answer: RecordingServer['answer'], options: Partial<RunOptions> = {}) {
	server.answer = answer;
	const { items, error } = await engine.run({
		credentials: { reportifyApi: { apiKey: 'k', baseUrl: server.url } },
		node: {
			type: 'n8n-nodes-agent-conversations.reportify',
			parameters: { resource: 'file', operation: 'download', fileId: 'file_1', binaryPropertyName: 'data' },
			onError: 'continueRegularOutput',
		},
		...options,
	});
	expect(error).toBeUndefined();
	const file = items[0]?.binary?.data;
	return { json: items[0]!.json, error: errorIn(items[0]!.json), file };
}

const contentOf = async (file: IBinaryData | undefined) => (file === undefined ? undefined : await storage.read(file));

const OCTETS = { 'content-type': 'application/octet-stream' };
const attachment = (rest: string) => ({ ...OCTETS, 'content-disposition': `attachment; ${rest}` });
const LOGIN = '<!DOCTYPE html><html><body><form><input type="password"></form></body></html>';

describe.each([
	['in memory', async () => undefined],
	['in the storage', async () => await storage.start()],
])('%s', (_where, prepare) => {
	beforeAll(prepare);

	test.each<[what: string, headers: Headers, name: string, mimeType: string]>([
		['a name', attachment('filename="report.md"'), 'report.md', 'text/markdown'],
		['RFC 8187', attachment("filename*=UTF-8'zh-CN'%E5%B9%B4%E6%8A%A5.md"), '年报.md', 'text/markdown'],
		['raw UTF-8', attachment('filename="年报.md"'), '年报.md', 'text/markdown'],
		['an encoded word', attachment('filename="=?UTF-8?B?5bm05oqlLm1k?="'), '年报.md', 'text/markdown'],
		['a path', attachment('filename="../../root/.ssh/keys.md"'), 'keys.md', 'text/markdown'],
		['a Windows path', attachment(`filename="..\\\\..\\\\evil.exe"`), 'evil.exe', 'application/x-ms'],
		['a direction mark', attachment("filename*=UTF-8''a%E2%80%AEgnp.md"), 'agnp.md', 'text/markdown'],
		['a device of Windows', attachment('filename="CON.md"'), '_CON.md', 'text/markdown'],
		['what a server has lost', attachment('filename="??.md"'), 'file_1.md', 'text/markdown'],
		['no name', { ...attachment(''), 'content-type': 'image/png' }, 'file_1', 'image/png'],
		['a type of its own', { 'content-type': 'text/csv; charset=utf-8' }, 'file_1', 'text/csv'],
		['a page as a file', { ...attachment('filename="a.html"'), 'content-type': 'text/html' }, 'a.html', 'text/html'],
	])('%s', async (_what, headers, name, mimeType) => {
		const { json, file } = await download(sends(headers));
		expect(json).toMatchObject({ fileId: 'file_1', fileName: name });
		expect(file).toMatchObject({ fileName: name });
		expect(file!.directory).toBeUndefined();
		expect(file!.mimeType).toContain(mimeType);
		expect(await contentOf(file)).toEqual(CONTENT);
	});

	test('data may be JSON, and a compressed body is the file all the same', async () => {
		const rows = JSON.stringify([{ detail: 'x', value: 1 }]);
		const type = { 'content-type': 'application/json' };
		expect(await contentOf((await download(sends(type, rows))).file)).toEqual(Buffer.from(rows));
		const large = Buffer.alloc(3_000_000, 'abc');
		for (const headers of [type, attachment('filename="a.txt"')]) {
			const packed = sends({ ...headers, 'content-encoding': 'gzip' }, gzipSync(large));
			expect((await contentOf((await download(packed)).file))!.equals(large)).toBe(true);
		}
	});

	test.each<[what: string, answer: RecordingServer['answer'], error: object]>([
		[
			'a login page',
			sends({ 'content-type': 'text/html; charset=utf-8' }, LOGIN),
			{ message: 'Reportify sent a web page instead of the file', code: 'web_page', httpStatus: 200 },
		],
		['a page that does not say so', sends({}, ` ${LOGIN}`), { code: 'web_page' }],
		['a page as plain text', sends({ 'content-type': 'text/plain' }, LOGIN), { code: 'web_page' }],
		[
			'an error body',
			sends({ 'content-type': 'application/json' }, '{"detail":"File has expired"}'),
			{ code: 'bad_request', description: expect.stringContaining('File has expired') },
		],
		[
			'an error body in the type of all files',
			sends({ 'content-type': 'application/octet-stream', 'content-length': '29' }, '{"detail":"File has expired"}'),
			{ description: expect.stringContaining('File has expired') },
		],
		[
			'the error of a storage',
			sends({ 'content-type': 'application/xml' }, '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'),
			{ description: expect.stringContaining('NoSuchKey') },
		],
		['an error body without a type', sends({}, '{"detail":"File has expired"}'), { httpStatus: 200 }],
		[
			'an error body of a gateway',
			sends({ 'content-type': 'application/problem+json' }, '{"code":10403,"message":"No access","success":false}'),
			{ description: expect.stringContaining('No access') },
		],
		[
			'nothing',
			sends({ 'content-type': 'image/png' }, ''),
			{ message: 'The file file_1 is empty', code: 'empty_file' },
		],
		['nothing in a named file', sends(attachment('filename="a.md"'), ''), { code: 'empty_file' }],
		['no content', sends({}, '', 204), { code: 'empty_file', httpStatus: 204 }],
		['something accepted for later', sends({ 'content-type': 'application/json' }, '{}', 202), { code: 'empty_file' }],
		[
			'too much, and it says so',
			sends({ ...attachment('filename="a.md"'), 'content-length': '104857601' }, CONTENT),
			{ message: 'The file file_1 is larger than 100 MB', code: 'file_too_large' },
		],
		[
			'too much, and it does not say so',
			sends({ ...attachment('filename="a.txt"'), 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(105_000_000))),
			{ code: 'file_too_large' },
		],
		[
			'too much of no name',
			sends({ ...OCTETS, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(105_000_000))),
			{ code: 'file_too_large' },
		],
		[
			'an unknown file',
			sends({ 'content-type': 'application/json' }, '{"detail":"Not found"}', 404),
			{ code: 'not_found' },
		],
	])('%s is no file', async (_what, answer, error) => {
		const result = await download(answer);
		expect(result.error).toMatchObject(error);
		expect(result.file).toBeUndefined();
	});

	test.each([attachment('filename="a.md"'), OCTETS])('one that breaks off is none: %j', async (headers) => {
		const { error, file } = await download((response) => {
			response.writeHead(200, { ...headers, 'content-length': '1000' });
			response.write(CONTENT, () => response.destroy());
		});
		expect(error).toMatchObject({ code: 'connection_broken', message: 'The connection to Reportify broke' });
		expect(file).toBeUndefined();
	});

	test('Stop closes the connection in the middle of a file', async () => {
		let cancel = () => {};
		let closed: Promise<void> | undefined;
		server.answer = (response) => {
			closed = new Promise((resolve) => response.on('close', resolve));
			response.writeHead(200, attachment('filename="a.md"'));
			response.write(CONTENT, () => cancel());
		};
		const { run } = await engine.run({
			credentials: { reportifyApi: { apiKey: 'k', baseUrl: server.url } },
			node: {
				type: 'n8n-nodes-agent-conversations.reportify',
				parameters: { resource: 'file', operation: 'download', fileId: 'file_1', binaryPropertyName: 'data' },
			},
			onStarted: (control) => (cancel = control.cancel),
		});
		expect(run.status).toBe('canceled');
		await closed;
	});
});
