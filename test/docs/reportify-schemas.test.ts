import { join } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';
import { readSchema } from '../../scripts/docs-schemas';
import { reportifyBench } from '../engine/reportify';
import { deviations } from './schema-check';

const root = join(__dirname, '../..');
const bench = reportifyBench();

const found = (items: INodeExecutionData[], resource: string, operation: string) => {
	const schema = readSchema(root, 'nodes/Reportify', resource, operation);
	return items.flatMap(({ json }) => deviations(json, schema));
};

/** Everything that can be added to an answer. */
const everything = {
	includeSteps: true,
	includeEvents: true,
	answerFormats: ['html', 'plainText', 'tables'],
	downloadFiles: true,
};

test('conversation', async () => {
	const created = await bench.run({ resource: 'conversation', operation: 'create', title: 'Monday' });
	expect(found(created.items, 'conversation', 'create')).toEqual([]);
	const { conversationId } = created.items[0]!.json;
	await bench.send({ conversationId });
	const got = await bench.run({ resource: 'conversation', operation: 'get', conversationId });
	expect(got.items).toHaveLength(1);
	expect(found(got.items, 'conversation', 'get')).toEqual([]);
});

test('message', async () => {
	const sent = await bench.send({ message: '[script: report]', options: everything });
	expect(found(sent.items, 'message', 'send')).toEqual([]);
	expect(Object.keys(sent.items[0]!.json).sort()).toEqual(
		Object.keys(readSchema(root, 'nodes/Reportify', 'message', 'send').properties!).sort(),
	);
	const { conversationId, messageId } = sent.items[0]!.json;
	const ids = { conversationId, messageId };

	const collected = await bench.run({ resource: 'message', operation: 'collect', ...ids, options: everything });
	expect(collected.items).toHaveLength(1);
	expect(found(collected.items, 'message', 'collect')).toEqual([]);

	const plain = await bench.send();
	expect(found(plain.items, 'message', 'send')).toEqual([]);
	const running = await bench.send({ options: { waitForAnswer: false } });
	expect(running.items[0]?.json.status).toBe('running');
	expect(found(running.items, 'message', 'send')).toEqual([]);

	const listed = await bench.run({ resource: 'message', operation: 'getAll', conversationId });
	expect(listed.items).toHaveLength(2);
	expect(found(listed.items, 'message', 'getAll')).toEqual([]);

	const cancelled = await bench.run({ resource: 'message', operation: 'cancel', ...ids });
	expect(cancelled.items).toHaveLength(1);
	expect(found(cancelled.items, 'message', 'cancel')).toEqual([]);
});

test('document and file', async () => {
	const content = Buffer.from('a text').toString('base64');
	const uploaded = await bench.run(
		{ resource: 'document', operation: 'upload' },
		{ items: [{ json: {}, binary: { data: { data: content, mimeType: 'text/plain', fileName: 'a.txt' } } }] },
	);
	expect(uploaded.items).toHaveLength(1);
	expect(found(uploaded.items, 'document', 'upload')).toEqual([]);

	const sent = await bench.send({ message: '[script: report]' });
	const [file] = sent.items[0]!.json.files as Array<{ id: string }>;
	const downloaded = await bench.run({ resource: 'file', operation: 'download', fileId: file!.id });
	expect(downloaded.items).toHaveLength(1);
	expect(found(downloaded.items, 'file', 'download')).toEqual([]);
});
