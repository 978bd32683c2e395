import type { Browser } from 'playwright-core';
import type { N8nApi, NodeTypeDescription, SavedWorkflow } from '../../../harness/server/api';
import type { SavedCredential, WorkflowDefinition } from '../../../harness/server/workflow';
import type { Sandbox } from '../../../sandbox';
import { Editor, type EditorOptions } from '../editor';
import type { Gallery } from '../gallery';

/** What a scene plays on: n8n with the installed package, the providers' stand-ins, a browser, and where pictures go. */
export class Stage {
	constructor(
		readonly api: N8nApi,
		readonly sandbox: Sandbox,
		readonly gallery: Gallery,
		/** The package's nodes, without their tool forms. */
		readonly nodes: NodeTypeDescription[],
		readonly credentials: ReadonlyMap<string, SavedCredential>,
		private readonly browser: Browser,
	) {}

	/** Opens an editor, plays, and closes the editor. */
	async inEditor(
		play: (editor: Editor) => Promise<void>,
		options: Omit<EditorOptions, 'url' | 'session'> = {},
	): Promise<void> {
		const editor = await Editor.open(this.browser, { url: this.api.url, session: this.api.session, ...options });
		try {
			await play(editor);
		} finally {
			await editor.close();
		}
	}

	async save(definition: WorkflowDefinition): Promise<SavedWorkflow> {
		return await this.api.createWorkflow(definition);
	}

	/** The saved credentials that a node can use. */
	credentialsOf(node: NodeTypeDescription): SavedCredential[] {
		const types = (node.credentials as unknown as Array<{ name: string }> | undefined) ?? [];
		return types.map(({ name }) => this.credentials.get(name)).filter((credential) => credential !== undefined);
	}

	/** A node by the end of its type. */
	node(shortName: string): NodeTypeDescription {
		const node = this.nodes.find(({ name }) => name.endsWith(`.${shortName}`));
		if (!node) throw new Error(`The package has no node ${shortName}.`);
		return node;
	}
}

/** Takes pictures; throws when the editor does not show what it should. */
export type Scene = (stage: Stage) => Promise<void>;
