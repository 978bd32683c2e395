import type { IDataObject } from 'n8n-workflow';
import { itemsOf } from '../../harness/server/api';
import type { SavedCredential, WorkflowDefinition } from '../../harness/server/workflow';
import { ChatStandIn } from '../../harness/stage/chat-stand-in';
import { filledIn, nodeOf } from '../../harness/stage/example';
import { aiDol } from '../../harness/stage/providers';
import { Stage } from '../../harness/stage/stage';

/**
 * The examples that show progress in a chat, against stand-ins for the chat services. Only waiting times are shortened,
 * and the addresses of the services are those of the stand-ins.
 */

const PARTS = '[script: steps [{"text":"Part <one> & "},{"hold":"shown"},{"text":"part two."}]]';
/** Of WPS and AI-DOL as they are; Reportify plays its documented run, where the text comes from the only agent. */
const ANSWER = 'Part <one> & part two.';

let stage: Stage;
let chat: ChatStandIn;
const saved: SavedCredential[] = [];

beforeAll(async () => {
	stage = await Stage.open();
});
afterAll(async () => {
	for (const { id } of saved) await stage.api.deleteCredential(id);
	await stage.close();
});
beforeEach(() => stage.sandbox.reset());
afterEach(async () => await chat.stop());

/** Adds the name of a value to every address of the chat service. */
function atStandIn(definition: WorkflowDefinition, host: string): void {
	for (const { parameters } of definition.nodes) {
		if (typeof parameters.url === 'string') parameters.url = parameters.url.replace(`https://${host}`, chat.url);
	}
}

const every = (definition: WorkflowDefinition, name: string, seconds: number) => {
	const { parameters } = nodeOf(definition, name);
	parameters.options = { ...(parameters.options as IDataObject), progressInterval: seconds } as never;
};

async function credential(name: string, type: string, data: IDataObject): Promise<SavedCredential> {
	const made = await stage.api.createCredential(name, type, data as never);
	saved.push(made);
	return made;
}

test('progress-in-telegram: the message is edited while the agent works; the report comes as a file', async () => {
	chat = await ChatStandIn.start(({ path }) => ({
		ok: true,
		result: path.includes('Webhook') ? true : { message_id: 77, chat: { id: 4711 } },
	}));
	const bot = await credential('Telegram account', 'telegramApi', { accessToken: '1:bot', baseUrl: chat.url });
	const filled = await filledIn(stage, 'progress-in-telegram', {}, [bot]);
	every(filled, 'Ask Reportify', 1);
	const { id } = await stage.publish(filled);
	const hook = await chat.request(({ path }) => path.includes('setWebhook'));
	const message = `[script: single agent steps ${PARTS.slice('[script: steps '.length)}`;
	await fetch(String(hook.body.url).replace(/^https?:\/\/[^/]+/, stage.api.url), {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': String(hook.body.secret_token) },
		body: JSON.stringify({ update_id: 1, message: { message_id: 1, text: message, chat: { id: 4711 } } }),
	});
	const edits = (text: RegExp) => (request: { path: string; body: IDataObject }) =>
		request.path.includes('editMessageText') && text.test(String(request.body.text));
	const first = await chat.request(edits(/<b>Working · \d+ s.*<\/b>\n\nPart &lt;one> &amp; $/));
	expect(first.body).toMatchObject({ chat_id: 4711, message_id: 77, parse_mode: 'HTML' });
	stage.sandbox.release('shown');
	await chat.request(edits(/<b>Done<\/b>\n\nPart &lt;one> &amp; part two\.$/));
	const document = await chat.request(({ path }) => path.includes('sendDocument'));
	expect(String(document.body.raw)).toContain(ANSWER);
	expect(stage.questions()).toHaveLength(1);
	expect(id).toBeDefined();
});

