import { itemsOf, pinned } from '../../harness/server/api';
import { inSequence, node, workflow } from '../../harness/server/workflow';
import { end, setFields } from '../../harness/stage/nodes';
import { providers, send } from '../../harness/stage/providers';
import { Stage } from '../../harness/stage/stage';

const START = node('Start', 'n8n-nodes-base.manualTrigger');

describe.each(providers)('$title: how people build workflows in the editor', (under) => {
	let stage: Stage;

	beforeAll(async () => {
		stage = await Stage.open();
	});
	afterAll(async () => await stage.close());
	beforeEach(() => stage.sandbox.reset());

	test('"Execute step" on a later node takes the answer of the earlier run and does not ask again', async () => {
		const saved = await stage.save(
			workflow(
				'Partial',
				[START, send(stage, under, { message: '[script: short]' }), setFields('Use', { text: '={{ $json.answer }}!' })],
				inSequence('Start', 'Ask', 'Use'),
			),
		);
		const asked = await stage.runByHand(saved, { trigger: 'Start', destination: 'Ask' });
		expect(asked.status).toBe('success');
		expect(Object.keys(asked.runData)).toEqual(['Start', 'Ask']);

		const used = await stage.runByHand(saved, { trigger: 'Start', destination: 'Use', runData: asked.runData });
		expect(used.status).toBe('success');
		const [{ answer } = { answer: undefined }] = itemsOf(asked, 'Ask');
		expect(itemsOf(used, 'Use')).toEqual([{ text: `${String(answer)}!` }]);
		expect(stage.questions()).toHaveLength(1);
	});

	test('a step that was changed is asked again', async () => {
		const saved = await stage.save(
			workflow('Changed', [START, send(stage, under, { message: '[script: short]' })], inSequence('Start', 'Ask')),
		);
		const { runData } = await stage.runByHand(saved, { trigger: 'Start' });
		const { status } = await stage.runByHand(saved, {
			trigger: 'Start',
			destination: 'Ask',
			runData,
			dirtyNodes: ['Ask'],
		});
		expect(status).toBe('success');
		expect(stage.questions()).toHaveLength(2);
	});

	test('pinned data stand in for the node: nothing is asked', async () => {
		const saved = await stage.save(
			workflow(
				'Pinned',
				[START, send(stage, under, { message: 'hello' }), setFields('Use', { text: '={{ $json.answer }}' })],
				inSequence('Start', 'Ask', 'Use'),
				{ pinData: pinned('Ask', [{ answer: 'pinned 答案' }]) },
			),
		);
		const execution = await stage.runByHand(saved, { trigger: 'Start' });
		expect(itemsOf(execution, 'Use')).toEqual([{ text: 'pinned 答案' }]);
		expect(stage.questions()).toHaveLength(0);
	});

	test('pinned data can be its input', async () => {
		const saved = await stage.save(
			workflow(
				'Pinned input',
				[START, setFields('Input', { q: 'x' }), send(stage, under, { message: '={{ $json.q }}' })],
				inSequence('Start', 'Input', 'Ask'),
				{ pinData: pinned('Input', [{ q: '[script: echo]一' }, { q: '[script: echo]二' }]) },
			),
		);
		const execution = await stage.runByHand(saved, { trigger: 'Start' });
		expect(itemsOf(execution, 'Ask').map(({ answer }) => answer)).toEqual(['一', '二']);
	});

	test('in a sub-workflow it answers for each item of the caller', async () => {
		const sub = await stage.publish(
			workflow(
				'Sub-workflow',
				[
					node('Called', 'n8n-nodes-base.executeWorkflowTrigger', { inputSource: 'passthrough' }, { typeVersion: 1.1 }),
					send(stage, under, { message: '=[script: echo]{{ $json.question }}' }),
				],
				inSequence('Called', 'Ask'),
				{ settings: { callerPolicy: 'workflowsFromSameOwner' } },
			),
		);
		const call = node(
			'Call',
			'n8n-nodes-base.executeWorkflow',
			{ workflowId: { __rl: true, mode: 'id', value: sub.id }, mode: 'once', options: {} },
			{ typeVersion: 1.2 },
		);
		const saved = await stage.save(
			workflow(
				'Caller',
				[START, setFields('Input', { question: '' }), call, end('End')],
				inSequence('Start', 'Input', 'Call', 'End'),
				{ pinData: pinned('Input', [{ question: '问题一' }, { question: '问题二' }]) },
			),
		);
		const execution = await stage.runByHand(saved, { trigger: 'Start' });
		expect(execution.error).toBeUndefined();
		expect(itemsOf(execution, 'End').map(({ answer }) => answer)).toEqual(['问题一', '问题二']);
	});
});
