import type { NodeTypeDescription } from '../../../harness/server/api';
import { node, workflow } from '../../../harness/server/workflow';
import type { Editor } from '../editor';
import { type OperationForm, operationForms } from '../forms';
import type { Scene, Stage } from './scene';

/** High enough for a form with everything in it. */
const TALL = { width: 1440, height: 2400 };
/** Nodes beside each other on the canvas: too many in one row would be too small to click. */
const COLUMNS = 5;

/** The forms of a node on one canvas: each operation as it is new, and with every optional field added. */
async function saveForms(stage: Stage, type: NodeTypeDescription, forms: OperationForm[]) {
	const credentials = stage.credentialsOf(type).slice(0, 1);
	const nodes = forms.flatMap(({ name, parameters, everything, choices }) => [
		node(name, type.name, parameters, { credentials }),
		node(`${name}-everything`, type.name, everything, { credentials }),
		...choices.map((choice) => node(choice.name, type.name, choice.parameters, { credentials })),
	]);
	const definition = workflow(`Forms of ${type.displayName}`, nodes, []);
	definition.nodes.forEach((each, index) => {
		each.position = [(index % COLUMNS) * 260, Math.floor(index / COLUMNS) * 200];
	});
	return await stage.save(definition);
}

async function takeChoices(editor: Editor, stage: Stage, parameter: string, name: string): Promise<void> {
	const list = await editor.openChoices(parameter);
	await stage.gallery.review(list, name);
	await editor.closeList();
}

/** Every form of every node, its lists of choices, light and dark. */
export const forms: Scene = async (stage) => {
	for (const type of stage.nodes) {
		const all = operationForms(type);
		const saved = await saveForms(stage, type, all);
		for (const theme of ['light', 'dark'] as const) {
			await stage.inEditor(
				async (editor) => {
					await editor.openWorkflow(saved);
					await stage.gallery.review(editor.page, `forms/${theme}-${type.name.split('.').pop()}-canvas`);
					for (const { name, choices } of all) {
						const others = [name, ...choices.map((choice) => choice.name)];
						for (const node of theme === 'dark' ? [`${name}-everything`] : [...others, `${name}-everything`]) {
							await editor.openNode(node);
							await stage.gallery.review(editor.parameters, `forms/${theme}-${node}`);
							await editor.closeNode();
						}
					}
				},
				{ theme, size: TALL },
			);
		}
		await stage.inEditor(async (editor) => {
			await editor.openWorkflow(saved);
			const seen = new Set<string>();
			for (const { name, resource } of all) {
				await editor.openNode(name);
				if (seen.size === 0) await takeChoices(editor, stage, 'resource', `choices/${name}-resource`);
				if (!seen.has(resource)) await takeChoices(editor, stage, 'operation', `choices/${name}-operation`);
				seen.add(resource);
				const shown = editor.parameters.locator('[data-test-id="parameter-input-output"]');
				if ((await shown.count()) > 0) await takeChoices(editor, stage, 'output', `choices/${name}-output`);
				if ((await editor.addOption.count()) > 0) {
					await editor.openAddOption();
					await stage.gallery.review(editor.page, `choices/${name}-options`);
					await editor.closeList();
				}
				await editor.closeNode();
			}
		});
		await stage.api.deleteWorkflow(saved.id);
	}
};
