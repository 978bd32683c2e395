import type { INode, INodeParameters } from 'n8n-workflow';
import { type Execution, itemsOf, pinned, readChunks, type SavedCredential } from '../real-n8n/api';
import { exampleNames } from '../real-n8n/examples';
import { node, type WorkflowDefinition } from '../real-n8n/workflow';
import { REPORT_TEXT } from '../sandbox';
import { filledIn, nodeOf } from './stage/example';
import { OpenAiStandIn } from './stage/openai-stand-in';
import { SmtpSink } from './stage/smtp-sink';
import { Stage } from './stage/stage';

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

	test('every example is run here', async () => {
		const elsewhere = ['progress-in-feishu', 'progress-in-telegram', 'progress-in-wecom']; // progress-examples.test.ts
		expect(await exampleNames()).toEqual([...described, ...elsewhere].sort());
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
			expect(mail?.subject).toMatch(/^Weekly report, \d{4}-\d\d-\d\d$/);
			expect(mail?.to).toMatchObject([{ address: 'anna@firm.example' }]);
			const [{ answerHtml } = { answerHtml: undefined }] = itemsOf(execution, 'Ask Reportify');
			expect(String(answerHtml)).toContain('<table');
			expect(withoutLineEnds(String(mail?.html))).toBe(withoutLineEnds(String(answerHtml)));
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
			const failing = '[script: steps [{"text":"半个答案"},{"fail":"The model is overloaded"}]]';
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
					answer: question?.replace('[script: echo]', ''),
					status: 'completed',
					conversationId: expect.stringMatching(/^\d+$/),
					finishedAt: expect.any(String),
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

	example('long-report-collect-later', (name) => {
		/** A minute is a second here. */
		const shortened = { Wait: { amount: 1, unit: 'seconds' }, 'Collect the answer': { options: { maxDuration: 1 } } };
		const asking = (message: string) => ({ ...shortened, 'Ask without waiting': { message } });
		/** Without its option to return at once, the first node would need to be told to. */
		const filled = async (message: string) => {
			const { options } = nodeOf(await filledIn(stage, name), 'Ask without waiting').parameters;
			expect(options).toEqual({ waitForAnswer: false });
			return await filledIn(stage, name, asking(message));
		};

		test('looks again as long as the agent is writing, and asks once', async () => {
			stage.sandbox.scripts.register('long', {
				steps: [{ text: 'Chapter 1. ' }, { hold: 'chapter 2' }, { text: 'Chapter 2.' }],
			});
			const saved = await stage.save(await filled('[script: long]'));
			const id = await stage.api.runManually(saved, { trigger: 'Start' });
			await stage.sandbox.waitForRequest({ operation: 'events' }, { nth: 2 }); // the first look was in vain
			stage.sandbox.release('chapter 2');
			const execution = await stage.api.waitForExecution(id);
			expect(execution.error).toBeUndefined();
			expect(itemsOf(execution, 'Report')).toEqual([
				expect.objectContaining({ status: 'completed', answer: 'Chapter 1. Chapter 2.' }),
			]);
			expect(execution.runData.Wait?.length).toBeGreaterThan(1);
			expect(stage.questions()).toHaveLength(1);
			expect(stage.sandbox.findRequests({ operation: 'cancel' })).toHaveLength(0);
		});

		test('gives up at once when the agent has failed, and says why', async () => {
			const execution = await runByHand(await filled('[script: fail Out of credits]'), 'Start');
			expect(execution.lastNodeExecuted).toBe('Give up');
			expect(execution.error?.message).toContain('Out of credits');
			expect(execution.runData.Wait).toHaveLength(1);
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
			expect(await say('anna', '[script: short] 1')).toBe(SHORT_ANSWER);
			expect(await say('anna', '[script: short] 2')).toBe(SHORT_ANSWER);
			expect(await say('bert', '[script: short] 3')).toBe(SHORT_ANSWER);
			const [first, second, third] = stage.questions().map(({ path }) => path); // the conversation is a part of it
			expect(first).toMatch(/conversations\/\d+\/chat$/);
			expect(second).toBe(first);
			expect(third).not.toBe(first);
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

	example('ai-dol-conversation-per-user', (name) => {
		test('each user has a conversation, which is kept', async () => {
			const [agentId] = Object.values(stage.sandbox.settings.aidol.agents).map(({ id }) => id);
			const filled = await filledIn(stage, name, { 'Ask AI-DOL': { agentId } });
			await stage.publish(filled);
			const path = String(nodeOf(filled, 'Webhook').parameters.path);
			const say = async (user: unknown, text: unknown) => {
				const response = await stage.api.callWebhook(path, { user, text });
				return [response.status, await response.json()];
			};
			expect(await say('anna', '[script: echo]一')).toEqual([200, { answer: '一', status: 'completed' }]);
			expect(await say('bert', '[script: echo]二')).toEqual([200, { answer: '二', status: 'completed' }]);
			expect(await say('anna', '[script: echo]三')).toEqual([200, { answer: '三', status: 'completed' }]);
			expect(stage.sandbox.findRequests({ provider: 'aidol', operation: 'conversation.create' })).toHaveLength(2);
			const [anna, bert, annaAgain] = stage.questions().map((request) => request.json() as { conversationId: string });
			expect(annaAgain?.conversationId).toBe(anna?.conversationId);
			expect(bert?.conversationId).not.toBe(anna?.conversationId);
			expect(stage.questions().map(({ headers }) => headers['x-user-id'])).toEqual(['anna', 'bert', 'anna']);
			const missing = [400, { reason: expect.stringContaining('Send a user') }];
			for (const user of [null, undefined, '', ' ', { id: 1 }, 7, '安娜'])
				expect(await say(user, 'hello')).toEqual(missing);
			for (const text of [null, undefined, ' ', ['x']]) expect(await say('anna', text)).toEqual(missing);
			expect(stage.questions()).toHaveLength(3);
			expect(await say('anna', '[script: fail Out of credits]')).toEqual([
				502,
				expect.objectContaining({ details: expect.stringContaining('Out of credits') }),
			]);
		});
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
