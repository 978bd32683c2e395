import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { IBinaryData, IDataObject, INode } from 'n8n-workflow';
import { createEngine, type RunOptions, type RunResult } from '../harness/engine/engine';
import { PUBLISHED_PREFIX } from '../harness/server/examples';
import { DOCUMENTED_RUN, type Sandbox, startSandbox } from '../sandbox';

interface Stage {
	sandbox: Sandbox;
	run(options: RunOptions): Promise<RunResult>;
}

async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
	const sandbox = await startSandbox({ pace: 400 });
	try {
		const engine = await createEngine(join(__dirname, '..'));
		await play({ sandbox, run: async (options) => await engine.run(options) });
	} finally {
		await sandbox.close();
	}
}

/** The node of ours in a workflow of `examples/`, as n8n would run it after a manual start. */
function exampleNode(file: string): RunOptions['node'] {
	const workflow = JSON.parse(readFileSync(join(__dirname, '../examples', file), 'utf8')) as { nodes: INode[] };
	const node = workflow.nodes.find(({ type }) => PUBLISHED_PREFIX.test(type));
	if (!node) throw new Error(`${file} has no node of ours`);
	const { type, typeVersion, parameters } = node;
	return { type: type.replace(PUBLISHED_PREFIX, 'n8n-nodes-agent-conversations.'), typeVersion, parameters };
}

/** Writes a file of an item to the folder that git ignores; its path from here. */
function writeFile({ data, fileName = 'report.md' }: IBinaryData): string {
	const folder = join(__dirname, 'output');
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, fileName), Buffer.from(data, 'base64'));
	return relative(process.cwd(), join(folder, fileName));
}

/** What the documented run results in. */
function documentedResult(): { title: string; filename: string; content: string } {
	const last = readFileSync(DOCUMENTED_RUN, 'utf8').trim().split('\n').at(-1) ?? '';
	const { output } = JSON.parse(last) as { output: Record<string, ReturnType<typeof documentedResult>> };
	return Object.values(output)[0]!;
}

const heading = (text: string) => console.log(`\n\x1b[1m${text}\x1b[0m\n`);

/** Live text goes to the terminal as n8n's chat would show it. */
const live = { streaming: true, mode: 'webhook' as const };
const toTerminal = ({ content }: { content?: string }) => void process.stdout.write(content ?? '');

function showItem(json: IDataObject | undefined): void {
	if (!json) throw new Error('The node returned no item');
	const { answer, ...rest } = json;
	console.log(JSON.stringify({ ...rest, answer: `${String(answer ?? '').length} characters` }, null, 2));
}

async function reportify(): Promise<void> {
	await onStage(async ({ sandbox, run }) => {
		const credentials = { reportifyApi: { apiKey: 'sandbox-key', baseUrl: sandbox.reportify.url } };
		const node = (parameters: object) => ({
			type: 'n8n-nodes-agent-conversations.reportify',
			parameters: { resource: 'message', ...parameters } as RunOptions['node']['parameters'],
		});

		heading('1. The shipped workflow "Weekly research report" on the run that Reportify documents, cut on the way');
		sandbox.scripts.next('documented run');
		sandbox.faults.add({ kind: 'cut', afterEvents: 20, how: 'reset' });
		const sent = await run({
			node: exampleNode('weekly-research-report.json'),
			credentials,
			...live,
			onChunk: toTerminal,
		});
		if (sent.error) throw sent.error;
		const { answer, title, conversationId, messageId } = sent.items[0]!.json;
		heading('The item: the report, without the plan and the notes of the agents');
		console.log(answer);
		showItem(sent.items[0]?.json);
		const { title: itsTitle, filename, content } = documentedResult();
		console.log(`questions asked: ${sandbox.findRequests({ path: /\/chat$/ }).length}`);
		console.log(`title: ${String(title)} (the provider's: ${itsTitle})`);
		console.log(`report written to ${writeFile(sent.items[0]!.binary!.data!)} (the provider's name: ${filename})`);
		if (answer !== content) throw new Error('The answer is not the report of the run');

		heading('2. Collect the same answer again, as another workflow would: same text, byte for byte');
		const collected = await run({ node: node({ operation: 'collect', conversationId, messageId }), credentials });
		const same = collected.items[0]?.json.answer === sent.items[0]?.json.answer;
		console.log(`identical: ${same}, delivered by: ${String(collected.items[0]?.json.deliveredBy)}`);
		if (!same) throw new Error('The collected answer differs');

		heading('3. The agent fails: with On Error → continue, the item keeps the partial answer and the IDs');
		sandbox.scripts.next('single agent');
		sandbox.faults.add({ kind: 'error-event', afterEvents: 60, message: 'The quota of this account is used up' });
		const failed = await run({
			node: { ...node({ operation: 'send', message: 'Another report' }), onError: 'continueRegularOutput' },
			credentials,
		});
		console.log(JSON.stringify(failed.items[0]?.json, null, 2));
	});
}

