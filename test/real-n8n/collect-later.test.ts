import { N8nApi, itemsOf } from '../../harness/server/api';
import { type N8n, startN8n, WITHOUT_EDITOR } from '../../harness/server/server';
import { inSequence, node, workflow } from '../../harness/server/workflow';
import { setFields, webhook } from '../../harness/stage/nodes';
import { providers, send } from '../../harness/stage/providers';
import { extensionsDir, owner } from '../../harness/stage/shared-n8n';
import { Stage } from '../../harness/stage/stage';

/** An n8n of its own, because it is restarted in the middle. */
describe('ask now, collect later, with a restart of n8n in between', () => {
	const collecting = providers.filter(({ collects }) => collects);
	let n8n: N8n;
	let stage: Stage;

	beforeAll(async () => {
		n8n = await startN8n({ extensionsDir: extensionsDir(), env: WITHOUT_EDITOR });
		const api = new N8nApi(n8n.url);
		await api.setUpOwner(owner);
		stage = await Stage.open(api);
		stage.sandbox.scripts.register('slow', {
			steps: [{ text: '先想一想… ' }, { hold: 'n8n is away' }, { text: '答案是 42。' }],
		});
	}, 120_000);
	afterAll(async () => {
		await stage.close();
		await n8n.remove();
	});
	beforeEach(() => stage.sandbox.reset());

	const endings = [
		{ how: 'in good order', end: async () => await n8n.stop() },
		{ how: 'by a crash', end: async () => await n8n.kill() },
	];
	// n8n starts anew in each of them: one provider is enough for the crash
	const cases = collecting.flatMap((under, index) =>
		endings.slice(0, index === 0 ? 2 : 1).map((ending) => ({ title: under.title, under, ...ending })),
	);

	test.each(cases)(
		'$title: what was answered while n8n had ended $how is collected whole',
		async ({ under, end }) => {
			const trigger = webhook('execution id');
			const ask = send(stage, under, { message: '[script: slow]', options: { waitForAnswer: false } });
			const kept = setFields('Keep', {
				conversationId: '={{ $json.conversationId }}',
				messageId: '={{ $json.messageId }}',
				status: '={{ $json.status }}',
				resumeUrl: '={{ $execution.resumeUrl }}',
			});
			const wait = node(
				'Wait',
				'n8n-nodes-base.wait',
				{ resume: 'webhook' },
				{ typeVersion: 1.1, webhookId: trigger.path },
			);
			const collect = node(
				'Collect',
				under.nodeType,
				{
					...under.sendParameters,
					resource: 'message',
					operation: 'collect',
					conversationId: "={{ $('Keep').item.json.conversationId }}",
					messageId: "={{ $('Keep').item.json.messageId }}",
					options: { idleTimeout: 4 }, // WPS is believed that an answer is whole after half of it
				},
				{ credentials: [stage.credential(under.credentialType)] },
			);
			await stage.publish(
				workflow(
					'Collect later',
					[trigger.node, ask, kept, wait, collect],
					inSequence('Webhook', 'Ask', 'Keep', 'Wait', 'Collect'),
				),
			);

			const id = await (await stage.api.callWebhook(trigger.path, {})).text();
			const waiting = await stage.api.waitForStatus(id, ['waiting']);
			const [ids] = itemsOf(waiting, 'Keep');
			expect(ids).toMatchObject({
				status: 'running',
				conversationId: expect.any(String),
				messageId: expect.any(String),
			});

			await end();
			stage.sandbox.release('n8n is away');
			await n8n.restart();
			const resumed = await fetch(ids?.resumeUrl as string);
			expect([resumed.status, await resumed.text()]).toEqual([200, expect.any(String)]);

			const execution = await stage.api.waitForExecution(id);
			expect(execution.error).toBeUndefined();
			expect(itemsOf(execution, 'Collect')).toEqual([
				expect.objectContaining({
					status: 'completed',
					answer: '先想一想… 答案是 42。',
					conversationId: ids?.conversationId,
					messageId: ids?.messageId,
				}),
			]);
			expect(stage.questions()).toHaveLength(1);
			expect(stage.sandbox.findRequests({ operation: 'cancel' })).toHaveLength(0);
		},
		120_000,
	);
});
