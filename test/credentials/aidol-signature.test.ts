import { createHash, createHmac } from 'node:crypto';
import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import {
	canonicalBody,
	canonicalPairs,
	signAiDol,
	signatureBase,
	withAiDolSignature,
	type AiDolRequest,
} from '../../credentials/signing/aidol';
import { fc } from './seed';

const request = (path: string, body: string): AiDolRequest => ({
	method: 'POST',
	path,
	timestamp: '1742000000',
	userId: 'user-123',
	query: '',
	body,
});

/** docs/apis/aidol.md §1.2 (computed); the body is what a client would hand over. */
const vectors: Array<[path: string, body: object, base: string, signature: string]> = [
	[
		'/v1/chat/stream',
		{ text: '你好', conversationId: 'conv-uuid', agentId: 'agent-uuid' },
		'POST\n/v1/chat/stream\n1742000000\nuser-123\n\nagentId=agent-uuid&conversationId=conv-uuid&text=你好', // published
		'f3c9058d58c5a9425388f37607d1ecd40eb99532eeef9e5ea909b9ced4e3e595',
	],
	[
		'/v1/chat/conversation',
		{ agentId: 'agent-uuid' },
		'POST\n/v1/chat/conversation\n1742000000\nuser-123\n\nagentId=agent-uuid',
		'9890e886528412f2a1922d02067a13ac2c0019b0644047fa8cd979bba509b4af',
	],
	[
		'/v1/agent/list',
		{},
		'POST\n/v1/agent/list\n1742000000\nuser-123\n\n',
		'b4f936667dcd1247b7883d6d94b86e68879f6fbed103ed3096dac59791762978',
	],
	[
		'/v1/chat/image',
		{ agentId: 'agent-uuid', conversationId: 'conv-uuid', text: 'hi', language: 'zh', metadata: { k: 1 } },
		'POST\n/v1/chat/image\n1742000000\nuser-123\n\nagentId=agent-uuid&conversationId=conv-uuid&language=zh&metadata={"k":1}&text=hi',
		'77f1b9cfa092f376b2ffcff033d7ef0e744d3204a1cff163258e1028a60cf044',
	],
];

describe('signature version 2', () => {
	it.each(vectors)('%s', (path, body, base, signature) => {
		const signed = request(path, canonicalBody(body).canonical);
		expect(signatureBase(signed)).toBe(base);
		expect(signAiDol('v2', 'test-secret', signed)).toBe(signature);
	});

	it('signs the method in upper case', () => {
		expect(signatureBase({ ...request('/p', ''), method: 'post' })).toBe(signatureBase(request('/p', '')));
	});
});

it('signature version 1 is the plain hash of canonical body and secret (docs/apis/aidol.md §1.3)', () => {
	const body = canonicalBody({ agentId: 'agent-uuid' }).canonical;
	expect(signAiDol('v1', 'test-secret', request('/v1/chat/conversation', body))).toBe(
		'7d0efd6e324cb803ee5ef85c3260adc3efa80fcf483920ac2a502707a602d9bb',
	);
});

describe('canonicalPairs', () => {
	it('sorts by code unit, not by locale, and escapes nothing', () => {
		expect(
			canonicalPairs([
				['b', '2'],
				['B', '1'],
				['ä', '&='],
				['a', 'x\ny'],
				['_', '5'],
				['10', 'x'],
				['9', 'y'],
			]),
		).toBe('10=x&9=y&B=1&_=5&a=x\ny&b=2&ä=&=');
		// U+FF5E is after an emoji by code unit (a surrogate, D83D) yet before it by code point.
		expect(
			canonicalPairs([
				['～', '2'],
				['😀', '1'],
			]),
		).toBe('😀=1&～=2');
	});

	it('sorts any keys', () => {
		fc.assert(
			fc.property(fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1 })), (names) => {
				const sorted = canonicalPairs(names.map((name) => [name, '\u0000'])).split('=\u0000');
				expect(sorted.join('')).toBe(
					[...names]
						.sort()
						.map((name, index) => (index ? `&${name}` : name))
						.join(''),
				);
			}),
		);
	});
});

