import { RequestRefused } from '../../nodes/shared/http/http-error';
import { LiveAddresses } from '../../nodes/WpsAgent/live-addresses';
import { WpsApi } from '../../nodes/WpsAgent/wps-api';
import { QUESTION } from './follow-wps';
import { ok, refusal, ScriptedWps } from './scripted-wps';

const NEWER = /\/apps\//;
const OLDER = /\/app\//;
const SESSION = ok({ session_id: 's1' });
const STREAM = { text: '{"event":"end","data":{}}\n\n' };
const never = new AbortController().signal;

const apiOf = (wps: ScriptedWps, addresses = new LiveAddresses('auto')) =>
	new WpsApi(wps.connection, 'app 1', addresses);
const refused = async (work: Promise<unknown>) =>
	await work.then(
		() => undefined,
		(error: unknown) => (error as RequestRefused).refusal,
	);

/** Every endpoint, how it is called, and its addresses in the order in which they are tried. */
const ENDPOINTS: Array<[string, (api: WpsApi) => Promise<unknown>, string[]]> = [
	['session', (api) => api.createSession(), ['/apps/app%201/sessions/create', '/app/app%201/session/create']],
	[
		'stream',
		(api) => api.streamChat('s1', QUESTION, never),
		['/sse/devhub/apps/app%201/chats/create', '/apps/app%201/chats/create', '/app/app%201/chat/create'],
	],
	['chat', (api) => api.startChat('s1', QUESTION, never), ['/apps/app%201/chats/create', '/app/app%201/chat/create']],
	['cancel', (api) => api.cancelChat('c'), ['/apps/app%201/chats/cancel', '/app/app%201/chat/c/cancel']],
];
const shortened = (path: string) => path.replace(/^\/v7(?=\/sse)|^\/v7\/devhub/, '');
const triedOf = (wps: ScriptedWps) => wps.requests.map(({ path }) => shortened(path));

describe.each([
	['an HTTP 404', { status: 404, text: '404 page not found' }],
	['an HTTP 404 with an envelope', refusal(404000001, 404)],
	['an envelope under HTTP 200', refusal(404000001)],
	['an HTTP 405, the method is another one', { status: 405, text: '' }],
])('a path that is not known is %s', (_what, unknown) => {
	describe.each(ENDPOINTS)('%s', (endpoint, call, paths) => {
		test.each(paths.map((path, place) => [path, place] as const))(
			'%s is live: found, and kept',
			async (path, place) => {
				const live = endpoint === 'stream' ? STREAM : SESSION;
				const wps = new ScriptedWps().on(/./, (request) => (shortened(request.path) === path ? live : unknown));
				const api = apiOf(wps);
				await call(api);
				await call(api);
				expect(triedOf(wps)).toEqual([...paths.slice(0, place + 1), path]);
			},
		);

		test('an app that none of them knows fails after one request each', async () => {
			const wps = new ScriptedWps().on(/./, unknown);
			expect(await refused(call(apiOf(wps)))).toMatchObject({ status: unknown.status ?? 200 });
			expect(triedOf(wps)).toEqual(paths);
		});
	});

	test('one endpoint says nothing about another', async () => {
		const live = [/\/apps\/.*sessions\/create/, /\/app\/.*chat\/create/, /\/apps\/.*cancel/];
		const wps = new ScriptedWps().on(/./, ({ path }) =>
			live.some((each) => each.test(path)) ? (path.includes('chat/create') ? STREAM : SESSION) : unknown,
		);
		const api = apiOf(wps);
		for (let times = 0; times < 2; times++) {
			await api.createSession();
			await api.streamChat('s1', QUESTION, never);
			await api.cancelChat('c');
		}
		expect(triedOf(wps).slice(5)).toEqual([
			'/apps/app%201/sessions/create',
			'/app/app%201/chat/create',
			'/apps/app%201/chats/cancel',
		]);
	});
});

