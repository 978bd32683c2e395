import { inSequence, node, workflow } from '../../../harness/server/workflow';
import { operationForms } from '../forms';
import type { Scene } from './scene';

/** High enough for the longest form. */
const SIZE = { width: 1440, height: 1100 };

/** What `send` needs besides the message, by the end of the node's type. */
const FOR_SEND: Record<string, Record<string, string>> = {
	wpsAgent: { authentication: 'oAuth2', appId: 'app1' },
	aiDol: { agentId: '6f1c2a34-5b6d-4e7f-8a90-1b2c3d4e5f60' },
};

/** The pictures of the demonstration that is written down in VERIFICATION.md of each package. */
export const verification: Scene = async (stage) => {
	const { api, gallery } = stage;
	const start = node('Start', 'n8n-nodes-base.manualTrigger');
	const empty = await stage.save(workflow('Demonstration', [start], []));
	for (const type of stage.nodes) {
		const name = type.name.split('.').pop() ?? '';
		const picture = (step: string) => `verification/${name}-${step}`;
		const credentials = stage.credentialsOf(type);
		const forms = operationForms(type);
		const nodes = forms.map((form) =>
			node(form.name, type.name, form.parameters, { credentials: credentials.slice(0, 1) }),
		);
		const everyOperation = await stage.save(workflow(`Operations of ${type.displayName}`, nodes, []));
		const send = { resource: 'message', operation: 'send', message: '[script: echo]Hello', ...FOR_SEND[name] };
		const ask = node('Ask', type.name, send, { credentials: credentials.slice(0, 1) });
		const question = await stage.save(
			workflow(`A question to ${type.displayName}`, [start, ask], inSequence('Start', 'Ask')),
		);
		await stage.inEditor(
			async (editor) => {
				await editor.openWorkflow(empty);
				await editor.openNodePanel();
				const missing = await editor.searchNodes(type.displayName, [type.displayName]);
				if (missing.length > 0) throw new Error(`The node panel does not list ${missing.join(', ')}.`);
				await gallery.review(editor.nodePanel, picture('panel'));
				for (const { id, type: credentialType } of credentials) {
					if (/OAuth2/.test(credentialType)) await api.connectOAuth2(id);
					await gallery.review(await editor.openCredential(id), picture(`credential-${credentialType}`));
				}
				await editor.openWorkflow(everyOperation);
				for (const form of forms) {
					await editor.openNode(form.name);
					await gallery.review(editor.node, picture(`${form.resource}-${form.operation}`));
					await editor.closeNode();
				}
				await editor.openWorkflow(question);
				await editor.execute('Ask');
				await editor.openNode('Ask');
				await gallery.review(editor.page, picture('answer'));
			},
			{ size: SIZE },
		);
		for (const { id } of [everyOperation, question]) await api.deleteWorkflow(id);
	}
	await api.deleteWorkflow(empty.id);
};
