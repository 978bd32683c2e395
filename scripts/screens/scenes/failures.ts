import type { INodeParameters } from 'n8n-workflow';
import { sandboxCredentials } from '../../../harness/server/sandbox-credentials';
import { inSequence, node, type SavedCredential, workflow } from '../../../harness/server/workflow';
import type { Scene } from './scene';

const START = 'Start';
const ASK = 'Ask';

/** What `send` needs besides the message, and a credential that the provider refuses. */
const PROVIDERS: Record<string, { credential: string; send: INodeParameters; wrong: Record<string, string> }> = {
	reportify: { credential: 'reportifyApi', send: {}, wrong: { apiKey: 'a-mistyped-key' } },
	wpsAgent: {
		credential: 'wpsAccessTokenApi',
		send: { authentication: 'accessToken', appId: 'app1' },
		wrong: { accessToken: 'a-token-of-yesterday' },
	},
	aiDol: {
		credential: 'aiDolApi',
		send: { agentId: '6f1c2a34-5b6d-4e7f-8a90-1b2c3d4e5f60' },
		wrong: { apiKey: 'a-mistyped-key' },
	},
};

/** What the editor shows of failures, with all their details: what to do comes first, codes and the like are in the details. */
export const failures: Scene = async (stage) => {
	const { api, gallery, sandbox } = stage;
	const fields: Record<string, object> = sandboxCredentials(sandbox);
	for (const type of stage.nodes) {
		const name = type.name.split('.').pop() ?? '';
		const provider = PROVIDERS[name];
		if (!provider) throw new Error(`How ${name} fails is not known here.`);
		const { credential, send, wrong } = provider;
		const right = stage.credentials.get(credential);
		const refused = await api.createCredential(`${type.displayName}, refused`, credential, {
			...fields[credential],
			...wrong,
		});
		const asked: Array<[string, string, SavedCredential | undefined]> = [
			['out-of-credits', '[script: fail Out of credits]', right],
			['refused-key', 'Hello', refused],
		];
		for (const [what, message, account] of asked) {
			const parameters = { resource: 'message', operation: 'send', message, ...send };
			const ask = node(ASK, type.name, parameters, { credentials: account ? [account] : [] });
			const start = node(START, 'n8n-nodes-base.manualTrigger');
			const saved = await stage.save(workflow(`${name} ${what}`, [start, ask], inSequence(START, ASK)));
			await stage.inEditor(async (editor) => {
				await editor.openWorkflow(saved);
				await editor.execute(ASK);
				await editor.openNode(ASK);
				await editor.openErrorDetails();
				await gallery.review(editor.output, `failures/${name}-${what}`);
			});
			await api.deleteWorkflow(saved.id);
		}
		await api.deleteCredential(refused.id);
	}
};
