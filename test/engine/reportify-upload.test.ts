import { BinaryDataService } from 'n8n-core';
import { type IBinaryData, type IDataObject, type INodeExecutionData } from 'n8n-workflow';
import { BinaryStorage } from './binary-storage';
import { errorIn, reportifyBench } from './reportify';

const bench = reportifyBench();
const CONTINUE = { node: { onError: 'continueRegularOutput' as const } };

const CONTENT = Buffer.from('Jahresbericht – 年报');
const inMemory = (content = CONTENT, fileName = '年报.txt'): IBinaryData => ({
	data: content.toString('base64'),
	mimeType: 'text/plain',
	fileName,
});
const item = (file: IBinaryData = inMemory()): INodeExecutionData => ({ json: {}, binary: { data: file } });

const upload = async (options: IDataObject = {}, items = [item()], extra: object = CONTINUE) =>
	await bench.run(
		{ resource: 'document', operation: 'upload', binaryPropertyName: 'data', options },
		{ items, ...extra },
	);
const documents = () => bench.sandbox.reportifyStore.documents;
const ready = () => bench.sandbox.configure({ reportify: { uploadStatuses: ['completed'] } });
const requests = () => bench.sandbox.requests.map(({ method, path }) => `${method} ${path.replace(/\d{6,}/, 'ID')}`);

describe('what is sent', () => {
	beforeEach(ready);

	test('the file and all that is said of it', async () => {
		const { items } = await upload({
			name: 'N',
			folderId: 'F',
			tags: {
				tag: [
					{ kind: 'company', values: ['Micron Technology, Inc.', ' 三星 '] },
					{ kind: 'other', otherKind: 'region', values: ['Asia'] },
					{ kind: 'company', values: ['Micron Technology, Inc.', 'SK'] },
				],
			},
			metadata: '{"n":11887655289749511,"entities":["a"]}',
			publishedAt: '2026-01-05T08:30:00+08:00',
		});
		const [document] = documents();
		expect(document).toMatchObject({
			title: 'N',
			fileName: '年报.txt',
			fields: {
				name: 'N',
				folder_id: 'F',
				tags: '{"company":["Micron Technology, Inc.","三星","SK"],"region":["Asia"]}',
				metadatas: '{"n":11887655289749511,"entities":["a"]}',
				published_at: String(Date.UTC(2026, 0, 5, 0, 30)),
			},
		});
		expect(document!.content).toEqual(CONTENT);
		expect(items[0]?.json).toEqual({
			id: document!.id,
			title: 'N',
			original_url: expect.any(String),
			status: 'completed',
			documentId: document!.id,
			documentTitle: 'N',
		});
		expect(requests()).toEqual(['POST /v1/docs/upload/form', 'GET /v1/docs/ID/upload/status']);
	});

	test('nothing but the file where nothing else was filled in', async () => {
		await upload();
		expect(documents()[0]).toMatchObject({ title: '年报.txt', fields: {} });
	});

	test.each<[tags: unknown, sent: string | undefined]>([
		[undefined, undefined],
		['', undefined],
		[{}, undefined],
		[{ tag: [] }, undefined],
		[{ tag: [{ kind: 'event', values: '={{ ["Q4", 5] }}' }] }, '{"event":["Q4","5"]}'],
		[{ tag: [{ kind: 'event', values: ['={{ ["Q4", 5] }}', 'Q5'] }] }, '{"event":["Q4","5","Q5"]}'],
		[{ tag: [{ kind: 'event', values: ['a, b'] }] }, '{"event":["a, b"]}'],
		[
			{
				tag: [
					{ kind: 'event', values: [] },
					{ kind: 'person', values: ['={{ $json.none }}'] },
				],
			},
			undefined,
		],
	])('tags %j are sent as %s', async (tags, sent) => {
		const { items } = await upload({ tags: tags as IDataObject });
		expect(errorIn(items[0]?.json)).toBeUndefined();
		expect(documents()[0]?.fields.tags).toBe(sent);
	});

	test.each<[what: string, options: IDataObject, message: string]>([
		[
			'a kind without a name',
			{ tags: { tag: [{ kind: 'other', otherKind: ' ', values: ['a'] }] } },
			"The parameter 'Other Kind' is empty",
		],
		[
			'data as a value',
			{ tags: { tag: [{ kind: 'a', values: ['={{ { "b": 1 } }}'] }] } },
			"The parameter 'Tags: a' is not a text",
		],
		['metadata that is a list', { metadata: '[1]' }, "The parameter 'Metadata' is not a JSON object"],
		['a day that is none', { publishedAt: '2026-02-30' }, "The parameter 'Published At' is not a date"],
		['a switch that is none', { waitUntilReady: 'perhaps' }, "The parameter 'Wait Until Ready' must be true or false"],
		['a name that is data', { name: '={{ { "a": 1 } }}' }, "The parameter 'Name' is not a text"],
		['a folder that is data', { folderId: '={{ [1] }}' }, "The parameter 'Folder ID' is not a text"],
	])('%s: found before anything is sent', async (_what, options, message) => {
		const { items } = await upload(options);
		expect(errorIn(items[0]?.json)).toMatchObject({ message, status: 'notSent' });
		expect(bench.sandbox.requests).toEqual([]);
	});

	test('a field without a file, and one that is named by what is in it', async () => {
		const run = async (binaryPropertyName: string) =>
			await bench.run(
				{ resource: 'document', operation: 'upload', binaryPropertyName },
				{ items: [item()], ...CONTINUE },
			);
		expect(errorIn((await run('other')).items[0]?.json).message).toBe(
			'The parameter \'Input Binary Field\' names the field "other", which this item does not have',
		);
		expect(errorIn((await run('={{ "" }}')).items[0]?.json).message).toBe(
			"The parameter 'Input Binary Field' is empty",
		);
		expect(bench.sandbox.requests).toEqual([]);
		await run(' data ');
		expect(documents()).toHaveLength(1);
	});

	test.each([
		['no name', { data: CONTENT.toString('base64'), mimeType: 'application/pdf', fileExtension: 'pdf' }, 'data.pdf'],
		['quotes in the name', inMemory(CONTENT, 'a "b".txt'), 'a "b".txt'],
		['base64 in lines', { ...inMemory(), data: `${CONTENT.toString('base64').replace(/.{10}/g, '$&\n')}` }, '年报.txt'],
	])('%s', async (_what, file, name) => {
		await upload({}, [item(file as IBinaryData)]);
		expect(documents()[0]).toMatchObject({ content: CONTENT, fileName: name });
	});

	test.each([0, 1, 2, 3, 196_607, 196_608, 196_609, 1_000_000])('%i bytes', async (size) => {
		const content = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7) % 256));
		await upload({}, [item(inMemory(content))]);
		expect(documents()[0]!.content!.equals(content)).toBe(true);
	});
});

