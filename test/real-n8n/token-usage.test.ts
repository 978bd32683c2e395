import { inSequence, workflow } from '../../harness/server/workflow';
import { webhook } from '../../harness/stage/nodes';
import { reportify, send } from '../../harness/stage/providers';
import { Stage } from '../../harness/stage/stage';

/** What n8n does with the tokens that it is told: docs/compatibility.md#tokens-in-n8n. */
describe('the tokens of an answer', () => {
	let stage: Stage;
	beforeAll(async () => {
		stage = await Stage.open();
	});
	afterAll(async () => await stage.close());

	test('are kept with the execution, for each run of the node', async () => {
		stage.sandbox.configure({ reportify: { usage: true } });
		const trigger = webhook('result');
		const ask = send(stage, reportify, { message: '={{ $json.body.message }}' });
		const again = send(stage, reportify, { message: 'again [script: short]' }, { name: 'Ask again' });
		const { id } = await stage.publish(
			workflow('Tokens', [trigger.node, ask, again], inSequence('Webhook', 'Ask', 'Ask again')),
		);
		const response = await stage.api.callWebhook(trigger.path, { message: 'hello [script: short]' });
		expect(await response.json()).toEqual([expect.objectContaining({ usage: expect.anything() })]);
		const { runData } = await stage.api.waitForExecutionOf(id);
		for (const name of ['Ask', 'Ask again']) {
			expect(runData[name]?.[0]?.metadata).toMatchObject({ tokenUsage: { inputTokens: 128, outputTokens: 512 } });
		}
	});
});
