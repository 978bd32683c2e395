import type { INodeParameters } from 'n8n-workflow';
import type { NodeTypeDescription } from '../../../harness/server/api';
import { sandboxCredentials } from '../../../harness/server/sandbox-credentials';
import { node, type SavedCredential, workflow } from '../../../harness/server/workflow';
import type { Editor } from '../editor';
import type { Scene, Stage } from './scene';

/** A list of a node's form, opened. */
interface OpenedList {
	name: string;
	type: NodeTypeDescription;
	parameters: INodeParameters;
	credentials: SavedCredential[];
	/** The parameter whose list it is. */
	parameter: string;
	/** Typed into its search. */
	search?: string;
	/** The entry that is taken; the form is shown with it. */
	choose?: string;
}

const MINUTE_MS = 60_000;
const APP = 'app1';

/** Conversations of every age, with and without a name. */
function addConversations({ sandbox }: Stage): void {
	const conversations = [
		{ name: '', minutesAgo: 60 * 24 * 40 },
		{ name: 'Minutes of the board meeting', minutesAgo: 60 * 24 * 9 },
		{ name: '第三季度财报要点', minutesAgo: 60 * 26 },
		{
			name: 'Contract with the new supplier: which clauses did legal change since the draft of September?',
			minutesAgo: 75,
		},
	];
	for (const { name, minutesAgo } of conversations) {
		sandbox.wpsStore.addSession(APP, { name, createdAt: Date.now() - minutesAgo * MINUTE_MS });
	}
}

async function listsOf(stage: Stage): Promise<OpenedList[]> {
	const { api, sandbox } = stage;
	const aiDol = stage.node('aiDol');
	const wps = stage.node('wpsAgent');
	const key = stage.credentialsOf(aiDol);
	const token = stage.credentialsOf(wps).filter(({ type }) => type === 'wpsAccessTokenApi');
	const fields = sandboxCredentials(sandbox);
	const wrongKey = await api.createCredential('AI-DOL, a mistyped key', 'aiDolApi', {
		...fields.aiDolApi,
		apiKey: 'sandbox-kay',
	});
	const oldToken = await api.createCredential('WPS, a token of yesterday', 'wpsAccessTokenApi', {
		...fields.wpsAccessTokenApi,
		accessToken: 'a-token-of-yesterday',
	});
	const agents = { type: aiDol, parameters: { resource: 'message', operation: 'send' }, parameter: 'agentId' };
	const conversations = { type: wps, parameter: 'conversationId', credentials: token };
	const collect = { authentication: 'accessToken', resource: 'message', operation: 'collect', appId: APP };
	return [
		{ ...agents, name: 'agents', credentials: key, choose: 'Researcher' },
		{ ...agents, name: 'agents-searched', credentials: key, search: 'guide', choose: 'Guide' },
		{ ...agents, name: 'agents-none-found', credentials: key, search: 'nobody' },
		{ ...agents, name: 'agents-refused-key', credentials: [wrongKey] },
		{ ...conversations, name: 'conversations', parameters: collect, choose: 'supplier' },
		{ ...conversations, name: 'conversations-searched', parameters: collect, search: '财报', choose: '财报' },
		{ ...conversations, name: 'conversations-none', parameters: { ...collect, appId: 'app2' } },
		{ ...conversations, name: 'conversations-no-app', parameters: { ...collect, appId: '' } },
		{ ...conversations, name: 'conversations-mapped-app', parameters: { ...collect, appId: '={{ $json.app }}' } },
		{ ...conversations, name: 'conversations-refused-token', parameters: collect, credentials: [oldToken] },
	];
}

async function takeList(editor: Editor, stage: Stage, { name, parameter, search, choose }: OpenedList): Promise<void> {
	await editor.openNode(name);
	await editor.openLocator(parameter);
	if (search !== undefined) await editor.searchLocator(search);
	await stage.gallery.review(editor.node, `lists/${name}`);
	if (choose === undefined) await editor.closeList();
	else {
		await editor.chooseLocated(choose);
		await stage.gallery.review(editor.node, `lists/${name}-chosen`);
	}
	await editor.closeNode();
}

/** What the lists of the forms offer, and what they say when there is nothing to offer. */
export const lists: Scene = async (stage) => {
	addConversations(stage);
	const all = await listsOf(stage);
	const progress = await stage.save(
		workflow('Tell the team how far it is', [node('Start', 'n8n-nodes-base.executeWorkflowTrigger')], []),
	);
	const reportify = stage.node('reportify');
	all.push({
		name: 'progress-workflow',
		type: reportify,
		parameters: { resource: 'message', operation: 'send', options: { progressWorkflow: '', progressInterval: 5 } },
		credentials: stage.credentialsOf(reportify),
		parameter: 'progressWorkflow',
		choose: progress.name,
	});
	const nodes = all.map(({ name, type, parameters, credentials }) =>
		node(name, type.name, parameters, { credentials }),
	);
	const saved = await stage.save(workflow('Lists', nodes, []));
	await stage.inEditor(async (editor) => {
		await editor.openWorkflow(saved);
		for (const list of all) await takeList(editor, stage, list);
	});
	for (const { id } of [saved, progress]) await stage.api.deleteWorkflow(id);
	stage.sandbox.wpsStore.reset();
};