describe('the storage for files', () => {
	const storage = new BinaryStorage();
	beforeAll(async () => await storage.start());
	afterAll(() => storage.stop());
	beforeEach(ready);

	test.each([0, 1, 65_536, 5_000_001])('%i bytes', async (size) => {
		const content = Buffer.from(Array.from({ length: size }, (_, index) => (index * 11) % 256));
		const file = await storage.store(content, { mimeType: 'application/pdf', fileName: 'a.pdf' });
		await upload({}, [item(file)]);
		expect(documents()[0]).toMatchObject({ fileName: 'a.pdf' });
		expect(documents()[0]!.content!.equals(content)).toBe(true);
	});

	test('a file that is not there any more is told before anything is sent', async () => {
		const { items } = await upload({}, [item({ ...inMemory(), id: 'filesystem-v2:gone' })]);
		expect(errorIn(items[0]?.json)).toMatchObject({
			message: 'The file is no longer where n8n keeps its files',
			code: 'file_gone',
		});
		expect(bench.sandbox.requests).toEqual([]);
	});

	test('more than 1 GB is refused before anything is sent', async () => {
		const metadata = jest
			.spyOn(BinaryDataService.prototype, 'getMetadata')
			.mockResolvedValue({ fileSize: 2 ** 30 + 1 });
		const file = await storage.store(CONTENT, { mimeType: 'text/plain', fileName: 'a.txt' });
		const { items } = await upload({}, [item(file)]);
		metadata.mockRestore();
		expect(errorIn(items[0]?.json)).toMatchObject({
			message: "The parameter 'Input Binary Field' names a file of more than 1 GB, the most that Reportify takes",
			description: expect.stringContaining('It has 1.0 GB'),
		});
		expect(bench.sandbox.requests).toEqual([]);
	});

	test('a file that turns out shorter than it was is not passed off as whole', async () => {
		const metadata = jest.spyOn(BinaryDataService.prototype, 'getMetadata').mockResolvedValue({ fileSize: 1000 });
		const file = await storage.store(CONTENT, { mimeType: 'text/plain', fileName: 'a.txt' });
		const { items } = await upload({}, [item(file)]);
		metadata.mockRestore();
		expect(errorIn(items[0]?.json)).toMatchObject({
			message: 'The file could not be read to its end',
			code: 'file_gone',
		});
		expect(documents()).toEqual([]);
	});
});

