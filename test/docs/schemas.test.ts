import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastGlob from 'fast-glob';
import { documentedNodes } from '../../scripts/docs/nodes';
import { operationsOf } from '../../scripts/docs/operations';
import { type OutputSchema, readSchema, schemaPath } from '../../scripts/docs/schemas';
import { deviations, schemaFaults } from './schema-check';

const root = join(__dirname, '../..');

const operations = documentedNodes.flatMap(({ description, folder }) =>
	operationsOf(description).map(({ resource, operation }) => ({
		folder,
		resource: String(resource.value),
		operation: String(operation.value),
	})),
);

test('the nodes and operations of the package are looked at', () => {
	expect(documentedNodes.map(({ description }) => description.name)).toEqual(['reportify', 'wpsAgent', 'aiDol']);
	expect(operations.length).toBeGreaterThanOrEqual(17);
});

test.each(operations)('$folder: $resource $operation has a schema that the editor can show', (each) => {
	const schema = readSchema(root, each.folder, each.resource, each.operation);
	expect(schema.type).toBe('object');
	expect(Object.keys(schema.properties ?? {})).not.toEqual([]); // n8n's editor ignores a schema without properties
	expect(schemaFaults(schema)).toEqual([]);
});

test('there are no schemas of operations that do not exist', () => {
	const expected = operations.map(({ folder, resource, operation }) => schemaPath(folder, resource, operation));
	expect(fastGlob.sync('nodes/*/__schema__/**', { cwd: root }).sort()).toEqual(expected.sort());
});

test('the build puts them where n8n looks for them', () => {
	const missing = operations
		.map(({ folder, resource, operation }) => schemaPath(join('dist', folder), resource, operation))
		.filter((path) => !existsSync(join(root, path)));
	expect(missing).toEqual([]);
});

/** What an answer looks like is the same for all providers (README: What comes out). */
describe('an answer', () => {
	const answers = operations
		.filter(({ operation }) => ['send', 'collect'].includes(operation))
		.map((each) => ({ ...each, schema: readSchema(root, each.folder, each.resource, each.operation) }));
	const fullest = answers[0]!.schema.properties!;

	test.each(answers)('of $folder $operation has the common members, of types that the others know', ({ schema }) => {
		expect(Object.keys(schema.properties!).sort()).toEqual(Object.keys(fullest).sort());
		for (const [name, { type }] of Object.entries(schema.properties!)) {
			expect([fullest[name]!.type].flat()).toEqual(expect.arrayContaining([type].flat()));
		}
	});
});

describe('the check itself', () => {
	const schema: OutputSchema = {
		type: 'object',
		properties: {
			id: { type: 'string' },
			size: { type: ['integer', 'null'] },
			kind: { type: 'string', enum: ['a', 'b'] },
			rows: { type: 'array', items: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } },
		},
		required: ['id'],
	};
	test.each([
		[{ id: 'x' }, []],
		[{ id: 'x', size: null, kind: 'a', rows: [{ n: 1 }, { n: 1.5 }] }, []],
		[{}, ['$.id is missing']],
		[{ id: 1 }, ['$.id is integer, not string']],
		[{ id: 'x', size: 1.5 }, ['$.size is number, not integer or null']],
		[{ id: 'x', kind: 'c' }, ['$.kind is none of a, b']],
		[{ id: 'x', rows: [{ n: 1 }, {}] }, ['$.rows[1].n is missing']],
		[{ id: 'x', more: 1 }, ['$.more is not described']],
		[[], ['$ is array, not object']],
	])('%j', (value, expected) => expect(deviations(value, schema)).toEqual(expected));

	test('finds what a schema lacks', () => {
		const faulty = {
			type: 'object',
			properties: { a: { type: 'array' }, b: { description: 'no type', format: 'uri' } },
			required: ['c'],
		};
		expect(schemaFaults(faulty as unknown as OutputSchema)).toEqual([
			'$: requires c, which it does not describe',
			'$.a: no description',
			'$.a: an array without items',
			'$.b: unknown keyword format',
			'$.b: no type',
		]);
	});
});
