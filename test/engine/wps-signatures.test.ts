import { type Outgoing, TamperingProxy } from './tampering-proxy';
import { APP, errorIn, wpsBench } from './wps';

/**
 * Every kind of request that the node makes, through n8n's own HTTP client, to a server that checks KSO-1 over the bytes
 * that arrive. In between one byte is changed; the server must notice, or the byte was not signed.
 */

jest.setTimeout(60_000);

const bench = wpsBench();
const proxy = new TamperingProxy(() => bench.sandbox.wps.url);
beforeAll(async () => await proxy.start());
afterAll(async () => await proxy.stop());
beforeEach(() => {
	proxy.tamper = () => undefined;
});

/** What the node does, and what the request that is meant looks like. */
interface SignedCall {
	call: string;
	parameters: object;
	target: RegExp;
	/** What it has besides path and headers. */
	has: 'body' | 'query' | 'nothing';
	apiGeneration?: 'app';
}

const create = { resource: 'conversation', operation: 'create' };
const send = { resource: 'message', operation: 'send', message: '你好 [script: short]' };
const cancel = { resource: 'message', operation: 'cancel' };
const unawaited = { ...send, options: { waitForAnswer: false } };

const CALLS: SignedCall[] = [
	{ call: 'make a conversation', parameters: create, target: /sessions\/create/, has: 'nothing' },
	{
		call: 'make one, older paths',
		parameters: create,
		target: /session\/create/,
		has: 'nothing',
		apiGeneration: 'app',
	},
	{ call: 'list messages', parameters: { ...create, operation: 'get' }, target: /messages/, has: 'query' },
	{ call: 'list conversations', parameters: { ...create, operation: 'getAll' }, target: /list/, has: 'query' },
	{ call: 'ask', parameters: send, target: /chats\/create/, has: 'body' },
	{ call: 'ask, older paths', parameters: send, target: /chat\/create/, has: 'body', apiGeneration: 'app' },
	{ call: 'ask without waiting', parameters: unawaited, target: /chats\/create/, has: 'body' },
	{ call: 'cancel', parameters: cancel, target: /cancel/, has: 'body' },
	{ call: 'cancel, older paths', parameters: cancel, target: /cancel/, has: 'nothing', apiGeneration: 'app' },
];

type Change = (request: Outgoing) => void;

const flipped = (text: string, at: number) =>
	`${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
const inBody =
	(part: number): Change =>
	({ body }) => {
		const at = Math.floor((body.length - 1) * part);
		body[at] = body[at] === 0x41 ? 0x42 : 0x41;
	};
const inHeader =
	(name: string, changed: (value: string) => string): Change =>
	({ headers }) =>
		void (headers[name] = changed(String(headers[name])));
const inTarget =
	(changed: (target: string) => string): Change =>
	(request) =>
		void (request.target = changed(request.target));

/** Changes of one byte: those that any request can suffer, then those of some. */
const ANYWHERE: Record<string, Change> = {
	'a byte of the path': inTarget((target) => target.replace(`/${APP}/`, `/${flipped(APP, 3)}/`)),
	'a byte of the content type': inHeader('content-type', (type) => `${type};`),
	'a byte of the date': inHeader('x-kso-date', (date) =>
		date.replace(/\d(?= GMT)/, (digit) => String((Number(digit) + 1) % 10)),
	),
	'a byte of the signature': inHeader('x-kso-authorization', (value) => flipped(value, value.length - 1)),
};
const SOMEWHERE: Record<SignedCall['has'], Record<string, Change>> = {
	body: {
		'the first byte of the body': inBody(0),
		'a byte in the middle of the body': inBody(0.5),
		'the last byte of the body': inBody(1),
		'a query where there was none': inTarget((target) => `${target}?`),
	},
	query: {
		'the last byte of the query': inTarget((target) => target.replace(/.$/, (last) => (last === '7' ? '8' : '7'))),
	},
	nothing: {
		'a body where there was none': (request) => void (request.body = Buffer.from('x')),
		'a query where there was none': inTarget((target) => `${target}?`),
	},
};

describe.each([
	['an access token', async () => bench.accessToken({ baseUrl: proxy.url })],
	['OAuth2', async () => await bench.oAuth2({ baseUrl: proxy.url })],
])('with %s', (_credential, credentialsOf) => {
	describe.each(CALLS)('$call', ({ parameters, target, has, apiGeneration = 'apps' }) => {
		async function called() {
			const conversationId = await bench.newConversation();
			const asked = await bench.send({ ...unawaited, conversationId, message: 'x [script: hold g]' });
			const { messageId } = asked.items[0]!.json;
			const credentials = await credentialsOf();
			for (const credential of Object.values(credentials)) credential.apiGeneration = apiGeneration;
			bench.sandbox.clearRequests();
			const ids = 'message' in parameters ? {} : { conversationId, messageId };
			const node = { onError: 'continueRegularOutput' as const };
			const { items } = await bench.run({ ...ids, ...parameters }, { credentials, node });
			return { error: errorIn(items[0]?.json), meant: bench.sandbox.requests.filter(({ path }) => target.test(path)) };
		}

		test('arrives with a right signature', async () => {
			const { error, meant } = await called();
			expect(error).toBeUndefined();
			expect(meant.map(({ status, refusal }) => [status, refusal])).toEqual([[200, undefined]]);
			expect(bench.sandbox.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
		});

		test.each(Object.entries({ ...ANYWHERE, ...SOMEWHERE[has] }))('%s is signed', async (_what, change) => {
			proxy.tamper = (request) => target.test(request.target) && change(request);
			const { error, meant } = await called();
			expect(error).toMatchObject({ code: '401000001', httpStatus: 401 });
			expect(meant[0]?.refusal).toMatch(/signature differs/);
		});
	});
});