describe('canonicalBody', () => {
	it.each<[what: string, body: object | string, json: string, canonical: string]>([
		['trims strings at the top', { text: ' hi\n' }, '{"text":"hi"}', 'text=hi'],
		['leaves out null, empty and blank', { a: null, b: '', c: ' \t', d: undefined, e: 'x' }, '{"e":"x"}', 'e=x'],
		['keeps empty objects and lists', { b: [], a: {} }, '{"b":[],"a":{}}', 'a={}&b=[]'],
		['keeps false and zero', { a: false, b: 0 }, '{"a":false,"b":0}', 'a=false&b=0'],
		[
			'touches nothing inside nested values',
			{ m: { b: ' x ', a: null, c: '' } },
			'{"m":{"b":" x ","a":null,"c":""}}',
			'm={"b":" x ","a":null,"c":""}',
		],
		[
			'keeps the order of members as sent',
			{ z: 1, m: { z: 1, a: 2 } },
			'{"z":1,"m":{"z":1,"a":2}}',
			'm={"z":1,"a":2}&z=1',
		],
		[
			'signs strings raw, without quotes or escapes',
			{ t: 'a"b\\c\nd&e=f' },
			'{"t":"a\\"b\\\\c\\nd&e=f"}',
			't=a"b\\c\nd&e=f',
		],
		['signs what a date becomes', { d: new Date(0) }, '{"d":"1970-01-01T00:00:00.000Z"}', 'd=1970-01-01T00:00:00.000Z'],
		[
			'keeps all digits of a number in a text',
			'{ "id": 11887655289749511, "m": {"ids": [9007199254740993]} }',
			'{"id":11887655289749511,"m":{"ids":[9007199254740993]}}',
			'id=11887655289749511&m={"ids":[9007199254740993]}',
		],
		[
			'writes a number as a server would that builds the text anew',
			'{"a":1.50,"b":1E3,"m":{"c":-0}}',
			'{"a":1.5,"b":1000,"m":{"c":0}}',
			'a=1.5&b=1000&m={"c":0}',
		],
		['reads escapes in a text', '{"t":"\\u4f60\\u597d"}', '{"t":"你好"}', 't=你好'],
		[
			'sends halves of characters as what everybody signs for them',
			{ t: 'a\ud83d', m: { b: ['\udc00x', '😀'] } },
			'{"t":"a\ufffd","m":{"b":["\ufffdx","😀"]}}',
			'm={"b":["\ufffdx","😀"]}&t=a\ufffd',
		],
		['takes an empty object', '{}', '{}', ''],
		['takes __proto__ for a field like others', '{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}', '__proto__={"a":1}'],
	])('%s', (_what, body, json, canonical) => {
		expect(canonicalBody(body)).toEqual({ json, canonical });
	});

	it.each(['', 'hello', '"text"', '7', '[1]', 'null', '{"a":1', '{"a":1,"a":2}', '{a:1}'])('refuses %j', (text) => {
		expect(() => canonicalBody(text)).toThrow('not a JSON object');
	});

	const key = fc.string({ unit: 'binary' });
	const body = fc.dictionary(
		key,
		fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), fc.string({ unit: 'binary' }), fc.constantFrom('', '  ', null)),
	);

	/** The canonical body as a server in JavaScript finds it from the JSON that arrived (docs/apis/aidol.md §1.2). */
	const recomputed = (json: string) =>
		Object.entries(JSON.parse(json) as Record<string, unknown>)
			.map(([name, value]) => [name, typeof value === 'string' ? value.trim() : value] as const)
			.filter(([, value]) => value !== null && value !== '')
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
			.join('&');

	it('signs what a server recomputes from the JSON that was sent', () => {
		fc.assert(
			fc.property(body, (value) => {
				const { json, canonical } = canonicalBody(value);
				expect(canonical).toBe(recomputed(json));
			}),
		);
	});

	it('sends nothing that a server would have to trim or leave out', () => {
		fc.assert(
			fc.property(body, (value) => {
				for (const field of Object.values(JSON.parse(canonicalBody(value).json) as object)) {
					expect(field).not.toBeNull();
					if (typeof field === 'string') expect(field).toBe(field.trim());
					expect(field).not.toBe('');
				}
			}),
		);
	});

	it('accepts its own JSON', () => {
		fc.assert(
			fc.property(body, (value) => {
				const once = canonicalBody(value);
				expect(canonicalBody(once.json)).toEqual(once);
			}),
		);
	});

	it('signs a nested value as the very text that is sent, long numbers included', () => {
		const digits = fc.bigInt({ min: 10n ** 16n, max: 10n ** 19n }).map(String);
		fc.assert(
			fc.property(digits, fc.jsonValue({ stringUnit: 'binary' }), (id, value) => {
				const nested = `{"id":${id},"value":${JSON.stringify(value)}}`;
				const { json, canonical } = canonicalBody(`{"meta":${nested},"id":${id}}`);
				expect(json).toContain(`"id":${id}}`);
				expect(canonical).toMatch(new RegExp(`^id=${id}&meta=\\{"id":${id},`));
				expect(json).toContain(canonical.slice(canonical.indexOf('&meta=') + 6));
			}),
		);
	});

	it('does not care about white space around strings or about null fields', () => {
		const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\u3000', '\ufeff') });
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), blank, blank, (text, before, after) => {
				expect(canonicalBody({ text: `${before}${text}${after}`, gone: null }).canonical).toBe(
					canonicalBody({ text }).canonical,
				);
			}),
		);
	});
});

