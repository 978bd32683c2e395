import { UserError } from 'n8n-workflow';

import { normaliseBaseUrl, withNormalisedBaseUrl } from '../../credentials/base-url';
import { fc } from './seed';

describe('normaliseBaseUrl', () => {
	it.each([
		['https://api.reportify.cn', 'https://api.reportify.cn'],
		['  https://api.reportify.cn/ \n', 'https://api.reportify.cn'],
		['https://wps.example/openapi///', 'https://wps.example/openapi'],
		['http://127.0.0.1:8080/a/b', 'http://127.0.0.1:8080/a/b'],
		['HTTPS://API.Example.com', 'https://api.example.com'],
		['http://[::1]:99', 'http://[::1]:99'],
	])('%j becomes %j', (text, expected) => {
		expect(normaliseBaseUrl(text)).toBe(expected);
	});

	it.each([
		['', 'empty'],
		['   ', 'empty'],
		['api.reportify.cn', 'has to start with https://'],
		['ftp://api.example.com', 'has to start with https://'],
		['javascript:alert(1)', 'has to start with https://'],
		['https://', 'has to start with https://'],
		['https:///path', 'has to start with https://'],
		['https://exa mple.com', 'has to start with https://'],
		['https://host:99999', 'has to start with https://'],
		['https://user:hunter2@api.example.com', 'user name or a password'],
		['https://user@api.example.com', 'user name or a password'],
		['https://api.example.com?key=hunter2', 'question mark'],
		['https://api.example.com/?', 'question mark'],
		['https://api.example.com/#x', 'hash sign'],
	])('%j is refused: %s', (text, reason) => {
		expect(() => normaliseBaseUrl(text)).toThrow(UserError);
		expect(() => normaliseBaseUrl(text)).toThrow(reason);
	});

	it('never repeats what was typed', () => {
		for (const text of ['https://user:hunter2@host', 'https://host?token=hunter2', 'hunter2', 'https://hunter2 x']) {
			try {
				normaliseBaseUrl(text);
				throw new Error(`${text} was accepted`);
			} catch (error) {
				expect(error).toBeInstanceOf(UserError);
				expect(JSON.stringify([(error as UserError).message, (error as UserError).description])).not.toContain(
					'hunter2',
				);
			}
		}
	});

	it('is idempotent, and its result takes a path', () => {
		fc.assert(
			fc.property(fc.webUrl({ validSchemes: ['http', 'https'] }), (text) => {
				const once = normaliseBaseUrl(text);
				expect(normaliseBaseUrl(once)).toBe(once);
				expect(new URL(`${once}/v1/x`).pathname.endsWith('/v1/x')).toBe(true);
			}),
		);
	});
});

describe('withNormalisedBaseUrl', () => {
	it('leaves an absolute address and a missing base URL alone', () => {
		expect(withNormalisedBaseUrl({ url: 'https://x.example/a', baseURL: '' })).toEqual({
			url: 'https://x.example/a',
			baseURL: '',
		});
		expect(withNormalisedBaseUrl({ url: '/a' })).toEqual({ url: '/a' });
	});

	it('mends or refuses the base URL of a relative address', () => {
		expect(withNormalisedBaseUrl({ url: '/a', baseURL: ' https://x.example/ ' }).baseURL).toBe('https://x.example');
		expect(() => withNormalisedBaseUrl({ url: '/a', baseURL: 'x.example' })).toThrow('https://');
	});
});
