import { node, workflow } from '../../../harness/server/workflow';
import type { Scene } from './scene';

/** What people type, and the node that must then be among the results. */
const SEARCHES: Record<string, string[]> = {
	reportify: ['reportify', 'agent', 'ai agent', 'conversation', 'chat', 'research', 'zhinengti', 'yanbao'],
	wpsAgent: ['wps', 'kingsoft', 'agent', 'ai agent', 'conversation', 'zhinengti', 'jinshan'],
	aiDol: ['ai-dol', 'aidol', 'agent', 'ai agent', 'companion', 'zhinengti', 'juese'],
};

/** The node panel finds each node by what a user types, in the ordinary list and among the tools of an AI Agent. */
export const nodePanel: Scene = async (stage) => {
	const { api, gallery, nodes } = stage;
	const trigger = node('Every Monday', 'n8n-nodes-base.scheduleTrigger', {}, { typeVersion: 1.3 });
	const plain = await stage.save(workflow('Weekly company report', [trigger], []));
	const agent = node('AI Agent', '@n8n/n8n-nodes-langchain.agent', {}, { typeVersion: 3 });
	const withAgent = await stage.save(
		workflow('Search for a tool', [trigger, agent], [{ from: trigger.name, to: 'AI Agent' }]),
	);
	const misses: string[] = [];
	const searches = nodes.flatMap(({ name, displayName }) =>
		(SEARCHES[name.split('.').pop() ?? ''] ?? [displayName]).map((text) => ({ text, displayName })),
	);
	const texts = [...new Set(searches.map(({ text }) => text))];
	const expected = (text: string) =>
		searches.filter((each) => each.text === text).map(({ displayName }) => displayName);

	await stage.inEditor(async (editor) => {
		await editor.openWorkflow(plain);
		await editor.openNodePanel();
		for (const text of texts) {
			const missing = await editor.searchNodes(text, expected(text));
			misses.push(...missing.map((name) => `"${text}" does not find ${name}`));
			await gallery.review(editor.nodePanel, `node-panel-${text}`);
		}
		for (const { displayName, name } of nodes) {
			if ((await editor.searchNodes(displayName, [displayName])).length > 0) continue;
			await editor.openPanelEntry(displayName);
			await gallery.review(editor.nodePanel, `node-panel-actions-${name.split('.').pop()}`);
			await editor.openWorkflow(plain);
			await editor.openNodePanel();
		}
		await editor.openWorkflow(plain);
		await editor.openNodePanel();
		await editor.openPanelEntry('AI');
		await gallery.review(editor.nodePanel, 'node-panel-ai');

		await editor.openWorkflow(withAgent);
		await editor.openToolPanel();
		for (const text of texts) {
			const missing = await editor.searchNodes(
				text,
				expected(text).map((name) => `${name} Tool`),
			);
			misses.push(...missing.map((name) => `"${text}" does not find ${name}`));
			await gallery.review(editor.nodePanel, `tool-panel-${text}`);
		}
	});
	await stage.inEditor(
		async (editor) => {
			await editor.openWorkflow(plain);
			await editor.openNodePanel();
			await editor.searchNodes('agent', expected('agent'));
			await gallery.readme(editor.page, 'editor-node-panel');
		},
		{ size: { width: 1280, height: 800 } },
	);
	for (const { id } of [plain, withAgent]) await api.deleteWorkflow(id);
	if (misses.length > 0) throw new Error(`The node panel misses something:\n${misses.join('\n')}`);
};
