import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fastGlob from 'fast-glob';
import {
	type IConnections,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
	NodeHelpers,
} from 'n8n-workflow';
import { transpileModule } from 'typescript';
import { PUBLISHED_PREFIX } from '../../harness/server/examples';
import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import { errorMember } from '../../nodes/shared/n8n/failure-output';
import { documentedNodes } from '../../scripts/docs/nodes';
import { choicesOf } from '../../scripts/docs/operations';
import { readSchema } from '../../scripts/docs/schemas';
import { publishedPackages } from '../../scripts/packages/published';

/**
 * The example workflows, as far as that can be told without a running n8n: they are whole, their nodes exist, and what
 * they say about this package's nodes is true. `test/real-n8n` runs them.
 */

const root = join(__dirname, '../..');

interface Example {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings: object;
	pinData?: object;
}

const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Example;
const files = fastGlob.sync('examples/*.json', { cwd: root }).sort();
const examples = files.map((file) => ({ file, example: read(file) }));

/** n8n's own nodes that the examples use, with versions that n8n 2.41 knows (looked up in its `nodes.json`). */
const CORE_NODES: Record<string, number[]> = {
	'@n8n/n8n-nodes-langchain.agent': [3],
	'@n8n/n8n-nodes-langchain.chatTrigger': [1.3],
	'@n8n/n8n-nodes-langchain.lmChatOpenAi': [1.2],
	'@n8n/n8n-nodes-langchain.memoryBufferWindow': [1.3],
	'@n8n/n8n-nodes-langchain.toolWorkflow': [2.2],
	'n8n-nodes-base.convertToFile': [1.1],
	'n8n-nodes-base.dataTable': [1.1],
	'n8n-nodes-base.emailSend': [2.1],
	'n8n-nodes-base.executeWorkflow': [1.2],
	'n8n-nodes-base.executeWorkflowTrigger': [1.1],
	'n8n-nodes-base.httpRequest': [4.2],
	'n8n-nodes-base.if': [2.2],
	'n8n-nodes-base.manualTrigger': [1],
	'n8n-nodes-base.merge': [3.2],
	'n8n-nodes-base.noOp': [1],
	'n8n-nodes-base.respondToWebhook': [1.4],
	'n8n-nodes-base.scheduleTrigger': [1.3],
	'n8n-nodes-base.set': [3.4],
	'n8n-nodes-base.splitInBatches': [3],
	'n8n-nodes-base.splitOut': [1],
	'n8n-nodes-base.stickyNote': [1],
	'n8n-nodes-base.stopAndError': [1],
	'n8n-nodes-base.switch': [3.2],
	'n8n-nodes-base.telegram': [1.2],
	'n8n-nodes-base.telegramTrigger': [1.2],
	'n8n-nodes-base.wait': [1.1],
	'n8n-nodes-base.webhook': [2.1],
};

/** The nodes as they are called where a single package is installed. */
const PUBLISHED_TYPES = publishedPackages().flatMap(({ name, manifest }) =>
	manifest.n8n.nodes.map((file) => {
		const className = basename(file, '.node.js');
		return `${name}.${className[0]!.toLowerCase()}${className.slice(1)}`;
	}),
);

/** Nodes of n8n that take an answer out of it. */
const HANDS_ON = ['emailSend', 'respondToWebhook', 'convertToFile', 'googleSheets'].map(
	(name) => `n8n-nodes-base.${name}`,
);

/** Whether Send or Collect gives answers as items that may be of a part: rows of an answer that is not whole are an error. */
const isAnswer = ({ operation, options, output = 'answer' }: INodeParameters) =>
	output === 'answer' &&
	(operation === 'collect' || (operation === 'send' && (options as INodeParameters).waitForAnswer !== false));

/** Parameters that n8n adds to every node that is used as a tool. */
const TOOL_PARAMETERS = ['descriptionType', 'toolDescription'];

