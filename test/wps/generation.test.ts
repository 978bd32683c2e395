import { RequestRefused } from '../../nodes/shared/following/refusal';
import { WpsApi } from '../../nodes/WpsAgent/wps-api';
import { LiveGeneration } from '../../nodes/WpsAgent/wps-generation';
import { QUESTION } from './follow-wps';
import { ok, refusal, ScriptedWps } from './scripted-wps';

const NEWER = /\/apps\//;
const OLDER = /\/app\//;
const SESSION = ok({ session_id: 's1' });
const STREAM = { text: '{"event":"end","data":{}}\n\n' };
const never = new AbortController().signal;

const apiOf = (wps: ScriptedWps, generation = new LiveGeneration('auto')) =>
	new WpsApi(wps.connection, 'app 1', generation);
const refused = async (work: Promise<unknown>) =>
	await work.then(
		() => undefined,
		(error: unknown) => (error as RequestRefused).refusal,
	);

describe.each([
	['an HTTP 404', { status: 404, text: '404 page not found' }],
	['an HTTP 404 with an envelope', refusal(404000001, 404)],
	['an envelope under HTTP 200', refusal(404000001)],
])('a path that is not known is %s', (_what, unknown) => {
	test('the older paths are found by making the session, and kept', async () => {
		const wps = new ScriptedWps()
			.on(NEWER, unknown)
			.on(/POST .*\/app\/.*session/, SESSION)
			.on(/\/app\/.*chat/, STREAM);
		const api = apiOf(wps);
		await api.createSession();
		await api.streamChat('s1', QUESTION, never);
		await api.createSession();
		expect(wps.log).toEqual([
			'POST /v7/devhub/apps/app%201/sessions/create',
			'POST /v7/devhub/app/app%201/session/create',
			'POST /v7/devhub/app/app%201/chat/create',
			'POST /v7/devhub/app/app%201/session/create',
		]);
	});

	test('a conversation that goes on: listing its messages tells, the question meets no unknown path', async () => {
		const wps = new ScriptedWps().on(NEWER, unknown).on(OLDER, STREAM);
		const api = apiOf(wps);
		await refused(api.messages('s1'));
		await api.streamChat('s1', QUESTION, never);
		expect(wps.log.slice(1)).toEqual(['POST /v7/devhub/app/app%201/chat/create']);
	});

	test('an app that neither knows fails with the first refusal, after one request each', async () => {
		const wps = new ScriptedWps().on(/./, unknown);
		expect(await refused(apiOf(wps).createSession())).toMatchObject({ status: unknown.status ?? 200 });
		expect(wps.requests).toHaveLength(2);
	});

	test('the streaming variant of the newer paths', async () => {
		const wps = new ScriptedWps()
			.on(/sessions\/create/, SESSION)
			.on(/apps\/.*chats\/create/, unknown)
			.on(/\/sse\//, STREAM);
		const api = apiOf(wps);
		await api.createSession();
		await api.streamChat('s1', QUESTION, never);
		expect(wps.log.slice(1)).toEqual([
			'POST /v7/devhub/apps/app%201/chats/create',
			'POST /v7/sse/devhub/apps/app%201/chats/create',
		]);
	});
});

test('the newer paths are live: nothing else is tried', async () => {
	const wps = new ScriptedWps().on(/sessions\/create/, SESSION).on(/chats\/create/, STREAM);
	const api = apiOf(wps);
	await api.createSession();
	await api.streamChat('s1', QUESTION, never);
	await refused(api.cancelChat('c'));
	expect(wps.log.every((entry) => NEWER.test(entry))).toBe(true);
	expect(wps.requests).toHaveLength(3);
});

test.each([
	['the credential says newer', 'apps', NEWER],
	['the credential says older', 'app', OLDER],
])('%s', async (_what, setting, expected) => {
	const wps = new ScriptedWps();
	const api = apiOf(wps, new LiveGeneration(setting));
	await refused(api.createSession());
	await refused(api.startChat('s1', QUESTION, never));
	await refused(api.cancelChat('c'));
	expect(wps.requests).toHaveLength(3);
	for (const entry of wps.log) expect(entry).toMatch(expected);
});

test.each([
	['session unknown, as a resource', refusal(400000103, 404)],
	['session unknown, by its own code', refusal(500410001)],
	['not allowed', refusal(403000001, 403)],
	['token refused', { status: 401, text: '' }],
	['a server fault', { status: 500, text: '' }],
])('%s is no reason to try the other paths', async (_what, answer) => {
	const wps = new ScriptedWps().on(/./, answer);
	expect(await refused(apiOf(wps).createSession())).toBeDefined();
	expect(wps.log.filter((entry) => OLDER.test(entry))).toEqual([]);
});

test('items that start at the same time find it together', async () => {
	const wps = new ScriptedWps().on(OLDER, SESSION);
	const generation = new LiveGeneration('auto');
	await Promise.all(Array.from({ length: 5 }, async () => await apiOf(wps, generation).createSession()));
	expect(wps.count(NEWER)).toBe(1);
	expect(wps.count(OLDER)).toBe(5);
});

test('when the first one finds nothing the others look for themselves', async () => {
	const wps = new ScriptedWps().on(OLDER, (_, nth) => (nth === 1 ? refusal(403000001) : SESSION));
	const generation = new LiveGeneration('auto');
	const made = await Promise.allSettled([1, 2, 3].map(async () => await apiOf(wps, generation).createSession()));
	expect(made.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
	expect(wps.count(NEWER)).toBe(2);
});

test('what is asked, to the letter', async () => {
	const wps = new ScriptedWps().on(/chats\/create/, STREAM).on(/cancel/, ok());
	const question = { text: ' «·École» 你好\n', files: ['f1'], variables: [{ key: 'k', value: 'v' }] };
	const api = apiOf(wps);
	await api.streamChat('s1', question, never);
	await refused(api.startChat('s1', QUESTION, never));
	await api.cancelChat('c/1');
	expect(wps.requests.map(({ json }) => json)).toEqual([
		'{"text":" «·École» 你好\\n","session_id":"s1","stream":true,"files":["f1"],"variables":[{"key":"k","value":"v"}]}',
		'{"text":"What is the answer?","session_id":"s1","stream":false}',
		'{"chat_id":"c/1"}',
	]);
	const older = apiOf(wps.on(NEWER, { status: 404 }).on(OLDER, ok()), new LiveGeneration('app'));
	await older.cancelChat('c/1');
	expect(wps.requests.at(-1)).toMatchObject({ path: '/v7/devhub/app/app%201/chat/c%2F1/cancel', json: undefined });
});

describe('lists', () => {
	const row = (n: number) => ({ id: String(n), text: `t${n}` });

	test.each<[string, unknown, number]>([
		['a list', [row(1), row(2)], 2],
		['items', { items: [row(1), row(2)] }, 2],
		['messages', { messages: [row(1), row(2)] }, 2],
		['a list under another name', { next_page_token: '', message_list: [row(1), row(2)] }, 2],
		['one object, as the contract has it', { ...row(1), files: ['f1', 'f2'] }, 1],
		['nothing', null, 0],
		['an empty object', {}, 0],
	])('messages as %s', async (_form, data, count) => {
		const wps = new ScriptedWps().on(/messages/, ok(data));
		expect((await apiOf(wps).messages('s 1')).rows).toHaveLength(count);
		expect(wps.log).toEqual(['GET /v7/devhub/apps/app%201/sessions/messages?session_id=s%201']);
	});

	test.each(['inside the data', 'beside the data'])('all pages, the token %s', async (place) => {
		const wps = new ScriptedWps().on(/messages/, (_, nth) => {
			const token = nth < 3 ? { next_page_token: `t/${nth}` } : {};
			const inside = place === 'inside the data';
			return { json: { code: 0, data: { items: [row(nth)], ...(inside ? token : {}) }, ...(inside ? {} : token) } };
		});
		expect(await apiOf(wps).messages('s1')).toEqual({ rows: [row(1), row(2), row(3)], isWhole: true });
		expect(wps.log[2]).toContain('&next_page_token=t%2F2');
	});

	test('a token that repeats itself ends the list, and the list is known not to be whole', async () => {
		const wps = new ScriptedWps().on(/messages/, ok({ items: [row(1)], next_page_token: 'again' }));
		expect(await apiOf(wps).messages('s1')).toMatchObject({ isWhole: false });
		expect(wps.requests).toHaveLength(2);
	});

	test.each([[[row(1)]], [{ list: [row(1)] }], [{ session_list: [row(1)] }]])(
		'sessions under whatever name: %j',
		async (data) => {
			const wps = new ScriptedWps().on(/list/, ok(data));
			expect((await apiOf(wps).sessions(5)).rows).toEqual([row(1)]);
		},
	);

	test('sessions up to the limit', async () => {
		const page = ok({ items: Array.from({ length: 50 }, (_, n) => row(n)), next_page_token: 't' });
		const wps = new ScriptedWps().on(/list/, (_, nth) =>
			nth === 1 ? page : { json: { code: 0, data: { sessions: [row(50)] } } },
		);
		expect((await apiOf(wps).sessions(20)).rows).toHaveLength(20);
		expect(wps.log).toEqual(['GET /v7/devhub/apps/app%201/sessions/list?page_size=20']);
		const all = new ScriptedWps().on(/list/, (_, nth) =>
			nth === 1 ? page : { json: { code: 0, data: { sessions: [row(50)] } } },
		);
		expect((await apiOf(all).sessions(Number.POSITIVE_INFINITY)).rows).toHaveLength(51);
		expect(all.log[0]).toContain('page_size=50');
	});
});
