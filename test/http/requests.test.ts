import { ConversationFailure } from '../../nodes/shared/failures/conversation-failure';
import { refusalFailure, RequestRefused } from '../../nodes/shared/http/http-error';
import { openStream, type ProviderConnection, requestJson } from '../../nodes/shared/http/requests';
import { backOff, LONGEST_RETRY_AFTER_MS, retryAfter } from '../../nodes/shared/http/retry-delay';
import {
	type HttpReply,
	type HttpRequest,
	LARGEST_TEXT,
	readText,
	ReplyTooLarge,
	TransportFailure,
} from '../../nodes/shared/http/transport';
import { FakeClock } from '../following/fake-clock';

const READ: HttpRequest = { method: 'GET', path: '/things' };
const WRITE: HttpRequest = { method: 'POST', path: '/things', json: '{}' };

async function* bodyOf(parts: Array<string | Uint8Array | Error>): AsyncGenerator<Uint8Array> {
	for (const part of parts) {
		if (part instanceof Error) throw part;
		yield typeof part === 'string' ? new TextEncoder().encode(part) : part;
	}
}

const reply = (
	status: number,
	body: string | Array<string | Uint8Array | Error> = '',
	headers: Record<string, string> = {},
): HttpReply => ({ status, headers, body: bodyOf(Array.isArray(body) ? body : [body]) });

/** A provider whose replies come in turn. */
function provider(replies: Array<HttpReply | Error>) {
	const clock = new FakeClock();
	const sentAt: number[] = [];
	const connection: ProviderConnection = {
		providerName: 'Acme',
		clock,
		transport: async (_request, signal) => {
			signal?.throwIfAborted();
			const next = replies[sentAt.length];
			sentAt.push(clock.elapsed);
			if (next === undefined) throw new Error('the script has no more replies');
			if (next instanceof Error) throw next;
			return next;
		},
		complaintOf: (status, _body, text) => (status >= 300 || text.includes('sorry') ? { text } : undefined),
	};
	return { connection, clock, sentAt };
}

describe('Retry-After', () => {
	const clock = new FakeClock(Date.UTC(2026, 0, 1, 12, 0, 0));
	test.each<[string | undefined, number | undefined]>([
		['7', 7000],
		[' 7 ', 7000],
		['0', 0],
		['1.5', 1500],
		['Thu, 01 Jan 2026 12:00:10 GMT', 10_000],
		['Thursday, 01-Jan-26 12:00:10 GMT', 10_000],
		['Thu Jan  1 12:00:10 2026 GMT', 10_000],
		['Thu, 01 Jan 2026 11:00:00 GMT', 0],
		['86400', LONGEST_RETRY_AFTER_MS],
		['99999999999999999999999999', LONGEST_RETRY_AFTER_MS],
		['Thu, 01 Jan 2099 00:00:00 GMT', LONGEST_RETRY_AFTER_MS],
		['-5', undefined],
		['soon', undefined],
		['2026', LONGEST_RETRY_AFTER_MS],
		['May 1', undefined],
		['Thu, nonsense', undefined],
		['', undefined],
		['NaN', undefined],
		['1e9', undefined],
		[undefined, undefined],
	])('%j: %p ms', (header, expected) => {
		expect(retryAfter(header, clock)).toBe(expected);
	});
});

test('the back-off doubles from a quarter of a second up to ten, spread over its upper half', () => {
	const clock = new FakeClock();
	const bounds = [0, 1, 2, 3, 4, 5, 6, 20, 2000].map((attempt) => {
		clock.randoms = [0, 0.999999];
		return [backOff(attempt, clock), Math.ceil(backOff(attempt, clock))];
	});
	expect(bounds).toEqual([
		[125, 250],
		[250, 500],
		[500, 1000],
		[1000, 2000],
		[2000, 4000],
		[4000, 8000],
		[5000, 10_000],
		[5000, 10_000],
		[5000, 10_000],
	]);
});

