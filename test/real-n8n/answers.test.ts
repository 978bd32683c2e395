import { itemsOf } from '../../harness/server/api';
import { inSequence, workflow } from '../../harness/server/workflow';
import { splitItems, webhook } from '../../harness/stage/nodes';
import { providers, send } from '../../harness/stage/providers';
import { Stage } from '../../harness/stage/stage';
import { longText } from '../../sandbox';

interface Answer {
	provider: string;
	status: string;
	answer: string;
	conversationId: string;
	messageId: string | null;
}

describe.each(providers)('$title: webhook → items → node → response', (under) => {
	let stage: Stage;
	let path: string;
	let workflowId: string;

	beforeAll(async () => {
		stage = await Stage.open();
		const trigger = webhook('result');
		const ask = send(stage, under, { message: '={{ $json.message }}' });
		const { id } = await stage.publish(
			workflow(`Answers of ${under.title}`, [trigger.node, splitItems(), ask], inSequence('Webhook', 'Split', 'Ask')),
		);
		workflowId = id;
		path = trigger.path;
	});
	afterAll(async () => await stage.close());
	afterEach(() => stage.sandbox.reset());

	async function ask(messages: string[]): Promise<Answer[]> {
		const response = await stage.api.callWebhook(path, { items: messages.map((message) => ({ message })) });
		const text = await response.text();
		if (response.status !== 200) throw new Error(text);
		return JSON.parse(text) as Answer[];
	}

	test.each([
		['Chinese', '2024年第三季度，英伟达数据中心收入同比增长一倍以上。'],
		['emoji of several code points', '👩‍👩‍👧‍👦 🇨🇳 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 𠮷'],
		['what looks like damaged UTF-8', '«·École» Â«Â· Ã‰ \u00ad\u200b\ufeff'],
		['control characters and line ends', 'a\u2028b\u2029c\r\nd\te\u0001f'],
		[
			'text that looks like an expression or HTML',
			'={{ $json }} {{ 1 + 1 }} <script>alert("x")</script> &amp; \\u0041',
		],
	])('an answer arrives byte for byte: %s', async (_, text) => {
		stage.sandbox.scripts.next({ steps: [...text].map((character) => ({ text: character })) });
		const [item] = await ask(['question']);
		expect(item).toMatchObject({ provider: under.provider, status: 'completed' });
		expect(Buffer.from(item?.answer ?? '')).toEqual(Buffer.from(text));
	});

	test('a question arrives byte for byte', async () => {
		const question = '怎么看 «·École» 👩‍👩‍👧‍👦 "quoted" \\n {{ $json }} 0.1e-7 11887655289749513';
		const [item] = await ask([`[script: echo]${question}`]);
		expect(item?.answer).toBe(question);
	});

	test('an answer of 200 KB arrives byte for byte', async () => {
		const [item] = await ask(['[script: long 200KB pieces 4001]']);
		const text = longText(200 * 1024);
		expect(Buffer.byteLength(text)).toBe(204_800);
		expect(item?.answer === text).toBe(true);
	});

	test('items keep their order and their origin, whoever answers first', async () => {
		// the later a question, the earlier its answer is finished
		const gates = ['gate 0', 'gate 1', 'gate 2', 'gate 3'];
		gates.forEach((gate, index) => {
			stage.sandbox.scripts.register(`waiting${index}`, { steps: [{ hold: gate }, { text: `answer ${index}` }] });
		});
		const asked = ask(gates.map((_, index) => `[script: waiting${index}]`));
		await stage.sandbox.waitForRequest({ operation: 'chat' }, { nth: gates.length });
		for (const [index, gate] of [...gates.entries()].reverse()) {
			stage.sandbox.release(gate);
			const request = stage.questions().find(({ text }) => text.includes(`waiting${index}`));
			if (!request) throw new Error(`question ${index} was not asked`);
			await stage.sandbox.over(request);
		}
		expect((await asked).map(({ answer }) => answer)).toEqual(['answer 0', 'answer 1', 'answer 2', 'answer 3']);

		const execution = await stage.api.waitForExecutionOf(workflowId);
		const output = execution.runData.Ask?.[0]?.data?.main?.[0] ?? [];
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2, 3].map((item) => ({ item })));
		expect(itemsOf(execution, 'Ask').map(({ answer }) => answer)).toEqual((await asked).map(({ answer }) => answer));
	});

	test('each question is asked once and in its own conversation', async () => {
		const items = await ask(['[script: short] one', '[script: short] two', '[script: short] three']);
		expect(new Set(items.map(({ conversationId }) => conversationId)).size).toBe(3);
		expect(stage.questions()).toHaveLength(3);
	});
});
