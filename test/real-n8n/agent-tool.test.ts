import type { INode } from 'n8n-workflow';
import { type Execution, itemsOf } from '../../harness/server/api';
import { inSequence, node, type SavedCredential, workflow } from '../../harness/server/workflow';
import { webhook } from '../../harness/stage/nodes';
import { OpenAiStandIn } from '../../harness/stage/openai-stand-in';
import { type ProviderUnderTest, providers, send } from '../../harness/stage/providers';
import { Stage } from '../../harness/stage/stage';

describe.each(providers)("$title: as a tool of n8n's AI Agent", (under) => {
	let stage: Stage;
	let model: OpenAiStandIn;
	let modelCredential: SavedCredential;

	beforeAll(async () => {
		stage = await Stage.open();
		model = await OpenAiStandIn.start();
		modelCredential = await stage.api.createCredential('Stand-in model', 'openAiApi', {
			apiKey: 'any',
			url: model.url,
		});
	});
	afterAll(async () => {
		await stage.close();
		await stage.api.deleteCredential(modelCredential.id);
		await model.stop();
	});
	beforeEach(() => stage.sandbox.reset());

	/** An agent whose model asks the tool the question, and then repeats what the tool said. */
	async function runAgent(question: string): Promise<Execution> {
		model.prepare({ toolArguments: { question } });
		const trigger = webhook('execution id');
		await stage.publish(
			workflow(
				`Agent with ${under.title}`,
				[trigger.node, agent(), languageModel(modelCredential), asTool(stage, under)],
				[
					...inSequence('Webhook', 'Agent'),
					{ from: 'Model', to: 'Agent', type: 'ai_languageModel' },
					{ from: 'Ask', to: 'Agent', type: 'ai_tool' },
				],
			),
		);
		const id = await (await stage.api.callWebhook(trigger.path, { text: 'What does the agent say?' })).text();
		return await stage.api.waitForExecution(id);
	}

	test('the model gets the answer, and the question was asked once', async () => {
		const execution = await runAgent('[script: echo]第三季度怎么样？ «·É» 👩‍👩‍👧‍👦');
		expect(execution.error).toBeUndefined();
		const [result] = itemsOf(execution, 'Agent');
		expect(result?.output).toContain('第三季度怎么样？ «·É» 👩‍👩‍👧‍👦');
		expect(result?.output).toContain('completed');
		expect(stage.questions()).toHaveLength(1);
		const [offered] = model.requests[0]?.tools ?? [];
		expect(offered?.function.parameters).toMatchObject({ properties: { question: { type: 'string' } } });
	});

	test('the model is told in plain words when the agent fails', async () => {
		await runAgent('[script: short] [fault: error after 2 events "overloaded"]');
		const told = model.requests.at(-1)?.messages.find(({ role }) => role === 'tool')?.content ?? '';
		expect(JSON.parse(told)).toEqual([{ error: expect.stringMatching(/^[^\n{}]+'s agent stopped: overloaded$/) }]);
		expect(stage.questions()).toHaveLength(1);
	});
});

function agent(): INode {
	return node(
		'Agent',
		'@n8n/n8n-nodes-langchain.agent',
		{ promptType: 'define', text: '={{ $json.body.text }}', options: {} },
		{ typeVersion: 3 },
	);
}

function languageModel(credential: SavedCredential): INode {
	return node(
		'Model',
		'@n8n/n8n-nodes-langchain.lmChatOpenAi',
		{ model: { __rl: true, mode: 'id', value: 'stand-in' }, responsesApiEnabled: false, options: {} },
		{ typeVersion: 1.3, credentials: [credential] },
	);
}

function asTool(stage: Stage, under: ProviderUnderTest): INode {
	const message = "={{ $fromAI('question', 'what to ask', 'string') }}";
	const tool = send(stage, under, { message });
	return { ...tool, type: `${tool.type}Tool` };
}
