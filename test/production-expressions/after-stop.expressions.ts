import { Expression, type IWorkflowDataProxyData } from 'n8n-workflow';
import { AGENT, aiDolBench } from '../engine/aidol';
import { reportifyBench, type RunExtras } from '../engine/reportify';
import { APP, wpsBench } from '../engine/wps';

const reportify = reportifyBench();
const wps = wpsBench();
const aiDol = aiDolBench();

const SLOW = 'x [script: tokens 200] [pace: 20]';

const acquired = jest.spyOn(Expression.prototype, 'acquireIsolate');

afterEach(() => acquired.mockClear());
afterAll(() => acquired.mockRestore());

const evaluate = (expression: Expression) =>
	expression.resolveSimpleParameterValue('={{ 1 + 1 }}', {} as IWorkflowDataProxyData, false);

/**
 * Takes the sandbox of expressions away and presses Stop. n8n does both at once, and which comes first is a matter of
 * luck; this is the worse case.
 */
async function stopWithoutExpressions(cancel: () => void): Promise<void> {
	const expressions = acquired.mock.contexts as Expression[];
	expect(expressions.length).toBeGreaterThan(0);
	await Promise.all(expressions.map(async (each) => await each.releaseIsolate()));
	for (const each of expressions) expect(() => evaluate(each)).toThrow('No bridge acquired');
	cancel();
}

describe.each([
	{
		name: 'Reportify',
		bench: reportify,
		send: async (extra: RunExtras) => await reportify.send({ message: `={{ '${SLOW}' }}` }, extra),
	},
	{
		name: 'WPS Agent',
		bench: wps,
		send: async (extra: RunExtras) => await wps.send({ appId: APP, message: `={{ '${SLOW}' }}` }, extra),
	},
])('$name', ({ bench, send }) => {
	test('the provider is told to stop although no expression can be evaluated any more', async () => {
		const chatOf = async () => await bench.sandbox.waitForRequest({ operation: 'chat' });
		const { run } = await send({
			onStarted: ({ cancel }) =>
				void chatOf()
					.then(async (chat) => await bench.sandbox.eventsSent(chat, 5))
					.then(async () => await stopWithoutExpressions(cancel)),
		});
		expect(run.status).toBe('canceled');
		const cancelled = await bench.sandbox.waitForRequest({ operation: 'cancel' });
		await bench.sandbox.over(cancelled);
		expect(cancelled.status).toBe(200);
		const closedAt = await bench.sandbox.closedByClient(await chatOf());
		expect(Math.abs(cancelled.at - closedAt)).toBeLessThan(1000);
		expect(bench.sandbox.findRequests({ operation: 'cancel' })).toHaveLength(1);
	});
});

test('AI-DOL, which has nothing to cancel with: the connection closes all the same', async () => {
	const chatOf = async () => await aiDol.sandbox.waitForRequest({ operation: 'chat' });
	const { run } = await aiDol.send(
		{ agentId: AGENT, message: `={{ '${SLOW}' }}` },
		{
			onStarted: ({ cancel }) =>
				void chatOf()
					.then(async (chat) => await aiDol.sandbox.eventsSent(chat, 3))
					.then(async () => await stopWithoutExpressions(cancel)),
		},
	);
	expect(run.status).toBe('canceled');
	await aiDol.sandbox.closedByClient(await chatOf());
});