test('progress-in-feishu: the card is updated while the agent works', async () => {
	chat = await ChatStandIn.start(({ path }) =>
		path.includes('tenant_access_token')
			? { code: 0, tenant_access_token: 't-1' }
			: { code: 0, data: { message_id: 'om_1' } },
	);
	const app = await credential('Feishu app', 'httpCustomAuth', {
		json: '{"body": {"app_id": "cli_1", "app_secret": "secret"}}',
	});
	const agentId = { __rl: true, mode: 'id', value: String(aiDol.sendParameters.agentId) };
	const filled = await filledIn(stage, 'progress-in-feishu', { 'Ask AI-DOL': { agentId } }, [app]);
	every(filled, 'Ask AI-DOL', 1);
	atStandIn(filled, 'open.feishu.cn');
	await stage.publish(filled);

	const check = await stage.api.callWebhook('feishu-agent', { type: 'url_verification', challenge: 'c-1' });
	expect(await check.json()).toEqual({ challenge: 'c-1' });

	const message = { chat_id: 'oc_1', message_id: 'om_0', content: JSON.stringify({ text: PARTS }) };
	await stage.api.callWebhook('feishu-agent', { schema: '2.0', event: { message } });
	const cards = (text: string) => (request: { method: string; body: IDataObject }) =>
		request.method === 'PATCH' && String(request.body.content).includes(text);
	const first = await chat.request(cards('Part <one> & '));
	expect(first).toMatchObject({ path: '/open-apis/im/v1/messages/om_1', authorization: 'Bearer t-1' });
	expect(JSON.parse(String(first.body.content))).toMatchObject({ config: { update_multi: true } });
	stage.sandbox.release('shown');
	const last = await chat.request(cards(ANSWER));
	expect(String(last.body.content)).toContain('"Done"');
	expect(chat.requests.find(({ path }) => path.includes('token'))?.body).toMatchObject({ app_id: 'cli_1' });
	expect(stage.questions()).toHaveLength(1);
});

test('progress-in-wecom: the message before is taken back; the answer comes as a file', async () => {
	let messages = 0;
	chat = await ChatStandIn.start(({ path }) => {
		if (path.includes('gettoken')) return { errcode: 0, access_token: 't-1' };
		if (path.includes('upload')) return { errcode: 0, media_id: 'media-1' };
		return path.includes('send') ? { errcode: 0, msgid: `msg-${++messages}` } : { errcode: 0 };
	});
	const app = await credential('WeCom app', 'httpCustomAuth', { json: '{"qs": {"corpid": "c", "corpsecret": "s"}}' });
	const filled = await filledIn(stage, 'progress-in-wecom', { 'Ask the WPS agent': { appId: 'app1' } }, [app]);
	every(filled, 'Ask the WPS agent', 1);
	atStandIn(filled, 'qyapi.weixin.qq.com');
	const { id } = await stage.publish(filled);
	await stage.api.callWebhook('wecom-agent', { user: 'anna', question: PARTS });
	const texts = (text: string) => (request: { path: string; body: IDataObject }) =>
		request.path.includes('message/send') &&
		String((request.body.text as IDataObject | undefined)?.content).includes(text);
	const first = await chat.request(texts('Part <one> & '));
	expect(first.body).toMatchObject({ touser: 'anna', agentid: 1000002, msgtype: 'text' });
	await chat.request(({ path }) => path.includes('message/recall'));
	stage.sandbox.release('shown');
	const last = await chat.request(texts(ANSWER));
	expect(String((last.body.text as IDataObject).content)).toMatch(/^Done/);
	const file = await chat.request(({ body }) => body.msgtype === 'file');
	expect(file.body).toMatchObject({ touser: 'anna', file: { media_id: 'media-1' } });
	expect(String(chat.to(/media\/upload/)[0]?.body.raw)).toContain(ANSWER);
	const recalled = chat.to(/recall/).map(({ body }) => body.msgid);
	expect(recalled).toEqual([...new Set(recalled)]); // each once
	expect(recalled.length).toBeGreaterThan(0);
	expect(itemsOf(await stage.api.waitForExecutionOf(id), 'Ask the WPS agent').length).toBeLessThanOrEqual(1);
	expect(stage.questions()).toHaveLength(1);
});
