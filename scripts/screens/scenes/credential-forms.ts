import type { Scene } from './scene';

/** The forms of the credentials, light and dark. */
export const credentialForms: Scene = async (stage) => {
	for (const theme of ['light', 'dark'] as const) {
		await stage.inEditor(
			async (editor) => {
				for (const { id, type } of stage.credentials.values()) {
					const form = await editor.openCredential(id);
					await stage.gallery.review(form, `credentials/${theme}-${type}`);
					await editor.scrollToEnd(form);
					await stage.gallery.review(form, `credentials/${theme}-${type}-end`);
				}
			},
			{ theme, size: { width: 1440, height: 1300 } },
		);
	}
};
