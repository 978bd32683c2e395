import type { RunResult } from '../../harness/engine/engine';
import { aiDolBench } from './aidol';
import { reportifyBench } from './reportify';

/** Tokens are told to n8n as its own AI nodes do, and stand in what it keeps of the execution. */

const reportify = reportifyBench();
const aiDol = aiDolBench();

const told = ({ run }: RunResult): unknown => run.data.resultData.runData.Tested?.[0]?.metadata?.tokenUsage;

test('the tokens of all items together; n8n’s retries count none twice', async () => {
	reportify.sandbox.configure({ reportify: { usage: true } });
	const items = [{ json: { n: 1 } }, { json: { n: 2 } }];
	const message = "={{ $json.n === 2 ? '[script: fail no]' : 'hello [script: short]' }}";
	const result = await reportify.send(
		{ message },
		{ items, node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1, onError: 'continueRegularOutput' } },
	);
	reportify.sandbox.configure({ reportify: { usage: false } });
	expect(result.items[0]!.json.usage).toMatchObject({ input_tokens: 128, output_tokens: 512 });
	expect(told(result)).toEqual({ inputTokens: 128, outputTokens: 512 });
});

test('tokens in the names of OpenAI', async () => {
	const usage = { prompt_tokens: 3, completion_tokens: 4 };
	const events = [{ choices: [{ delta: { content: 'hi' } }] }, { choices: [], usage }, '[DONE]'];
	const result = await aiDol.send({ message: `x [script: events ${JSON.stringify(events)}]` });
	expect(result.items[0]!.json).toMatchObject({ answer: 'hi', usage });
	expect(told(result)).toEqual({ inputTokens: 3, outputTokens: 4 });
});

test('nothing is told where the provider says nothing', async () => {
	expect(told(await reportify.send())).toBeUndefined();
});
