import { itemsOf } from '../../harness/server/api';
import { sandboxCredentials } from '../../harness/server/sandbox-credentials';
import { inSequence, node, workflow } from '../../harness/server/workflow';
import { end, setFields, webhook } from '../../harness/stage/nodes';
import { aiDol, reportify, send } from '../../harness/stage/providers';
import { Stage } from '../../harness/stage/stage';

/** Odd and above 2^53: a number in JavaScript would turn it into ...9512. */
const AGENT_ID = '11887655289749513';

describe('ids beyond 2^53', () => {
	let stage: Stage;

	beforeAll(async () => {
		stage = await Stage.open();
	});
	afterAll(async () => await stage.close());

	test('Reportify: every id comes out, goes through expressions and a Set node, and goes in as itself', async () => {
		const credentials = [stage.credential('reportifyApi')];
		const trigger = webhook('execution id');
		const create = node(
			'Create',
			'CUSTOM.reportify',
			{ resource: 'conversation', operation: 'create', agentId: '={{ $json.body.agent }}' },
			{ credentials },
		);
		const kept = setFields('Keep', {
			conversation: '={{ $json.conversationId }}',
			sentence: '=id: {{ $json.id }}, agent: {{ $json.agent_id }}',
		});
		const ask = send(stage, reportify, { conversationId: '={{ $json.conversation }}', message: '[script: short]' });
		const conversationId = '={{ $json.conversationId }}';
		const list = node(
			'List',
			'CUSTOM.reportify',
			{ resource: 'message', operation: 'getAll', conversationId, returnAll: true },
			{ credentials },
		);
		const get = node(
			'Get',
			'CUSTOM.reportify',
			{ resource: 'conversation', operation: 'get', conversationId },
			{ credentials, executeOnce: true },
		);
		const names = ['Webhook', 'Create', 'Keep', 'Ask', 'List', 'Get', 'End'];
		await stage.publish(
			workflow('Ids', [trigger.node, create, kept, ask, list, get, end('End')], inSequence(...names)),
		);
		const id = await (await stage.api.callWebhook(trigger.path, { agent: AGENT_ID })).text();
		const execution = await stage.api.waitForExecution(id);
		expect(execution.error).toBeUndefined();

		const [created] = stage.sandbox.findRequests({ operation: 'conversation.create' });
		expect(created?.text).toContain(`"agent_id":${AGENT_ID}`);

		const [conversation] = itemsOf(execution, 'Create');
		const exact = conversation?.conversationId as string;
		expect(BigInt(exact)).toBeGreaterThan(2n ** 53n);
		expect(BigInt(exact) % 2n).toBe(1n);
		expect(conversation).toMatchObject({ id: exact, agent_id: AGENT_ID });
		expect(itemsOf(execution, 'Keep')).toEqual([{ conversation: exact, sentence: `id: ${exact}, agent: ${AGENT_ID}` }]);

		const [asked] = stage.questions();
		expect(asked?.path).toBe(`/v1/agent/conversations/${exact}/chat`);
		expect(itemsOf(execution, 'Ask')).toEqual([expect.objectContaining({ conversationId: exact })]);

		const messages = itemsOf(execution, 'List');
		expect(messages).toHaveLength(2);
		for (const message of messages) {
			for (const name of ['id', 'conversation_id', 'turn_id', 'user_id']) {
				expect([name, typeof message[name]]).toEqual([name, 'string']);
			}
			expect(message.conversation_id).toBe(exact);
		}
		const [answer, question] = messages;
		expect(answer?.reply_to_message_id).toBe(question?.id);
		const [got] = itemsOf(execution, 'Get');
		expect(got).toMatchObject({ id: exact, agent_id: AGENT_ID, last_message: { id: answer?.id } });
	});

	test('Reportify: a number that has lost its digits already is refused before anything is sent', async () => {
		stage.sandbox.reset();
		const trigger = webhook('execution id');
		const ask = send(stage, reportify, { conversationId: '={{ $json.body.id }}', message: 'hello' });
		await stage.publish(workflow('Rounded id', [trigger.node, ask], inSequence('Webhook', 'Ask')));
		// JSON text with the bare number, as another system would send it
		const response = await fetch(`${stage.api.url}/webhook/${trigger.path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: `{"id":${AGENT_ID}}`,
		});
		const execution = await stage.api.waitForExecution(await response.text());
		expect(execution.status).toBe('error');
		expect(execution.error?.message).toContain('Conversation ID');
		expect(stage.sandbox.requests).toHaveLength(0);
	});

	test('AI-DOL: a user id that looks like such a number goes out as it was saved', async () => {
		stage.sandbox.reset();
		const fields = { ...sandboxCredentials(stage.sandbox).aiDolApi, userId: AGENT_ID };
		const credential = await stage.api.createCredential('Digits', 'aiDolApi', fields);
		const trigger = webhook('execution id');
		const ask = { ...send(stage, aiDol, { message: '[script: short]' }), credentials: { aiDolApi: credential } };
		await stage.publish(workflow('Digits', [trigger.node, ask], inSequence('Webhook', 'Ask')));
		const id = await (await stage.api.callWebhook(trigger.path, {})).text();
		const { status } = await stage.api.waitForExecution(id);
		await stage.api.deleteCredential(credential.id);
		const sent = stage.sandbox.requests.map(({ headers }) => headers['x-user-id']);
		expect([status, sent]).toEqual(['success', [AGENT_ID, AGENT_ID]]);
	});
});
