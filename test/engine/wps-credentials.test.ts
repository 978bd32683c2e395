import { errorIn, wpsBench } from './wps';

jest.setTimeout(30_000);

const bench = wpsBench();
const CONTINUE = { node: { onError: 'continueRegularOutput' as const } };
const items = (count: number) => Array.from({ length: count }, () => ({ json: {} }));
const renewals = () => bench.sandbox.findRequests({ operation: 'token' }).length;
const refused = () => bench.sandbox.requests.filter(({ refusal }) => refusal !== undefined).length;

describe('OAuth2', () => {
	test('signs with Client ID and Client Secret, and with its own keys', async () => {
		const byClient = await bench.send({}, { credentials: await bench.oAuth2() });
		expect(byClient.items[0]?.json.status).toBe('completed');
		const keys = { accessKey: 'sandbox-app', secretKey: 'sandbox-secret' };
		const byKeys = await bench.send({}, { credentials: await bench.oAuth2(keys) });
		expect(byKeys.items[0]?.json.status).toBe('completed');
		expect(refused()).toBe(0);
	});

	test.each(['http', '200'] as const)(
		'a token that has expired is renewed, errors under %s: one question',
		async (errorStatus) => {
			bench.configure({ errorStatus });
			const credentials = await bench.oAuth2();
			bench.sandbox.wpsStore.tokens.expireAll();
			const { items: out } = await bench.send({}, { credentials });
			expect(out[0]?.json).toMatchObject({ status: 'completed', deliveredBy: 'stream' });
			expect(renewals()).toBe(1);
			expect(bench.questions()).toBe(1);
		},
	);

	test.each(['http', '200'] as const)(
		'also when it is the question that is refused, errors under %s',
		async (errorStatus) => {
			const conversationId = await bench.newConversation();
			bench.configure({ errorStatus, generations: ['app'] });
			const credentials = await bench.oAuth2({ apiGeneration: 'app' });
			bench.sandbox.wpsStore.tokens.expireAll();
			const { items: out } = await bench.send({ conversationId }, { credentials });
			expect(out[0]?.json).toMatchObject({ status: 'completed', deliveredBy: 'stream' });
			expect(renewals()).toBe(1);
			expect(bench.sandbox.wpsStore.chats()).toHaveLength(1);
			const [first, second] = bench.sandbox.findRequests({ operation: 'chat' });
			expect(first!.refusal).toContain('expired');
			expect(second!.text).toBe(first!.text);
		},
	);

	test.each<[string, object]>([
		['in pieces', { kind: 'split', writes: [7] }],
		['behind a sign of life', { kind: 'comments' }],
	])('a refusal under 200 that comes %s: renewed, one question', async (_how, fault) => {
		bench.configure({ errorStatus: '200' });
		const credentials = await bench.oAuth2();
		bench.sandbox.wpsStore.tokens.expireAll();
		bench.sandbox.faults.add({ ...fault, times: 0 } as never);
		const { items: out } = await bench.send({}, { credentials });
		expect(out[0]?.json).toMatchObject({ status: 'completed', deliveredBy: 'stream' });
		expect(renewals()).toBe(1);
		expect(bench.sandbox.wpsStore.chats()).toHaveLength(1);
	});

	test('a renewed token that WPS repeats in its error is blacked out', async () => {
		const conversationId = await bench.newConversation();
		const credentials = await bench.oAuth2();
		bench.sandbox.wpsStore.tokens.expireAll();
		let token = '';
		const stop = bench.sandbox.onRequest(({ operation, headers }) => {
			if (operation !== 'messages') return;
			token = String(headers.authorization).replace('Bearer ', '');
			bench.sandbox.faults.clear();
			const body = JSON.stringify({ code: 1, msg: `<${token}> may not do this` });
			bench.sandbox.faults.add({ kind: 'status', status: 400, operation: 'chat', body });
		});
		const { items: out } = await bench.send({ conversationId }, { credentials, ...CONTINUE });
		stop();
		expect(renewals()).toBe(1);
		expect(errorIn(out[0]?.json).description).toContain('<•••> may not do this');
		expect(token.length).toBeGreaterThan(8);
		expect(JSON.stringify(out)).not.toContain(token);
	});

	test.each(['http', '200'] as const)('many items renew it together, errors under %s', async (errorStatus) => {
		bench.configure({ errorStatus, refreshTokensOnce: true });
		const credentials = await bench.oAuth2();
		bench.sandbox.wpsStore.tokens.expireAll();
		const { items: out } = await bench.send({}, { credentials, items: items(8) });
		expect(out.map(({ json }) => json.status)).toEqual(Array(8).fill('completed'));
		expect(bench.sandbox.wpsStore.chats()).toHaveLength(8);
		expect(renewals()).toBe(1);
	});

	test.each(['http', '200'] as const)(
		'an account that has to be connected again, errors under %s',
		async (errorStatus) => {
			bench.configure({ errorStatus });
			const credentials = await bench.oAuth2();
			bench.sandbox.wpsStore.tokens.expireAll();
			Object.assign(credentials.wpsOAuth2Api!.oauthTokenData as object, { refresh_token: 'revoked' });
			const { items: out } = await bench.send({}, { credentials, ...CONTINUE });
			expect(errorIn(out[0]?.json)).toMatchObject({ httpStatus: expect.any(Number), status: 'notSent' });
			expect(errorIn(out[0]?.json).description).toMatch(/connect the account again/);
			expect(bench.questions()).toBe(0);
		},
	);
});