describe('waiting until the document is ready', () => {
	type Status = 'pending' | 'processing' | 'completed' | 'failed';
	const statuses = (...uploadStatuses: [Status, ...Status[]]) =>
		bench.sandbox.configure({ reportify: { uploadStatuses } });

	test('goes on until it is', async () => {
		statuses('pending', 'processing', 'completed');
		const { items } = await upload();
		expect(items[0]?.json.status).toBe('completed');
		expect(requests().filter((request) => request.startsWith('GET'))).toHaveLength(3);
	});

	test('is not done where it is switched off; Get Status tells later', async () => {
		statuses('pending', 'completed');
		const { items } = await upload({ waitUntilReady: 'false' });
		expect(requests()).toEqual(['POST /v1/docs/upload/form']);
		const { documentId } = items[0]!.json;
		expect(items[0]!.json).toMatchObject({ status: null, documentTitle: '年报.txt' });
		const status = async () =>
			(await bench.run({ resource: 'document', operation: 'getStatus', documentId })).items[0]?.json;
		expect(await status()).toEqual({ id: documentId, status: 'pending', documentId });
		expect(await status()).toEqual({ id: documentId, status: 'completed', documentId });
	});

	test('a document that cannot be prepared is an error that names it', async () => {
		statuses('processing', 'failed');
		const { items } = await upload();
		expect(errorIn(items[0]?.json)).toMatchObject({
			message: 'Reportify could not prepare the document',
			code: 'document_failed',
			description: expect.stringContaining(documents()[0]!.id),
		});
	});

	test('a status that cannot be read does not make anybody upload again', async () => {
		ready();
		bench.sandbox.faults.add({ kind: 'status', status: 403, operation: 'document.status', times: 0 });
		const { items } = await upload();
		expect(errorIn(items[0]?.json)).toMatchObject({
			code: 'forbidden',
			description: expect.stringMatching(/The document is uploaded.*Document: Get Status with the ID \d+/),
		});
	});

	test('Stop ends it', async () => {
		statuses('pending');
		let cancel = () => {};
		const stopped = upload({}, [item()], { onStarted: (control: { cancel: () => void }) => (cancel = control.cancel) });
		await bench.sandbox.waitForRequest({ path: /status$/ });
		cancel();
		expect((await stopped).run.status).toBe('canceled');
	});

	test('a status without a status is an error', async () => {
		ready();
		bench.sandbox.faults.add({ kind: 'json-200', body: '{}', operation: 'document.status', times: 0 });
		const { items } = await bench.run({ resource: 'document', operation: 'getStatus', documentId: 'x' }, CONTINUE);
		expect(errorIn(items[0]?.json)).toMatchObject({
			message: 'Reportify does not say how far the document is',
			code: 'unknown_form',
		});
	});
});

