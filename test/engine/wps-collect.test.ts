import { APP, errorIn, wpsBench } from './wps';

jest.setTimeout(60_000);

const bench = wpsBench();
const CONTINUE = { node: { onError: 'continueRegularOutput' as const } };

/** Asks as somebody else does: another process of n8n, or another program. Gives the id of the chat, when it is over. */
async function askedElsewhere(conversationId: string, text: string): Promise<string> {
	bench.configure({ checkSignature: false });
	const reply = await fetch(`${bench.sandbox.wps.url}/v7/devhub/apps/${APP}/chats/create`, {
		method: 'POST',
		headers: { Authorization: 'Bearer sandbox-user-token', 'Content-Type': 'application/json' },
		body: JSON.stringify({ text, session_id: conversationId, stream: false }),
	});
	const { data } = (await reply.json()) as { data: { chat_id: string } };
	await bench.sandbox.wpsStore.chats().find(({ id }) => id === data.chat_id)!.run.ended;
	return data.chat_id;
}

async function collected(parameters: object) {
	const collect = { resource: 'message', operation: 'collect', ...parameters };
	return (await bench.run(collect, CONTINUE)).items[0]!.json;
}

describe('several questions in a conversation, asked elsewhere', () => {
	let conversationId: string;
	let first: string;
	let second: string;
	beforeEach(async () => {
		conversationId = await bench.newConversation();
		first = await askedElsewhere(conversationId, 'ONE [script: echo]');
		second = await askedElsewhere(conversationId, 'TWO [script: echo]');
	});

	test('by message ID alone: never the answer to the other one', async () => {
		for (const messageId of [first, second, 'no-such-message']) {
			const json = await collected({ conversationId, messageId });
			expect(errorIn(json)).toMatchObject({ code: 'answer_ambiguous', messageId, partialAnswer: '' });
			expect(errorIn(json).description).toContain('field Question');
		}
	});

	test.each(['with the message ID', 'without it'])('by the text of the question, %s', async (how) => {
		for (const [messageId, question, answer] of [
			[first, 'ONE [script: echo]', 'ONE'],
			[second, ' TWO  [script: echo]\n', 'TWO'],
		]) {
			const json = await collected({ conversationId, question, ...(how === 'without it' ? {} : { messageId }) });
			expect(json).toMatchObject({ answer, status: 'completed', deliveredBy: 'lookup' });
		}
	});

	test('without either: the last one', async () => {
		expect(await collected({ conversationId })).toMatchObject({ answer: 'TWO', messageId: null });
	});

	test('a question that is an object is refused before any request', async () => {
		bench.sandbox.clearRequests();
		const json = await collected({ conversationId, question: '={{ ({ a: 1 }) }}' });
		expect(errorIn(json).message).toBe("The parameter 'Question' is not a text");
		expect(bench.sandbox.requests).toEqual([]);
	});
});

test('exactly one question: its message ID tells it', async () => {
	const conversationId = await bench.newConversation();
	const messageId = await askedElsewhere(conversationId, 'ONE [script: echo]');
	expect(await collected({ conversationId, messageId })).toMatchObject({ answer: 'ONE', messageId });
});

test('what this n8n asked is told by its message ID, also after later questions', async () => {
	const conversationId = await bench.newConversation();
	const options = { waitForAnswer: false };
	const { items } = await bench.send({ conversationId, message: 'ONE [script: echo]', options });
	await bench.sandbox.wpsStore.chats()[0]!.run.ended;
	await bench.send({ conversationId, message: 'TWO [script: echo]' });
	const { messageId } = items[0]!.json;
	expect(await collected({ conversationId, messageId })).toMatchObject({ answer: 'ONE', messageId });
});

test('the running item of Send is all that Collect needs', async () => {
	const conversationId = await bench.newConversation();
	await askedElsewhere(conversationId, 'ONE [script: echo]');
	const message = 'TWO [script: echo]';
	const { items } = await bench.send({ conversationId, message, options: { waitForAnswer: false } });
	await askedElsewhere(conversationId, 'THREE [script: echo]');
	expect(items[0]?.json.question).toBe(message);
	const { question } = items[0]!.json;
	expect(await collected({ conversationId, question })).toMatchObject({ answer: 'TWO' });
});
