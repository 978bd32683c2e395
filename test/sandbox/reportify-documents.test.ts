import { startSandbox, type Sandbox } from '../../sandbox';
import { ask, type Received } from './client';

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => await sandbox.close());
beforeEach(() => {
	sandbox.reset();
	sandbox.configure({
		reportify: { uploadStatuses: ['pending', 'processing', 'completed'], largestFile: 1024 ** 3 },
	});
});

const AUTH = { Authorization: 'Bearer sandbox-key' };

async function upload(fields: Record<string, string | Blob>, fileName = '报告.pdf'): Promise<Received> {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) {
		if (typeof value === 'string') form.set(name, value);
		else form.set(name, value, fileName);
	}
	const encoded = new Response(form);
	return await ask(`${sandbox.reportify.url}/v1/docs/upload/form`, {
		method: 'POST',
		headers: { ...AUTH, 'Content-Type': encoded.headers.get('content-type') ?? '' },
		body: Buffer.from(await encoded.arrayBuffer()),
	});
}
async function get(path: string): Promise<{ status: number; json: Record<string, unknown> }> {
	const { status, text } = await ask(`${sandbox.reportify.url}/v1/docs/${path}`, { headers: AUTH });
	return { status, json: JSON.parse(text) };
}
const file = new Blob([Buffer.from([0, 255, 13, 10, 45, 45, 200])]);

test('an upload is recorded with its fields and exact bytes', async () => {
	const tags = '{"industry":["存储"],"company":["Micron"]}';
	const metadatas = '{"periods":"Q4 2023"}';
	const response = await upload({ file, name: 'Q3', folder_id: 'f1', tags, metadatas, published_at: '1712832000000' });
	const reply = JSON.parse(response.text);
	expect(reply).toEqual({ id: expect.any(String), title: 'Q3', original_url: expect.any(String) });
	const document = sandbox.reportifyStore.documents[0];
	expect(document).toMatchObject({ id: reply.id, title: 'Q3', fileName: '报告.pdf' });
	expect(document?.fields).toMatchObject({ folder_id: 'f1', tags, metadatas, published_at: '1712832000000' });
	expect(document?.content?.equals(Buffer.from(await file.arrayBuffer()))).toBe(true);
	expect((await get(reply.id)).json).toMatchObject({
		doc_id: reply.id,
		title: 'Q3',
		url: expect.stringMatching(/^https:/),
		tags: { industry: ['存储'], company: ['Micron'] },
		metadatas: { periods: 'Q4 2023' },
	});
});

test.each([
	['no file', {}],
	['a file that is text', { file: 'x' }],
	...['tags', 'metadatas'].flatMap((field) =>
		['["a"]', 'a, b', '"a"', '1', 'null', '', '{"a":'].map((value): [string, Record<string, string | Blob>] => [
			`${field} ${value}`,
			{ file, [field]: value },
		]),
	),
	['a date', { file, published_at: '2025-12-15' }],
	['a fraction', { file, published_at: '1.5' }],
] satisfies Array<[string, Record<string, string | Blob>]>)('%s is refused', async (_, fields) => {
	expect((await upload(fields)).status).toBe(422);
	expect(sandbox.reportifyStore.documents).toHaveLength(0);
});

test('a file beyond the limit is refused', async () => {
	sandbox.configure({ reportify: { largestFile: 6 } });
	expect((await upload({ file })).status).toBe(413);
	sandbox.configure({ reportify: { largestFile: 7 } });
	expect((await upload({ file })).status).toBe(200);
});

describe('the status of an upload', () => {
	async function statuses(name: string): Promise<unknown[]> {
		const { id } = JSON.parse((await upload({ file, name })).text);
		const seen: unknown[] = [];
		for (let time = 0; time < 4; time++) seen.push((await get(`${id}/upload/status`)).json);
		for (const status of seen) expect(status).toEqual({ id, status: expect.any(String) });
		return seen.map((status) => (status as { status: string }).status);
	}

	test('goes its way each time it is asked, for each document by itself', async () => {
		expect(await statuses('a')).toEqual(['pending', 'processing', 'completed', 'completed']);
		expect(await statuses('b')).toEqual(['pending', 'processing', 'completed', 'completed']);
	});

	test('fails for a name with the mark, or by setting', async () => {
		expect(await statuses('Q3 [fail]')).toEqual(['pending', 'processing', 'failed', 'failed']);
		sandbox.configure({ reportify: { uploadStatuses: ['failed'] } });
		expect(await statuses('c')).toEqual(['failed', 'failed', 'failed', 'failed']);
	});
});

test('documents by address', async () => {
	for (const path of ['upload', 'upload/async']) {
		const { text } = await ask(`${sandbox.reportify.url}/v1/docs/${path}`, {
			method: 'POST',
			headers: { ...AUTH, 'Content-Type': 'application/json' },
			body: '{"docs":[{"name":"A","url":"https://example.com/a.pdf","metadatas":{"k":"v"}}]}',
		});
		const [{ id }] = JSON.parse(text).docs;
		expect((await get(id)).json).toMatchObject({ doc_id: id, title: 'A', metadatas: { k: 'v' } });
	}
});

test('what the tools of a run found can be looked up, an unknown document cannot', async () => {
	const { status, json } = await get('1197862772277383168');
	expect([status, json]).toEqual([
		200,
		expect.objectContaining({ title: 'DRAM 周报', institution: 'Morgan Stanley', published_date: '2025-12-15' }),
	]);
	expect((await get('1')).status).toBe(404);
	expect((await get('1/upload/status')).status).toBe(404);
});