describe('a request for JSON', () => {
	test.each<[string, HttpRequest, HttpReply | Error, number]>([
		['a read, when the connection breaks', READ, new TransportFailure('maybe', 'ECONNRESET'), 2],
		['a read, when nobody is there', READ, new TransportFailure('no', 'ECONNREFUSED'), 2],
		['a read, when its body breaks off', READ, reply(200, ['{"a"', new Error('aborted')]), 2],
		['a read, after 500', READ, reply(500), 2],
		['a read, after 503', READ, reply(503), 2],
		['a read, after 429', READ, reply(429), 2],
		['a write, when nobody is there', WRITE, new TransportFailure('no', 'ECONNREFUSED'), 2],
		['a write, after 429', WRITE, reply(429), 2],
		['a write, when the connection breaks, is not', WRITE, new TransportFailure('maybe', 'ECONNRESET'), 1],
		['a write, after 500, is not', WRITE, reply(500), 1],
		['a read, after 404, is not', READ, reply(404), 1],
		['a write, after 401, is not', WRITE, reply(401), 1],
	])('%s is repeated', async (_title, request, first, expected) => {
		const { connection, clock, sentAt } = provider([first, reply(200, '{"a":1}')]);
		const result = await clock.run(requestJson(connection, request, undefined).catch((error: Error) => error));
		expect(sentAt).toHaveLength(expected);
		if (expected === 2) expect(result).toEqual({ a: 1 });
		else expect(result).toBeInstanceOf(Error);
		expect(clock.pending).toBe(0);
	});

	test('is repeated twice at most', async () => {
		const { connection, clock, sentAt } = provider([reply(503, 'a'), reply(503, 'b'), reply(503, 'c')]);
		const error = await clock.run(requestJson(connection, READ, undefined).catch((reason: unknown) => reason));
		expect(error).toBeInstanceOf(RequestRefused);
		expect((error as RequestRefused).refusal).toMatchObject({ status: 503, complaint: { text: 'c' } });
		expect(sentAt).toHaveLength(3);
	});

	test('waits as Retry-After says: seconds and dates', async () => {
		const { connection, clock, sentAt } = provider([
			reply(429, '', { 'retry-after': '7' }),
			reply(429, '', { 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }),
			reply(200, '{}'),
		]);
		await clock.run(requestJson(connection, READ, undefined));
		expect(sentAt).toEqual([0, 7000, 60_000]);
	});

	test('the wait ends with the signal', async () => {
		const { connection, clock, sentAt } = provider([reply(429, '', { 'retry-after': '100' }), reply(200, '{}')]);
		const stop = new AbortController();
		clock.at(500, () => stop.abort(new Error('stopped')));
		const error = await clock.run(requestJson(connection, READ, stop.signal).catch((reason: unknown) => reason));
		expect(error).toEqual(new Error('stopped'));
		expect(clock.elapsed).toBe(500);
		expect(sentAt).toHaveLength(1);
		expect(clock.pending).toBe(0);
	});

	test('keeps the digits of ids', async () => {
		const { connection } = provider([reply(200, '{"id":11887655289749511,"n":9007199254740993}')]);
		expect(await requestJson(connection, READ, undefined)).toEqual({
			id: '11887655289749511',
			n: '9007199254740993',
		});
	});

	test('a success that complains is none', async () => {
		const { connection } = provider([reply(200, '{"sorry":true}')]);
		await expect(requestJson(connection, READ, undefined)).rejects.toBeInstanceOf(RequestRefused);
	});

	test('an empty body is null', async () => {
		expect(await requestJson(provider([reply(200, ' ')]).connection, READ, undefined)).toBeNull();
	});

	test('a body that breaks off is a broken connection', async () => {
		const { connection } = provider([reply(200, ['{"a"', new Error('aborted')])]);
		const error = await requestJson(connection, WRITE, undefined).catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(TransportFailure);
		expect(error).toMatchObject({ reached: 'maybe' });
	});

	test.each([
		['a web page', '<html>Sign in', 'web_page'],
		['a text', 'Hello', 'not_json'],
	])('%s is refused with its beginning', async (_title, text, code) => {
		const { connection } = provider([reply(200, text + 'x'.repeat(1000))]);
		const error = await requestJson(connection, READ, undefined).catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(ConversationFailure);
		expect(error).toMatchObject({ details: { code } });
		expect((error as ConversationFailure).details.providerText).toHaveLength(200);
	});
});

