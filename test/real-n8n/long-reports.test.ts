import { randomUUID } from 'node:crypto';
import { SMTPServer } from 'smtp-server';
import { type Execution, itemsOf, N8nApi } from '../../harness/server/api';
import { poll } from '../../harness/server/polling';
import { type N8n, startN8n, WITHOUT_EDITOR } from '../../harness/server/server';
import {
	inSequence,
	node,
	type SavedCredential,
	workflow,
	type WorkflowDefinition,
} from '../../harness/server/workflow';
import { type FilledIn, filledIn, nodeOf } from '../../harness/stage/example';
import { setFields } from '../../harness/stage/nodes';
import { OpenAiStandIn } from '../../harness/stage/openai-stand-in';
import { extensionsDir, owner } from '../../harness/stage/shared-n8n';
import { SmtpSink } from '../../harness/stage/smtp-sink';
import { Stage } from '../../harness/stage/stage';

/**
 * The examples for reports that take an hour, as a user has filled them in, with an n8n of their own that is killed in
 * between. Every test ends with each question asked once and each report mailed once, or told as uncertain.
 */
describe('long reports: one workflow asks, another collects and mails', () => {
	let n8n: N8n;
	let stage: Stage;
	let mailbox: SmtpSink;
	let smtp: SavedCredential;
	beforeAll(async () => {
		n8n = await startN8n({ extensionsDir: extensionsDir(), env: WITHOUT_EDITOR });
		const api = new N8nApi(n8n.url);
		await api.setUpOwner(owner);
		stage = await Stage.open(api);
		mailbox = await SmtpSink.start();
		smtp = await api.createCredential('Mailbox', 'smtp', mailbox.credential);
	}, 300_000);
	afterAll(async () => {
		await stage.close();
		await mailbox.stop();
		await n8n.remove();
	});
	beforeEach(() => {
		stage.sandbox.reset();
		mailbox.mails.splice(0);
	});

	afterEach(async () => {
		const table = { __rl: true, mode: 'name', value: 'reportify_reports' };
		const filters = { conditions: [{ keyName: 'key', condition: 'isNotEmpty' }] };
		const empty = node(
			'Empty it',
			'n8n-nodes-base.dataTable',
			{ resource: 'row', operation: 'deleteRows', dataTableId: table, matchType: 'allConditions', filters },
			{ typeVersion: 1.1 },
		);
		const saved = await stage.save(workflow('Empty', [start(), empty], inSequence('Start', 'Empty it')));
		expect((await stage.runByHand(saved, { trigger: 'Start' })).error).toBeUndefined();
	}, 60_000);

	const start = () => node('Start', 'n8n-nodes-base.manualTrigger');
	const TRIGGER = 'Every 10 minutes';
	const from = { fromEmail: 'reports@firm.example', toEmail: 'anna@firm.example' };
	let number = 0;

	/** Questions that no other test has asked: the table is the same for all. */
	const fresh = (text: string) => `<${++number}> ${text}`;

	/** Half an hour is no time here: what belongs to a run that is gone is taken up at once. */
	function hasty(definition: WorkflowDefinition): WorkflowDefinition {
		return JSON.parse(
			JSON.stringify(definition).replaceAll('minus({ minutes: 30 })', 'minus({ minutes: 0 })'),
		) as WorkflowDefinition;
	}

	async function asking(questions: string[], pace = hasty) {
		const jsonOutput = JSON.stringify({ rows: questions.map((question) => ({ question })) });
		return await stage.save(pace(await filledIn(stage, 'long-reports-ask', { Questions: { jsonOutput } })));
	}

	async function collecting(mail: SavedCredential = smtp, pace = hasty) {
		const filled = await filledIn(
			stage,
			'long-reports-collect',
			{ 'Mail it': from, 'Tell that it is not certain': from },
			[mail],
		);
		const collect = filled.nodes.find(({ name }) => name === 'Collect what is finished')!;
		collect.parameters.options = { ...(collect.parameters.options as object), maxDuration: 2 };
		return await stage.save(pace(filled));
	}

	const run = async (saved: Awaited<ReturnType<typeof asking>>): Promise<Execution> =>
		await stage.runByHand(saved, { trigger: TRIGGER });

	/** Rows of the table, in the order in which they came in. */
	async function rowsOf(questions: string[]) {
		const table = { __rl: true, mode: 'name', value: 'reportify_reports' };
		const get = node(
			'Rows',
			'n8n-nodes-base.dataTable',
			{ resource: 'row', operation: 'get', dataTableId: table, returnAll: true },
			{ typeVersion: 1.1 },
		);
		const saved = await stage.save(workflow('Rows', [start(), get], inSequence('Start', 'Rows')));
		const execution = await stage.runByHand(saved, { trigger: 'Start' });
		return itemsOf(execution, 'Rows').filter(({ question }) => questions.includes(String(question)));
	}
	const statesOf = async (questions: string[]) => (await rowsOf(questions)).map(({ state }) => state);

	const askedAbout = (question: string) => stage.questions().filter(({ text }) => text.includes(question));
	const mailsAbout = (text: string) => mailbox.mails.filter((mail) => JSON.stringify(mail).includes(text));

	test('asks each question once, mails each report once, tells what failed', async () => {
		stage.sandbox.scripts.register('long', {
			steps: [{ text: '# Chips\n\nChapter 1. ' }, { hold: 'chapter 2' }, { text: 'Chapter 2.' }],
		});
		const [quick, long, failing] = [
			fresh('[script: echo] quick'),
			fresh('[script: long]'),
			fresh('[script: fail Out of credits]'),
		];
		const questions = [quick, long, failing];
		const ask = await asking(questions);
		const collect = await collecting();
		expect((await run(ask)).error).toBeUndefined();
		const before = (await rowsOf(questions)).map(({ since }) => since);
		expect((await run(ask)).error).toBeUndefined(); // has nothing to do
		expect(stage.questions()).toHaveLength(3);
		// Else a question that a crash left behind would look young for ever.
		expect((await rowsOf(questions)).map(({ since }) => since)).toEqual(before);
		expect(await statesOf(questions)).toEqual(['asked', 'asked', 'asked']);

		expect((await run(collect)).error).toBeUndefined();
		expect(await statesOf(questions)).toEqual(['mailed', 'asked', 'mailed']);
		expect(mailbox.mails).toHaveLength(2);
		const told = mailsAbout('Out of credits')[0];
		expect(told?.subject).toMatch(/^No report: /);

		stage.sandbox.release('chapter 2');
		expect((await run(collect)).error).toBeUndefined();
		expect((await run(collect)).error).toBeUndefined();
		expect(await statesOf(questions)).toEqual(['mailed', 'mailed', 'mailed']);
		expect(mailbox.mails).toHaveLength(3);
		const report = mailbox.mails[2];
		expect(report?.subject).toMatch(/^Chips, \d{4}-\d\d-\d\d$/);
		expect(report?.html).toContain('Chapter 1. Chapter 2.');
		expect(report?.html).toContain('Open it in Reportify');
		expect(report?.attachments).toHaveLength(1);
		expect(stage.questions()).toHaveLength(3);
		expect(stage.sandbox.findRequests({ operation: 'cancel' })).toHaveLength(0);
	}, 120_000);

	test('n8n is killed before the question is out: it is asked, once', async () => {
		const question = fresh('[script: echo] early');
		const ask = await asking([question]);
		stage.sandbox.faults.add({ kind: 'silence', operation: 'conversation.create' });
		await stage.api.runManually(ask, { trigger: TRIGGER });
		await stage.sandbox.waitForRequest({ operation: 'conversation.create' });
		await n8n.kill();
		await n8n.restart();
		expect(stage.questions()).toHaveLength(0);
		expect(await statesOf([question])).toEqual(['asking']);
		expect((await run(ask)).error).toBeUndefined();
		expect(await statesOf([question])).toEqual(['asked']);
		expect(askedAbout(question)).toHaveLength(1);
	}, 300_000);

	test('n8n is killed when the question has just arrived: its answer is mailed, and it is not asked again', async () => {
		const question = fresh('[script: echo] late');
		const ask = await asking([question]);
		const collect = await collecting();
		stage.sandbox.faults.add({ kind: 'silence', operation: 'chat' });
		await stage.api.runManually(ask, { trigger: TRIGGER });
		await stage.sandbox.waitForRequest({ operation: 'chat' });
		await n8n.kill();
		await n8n.restart();
		expect(await rowsOf([question])).toEqual([expect.objectContaining({ state: 'asking', messageId: null })]);
		expect((await run(ask)).error).toBeUndefined();
		expect(await statesOf([question])).toEqual(['asked']);
		expect((await run(collect)).error).toBeUndefined();
		expect(await statesOf([question])).toEqual(['mailed']);
		expect(askedAbout(question)).toHaveLength(1);
		expect(mailbox.mails).toHaveLength(1);
	}, 300_000);

	test('n8n is killed while it collects, and the report is mailed afterwards', async () => {
		stage.sandbox.scripts.register('interrupted', {
			steps: [{ text: 'One. ' }, { hold: 'n8n is away' }, { text: 'Two.' }],
		});
		const question = fresh('[script: interrupted]');
		const ask = await asking([question]);
		const collect = await collecting();
		await run(ask);
		const looks = stage.sandbox.findRequests({ operation: 'events' }).length;
		await stage.api.runManually(collect, { trigger: TRIGGER });
		await stage.sandbox.waitForRequest({ operation: 'events' }, { nth: looks + 1 });
		await n8n.kill();
		stage.sandbox.release('n8n is away');
		await n8n.restart();
		expect(mailbox.mails).toHaveLength(0);
		expect((await run(collect)).error).toBeUndefined();
		expect((await run(collect)).error).toBeUndefined();
		expect(mailbox.mails).toHaveLength(1);
		expect(mailbox.mails[0]?.html).toContain('One. Two.');
		expect([await statesOf([question]), askedAbout(question).length]).toEqual([['mailed'], 1]);
	}, 300_000);

	test('n8n is killed while it mails: nothing is mailed twice, the one in doubt is told, the others are mailed', async () => {
		const questions = [fresh('[script: echo] first'), fresh('[script: echo] second')];
		let hanging: (() => void) | undefined;
		const isHanging = new Promise<void>((resolve) => (hanging = resolve));
		// It has taken the e-mail and says nothing more.
		const stuck = new SMTPServer({
			authOptional: true,
			disabledCommands: ['STARTTLS'],
			onData: (stream) => stream.on('end', () => hanging?.()).resume(),
		});
		await new Promise<void>((resolve) => stuck.listen(0, '127.0.0.1', resolve));
		const { port } = stuck.server.address() as { port: number };
		const stuckSmtp = await stage.api.createCredential('Stuck', 'smtp', { ...mailbox.credential, port });
		await run(await asking(questions));
		await stage.api.runManually(await collecting(stuckSmtp), { trigger: TRIGGER });
		await isHanging;
		await n8n.kill();
		await new Promise<void>((resolve) => stuck.close(() => resolve()));
		await n8n.restart();
		expect((await statesOf(questions)).sort()).toEqual(['asked', 'mailing']);

		const collect = await collecting();
		expect((await run(collect)).error).toBeUndefined();
		expect((await run(collect)).error).toBeUndefined();
		expect((await statesOf(questions)).sort()).toEqual(['in doubt', 'mailed']);
		expect(mailbox.mails.map(({ subject }) => /^Perhaps not mailed/.test(subject ?? '')).sort()).toEqual([false, true]);
		const [doubtful] = mailsAbout('Perhaps not mailed');
		expect(doubtful?.text).toMatch(/Report: (https?:|conversation \d)/);
		expect(stage.questions()).toHaveLength(2);
	}, 300_000);

	test('a mail server that is away: the execution fails in sight, and the next run mails', async () => {
		const question = fresh('[script: echo] patient');
		await run(await asking([question]));
		const away = await stage.api.createCredential('Away', 'smtp', { ...mailbox.credential, port: 9 });
		const failed = await run(await collecting(away));
		expect(failed.error?.message).toContain('The mail server cannot be reached');
		expect(await statesOf([question])).toEqual(['asked']);
		expect((await run(await collecting())).error).toBeUndefined();
		expect([await statesOf([question]), mailbox.mails.length]).toEqual([['mailed'], 1]);
	}, 120_000);

	test('Reportify that is away: the execution fails in sight, nothing is lost, nothing is asked twice', async () => {
		const question = fresh('[script: echo] away');
		const ask = await asking([question]);
		stage.sandbox.faults.add({ kind: 'status', status: 503, operation: 'conversation.create', times: 0 });
		expect((await run(ask)).error?.message).toContain('The next run tries again');
		stage.sandbox.faults.clear();
		expect((await run(ask)).error).toBeUndefined();
		expect([await statesOf([question]), askedAbout(question).length]).toEqual([['asked'], 1]);
	}, 120_000);

	test('two runs at the same time share the work', async () => {
		const unhurried = (definition: WorkflowDefinition) => definition;
		const questions = [1, 2, 3, 4].map(() => fresh('[script: echo] together'));
		const ask = await asking(questions, unhurried);
		const collect = await collecting(smtp, unhurried);
		const both = async (saved: typeof ask) => {
			const ids = await Promise.all([1, 2].map(async () => await stage.api.runManually(saved, { trigger: TRIGGER })));
			for (const id of ids) expect((await stage.api.waitForExecution(id)).error).toBeUndefined();
		};
		await both(ask);
		expect(stage.questions()).toHaveLength(4);
		await both(collect);
		expect(await statesOf(questions)).toEqual(['mailed', 'mailed', 'mailed', 'mailed']);
		expect(mailbox.mails).toHaveLength(4);
	}, 120_000);

	test('an AI Agent and its tool sleep while n8n is killed, and go on with the report', async () => {
		const model = await OpenAiStandIn.start();
		const key = await stage.api.createCredential('Model', 'openAiApi', { apiKey: 'any', url: model.url });
		try {
			model.prepare({ toolArguments: { question: '[script: slow study]' } });
			stage.sandbox.scripts.register('slow study', { steps: [{ text: '一 ' }, { hold: 'study' }, { text: '二' }] });
			const fill: FilledIn = {
				Webhook: { path: randomUUID() },
				'Mail the answer': from,
				// It is woken by a call here instead of by the clock; the sleep is the same.
				Wait: { resume: 'webhook' },
				'Collect the report': { options: { ifNotFinished: 'return', maxDuration: 1 } },
			};
			const filled = await filledIn(stage, 'ai-agent-with-a-waiting-tool', fill, [key, smtp]);
			filled.nodes.push(setFields('Wake up', { address: '={{ $execution.resumeUrl }}' }));
			filled.connections['Ask without waiting']!.main![0] = [{ node: 'Wake up', type: 'main', index: 0 }];
			filled.connections['Wake up'] = { main: [[{ node: 'Wait', type: 'main', index: 0 }]] };
			const { id: workflowId } = await stage.publish(filled);
			await stage.api.callWebhook(String(nodeOf(filled, 'Webhook').parameters.path), { question: 'HBM?' });

			/** The tool's execution, as soon as it sleeps for the nth time and the agent's does as well. */
			const asleep = async (nth: number) =>
				await poll('tool and agent to sleep', async () => {
					const sleeping = await stage.api.listExecutions({ workflowId, status: ['waiting'] });
					const executions = await Promise.all(sleeping.map(async ({ id }) => await stage.api.getExecution(id)));
					const tool = executions.find(({ runData }) => runData['Wake up']);
					const looks = tool?.runData['Still writing?']?.length ?? 0;
					return executions.length === 2 && looks === nth - 1 ? tool : undefined;
				});
			const wake = async (tool: Execution | undefined) => {
				const [{ address } = { address: '' }] = itemsOf(tool!, 'Wake up');
				expect((await fetch(String(address))).status).toBe(200);
			};
			await wake(await asleep(1)); // the agent is still writing: it goes to sleep again
			const tool = await asleep(2);
			await n8n.kill();
			stage.sandbox.release('study');
			await n8n.restart();
			await wake(tool);
			await poll('the mail', () => (mailbox.mails.length > 0 ? true : undefined));
			expect(mailbox.mails).toHaveLength(1);
			expect(mailbox.mails[0]?.subject).toMatch(/^HBM\?, \d{4}/);
			expect(mailbox.mails[0]?.text).toContain('一 二');
			expect(mailbox.mails[0]?.text).toContain('whole');
			expect(stage.questions()).toHaveLength(1);
		} finally {
			await stage.api.deleteCredential(key.id);
			await model.stop();
		}
	}, 300_000);

	test('both can be published', async () => {
		for (const saved of [await asking([]), await collecting()]) await stage.api.activateWorkflow(saved);
	});
});
