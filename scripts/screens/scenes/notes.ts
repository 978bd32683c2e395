import { exampleNames, readExample } from '../../../harness/server/examples';
import type { Scene } from './scene';

/** Runs in the page: how high each note is, and how high its text, both as on a canvas of normal size. */
const MEASURE = `
	[...document.querySelectorAll('[data-test-id="sticky"]')].map((note) => {
		const frame = note.getBoundingClientRect();
		const zoom = frame.height / note.offsetHeight;
		const bottoms = [...note.querySelectorAll('h1, h2, h3, p, li, pre')].map((each) => each.getBoundingClientRect().bottom);
		return { note: note.offsetHeight, text: Math.ceil((Math.max(...bottoms) - frame.top) / zoom) };
	})`;

/** The notes of the example workflows show their whole text: a note whose text is cut is turned down as a template. */
export const notes: Scene = async (stage) => {
	const cut: string[] = [];
	for (const name of await exampleNames()) {
		const saved = await stage.save(await readExample(name, [...stage.credentials.values()]));
		await stage.inEditor(async (editor) => {
			await editor.openWorkflow(saved);
			await stage.gallery.review(editor.page, `notes/${name}`);
			const heights = (await editor.page.evaluate(MEASURE)) as Array<{ note: number; text: number }>;
			cut.push(...heights.filter(({ note, text }) => text > note).map(({ text }) => `${name}: needs ${text}`));
		});
		await stage.api.deleteWorkflow(saved.id);
	}
	if (cut.length > 0) throw new Error(`Notes that are too low for their text:\n${cut.join('\n')}`);
};
