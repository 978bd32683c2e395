import { pinned } from '../../../harness/server/api';
import { inSequence, node, workflow } from '../../../harness/server/workflow';
import type { Editor } from '../editor';
import type { Scene, Stage } from './scene';

const README_SIZE = { width: 1280, height: 800 };
const START = 'Every Monday';
const COMPANIES = 'Companies to follow';
const ASK = 'Ask Reportify';

const MESSAGE =
	'=Write a one-page report on {{ $json.company }} after its {{ $json.quarter }} results: key figures, growth drivers, valuation, risks.';

/** A small workflow of the kind that people build: something to ask about, the agent, what is done with its answer. */
function weeklyReport(stage: Stage, parameters = {}) {
	const reportify = stage.node('reportify');
	const ask = node(
		ASK,
		reportify.name,
		{ resource: 'message', operation: 'send', message: MESSAGE, ...parameters },
		{ credentials: stage.credentialsOf(reportify) },
	);
	const everyMonday = { rule: { interval: [{ field: 'weeks', triggerAtDay: [1], triggerAtHour: 7 }] } };
	const start = node(START, 'n8n-nodes-base.scheduleTrigger', everyMonday, { typeVersion: 1.3 });
	const companies = node(COMPANIES, 'n8n-nodes-base.set', { mode: 'raw', jsonOutput: '{}' }, { typeVersion: 3.4 });
	return workflow('Weekly company report', [start, companies, ask], inSequence(START, COMPANIES, ASK), {
		pinData: pinned(COMPANIES, [{ company: 'NVIDIA', ticker: 'US:NVDA', quarter: 'Q3 FY2026' }]),
	});
}

async function inThemes(stage: Stage, play: (editor: Editor, theme: 'light' | 'dark') => Promise<void>): Promise<void> {
	for (const theme of ['light', 'dark'] as const) {
		await stage.inEditor(async (editor) => await play(editor, theme), { theme, size: README_SIZE });
	}
}

/** A report in the language of the README. */
const REPORT = {
	steps: [
		{ tool: 'search_documents', input: { query: 'NVDA Q3 FY2026 results' }, output: { total_count: 2 } },
		{ text: '# NVIDIA after Q3 FY2026\n\n**Bottom line:** data-centre demand beat consensus again.\n\n' },
		{ text: '| Metric | Q3 FY2026 | YoY |\n| --- | ---: | ---: |\n| Revenue (US$ bn) | 57.0 | +62% |\n' },
		{ text: '| Data centre | 51.2 | +66% |\n| Gross margin | 73.4% | −1.2 pt |\n\n## Growth drivers\n\n' },
		{ text: '1. Blackwell makes up two thirds of revenue\n2. Networking: 8.2 bn, NVLink and Spectrum-X\n' },
	],
};

/** A finished answer, and what a failure looks like. */
export const runs: Scene = async (stage) => {
	const { api, gallery, sandbox } = stage;
	const finished = await stage.save(weeklyReport(stage));
	await inThemes(stage, async (editor, theme) => {
		await editor.openWorkflow(finished);
		await editor.openNode(ASK);
		await gallery.readme(editor.page, theme === 'light' ? 'editor-send' : 'editor-send-dark');
		await editor.closeNode();
		sandbox.scripts.next(REPORT);
		await editor.execute(ASK);
		await gallery.review(editor.page, `runs/${theme}-finished-canvas`);
		await editor.openNode(ASK);
		for (const mode of ['table', 'schema', 'json'] as const) {
			await editor.showOutputAs(mode);
			await gallery.review(editor.page, `runs/${theme}-finished-${mode}`);
			if (theme === 'light' && mode === 'json') await gallery.readme(editor.page, 'editor-result');
		}
	});

	await inThemes(stage, async (editor, theme) => {
		sandbox.faults.add({ kind: 'cut', afterEvents: 9, how: 'reset' });
		sandbox.faults.add({ kind: 'status', operation: 'events', status: 503, times: 0 });
		sandbox.faults.add({ kind: 'status', operation: 'messages', status: 503, times: 0 });
		const broken = await stage.save(weeklyReport(stage, { options: { maxDuration: 5 } }));
		await editor.openWorkflow(broken);
		await editor.execute(ASK);
		await editor.openNode(ASK);
		await gallery.review(editor.page, `runs/${theme}-error`);
		if (theme === 'light') await gallery.readme(editor.page, 'editor-error');
		sandbox.faults.clear();
		await api.deleteWorkflow(broken.id);
	});
	await api.deleteWorkflow(finished.id);
};
