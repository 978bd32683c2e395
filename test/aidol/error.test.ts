import { AiDolApi } from '../../nodes/AiDol/aidol-api';
import { aiDolComplaint } from '../../nodes/AiDol/aidol-error';
import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import { isRateLimit, isServerFault, refusalFailure } from '../../nodes/shared/http/http-error';
import { tryParseJson } from '../../nodes/shared/json/json';
import { connectionTo, jsonReply } from './replay';

const NOW = Date.UTC(2026, 0, 1, 12);
const traceId = 'abcdefghijklmnopqrstuvwxyz012345';

/** What AI-DOL complains about in a reply. */
function complaint(status: number, body: unknown, headers: Record<string, string> = {}) {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return aiDolComplaint(status, tryParseJson(text), text, headers, NOW);
}

/** The failure that a refused request is shown as. */
function shown(status: number, body: unknown, headers: Record<string, string> = {}) {
	const found = complaint(status, body, headers);
	return found && refusalFailure('AI-DOL', { status, complaint: found });
}

const refusal = (message: string, code: unknown = 10400) => ({ code, success: false, message, data: null, traceId });

describe('HTTP 200', () => {
	test('success is no complaint', () => {
		expect(complaint(200, { code: 10200, success: true, message: 'OK', data: {}, traceId })).toBeUndefined();
		expect(complaint(200, { code: 10200, data: [] })).toBeUndefined();
	});

	test.each([
		['Too many requests, please try again later', 10400],
		['TOO MANY REQUESTS', 10500],
		['too many requests', 'whatever'],
	])('%s is a rate limit, whatever the code (%s)', (message, code) => {
		const found = complaint(200, refusal(message, code));
		expect(found).toMatchObject({ like: 429, code: String(code), text: message, traceId });
		expect(isRateLimit({ status: 200, complaint: found! })).toBe(true);
	});

	test.each([
		['Invalid API key', 10400, 401, /does not know this API key/],
		['invalid api KEY', 10400, 401, /does not know this API key/],
		['API key usage limit reached', 10400, 403, /quota/],
		['Agent not found', 10404, 404, /Get Many/],
		['Agent not found', 10400, 404, /Get Many/],
		['Conversation not found', 10404, 404, /Check the IDs/],
		['agentId is required', 10400, 400, /Check the parameters/],
		['something new', 77, 400, /Check the parameters/],
		['something new', undefined, 400, /Check the parameters/],
	])('%s (%s) is like %s', (message, code, like, hint) => {
		expect(complaint(200, refusal(message, code))).toMatchObject({ like, text: message, traceId });
		expect(shown(200, refusal(message, code))?.details).toMatchObject({
			httpStatus: 200,
			providerText: message,
			traceId,
			hint: expect.stringMatching(hint) as string,
		});
	});

	test('a server fault is no word that nothing happened', () => {
		expect(isServerFault({ status: 200, complaint: complaint(200, refusal('boom', 10500))! })).toBe(true);
	});

	test.each([['{"status":"ok"}'], ['[]'], ['42'], ['']])('%s is not from AI-DOL', (body) => {
		expect(shown(200, body)?.details.hint).toContain('Check the Base URL');
	});
});

describe('401', () => {
	test.each([
		['an envelope', refusal('Invalid signature', 10401)],
		['an envelope with a message that means something else', refusal('Too many requests')],
		['other JSON', { error: 'no' }],
		['a list', []],
		['text', 'Unauthorized'],
		['nothing', ''],
	])('with %s', (_what, body) => {
		const failure = shown(401, body);
		expect(failure?.message).toBe('The API key or signature was refused by AI-DOL (401)');
		expect(failure?.details.hint).toContain('API Secret');
	});

	const date = (minutes: number) => ({ date: new Date(NOW - minutes * 60_000).toUTCString() });

	test.each([
		[6, '6 minutes ahead of'],
		[-90, '90 minutes behind'],
	])('a clock that is off by %s minutes is explained', (minutes, words) => {
		for (const [status, body] of [
			[401, refusal('Timestamp expired', 10401)],
			[401, 'Unauthorized'],
			[200, refusal('Invalid API key')],
		] as const) {
			expect(complaint(status, body, date(minutes))?.hint).toContain(words);
		}
	});

	test.each([[date(4.9)], [date(-4.9)], [{}], [{ date: 'soon' }]])(
		'the clock is right, or nothing is known: %j',
		(headers) => {
			expect(complaint(401, refusal('Invalid signature'), headers as Record<string, string>)?.hint).toContain(
				'API Secret',
			);
		},
	);

	test('a time that is refused without saying what time it is', () => {
		const failure = shown(401, refusal('Timestamp expired', 10401));
		expect(failure?.message).toBe('The time of the request was refused by AI-DOL (401)');
		expect(failure?.details.hint).toContain('Check the clock');
	});

	test('other refusals do not speak of the clock', () => {
		expect(complaint(404, refusal('Agent not found'), date(60))?.hint).not.toContain('clock');
	});
});

