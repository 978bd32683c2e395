import { itemsOf } from '../../harness/server/api';
import { inSequence, workflow } from '../../harness/server/workflow';
import { webhook } from '../../harness/stage/nodes';
import { reportify, send } from '../../harness/stage/providers';
import { Stage } from '../../harness/stage/stage';
import { DOCUMENTED } from '../reportify/decoder';

/** The run that Reportify's own documentation shows (`docs/apis/reportify.md §3d-2`), through a whole n8n. */
describe('the documented run of Reportify', () => {
	let stage: Stage;
	let path: string;
	let workflowId: string;

	beforeAll(async () => {
		stage = await Stage.open();
		const trigger = webhook('result');
		const options = { includeSteps: true, answerFormats: ['html', 'plainText'], answerAsFile: 'markdown' };
		const ask = send(stage, reportify, { message: '[script: documented run]', options });
		const { id } = await stage.publish(workflow('Documented run', [trigger.node, ask], inSequence('Webhook', 'Ask')));
		workflowId = id;
		path = trigger.path;
	});
	afterAll(async () => await stage.close());
	afterEach(() => stage.sandbox.reset());

	const asked = async () => {
		await (await stage.api.callWebhook(path, {})).text();
		return await stage.api.waitForExecutionOf(workflowId);
	};

	test.each([
		['whole', () => undefined],
		['cut on the way', () => stage.sandbox.faults.add({ kind: 'cut', afterEvents: 20, how: 'reset' })],
		['cut before its end', () => stage.sandbox.faults.add({ kind: 'cut', beforeTerminal: true })],
	])('%s: the report is the answer, plan and notes are steps', async (_, breakIt) => {
		breakIt();
		const execution = await asked();
		const [item] = itemsOf(execution, 'Ask');
		expect(item).toMatchObject({
			title: DOCUMENTED.title,
			answer: DOCUMENTED.answer,
			summary: DOCUMENTED.summary,
			status: 'completed',
		});
		const { answer, answerHtml, answerText, summary } = item as Record<string, string>;
		for (const text of [DOCUMENTED.plan, ...DOCUMENTED.notes]) {
			for (const shown of [answer, answerHtml, answerText, summary]) expect(shown).not.toContain(text);
			expect(JSON.stringify(item?.steps)).toContain(JSON.stringify(text).slice(1, -1));
		}
		const file = execution.runData.Ask?.[0]?.data?.main?.[0]?.[0]?.binary?.data;
		expect(file).toMatchObject({ fileName: DOCUMENTED.fileName, mimeType: 'text/markdown' });
		expect(stage.questions()).toHaveLength(1);
	});
});