describe('when the upload fails', () => {
	beforeEach(ready);

	test.each<[what: string, fault: object, error: object]>([
		['a refusal', { kind: 'status', status: 413 }, { code: 'too_large' }],
		['no ID', { kind: 'json-200', body: '{"title":"x"}' }, { code: 'no_document_id' }],
		[
			'an error of the server',
			{ kind: 'status', status: 502 },
			{ description: expect.stringContaining('may be there') },
		],
		[
			'a broken connection',
			{ kind: 'cut', afterBytes: 0, how: 'reset' },
			{ description: expect.stringContaining('may be there') },
		],
	])('%s', async (_what, fault, error) => {
		bench.sandbox.faults.add({ ...(fault as { kind: 'cut' }), operation: 'document.upload', times: 0 });
		const { items } = await upload();
		expect(errorIn(items[0]?.json)).toMatchObject(error);
		expect(String(errorIn(items[0]?.json).description)).not.toContain('Run the node again');
		expect(requests().filter((request) => request.startsWith('POST'))).toHaveLength(1);
	});

	test('a reply in the form of an upload by address is understood', async () => {
		bench.sandbox.faults.add({
			kind: 'json-200',
			body: '{"docs":[{"id":7,"title":"T"}]}',
			operation: 'document.upload',
		});
		const { items } = await upload({ waitUntilReady: false });
		expect(items[0]?.json).toMatchObject({ documentId: '7', documentTitle: 'T' });
	});

	test('Retry On Fail waits on instead of uploading again', async () => {
		bench.sandbox.faults.add({ kind: 'status', status: 403, operation: 'document.status' });
		const { items, error } = await upload({ name: '={{ $now.toMillis() + Math.random() }}' }, [item(), item()], {
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(2);
		expect(documents()).toHaveLength(2);
	});
});

describe('Send with files of the item', () => {
	const send = async (documentOption: IDataObject, extra: object = {}) =>
		await bench.send(
			{ message: 'hello [script: short]', options: { documents: documentOption } },
			{ items: [item()], ...CONTINUE, ...extra },
		);
	const asked = () =>
		bench.sandbox.findRequests({ method: 'POST', path: /\/chat$/ }).map(({ text }) => JSON.parse(text) as IDataObject);
	const FILE = { fromBinaryField: [{ binaryPropertyName: 'data', name: 'Report' }] };

	test('uploads, waits, and asks about the document', async () => {
		bench.sandbox.configure({ reportify: { uploadStatuses: ['pending', 'completed'] } });
		const { items } = await send({ document: [{ documentId: '5', documentTitle: 'Known', fileType: 'pdf' }], ...FILE });
		expect(items[0]?.json.status).toBe('completed');
		expect(documents()[0]).toMatchObject({ title: 'Report', fileName: '年报.txt', content: CONTENT });
		expect(asked()).toEqual([
			expect.objectContaining({
				documents: [
					{ doc_id: '5', doc_title: 'Known', file_type: 'pdf' },
					{ doc_id: documents()[0]!.id, doc_title: 'Report' },
				],
			}),
		]);
	});

	test.each<[what: string, prepare: () => void]>([
		['is refused', () => void bench.sandbox.faults.add({ kind: 'status', status: 400, operation: 'document.upload' })],
		[
			'breaks',
			() => void bench.sandbox.faults.add({ kind: 'cut', afterBytes: 0, how: 'reset', operation: 'document.upload' }),
		],
		['cannot be prepared', () => bench.sandbox.configure({ reportify: { uploadStatuses: ['failed'] } })],
	])('nothing is asked when the upload %s', async (_what, prepare) => {
		ready();
		prepare();
		const { items } = await send(FILE);
		expect(errorIn(items[0]?.json).status).toBe('notSent');
		expect(asked()).toEqual([]);
		expect(requests().filter((request) => request.includes('/agent/'))).toEqual([]);
	});

	test('Retry On Fail uploads once and asks once', async () => {
		ready();
		bench.sandbox.faults.add({ kind: 'status', status: 403, operation: 'document.status' });
		const retry = { node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 } };
		const { error } = await send({ fromBinaryField: [{ name: '={{ String(Math.random()) }}' }] }, retry);
		expect(error).toBeUndefined();
		expect([documents().length, asked().length]).toEqual([1, 1]);
	});

	test('a file that is not there, and rows that are none, are found before anything is sent', async () => {
		for (const [option, message] of [
			[{ fromBinaryField: [{ binaryPropertyName: 'x' }] }, 'names the field "x"'],
			[{ document: '={{ ["5"] }}' }, "'Documents 1: Document ID' is empty"],
			[
				{ document: [{ documentId: '5', documentTitle: '={{ { "a": 1 } }}' }] },
				"'Documents 1: Document Title' is not a text",
			],
			[{ document: [{ documentId: '={{ [5] }}' }] }, "'Documents 1: Document ID' cannot be an ID"],
		] as Array<[IDataObject, string]>) {
			const { items } = await send(option);
			expect(errorIn(items[0]?.json)).toMatchObject({ message: expect.stringContaining(message), status: 'notSent' });
		}
		expect(bench.sandbox.requests).toEqual([]);
	});
});