describe('other statuses', () => {
	test('the envelope gives text, code and trace id', () => {
		expect(shown(500, refusal('boom', 10500))?.details).toMatchObject({ code: '10500', providerText: 'boom', traceId });
	});

	test('a rate limit under 400 is one, under 500 it may not be trusted', () => {
		expect(isRateLimit({ status: 400, complaint: complaint(400, refusal('Too many requests'))! })).toBe(true);
		const fault = { status: 500, complaint: complaint(500, refusal('Too many requests'))! };
		expect([isRateLimit(fault), isServerFault(fault)]).toEqual([false, true]);
	});

	test.each([
		[
			{ message: ['text must be shorter', 'language must be known'], error: 'Bad Request' },
			'text must be shorter; language must be known',
		],
		[
			{ detail: [{ loc: ['body', 'text'], msg: 'field required' }, { msg: 'too long' }] },
			'text: field required; too long',
		],
		[{ errors: [{ message: 'no' }] }, 'no'],
		[{ error: { message: 'inner' } }, 'inner'],
		[{ message: [], error: 'Bad Request' }, 'Bad Request'],
		[{ message: { text: 'x' }, error: 'Bad Request' }, 'text: x'],
		[{ message: 'Validation failed', errors: { text: ['too long'] } }, 'text: too long'],
	])('%j says: %s', (body, text) => {
		expect(shown(400, body)?.details.providerText).toBe(text);
		expect(shown(422, body)?.details.providerText).toBe(text);
	});

	test('402 speaks of the quota', () => {
		const failure = shown(402, { message: 'Payment required' });
		expect(failure).toMatchObject({ message: 'AI-DOL wants to be paid before it goes on (402)' });
		expect(failure?.details).toMatchObject({ code: 'payment_required', httpStatus: 402 });
		expect(failure?.details.hint).toContain('used up');
	});

	test.each([301, 302, 307, 308])('%s names the new address, without what stands behind it', (status) => {
		const failure = shown(status, '', { location: 'https://new.example/v1/chat/stream?key=secret' });
		expect(failure?.details).toMatchObject({
			code: 'redirected',
			hint: expect.stringContaining('https://new.example.') as string,
		});
		expect(failure?.details.hint).not.toContain('secret');
		expect(shown(status, '', { location: '/v1/' })?.details.hint).toContain('Check the Base URL');
	});

	test.each([0, '0', '000000', 200, 10200, 'OK', 'success'])('code %j is success', (code) => {
		expect(complaint(200, { code, message: 'OK', data: {} })).toBeUndefined();
	});

	test.each(['invalid_prompt', 'Failed: INVALID_PROMPT'])('%s is explained', (message) => {
		expect(complaint(200, refusal(message))).toMatchObject({
			like: 422,
			hint: expect.stringContaining('Word the prompt') as string,
		});
		expect(complaint(200, refusal('no', 'invalid_prompt'))).toMatchObject({ like: 422 });
	});

	test('a gateway that gave up does not advise to collect, which AI-DOL cannot', () => {
		expect(shown(504, '<html>')?.details.hint).toContain('no way to collect');
	});
});

describe('reading a reply', () => {
	const api = (body: unknown) => new AiDolApi(connectionTo(() => jsonReply(body)));
	const ok = (data: unknown) => ({ code: 10200, success: true, message: 'OK', data, traceId });

	test.each([
		['data', ok([{ agentId: 'a' }, { agentId: 'b' }])],
		...['list', 'agents', 'items', 'records', 'rows', 'results', 'data', 'content', 'somethingElse'].map(
			(name): [string, unknown] => [`data.${name}`, ok({ total: 2, [name]: [{ agentId: 'a' }, { agentId: 'b' }] })],
		),
	])('agents in %s', async (_place, body) => {
		expect(await api(body).agents()).toEqual([{ agentId: 'a' }, { agentId: 'b' }]);
	});

	const a = { agentId: 'a' };
	const b = { id: 'b', name: 'B' };
	test.each<[string, unknown, unknown[]]>([
		[
			'by category',
			{ official: [a], own: [b] },
			[
				{ ...a, category: 'official' },
				{ ...b, category: 'own' },
			],
		],
		['by category, one of them empty', { official: [a], own: [] }, [{ ...a, category: 'official' }]],
		[
			'by category, inside a list',
			{ list: { official: [a], own: [b] } },
			[
				{ ...a, category: 'official' },
				{ ...b, category: 'own' },
			],
		],
		[
			'as a list',
			[
				{ category: 'official', agents: [a] },
				{ name: 'own', list: [b] },
			],
			[
				{ ...a, category: 'official' },
				{ ...b, category: 'own' },
			],
		],
		[
			'with a category of their own',
			{ x: [{ ...a, category: 'mine' }], y: [b] },
			[
				{ ...a, category: 'mine' },
				{ ...b, category: 'y' },
			],
		],
		[
			'in groups of groups',
			{ official: { list: [a] }, own: { items: [b] } },
			[
				{ ...a, category: 'official' },
				{ ...b, category: 'own' },
			],
		],
		['beside a number of them', { total: 2, everyone: [a, b] }, [a, b]],
	])('agents in groups: %s', async (_how, data, rows) => {
		expect(await api(ok(data)).agents()).toEqual(rows);
	});

	test('no agents', async () => {
		expect(await api(ok(null)).agents()).toEqual([]);
		expect(await api(ok({ list: [] })).agents()).toEqual([]);
	});

	test('a list in an unknown form is said to be one', async () => {
		await expect(api(ok({ a: { b: 1 } })).agents()).rejects.toThrow('in a form that this node does not know');
	});

	test.each([['conversationId'], ['conversation_id']])('a conversation is named by %s', async (name) => {
		expect(await api(ok({ [name]: 'c-1' })).createConversation('a')).toMatchObject({ conversationId: 'c-1' });
	});

	test('a web page is told from a refusal', async () => {
		const making = api('<html><title>Sign in</title></html>').createConversation('a');
		await expect(making).rejects.toMatchObject({ details: { code: 'web_page', httpStatus: 200 } });
	});

	test('a conversation without a name is an error, before any question', async () => {
		const making = api(ok({})).createConversation('a');
		await expect(making).rejects.toBeInstanceOf(ConversationFailure);
		await expect(making).rejects.toMatchObject({ details: { code: 'no_conversation_id', status: 'notSent' } });
	});
});
