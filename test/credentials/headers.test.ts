import { UserError } from 'n8n-workflow';

import { bearer, headerOf, headersWith, headerValue } from '../../credentials/headers';
import { fc } from './seed';

describe('headerValue', () => {
	it('trims white space around the value, as pasting leaves it', () => {
		expect(headerValue('API Key', '  abc def\n')).toBe('abc def');
		expect(headerValue('User ID', 42)).toBe('42');
	});

	it.each([
		['an empty text', ' ', 'API Key is empty'],
		['nothing', undefined, 'API Key is empty'],
		['an object', {}, 'API Key is empty'],
		['a header smuggled in', 'key\r\nX-Admin: 1', 'line break'],
		['a bare line feed', 'a\nb', 'line break'],
		['a NUL', 'a\u0000b', 'only English letters'],
		['Latin-1', 'Zoë', 'only English letters'],
		['Chinese', '张三', 'only English letters'],
		['an emoji', 'a😀', 'only English letters'],
	])('refuses %s', (_what, value, reason) => {
		expect(() => headerValue('API Key', value)).toThrow(UserError);
		expect(() => headerValue('API Key', value)).toThrow(reason);
	});

	it('lets through printable ASCII only, unchanged, and never repeats a refused value', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
				let sent: string;
				try {
					sent = headerValue('API Key', value);
				} catch (error) {
					expect(error).toBeInstanceOf(UserError);
					if (value.trim().length > 3) expect((error as Error).message).not.toContain(value.trim());
					return;
				}
				expect(sent).toBe(value.trim());
				expect(/^[\x20-\x7e]+$/.test(sent)).toBe(true);
			}),
		);
	});
});

describe('bearer', () => {
	it.each(['abc', 'Bearer abc', 'bearer   abc', ' Bearer abc '])('%j gives one Bearer', (token) => {
		expect(bearer('Access Token', token)).toBe('Bearer abc');
	});

	it('does not take a token that only begins so for a prefix', () => {
		expect(bearer('Access Token', 'Bearerabc')).toBe('Bearer Bearerabc');
	});

	it('does not accept the bare word', () => {
		expect(() => bearer('Access Token', 'Bearer ')).toThrow('Access Token is empty');
	});
});

it('headers are found and replaced whatever their spelling', () => {
	expect(headerOf({ 'CONTENT-type': 'a/b' }, 'Content-Type')).toBe('a/b');
	expect(headerOf(undefined, 'Content-Type')).toBeUndefined();
	expect(headersWith({ AUTHORIZATION: 'old', Accept: 'x' }, { Authorization: 'new' })).toEqual({
		Accept: 'x',
		Authorization: 'new',
	});
});