const isOurs = ({ type }: Pick<INode, 'type'>) => PUBLISHED_PREFIX.test(type);
const isTool = ({ type }: INode) => isOurs({ type }) && type.endsWith('Tool');
const ofType = (type: string) => {
	const name = type.replace(PUBLISHED_PREFIX, '').replace(/Tool$/, '');
	return documentedNodes.find(({ description }) => description.name === name);
};

/** An n8n node's name for what its credential is called when nobody gives it another name: "Reportify API" → "Reportify account". */
const accountName = (displayName: string) => `${displayName.replace(/ (OAuth2 )?API$/, '')} account`;

test('the workflows that the issue tracker asks for are there', () => {
	expect(files.map((file) => basename(file, '.json'))).toEqual([
		'ai-agent-asks-reportify',
		'ai-agent-with-a-waiting-tool',
		'ask-with-memory-ai-dol',
		'ask-with-memory-reportify',
		'ask-with-memory-wps-agent',
		'chat-with-live-text',
		'conversation-per-user',
		'long-reports-ask',
		'long-reports-collect',
		'progress-in-feishu',
		'progress-in-telegram',
		'progress-in-wecom',
		'questions-to-figures',
		'questions-to-spreadsheet',
		'weekly-report-by-email',
		'weekly-research-report',
		'wps-agent-behind-a-webhook',
	]);
	expect(new Set(examples.map(({ example }) => example.name)).size).toBe(files.length);
});

