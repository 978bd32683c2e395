import { randomUUID } from 'node:crypto';
import type { INode, INodeParameters } from 'n8n-workflow';
import { type Execution, itemsOf, pinned, readChunks } from '../../harness/server/api';
import { exampleNames } from '../../harness/server/examples';
import {
	inSequence,
	node,
	type SavedCredential,
	workflow,
	type WorkflowDefinition,
} from '../../harness/server/workflow';
import { filledIn, nodeOf } from '../../harness/stage/example';
import { OpenAiStandIn } from '../../harness/stage/openai-stand-in';
import { SmtpSink } from '../../harness/stage/smtp-sink';
import { Stage } from '../../harness/stage/stage';
import { REPORT_TEXT, type SandboxRequest } from '../../sandbox';

/**
 * The workflows of `examples/`, imported and filled in as their notes say, and run to their end on n8n's own nodes. Only
 * waiting times are shortened.
 */
describe('the example workflows', () => {
	let stage: Stage;
	beforeAll(async () => {
		stage = await Stage.open();
	});
	afterAll(async () => await stage.close());
	beforeEach(() => stage.sandbox.reset());

	const SHORT_ANSWER = 'Hello from the sandbox — 你好 👋';

	/** Presses *Execute workflow*. */
	async function runByHand(definition: WorkflowDefinition, trigger: string): Promise<Execution> {
		return await stage.runByHand(await stage.save(definition), { trigger });
	}

	/** They have a file of their own. */
	const runElsewhere = [
		...['ai-agent-with-a-waiting-tool', 'long-reports-ask', 'long-reports-collect'], // long-reports.test.ts
		...['progress-in-feishu', 'progress-in-telegram', 'progress-in-wecom'], // progress-examples.test.ts
	];

	test('every example is run', async () => {
		expect(await exampleNames()).toEqual([...described, ...runElsewhere].sort());
	});

	/** The examples that have a test below. */
	const described: string[] = [];
	function example(name: string, tests: (name: string) => void): void {
		described.push(name);
		describe(name, () => tests(name));
	}

	example('weekly-research-report', (name) => {
		test('one item with the report, and the report as a file beside it', async () => {
			const filled = addBehind(await filledIn(stage, name), 'Ask Reportify', readFile('File', 'text'));
			const execution = await runByHand(filled, 'Start');
			expect(execution.error).toBeUndefined();
			expect(itemsOf(execution, 'Ask Reportify')).toEqual([
				expect.objectContaining({ status: 'completed', answer: REPORT_TEXT }),
			]);
			const [item] = execution.runData['Ask Reportify']?.[0]?.data?.main?.[0] ?? [];
			expect(item?.binary?.data).toMatchObject({ mimeType: 'text/markdown', fileExtension: 'md' });
			expect(itemsOf(execution, 'File')).toEqual([{ data: REPORT_TEXT }]);
			expect(stage.questions()[0]?.text).toMatch(/from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d/);
		});
	});

	example('weekly-report-by-email', (name) => {
		let mailbox: SmtpSink;
		let smtp: SavedCredential;
		beforeAll(async () => {
			mailbox = await SmtpSink.start();
			smtp = await stage.api.createCredential('Mailbox', 'smtp', mailbox.credential);
		});
		afterAll(async () => {
			await stage.api.deleteCredential(smtp.id);
			await mailbox.stop();
		});
		beforeEach(() => mailbox.mails.splice(0));

		const from = { fromEmail: 'reports@firm.example', toEmail: 'anna@firm.example' };
		const filled = async (more: INodeParameters = {}) =>
			await filledIn(stage, name, { 'Send the report': from, 'Tell that it failed': from, 'Ask Reportify': more }, [
				smtp,
			]);

		test('an e-mail with the report in its text and as a file', async () => {
			const execution = await runByHand(await filled(), 'Every Monday at 8');
			expect(execution.error).toBeUndefined();
			expect(mailbox.mails).toHaveLength(1);
			const [mail] = mailbox.mails;
			const [{ title } = { title: undefined }] = itemsOf(execution, 'Ask Reportify');
			expect(mail?.subject).toMatch(/, \d{4}-\d\d-\d\d$/);
			expect(mail?.subject).toContain(title);
			expect(mail?.html).toContain('Open it in Reportify');
			expect(mail?.to).toMatchObject([{ address: 'anna@firm.example' }]);
			const [{ answerHtml } = { answerHtml: undefined }] = itemsOf(execution, 'Ask Reportify');
			expect(String(answerHtml)).toContain('<table');
			expect(withoutLineEnds(String(mail?.html))).toContain(withoutLineEnds(String(answerHtml)));
			expect(mail?.attachments).toHaveLength(1);
			const [report] = mail?.attachments ?? [];
			expect(report?.mimeType).toBe('text/html');
			expect(report?.filename).toMatch(/\.html$/);
			expect(Buffer.from(report?.content as ArrayBuffer).toString('utf8')).toContain(String(answerHtml));
		});

		test('a connection that breaks costs neither the report nor a second question', async () => {
			stage.sandbox.faults.add({ kind: 'cut', afterEvents: 9 });
			const execution = await runByHand(await filled(), 'Every Monday at 8');
			expect(itemsOf(execution, 'Ask Reportify')).toEqual([expect.objectContaining({ answer: REPORT_TEXT })]);
			expect([mailbox.mails.length, stage.questions().length]).toEqual([1, 1]);
		});

		test('an agent that fails: an e-mail with the reason and what had arrived', async () => {
			const failing = '[script: single agent steps [{"text":"半个答案"},{"fail":"The model is overloaded"}]]';
			const execution = await runByHand(await filled({ message: failing }), 'Every Monday at 8');
			expect(execution.status).toBe('success');
			expect(mailbox.mails).toHaveLength(1);
			const [mail] = mailbox.mails;
			expect(mail?.subject).toMatch(/^The weekly report failed, /);
			expect(mail?.text).toContain('The model is overloaded');
			expect(mail?.text).toMatch(/Conversation: \d+/);
			expect(mail?.text).toContain('What had arrived:\n半个答案');
			expect(stage.questions()).toHaveLength(1);
		});

		test('an agent that is stopped in the middle: half a report is not mailed as a whole one', async () => {
			const execution = await runByHand(await filled({ message: '[script: cancelled]' }), 'Every Monday at 8');
			expect(itemsOf(execution, 'Ask Reportify')).toEqual([expect.objectContaining({ status: 'cancelled' })]);
			expect(mailbox.mails).toHaveLength(1);
			expect(mailbox.mails[0]?.subject).toMatch(/^The weekly report failed, /);
			expect(mailbox.mails[0]?.text).toContain('The agent was stopped before its report was whole.');
		});

		test('it can be published', async () => {
			await stage.publish(await filled());
		});
	});

	example('questions-to-spreadsheet', (name) => {
		test('answers in one file in the order of the questions, failures in another', async () => {
			const asked = ['[script: echo]第一', '[script: fail Out of credits]', '[script: echo]third, with "quotes"'];
			const rows = asked.map((question) => ({ question }));
			const filled = await filledIn(stage, name, { Questions: { jsonOutput: JSON.stringify({ rows }) } });
			addBehind(filled, 'Answers', readFile('Answer rows', 'xlsx'));
			addBehind(filled, 'Failures', readFile('Failure rows', 'xlsx'));
			const execution = await runByHand(filled, 'Start');
			expect(execution.error).toBeUndefined();
			expect(itemsOf(execution, 'Answer rows')).toEqual(
				[asked[0], asked[2]].map((question) => ({
					question,
					title: 'Sandbox report',
					answer: question?.replace('[script: echo]', ''),
					status: 'completed',
					conversationId: expect.stringMatching(/^\d+$/),
					link: expect.stringMatching(/^https?:/),
					finishedAt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
				})),
			);
			expect(itemsOf(execution, 'Failure rows')).toEqual([
				expect.objectContaining({ question: asked[1], details: expect.stringContaining('Out of credits') }),
			]);
			expect(stage.questions()).toHaveLength(3);
		});
	});

	example('questions-to-figures', (name) => {
		test('figures in one file, a row each, with the question; answers in another form in another file', async () => {
			const figures = (company: string, count: number) =>
				Array.from({ length: count }, (_, quarter) => ({
					...{ company, period: `Q${quarter + 1}`, revenue: 10.5 + quarter, netIncome: 2, unit: 'USD billion' },
				}));
			const answering = (text: string) => `[script: steps ${JSON.stringify([{ text }])}]`;
			const asked = [
				answering(`Here:\n\n~~~json\n${JSON.stringify(figures('甲', 2))}\n~~~`),
				answering('[{"company": "B", "period": 3}]'),
				answering('No figures today.'),
				answering(JSON.stringify(figures('C', 1))),
			];
			const rows = asked.map((question) => ({ question }));
			const filled = await filledIn(stage, name, { Questions: { jsonOutput: JSON.stringify({ rows }) } });
			addBehind(filled, 'Figures', readFile('Figure rows', 'xlsx'));
			addBehind(filled, 'Failures', readFile('Failure rows', 'xlsx'));
			const execution = await runByHand(filled, 'Start');
			expect(execution.error).toBeUndefined();
			const ids = { conversationId: expect.stringMatching(/^\d+$/), messageId: expect.any(String) };
			expect(itemsOf(execution, 'Figure rows')).toEqual([
				...figures('甲', 2).map((row) => ({ ...row, ...ids, question: asked[0] })),
				...figures('C', 1).map((row) => ({ ...row, ...ids, question: asked[3] })),
			]);
			expect(itemsOf(execution, 'Failure rows')).toEqual([
				expect.objectContaining({
					question: asked[1],
					code: 'answer_not_in_format',
					reason: expect.stringContaining('revenue'),
					partialAnswer: '[{"company": "B", "period": 3}]',
				}),
				expect.objectContaining({ question: asked[2], code: 'no_json', partialAnswer: 'No figures today.' }),
			]);
			expect(stage.questions()).toHaveLength(4);
		});
	});

	example('chat-with-live-text', (name) => {
		test('the text arrives as it is written, and the next message goes on in the same conversation', async () => {
			const filled = await filledIn(stage, name);
			await stage.publish(filled);
			const say = async (sessionId: string, chatInput: string) => {
				const body = { action: 'sendMessage', sessionId, chatInput };
				const response = await stage.api.callWebhook(`${nodeOf(filled, 'Chat').webhookId}/chat`, body);
				let text = '';
				for await (const { type, content, metadata } of readChunks(response)) {
					if (type === 'item' && metadata.nodeName === 'Ask Reportify') text += content ?? '';
				}
				return text;
			};
			const [anna, bert] = [randomUUID(), randomUUID()];
			expect(await say(anna, '[script: short] 1')).toContain(SHORT_ANSWER);
			expect(await say(anna, '[script: short] 2')).toContain(SHORT_ANSWER);
			expect(await say(bert, '[script: short] 3')).toContain(SHORT_ANSWER);
			const [first, second, third] = stage.questions().map(({ path }) => path); // the conversation is a part of it
			expect(first).toMatch(/conversations\/\d+\/chat$/);
			expect(second).toBe(first);
			expect(third).not.toBe(first);
			const before = stage.questions().length;
			for (const nobody of [undefined, '', null]) await say(nobody as unknown as string, '[script: short] 4');
			expect(stage.questions()).toHaveLength(before);
		});
	});

	example('ai-agent-asks-reportify', (name) => {
		test('the model asks Reportify and answers with what it was told', async () => {
			const model = await OpenAiStandIn.start();
			const key = await stage.api.createCredential('Model', 'openAiApi', { apiKey: 'any', url: model.url });
			try {
				model.prepare({ toolArguments: { Message: '[script: echo]英伟达第三季度收入是多少？' } });
				const filled = await filledIn(stage, name, {}, [key]);
				// what the editor's chat window hands to the trigger
				filled.pinData = pinned('Chat', [{ sessionId: 's1', action: 'sendMessage', chatInput: 'NVIDIA?' }]);
				const execution = await runByHand(filled, 'Chat');
				expect(execution.error).toBeUndefined();
				const [{ output } = { output: undefined }] = itemsOf(execution, 'AI Agent');
				expect(output).toContain('英伟达第三季度收入是多少？');
				expect(stage.questions()).toHaveLength(1);
			} finally {
				await stage.api.deleteCredential(key.id);
				await model.stop();
			}
		});
	});

	example('wps-agent-behind-a-webhook', (name) => {
		let ask: (body: object) => Promise<Response>;
		beforeAll(async () => {
			const filled = await filledIn(stage, name, { 'Ask the WPS agent': { appId: 'app1' } });
			await stage.publish(filled);
			const path = String(nodeOf(filled, 'Webhook').parameters.path);
			ask = async (body) => await stage.api.callWebhook(path, body);
		});

		test('replies with the answer, and goes on in the conversation that the caller names', async () => {
			const first = await ask({ question: '[script: echo]怎么请假？' });
			const { answer, conversationId } = (await first.json()) as Record<string, string>;
			expect([first.status, answer]).toEqual([200, '怎么请假？']);
			const second = await ask({ question: '[script: echo]多少天？', conversationId });
			expect(await second.json()).toEqual({ answer: '多少天？', conversationId });
			expect(new Set(stage.sandbox.wpsStore.chats().map(({ session }) => session.id)).size).toBe(1);
		});

		test('does not hand on half an answer as a whole one when the agent was stopped', async () => {
			stage.sandbox.configure({ wps: { endOnCancel: true } });
			const asking = ask({ question: 'x [script: hold never after 2]' });
			const chat = await stage.sandbox.waitForRequest(
				{ operation: 'chat' },
				{ nth: 1 + stage.sandbox.findRequests({ operation: 'chat' }).length },
			);
			await stage.sandbox.eventsSent(chat, 6);
			await stage.sandbox.wpsStore.chats().at(-1)!.run.cancel();
			const response = await asking;
			expect([response.status, await response.json()]).toEqual([
				502,
				expect.objectContaining({ code: 'cancelled', partialAnswer: 'one two ' }),
			]);
		});

		test('replies with the reason when there is no answer', async () => {
			const response = await ask({ question: '[script: fail Out of credits]' });
			expect([response.status, await response.json()]).toEqual([
				502,
				expect.objectContaining({ details: expect.stringContaining('Out of credits') }),
			]);
		});
	});

	const memories = [
		{ file: 'ask-with-memory-reportify', create: 'conversation.create', fill: {}, table: 'memory_of_reportify' },
		{
			file: 'ask-with-memory-wps-agent',
			create: 'session.create',
			fill: { appId: 'app1' },
			table: 'memory_of_wps_agent',
		},
		{
			file: 'ask-with-memory-ai-dol',
			create: 'conversation.create',
			fill: { agentId: '6f1c2a34-5b6d-4e7f-8a90-1b2c3d4e5f60' },
			table: 'memory_of_ai_dol',
		},
	];

	/** The memory, published, and *Conversation per user* that calls it; gives what a caller of its webhook uses. */
	async function conversing({ file, fill }: (typeof memories)[number]) {
		const memory = await stage.publish(await filledIn(stage, file, { 'Make a conversation': fill, Ask: fill }));
		const path = randomUUID();
		const called = {
			'Ask with memory': { workflowId: { __rl: true, mode: 'id', value: memory.id } },
			Webhook: { path },
		};
		await stage.publish(await filledIn(stage, 'conversation-per-user', called));
		/** Nobody is known from an earlier test. */
		const named = (user: unknown) => (typeof user === 'string' && /^\w+$/.test(user) ? `${user}-${path}` : user);
		const say = async (user: unknown, text: unknown) => {
			const response = await stage.api.callWebhook(path, { user: named(user), text });
			return [response.status, await response.json()];
		};
		return { say, named };
	}

	/** Where a question went to. */
	const conversationOf = (request: SandboxRequest): unknown => {
		if (request.provider === 'reportify') return request.path;
		const body = request.json() as { conversationId?: string; session_id?: string };
		return body.conversationId ?? body.session_id;
	};
	const conversations = () => stage.questions().map(conversationOf);

	for (const under of memories) {
		example(under.file, () => {
			test('each user goes on in a conversation of their own; what fails says why', async () => {
				const { say } = await conversing(under);
				const created = () => stage.sandbox.findRequests({ operation: under.create }).length;
				const whole = (answer: string) => [200, expect.objectContaining({ answer })];
				expect(await say('anna', '[script: echo]一')).toEqual(whole('一'));
				expect(await say('bert', '[script: echo]二')).toEqual(whole('二'));
				expect(await say('anna', '[script: echo]三')).toEqual(whole('三'));
				const [anna, bert, annaAgain] = conversations();
				expect(anna).toBeTruthy();
				expect([annaAgain, bert === anna, created()]).toEqual([anna, false, 2]);
				expect(await say('anna', '[script: fail Out of credits]')).toEqual([
					502,
					expect.objectContaining({ status: 'failed', details: expect.stringContaining('Out of credits') }),
				]);
			}, 120_000);

			test('first messages at the same moment make one conversation', async () => {
				const { say } = await conversing(under);
				stage.sandbox.faults.add({ kind: 'delay', ms: 1500, operation: under.create as 'chat' });
				const replies = await Promise.all(['一', '二', '三'].map((text) => say('carl', `[script: echo]${text}`)));
				expect(replies.map(([status]) => status)).toEqual([200, 200, 200]);
				expect(stage.sandbox.findRequests({ operation: under.create })).toHaveLength(1);
				expect(new Set(conversations()).size).toBe(1);
				expect(stage.questions()).toHaveLength(3);
			}, 120_000);

			test('a conversation that cannot be made: the reason, and the next message tries again', async () => {
				const { say } = await conversing(under);
				stage.sandbox.faults.add({ kind: 'status', status: 403, operation: under.create as 'chat' });
				expect(await say('dora', '[script: echo]一')).toEqual([502, expect.objectContaining({ status: 'failed' })]);
				expect(await say('dora', '[script: echo]二')).toEqual([200, expect.objectContaining({ answer: '二' })]);
			}, 120_000);

			test('a conversation that the provider does not know any more is forgotten', async () => {
				const { say } = await conversing(under);
				await say('gustav', '[script: echo]一');
				stage.sandbox.reset();
				expect(await say('gustav', '[script: echo]二')).toEqual([502, expect.objectContaining({ status: 'failed' })]);
				expect(await say('gustav', '[script: echo]三')).toEqual([200, expect.objectContaining({ answer: '三' })]);
				expect(stage.sandbox.findRequests({ operation: under.create })).toHaveLength(1);
			}, 120_000);

			test('a claim whose run is gone is given up', async () => {
				const { say, named } = await conversing(under);
				await say('emil', '[script: echo]一'); // makes the table
				const value = { user: String(named('frida')), claimedBy: '0', claimedAt: '={{ $now.minus({ minutes: 11 }) }}' };
				const insert = node(
					'Insert',
					'n8n-nodes-base.dataTable',
					{
						resource: 'row',
						operation: 'insert',
						dataTableId: { __rl: true, mode: 'name', value: under.table },
						columns: { mappingMode: 'defineBelow', value },
						options: {},
					},
					{ typeVersion: 1.1 },
				);
				const start = node('Start', 'n8n-nodes-base.manualTrigger');
				const inserted = await runByHand(workflow('Row', [start, insert], inSequence('Start', 'Insert')), 'Start');
				expect(inserted.error).toBeUndefined();
				expect(await say('frida', '[script: echo]二')).toEqual([200, expect.objectContaining({ answer: '二' })]);
			}, 120_000);
		});
	}

	example('conversation-per-user', () => {
		test('whoever does not say who they are gets no conversation; AI-DOL is told who speaks', async () => {
			const { say, named } = await conversing(memories[2]!);
			const missing = [400, { reason: expect.stringContaining('Send a user') }];
			for (const user of [null, undefined, '', ' ', { id: 1 }, 7, '安娜'])
				expect(await say(user, 'hello')).toEqual(missing);
			for (const text of [null, undefined, ' ', ['x']]) expect(await say('anna', text)).toEqual(missing);
			expect(stage.questions()).toHaveLength(0);
			expect(await say('hanna', '[script: echo]一')).toEqual([200, expect.objectContaining({ answer: '一' })]);
			expect(stage.questions().map(({ headers }) => headers['x-user-id'])).toEqual([named('hanna')]);
		}, 120_000);
	});
});

/** What a file holds, by n8n's own node for that. */
function readFile(title: string, operation: 'text' | 'xlsx'): INode {
	return node(title, 'n8n-nodes-base.extractFromFile', { operation, options: {} });
}

/** Adds a node behind the first output of another one, which had none there. */
function addBehind(workflow: WorkflowDefinition, before: string, added: INode): WorkflowDefinition {
	workflow.nodes.push(added);
	workflow.connections[before] = { main: [[{ node: added.name, type: 'main', index: 0 }]] };
	return workflow;
}

/** E-mails end their lines with CRLF. */
const withoutLineEnds = (text: string) => text.replace(/\r?\n/g, '\n').trimEnd();