test('an app that is not known: the refusal of WPS itself is told, not the page of a gateway before it', async () => {
	const wps = new ScriptedWps()
		.on(/./, { status: 404, text: 'no route' })
		.on(/\/devhub\/apps\//, refusal(404000001, 404));
	expect(await refused(apiOf(wps).streamChat('s1', QUESTION, never))).toMatchObject({
		complaint: { code: '404000001' },
	});
});

test('only the address for streams is live: asking without waiting says that waiting would work', async () => {
	const wps = new ScriptedWps().on(/\/sse\//, STREAM);
	const { complaint } = (await refused(apiOf(wps).startChat('s1', QUESTION, never)))!;
	expect(complaint.hint).toContain('switch Wait for Answer on');
});

test.each([
	['the credential says newer', 'apps', NEWER],
	['the credential says older', 'app', OLDER],
])('%s', async (_what, setting, expected) => {
	const wps = new ScriptedWps();
	const api = apiOf(wps, new LiveAddresses(setting));
	await refused(api.createSession());
	await refused(api.startChat('s1', QUESTION, never));
	await refused(api.cancelChat('c'));
	expect(wps.requests).toHaveLength(3);
	for (const entry of wps.log) expect(entry).toMatch(expected);
});

test('the credential says newer: the address for streams is one of them', async () => {
	const wps = new ScriptedWps();
	await refused(apiOf(wps, new LiveAddresses('apps')).streamChat('s1', QUESTION, never));
	expect(triedOf(wps)).toEqual(['/sse/devhub/apps/app%201/chats/create', '/apps/app%201/chats/create']);
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

test('items that start at the same time do not wait for one another', async () => {
	const wps = new ScriptedWps().on(OLDER, SESSION);
	const addresses = new LiveAddresses('auto');
	await Promise.all(Array.from({ length: 5 }, async () => await apiOf(wps, addresses).createSession()));
	expect(wps.count(OLDER)).toBe(5);
	await apiOf(wps, addresses).createSession();
	expect(wps.count(NEWER)).toBe(5);
});

test('a token that was refused says nothing about the path', async () => {
	const wps = new ScriptedWps()
		.on(NEWER, (_, nth) => (nth === 1 ? { status: 401, text: '' } : { status: 404 }))
		.on(OLDER, SESSION);
	const api = apiOf(wps);
	await refused(api.createSession());
	expect(await api.createSession()).toMatchObject({ sessionId: 's1' });
});

test('what is asked, to the letter', async () => {
	const wps = new ScriptedWps().on(/chats\/create/, STREAM).on(/cancel/, ok());
	const question = { text: ' «·École» 你好\n', files: ['f1'], variables: [{ key: 'k', value: 'v' }] };
	const api = apiOf(wps);
	await api.streamChat('s1', question, never);
	await refused(api.startChat('s1', QUESTION, never));
	await api.streamChat(undefined, QUESTION, never);
	await api.cancelChat('c/1');
	expect(wps.requests.map(({ json }) => json)).toEqual([
		'{"text":" «·École» 你好\\n","session_id":"s1","stream":true,"files":["f1"],"variables":[{"key":"k","value":"v"}]}',
		'{"text":"What is the answer?","session_id":"s1","stream":false}',
		'{"text":"What is the answer?","stream":true}',
		'{"chat_id":"c/1"}',
	]);
	const older = apiOf(wps.on(NEWER, { status: 404 }).on(OLDER, ok()), new LiveAddresses('app'));
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
		['one object, as the published contract has it', { ...row(1), files: ['f1', 'f2'] }, 1],
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

	const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => row(from + n));

	test.each<[string, (nth: number) => unknown, number, number]>([
		['repeats its token', (nth) => ({ items: rows(1, 3), next_page_token: nth === 1 ? 'a' : 'a' }), 3, 2],
		['takes no notice of the token', (nth) => ({ items: rows(1, 3), next_page_token: `t${nth}` }), 3, 2],
		[
			'begins its page with rows of the one before',
			(nth) => ({ items: rows(nth, nth + 2), ...(nth < 3 ? { next_page_token: `t${nth}` } : {}) }),
			5,
			3,
		],
		['lists rows without ids', (nth) => ({ items: [{ text: 'a' }, { text: 'a' }], next_page_token: `t${nth}` }), 2, 2],
		[
			'has an empty page in the middle',
			(nth) => ({ items: nth === 2 ? [] : [row(nth)], ...(nth < 3 ? { next_page_token: `t${nth}` } : {}) }),
			2,
			3,
		],
	])('a server that %s: each row once, and an end', async (_what, page, count, requests) => {
		const wps = new ScriptedWps().on(/messages/, (_, nth) => ok(page(nth)));
		expect((await apiOf(wps).messages('s1')).rows).toHaveLength(count);
		expect(wps.requests).toHaveLength(requests);
	});

	test('a server that makes up tokens for ever is left after 200 pages', async () => {
		const wps = new ScriptedWps().on(/messages/, (_, nth) => ok({ items: [], next_page_token: `t${nth}` }));
		expect(await apiOf(wps).messages('s1')).toEqual({ rows: [], isWhole: false });
		expect(wps.requests).toHaveLength(200);
	});

	test('a page size that is too large for the list of sessions', async () => {
		const wps = new ScriptedWps().on(/list/, ({ path }) =>
			path.includes('page_size=50') ? refusal(400000003, 400) : ok({ items: [row(1)] }),
		);
		expect((await apiOf(wps).sessions(1000)).rows).toEqual([row(1)]);
		expect(wps.log.map((entry) => entry.split('?')[1])).toEqual(['page_size=50', 'page_size=10']);
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