describe('withAiDolSignature', () => {
	const credentials: ICredentialDataDecryptedObject = {
		baseUrl: 'https://api.example.com',
		apiKey: 'test-key',
		apiSecret: 'test-secret',
		userId: 'user-123',
		signatureVersion: 'v2',
	};
	const attempt = { now: new Date(1742000000_999), requestId: '0123456789abcdef0123456789abcdef' };
	const sign = (options: IHttpRequestOptions, data: Partial<typeof credentials> = {}) =>
		withAiDolSignature({ ...credentials, ...data } as typeof credentials, options, attempt);
	const stream: IHttpRequestOptions = {
		method: 'POST',
		baseURL: 'https://api.example.com',
		url: '/v1/chat/stream',
		body: { text: ' 你好 ', conversationId: 'conv-uuid', agentId: 'agent-uuid', language: '' },
	};

	it('reproduces a vector from request options, with all six headers', () => {
		expect(sign(stream)).toEqual({
			method: 'POST',
			url: 'https://api.example.com/v1/chat/stream',
			body: '{"text":"你好","conversationId":"conv-uuid","agentId":"agent-uuid"}',
			headers: {
				'Content-Type': 'application/json',
				Authorization: 'Bearer test-key',
				'X-Timestamp': '1742000000',
				'X-Request-ID': attempt.requestId,
				'X-User-ID': 'user-123',
				'X-Signature': 'f3c9058d58c5a9425388f37607d1ecd40eb99532eeef9e5ea909b9ced4e3e595',
			},
		});
	});

	it('signs for the user that the request names, in the place of the one in the credential', () => {
		const named = (userId: string) => sign({ ...stream, headers: { 'x-user-id': userId } });
		const { headers } = named(' anna ');
		expect(headers).toMatchObject({ 'X-User-ID': 'anna' });
		expect(headers).not.toHaveProperty('x-user-id');
		expect(headers?.['X-Signature']).toBe(sign(stream, { userId: 'anna' }).headers?.['X-Signature']);
		expect(sign(named('anna'))).toEqual(named('anna'));
		expect(() => named('安娜')).toThrow('User ID may contain only');
	});

	it('signs its own result again', () => {
		expect(sign(sign(stream))).toEqual(sign(stream));
	});

	it('does not change the options it was given', () => {
		const before = structuredClone(stream);
		sign(stream);
		expect(stream).toEqual(before);
	});

	it('takes the older spelling uri', () => {
		const { method, body } = stream;
		const options = { method, body, uri: 'https://api.example.com/v1/chat/stream' };
		expect(sign(options as never)).toEqual(sign(stream));
	});

	it('does not sign what the base URL has in front of the path', () => {
		const baseUrl = 'https://gateway.example/aidol/';
		const signed = sign({ ...stream, baseURL: baseUrl }, { baseUrl });
		expect(signed.url).toBe('https://gateway.example/aidol/v1/chat/stream');
		expect(signed.headers?.['X-Signature']).toBe(sign(stream).headers?.['X-Signature']);
		const absolute = { ...stream, baseURL: undefined, url: 'https://gateway.example/aidol/v1/chat/stream' };
		expect(sign(absolute, { baseUrl }).headers?.['X-Signature']).toBe(sign(stream).headers?.['X-Signature']);
		const other = { ...stream, baseURL: undefined, url: 'https://gateway.example/aidolly/v1/x', body: {} };
		const base = 'POST\n/aidolly/v1/x\n1742000000\nuser-123\n\n';
		expect(sign(other, { baseUrl }).headers?.['X-Signature']).toBe(
			createHmac('sha256', 'test-secret').update(base).digest('hex'),
		);
	});

	it.each([
		['nothing', undefined],
		['an empty text', ''],
		['an empty object', {}],
	])('sends {} for %s, because the content type promises JSON', (_what, body) => {
		const signed = sign({ method: 'POST', baseURL: 'https://api.example.com', url: '/v1/agent/list', body });
		expect(signed.body).toBe('{}');
		expect(signed.headers?.['X-Signature']).toBe('b4f936667dcd1247b7883d6d94b86e68879f6fbed103ed3096dac59791762978');
	});

	it('signs a query as decoded values, and sends it as signed', () => {
		const signed = sign({ url: 'https://api.example.com/v1/x?b=+2&e=', qs: { a: ' 你 好 ', n: 1, z: null } });
		expect(signed.url).toBe('https://api.example.com/v1/x?b=2&a=%E4%BD%A0%20%E5%A5%BD&n=1');
		const base = 'GET\n/v1/x\n1742000000\nuser-123\na=你 好&b=2&n=1\n';
		expect(signed.headers?.['X-Signature']).toBe(createHmac('sha256', 'test-secret').update(base).digest('hex'));
		expect(signed).not.toHaveProperty('body');
	});

	it('leaves an upload alone and signs no body for it', () => {
		const form = new FormData();
		form.append('file', 'x');
		const base = 'POST\n/v1/upload\n1742000000\nuser-123\n\n';
		const signature = createHmac('sha256', 'test-secret').update(base).digest('hex');
		const signed = sign({ method: 'POST', url: 'https://api.example.com/v1/upload', body: form });
		expect(signed.body).toBe(form);
		expect(signed.headers).not.toHaveProperty('Content-Type');
		expect(signed.headers?.['X-Signature']).toBe(signature);
	});

	it('uses version 1 only when chosen', () => {
		const signed = sign(stream, { signatureVersion: 'v1' });
		const text = 'agentId=agent-uuid&conversationId=conv-uuid&text=你好test-secret';
		expect(signed.headers?.['X-Signature']).toBe(createHash('sha256').update(text).digest('hex'));
		expect(sign(stream, { signatureVersion: undefined })).toEqual(sign(stream));
	});

	it.each<[string, object, object, string]>([
		['no base URL', { baseUrl: '' }, {}, 'The base URL is empty'],
		['no API key', { apiKey: ' ' }, {}, 'API Key is empty'],
		['no API secret', { apiSecret: '' }, {}, 'API Secret is empty'],
		['no user ID', { userId: undefined }, {}, 'User ID is empty'],
		['a user ID that smuggles in a header', { userId: 'u\r\nX-Signature: x' }, {}, 'User ID contains a line break'],
		['a user ID that no header can carry', { userId: '张三' }, {}, 'User ID may contain only English letters'],
		['a user ID in Latin-1', { userId: 'Zoë' }, {}, 'User ID may contain only English letters'],
		['an API key with a line break', { apiKey: 'a\nb' }, {}, 'API Key contains a line break'],
		['a text that is no JSON', {}, { body: 'hello' }, 'not a JSON object'],
		['a list', {}, { body: [1] }, 'not a JSON object'],
		['a form', {}, { body: new URLSearchParams('a=1') }, 'cannot be sent to AI-DOL'],
	])('refuses %s', (_what, data, options, reason) => {
		expect(() => sign({ ...stream, ...options }, data)).toThrow(reason);
	});
});