async function wps(): Promise<void> {
	await onStage(async ({ sandbox, run }) => {
		const credentials = {
			wpsAccessTokenApi: {
				accessToken: 'sandbox-user-token',
				baseUrl: sandbox.wps.url,
				signRequests: true,
				accessKey: 'sandbox-app',
				secretKey: 'sandbox-secret',
				apiGeneration: 'auto',
			},
		};
		const node = (parameters: object) => ({
			type: 'n8n-nodes-agent-conversations.wpsAgent',
			parameters: {
				authentication: 'accessToken',
				resource: 'message',
				appId: 'sandbox-app',
				...parameters,
			} as RunOptions['node']['parameters'],
		});

		heading('1. Ask a WPS agent; every request is signed (KSO-1), and the sandbox checks the signature');
		const sent = await run({
			node: node({ operation: 'send', message: 'Write the weekly report on NVDA' }),
			credentials,
			...live,
			onChunk: toTerminal,
		});
		if (sent.error) throw sent.error;
		showItem(sent.items[0]?.json);

		heading('2. The connection is cut: WPS cannot read on, so the answer is looked up; the question is asked once');
		const before = sandbox.findRequests({ provider: 'wps', operation: 'chat' }).length;
		sandbox.faults.add({ kind: 'cut', afterEvents: 40, how: 'reset', provider: 'wps' });
		const lookedUp = await run({
			node: node({ operation: 'send', message: 'Write the weekly report on NVDA' }),
			credentials,
		});
		if (lookedUp.error) throw lookedUp.error;
		showItem(lookedUp.items[0]?.json);
		console.log(`questions asked: ${sandbox.findRequests({ provider: 'wps', operation: 'chat' }).length - before}`);
	});
}

async function aidol(): Promise<void> {
	await onStage(async ({ sandbox, run }) => {
		const credentials = {
			aiDolApi: {
				apiKey: 'sandbox-key',
				apiSecret: 'sandbox-secret',
				userId: 'demo-user',
				baseUrl: sandbox.aidol.url,
				signatureVersion: 'v2',
			},
		};
		const node = (parameters: object) => ({
			type: 'n8n-nodes-agent-conversations.aiDol',
			parameters: parameters as RunOptions['node']['parameters'],
		});

		heading('1. List the agents; every request is signed (HMAC-SHA256), and the sandbox checks the signature');
		const agents = await run({ node: node({ resource: 'agent', operation: 'getAll' }), credentials });
		if (agents.error) throw agents.error;
		console.log(JSON.stringify(agents.items[0]?.json, null, 2));

		heading('2. Ask the first one (the form of the stream is an assumption: AI-DOL does not publish it)');
		const sent = await run({
			node: node({
				resource: 'message',
				operation: 'send',
				agentId: agents.items[0]?.json.agentId,
				message: 'Tell me about yourself',
			}),
			credentials,
			...live,
			onChunk: toTerminal,
		});
		if (sent.error) throw sent.error;
		showItem(sent.items[0]?.json);

		heading('3. The connection breaks: AI-DOL offers no way to read on, so the item is an honest error');
		sandbox.faults.add({ kind: 'cut', afterEvents: 5, how: 'reset', provider: 'aidol' });
		const { agentId } = agents.items[0]!.json;
		const failed = await run({
			node: {
				...node({ resource: 'message', operation: 'send', agentId, message: 'And again' }),
				onError: 'continueRegularOutput',
			},
			credentials,
		});
		console.log(JSON.stringify(failed.items[0]?.json, null, 2));
	});
}

/** What `npm run demo -- <name>` can show. */
export const demos: Record<string, () => Promise<void>> = { reportify, wps, aidol };