describe.each(examples)('$file', ({ example }) => {
	const { nodes, connections } = example;
	const node = (name: string) => nodes.find((each) => each.name === name);
	const own = nodes.filter(isOurs);

	test('has what n8n imports, and nothing that belongs to somebody', () => {
		expect(example).toMatchObject({ name: expect.any(String), settings: { executionOrder: 'v1' } });
		expect(example.pinData ?? {}).toEqual({});
		for (const list of [nodes.map(({ id }) => id), nodes.map(({ name }) => name)]) {
			expect(new Set(list).size).toBe(list.length);
		}
		for (const { credentials = {} } of nodes) {
			for (const { id } of Object.values(credentials)) expect(id).toBeNull();
		}
	});

	test('its nodes exist', () => {
		for (const each of nodes) {
			expect(each.type).not.toMatch(/agent-conversations/); // installed are the packages with one service each
			if (isOurs(each)) {
				expect(ofType(each.type)?.description.version).toBe(each.typeVersion);
				expect(PUBLISHED_TYPES).toContain(each.type.replace(/Tool$/, ''));
			} else expect(CORE_NODES[each.type]).toContain(each.typeVersion);
		}
		// an example without a node of ours calls another one that has it
		const calls = nodes.filter(({ type }) => type === 'n8n-nodes-base.executeWorkflow');
		expect(own.length + calls.length).toBeGreaterThan(0);
	});

	test('whoever is mailed, answered or gets a file is told when an answer is not whole', () => {
		const asks = own.filter(({ parameters }) => parameters.resource === 'message' && isAnswer(parameters));
		const sources = [...asks, ...nodes.filter(({ type }) => type === 'n8n-nodes-base.executeWorkflow')];
		for (const { name } of sources) {
			const behind = nodesBehind(name);
			if (!behind.some(({ type }) => HANDS_ON.includes(type))) continue;
			const text = JSON.stringify(behind.map(({ parameters }) => parameters));
			expect(text).toContain('json.status');
			expect(text).toContain('json.finishReason');
		}
	});

	/** All nodes that get something from this one, also by way of others. */
	function nodesBehind(name: string): INode[] {
		const found = new Set<string>();
		const visit = (from: string) => {
			for (const { node: to } of (connections[from]?.main ?? []).flatMap((output) => output ?? [])) {
				if (found.has(to)) continue;
				found.add(to);
				visit(to);
			}
		};
		visit(name);
		return nodes.filter((each) => found.has(each.name));
	}

	test('expressions can be read', () => {
		const texts = nodes.flatMap(({ parameters }) => textsIn(parameters)).filter((text) => text.startsWith('='));
		for (const [, code] of texts.flatMap((text) => [...text.matchAll(/{{([\s\S]*?)}}/g)])) {
			const { diagnostics } = transpileModule(`(${code});`, { reportDiagnostics: true });
			expect([code, diagnostics?.map(({ messageText }) => messageText)]).toEqual([code, []]);
		}
	});

	test('sheets take texts as they are: no formula runs, no ID loses a digit', () => {
		for (const { type, parameters } of nodes) {
			if (type === 'n8n-nodes-base.googleSheets') expect(parameters.options).toMatchObject({ cellFormat: 'RAW' });
		}
	});

	test('days and times are those of the workflow: no date of JavaScript, which knows only UTC', () => {
		expect(JSON.stringify(nodes)).not.toMatch(/new Date\(|Date\.now|toISOString/);
	});

	test('a data table is named by its ID: n8n takes a part of a name for the name', () => {
		for (const { type, parameters } of nodes) {
			if (type !== 'n8n-nodes-base.dataTable' || parameters.resource !== 'row') continue;
			// In the part that is called as a sub-workflow, the ID is what its caller was given.
			const value = expect.stringMatching(/^={{ \$\('(?:Make the table'\).*\.id|Progress'\).*\.input\.tableId) }}$/);
			expect(parameters.dataTableId).toMatchObject({ mode: 'id', value });
		}
	});

	test('its connections lead from and to nodes, and every node but the notes is connected', () => {
		const connected = new Set<string>();
		for (const [from, byType] of Object.entries(connections)) {
			expect(node(from)).toBeDefined();
			connected.add(from);
			for (const [type, outputs] of Object.entries(byType)) {
				for (const { node: to, type: input } of outputs.flatMap((output) => output ?? [])) {
					expect(node(to)).toBeDefined();
					expect(input).toBe(type);
					connected.add(to);
				}
			}
		}
		const expected = nodes.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote').map(({ name }) => name);
		expect([...connected].sort()).toEqual(expected.sort());
	});

	test('a node with a second way out for failures uses it, and only such a node', () => {
		for (const { name, onError } of own) {
			const outputs = connections[name]?.main ?? [];
			expect(outputs.length).toBe(onError === 'continueErrorOutput' ? 2 : Math.min(outputs.length, 1));
		}
	});

	test('a note tells what to fill in: every credential, and every required field that is empty', () => {
		const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		const text = notes.map(({ parameters }) => String(parameters.content)).join('\n');
		expect(text).toContain('**Fill in**');
		for (const { name, credentials = {} } of nodes) {
			if (Object.keys(credentials).length > 0) expect(text).toMatch(new RegExp(`\\*${name}\\*.*Credential`));
		}
		for (const each of own) {
			for (const { displayName } of emptyRequired(each)) {
				expect(text).toMatch(new RegExp(`\\*${each.name}\\*.*${displayName}`));
			}
		}
	});

	test('expressions name nodes that exist', () => {
		const texts = nodes.map(({ parameters }) => JSON.stringify(parameters));
		const named = texts.flatMap((text) => [...text.matchAll(/\$\('([^']+)'\)/g)].map(([, name]) => name!));
		for (const name of named) expect(node(name)).toBeDefined();
	});

	if (own.length === 0) return;
	describe.each(own)('$name', (each) => {
		const { description, folder } = ofType(each.type)!;
		const values = withDefaults(each);

		test('has only parameters that the node shows for its operation', () => {
			const shown = description.properties.filter((property) =>
				NodeHelpers.displayParameter(values, property, { typeVersion: 1 }, description),
			);
			const names = [...shown.map(({ name }) => name), ...(isTool(each) ? TOOL_PARAMETERS : [])];
			for (const [name, value] of Object.entries(each.parameters)) {
				expect(names).toContain(name);
				const property = shown.find((candidate) => candidate.name === name);
				if (property) expect(faultsOf(value, property)).toEqual([]);
			}
		});

		test('uses a credential of the node under the name that n8n gives to it', () => {
			const types = (description.credentials ?? [])
				.filter(({ displayOptions }) => {
					const wanted = displayOptions?.show?.authentication;
					return wanted === undefined || wanted.includes(values.authentication as string);
				})
				.map(({ name }) => name);
			expect(Object.keys(each.credentials ?? {})).toEqual(types);
			const [type] = types;
			const [file] = fastGlob.sync(`credentials/${type![0]!.toUpperCase()}${type!.slice(1)}.credentials.ts`, {
				cwd: root,
			});
			const displayName = /displayName = '([^']+)'/.exec(readFileSync(join(root, file!), 'utf8'))![1]!;
			expect(each.credentials?.[type!]?.name).toBe(accountName(displayName));
		});

		test('the nodes behind it read fields that its output has', () => {
			const { resource, operation } = values;
			const schema = readSchema(root, folder, String(resource), String(operation));
			const [main = [], failed = []] = connections[each.name]?.main ?? [];
			const fieldsRead = (targets: typeof main, pattern: RegExp) =>
				(targets ?? []).flatMap((target) => {
					const text = JSON.stringify(node(target.node)!.parameters);
					return [...text.matchAll(pattern)].map(([, field]) => field!);
				});
			for (const field of fieldsRead(main, /\$json\.(\w+)/g)) {
				expect(Object.keys({ ...schema.properties, error: 0 })).toContain(field);
			}
			for (const field of fieldsRead(failed, /\$json\.error\.(\w+)/g)) expect(ERROR_MEMBERS).toContain(field);
		});
	});
});

function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Members of `error` in an error item. */
const ERROR_MEMBERS = Object.keys(
	errorMember(new ConversationFailure('', { code: '', hint: '' }), { id: '' }, (text) => text),
);

/** The values of a node's parameters, with the defaults of those that are left out. */
function withDefaults({ type, parameters }: INode): INodeParameters {
	const { description } = ofType(type)!;
	const complete = NodeHelpers.getNodeParameters(
		description.properties,
		parameters,
		true,
		false,
		{ typeVersion: 1 },
		description,
	);
	return complete ?? {};
}

function emptyRequired(each: INode): INodeProperties[] {
	const { description } = ofType(each.type)!;
	const values = withDefaults(each);
	return description.properties.filter(
		(property) =>
			property.required &&
			NodeHelpers.displayParameter(values, property, { typeVersion: 1 }, description) &&
			values[property.name] === '',
	);
}

/** What is wrong with the value of a parameter; expressions can be anything. */
function faultsOf(value: unknown, property: INodeProperties): string[] {
	const { name, type } = property;
	if (typeof value === 'string' && value.startsWith('=')) return [];
	switch (type) {
		case 'options':
			return choicesOf(property).some((choice) => choice.value === value)
				? []
				: [`${name}: no choice ${String(value)}`];
		case 'multiOptions':
			return (value as unknown[])
				.filter((each) => !choicesOf(property).some((choice) => choice.value === each))
				.map((each) => `${name}: no choice ${String(each)}`);
		case 'collection': {
			const members = (property.options ?? []) as INodeProperties[];
			return Object.entries(value as object).flatMap(([key, member]) => {
				const known = members.find((each) => each.name === key);
				return known ? faultsOf(member, known) : [`${name}: no option ${key}`];
			});
		}
		case 'fixedCollection': {
			const groups = (property.options ?? []) as INodePropertyCollection[];
			return Object.keys(value as object)
				.filter((key) => !groups.some((group) => group.name === key))
				.map((key) => `${name}: no group ${key}`);
		}
		case 'boolean':
		case 'number':
		case 'string':
			return typeof value === type ? [] : [`${name} is ${typeof value}, not ${type}`];
		default:
			return [];
	}
}