describe('a request for a stream', () => {
	test.each([429, 500])('is sent once, whatever comes (%d)', async (status) => {
		const { connection, sentAt } = provider([reply(status, 'no', { 'retry-after': '3' })]);
		const error = await openStream(connection, READ, undefined).catch((reason: unknown) => reason);
		expect((error as RequestRefused).refusal).toEqual({ status, complaint: { text: 'no' }, retryAfterMs: 3000 });
		expect(sentAt).toHaveLength(1);
	});

	test('a refusal whose body breaks off is a refusal', async () => {
		const { connection } = provider([reply(502, ['<html>', new Error('aborted')])]);
		await expect(openStream(connection, READ, undefined)).rejects.toBeInstanceOf(RequestRefused);
	});

	test('of the body of a refusal, 64 KB are read', async () => {
		let given = 0;
		async function* endless() {
			for (;;) {
				given++;
				yield new Uint8Array(1024).fill(0x61);
			}
		}
		const { connection } = provider([{ status: 500, headers: {}, body: endless() }]);
		await expect(openStream(connection, READ, undefined)).rejects.toBeInstanceOf(RequestRefused);
		expect(given).toBe(64);
	});
});

test('text is UTF-8 wherever its bytes are cut', async () => {
	const bytes = new TextEncoder().encode('你好 👩‍🔬 é');
	const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
	expect(await readText(reply(200, single))).toBe('你好 👩‍🔬 é');
});

test('a reply that is too large to be read is told, and not taken for half of itself', async () => {
	const piece = new Uint8Array(1024 * 1024).fill(0x20);
	const pieces = Array.from({ length: LARGEST_TEXT / piece.length + 1 }, () => piece);
	await expect(readText(reply(200, ['{"a":1}', ...pieces]))).rejects.toBeInstanceOf(ReplyTooLarge);
	const { connection, sentAt } = provider([reply(200, ['{"a":1}', ...pieces])]);
	await expect(requestJson(connection, READ, undefined)).rejects.toBeInstanceOf(ReplyTooLarge);
	expect(sentAt).toHaveLength(1);
});

describe('a refusal in the words of the user', () => {
	test.each([
		['https://api.acme.example/v1?token=abc#x', 'https://api.acme.example/v1'],
		['http://user:secret@acme.example/', 'http://acme.example/'],
		['/login', '/login'],
	])('a redirect names the new address, without what may be secret in it: %s', async (location, shown) => {
		const { connection } = provider([reply(301, '', { location })]);
		const error = await openStream(connection, READ, undefined).catch((reason: unknown) => reason);
		const failure = refusalFailure('Acme', (error as RequestRefused).refusal);
		expect(failure.message).toBe('The address of Acme has moved (301)');
		expect(failure.details.hint).toMatch(new RegExp(`It names this address: ${shown}$`));
	});

	test('a redirect without an address', () => {
		const failure = refusalFailure('Acme', { status: 302, complaint: { text: '' } });
		expect(failure.details.hint).not.toContain('names');
	});

	test('402: the account has to be looked at, not the parameters', () => {
		const failure = refusalFailure('Acme', { status: 402, complaint: { text: 'Insufficient balance' } });
		expect(failure.details).toMatchObject({ code: 'payment_required', httpStatus: 402 });
		expect(failure.details.hint).toContain('credit');
	});
});