describe('what is wrong with the credential is said', () => {
	test.each<[string, () => object, object, RegExp]>([
		[
			'the token has expired',
			() => ({ accessToken: 'old-token' }),
			{ code: '401030003', status: 'notSent' },
			/paste a new one/,
		],
		[
			'signature checking is on, signing is off',
			() => ({ signRequests: false }),
			{ code: '401000001', httpStatus: 401, status: 'notSent' },
			/signature checking is on for your app in the WPS developer console.*switch on Sign Requests/,
		],
		[
			'a wrong key',
			() => ({ secretKey: 'wrong-key' }),
			{ code: '401000001' },
			/check Access Key \(the APPID\) and Secret Key \(the APPKEY\)/,
		],
		['a base URL that is none', () => ({ baseUrl: 'openapi.wps.cn' }), { status: 'notSent' }, /https:\/\//],
		['another service', () => ({ baseUrl: `${bench.sandbox.reportify.url}` }), { httpStatus: 404 }, /Base URL/],
	])('%s', async (_what, credential, expected, hint) => {
		const { items: out } = await bench.send({}, { credentials: bench.accessToken(credential() as never), ...CONTINUE });
		const error = errorIn(out[0]?.json);
		expect(error).toMatchObject({ provider: 'wps', ...expected });
		expect(error.message).not.toContain('API key');
		expect(`${String(error.message)} ${String(error.description)}`).toMatch(hint);
		expect(bench.sandbox.wpsStore.chats()).toEqual([]);
	});

	test.each([
		['keys that are missing', { secretKey: '' }, /Access Key and Secret Key are needed/],
		['a token that is missing', { accessToken: ' ' }, /Access Token is empty/],
	])('%s: before anything is sent', async (_what, credential, message) => {
		const { items: out } = await bench.send({}, { credentials: bench.accessToken(credential), ...CONTINUE });
		expect(errorIn(out[0]?.json)).toMatchObject({ code: 'configuration', status: 'notSent' });
		expect(errorIn(out[0]?.json).message).toMatch(message);
		expect(bench.sandbox.requests).toEqual([]);
	});

	test('a permission that is missing is named', async () => {
		const missing = { kind: 'status' as const, status: 403, body: '{"code":403000001,"msg":"NoPermission"}' };
		bench.sandbox.faults.add({ ...missing, operation: 'chat' });
		const chat = await bench.send({}, CONTINUE);
		expect(errorIn(chat.items[0]?.json).description).toContain('kso.devhub_chat.readwrite');
		expect(errorIn(chat.items[0]?.json).description).not.toContain('kso.devhub_session.readwrite');
		bench.sandbox.faults.add({ ...missing, operation: 'session.create' });
		const session = await bench.run({ resource: 'conversation', operation: 'create' }, CONTINUE);
		expect(errorIn(session.items[0]?.json)).toMatchObject({ code: '403000001' });
		expect(errorIn(session.items[0]?.json).description).toContain('kso.devhub_session.readwrite');
	});

	test('no secret is seen in an error, also when WPS repeats it', async () => {
		const body = '{"code":401000001,"msg":"bad sandbox-user-token signed with sandbox-secret"}';
		bench.sandbox.faults.add({ kind: 'status', status: 401, body, operation: 'chat' });
		const { items: out } = await bench.send({}, CONTINUE);
		expect(errorIn(out[0]?.json).description).toContain('bad ••• signed with •••');
		expect(JSON.stringify(out)).not.toMatch(/sandbox-(?:user-token|secret)/);
	});
});

test('what is stored beside a token is no secret', async () => {
	const credentials = await bench.oAuth2();
	const scope = 'kso.devhub_session.readwrite';
	Object.assign(credentials.wpsOAuth2Api!.oauthTokenData as object, { scope });
	const body = '{"code":403000001,"msg":"not with this bearer token"}';
	bench.sandbox.faults.add({ kind: 'status', status: 403, body, operation: 'session.create' });
	const create = { resource: 'conversation', operation: 'create' };
	const { items: out } = await bench.run(create, { credentials, ...CONTINUE });
	expect(errorIn(out[0]?.json).description).toContain('not with this bearer token');
	expect(errorIn(out[0]?.json).description).toContain(scope);
});

test('a private deployment lives below /openapi, which is not signed', async () => {
	const credentials = bench.accessToken({ baseUrl: `${bench.sandbox.wps.url}/openapi/` });
	const { items: out } = await bench.send({}, { credentials });
	expect(out[0]?.json.status).toBe('completed');
	expect(bench.log()[0]).toMatch(/^POST \/openapi\/v7\//);
});

test('nothing is signed when signing is off', async () => {
	bench.configure({ checkSignature: false });
	const { items: out } = await bench.send(
		{},
		{ credentials: bench.accessToken({ signRequests: false, secretKey: '' }) },
	);
	expect(out[0]?.json.status).toBe('completed');
	for (const { headers } of bench.sandbox.requests) expect(headers).not.toHaveProperty('x-kso-authorization');
});
