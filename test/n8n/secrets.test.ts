import { redactor } from '../../nodes/shared/n8n/secrets';

/* Providers and proxies repeat what was sent to them, and not always letter for letter. */

const KEYS = ['sk-1234567890', 'a"b\\c/d+e=', '钥匙-1234', 'with blank &?#', 'half \ud83d emoji'];

test.each(KEYS)('%j is blacked out as it is, inside of JSON and in an address', (apiKey) => {
	const redact = redactor({ first: { apiKey: ` ${apiKey} `, baseUrl: 'https://api.example.com' } });
	const spellings = [apiKey, `Bearer ${apiKey}`, JSON.stringify({ said: `bad key ${apiKey}` })];
	if (!/\p{Cs}/u.test(apiKey)) spellings.push(`https://x.example/?key=${encodeURIComponent(apiKey)}&a=1`);
	for (const spelling of spellings) {
		const safe = redact(`${spelling} https://api.example.com`);
		expect(safe).toContain('•••');
		expect(safe).toContain('https://api.example.com');
		for (const secret of [apiKey, JSON.stringify(apiKey).slice(1, -1)]) expect(safe).not.toContain(secret);
	}
});

test('the beginning of one, where a text was cut', () => {
	expect(redactor({ apiKey: 'sk-1234567890' })('your key sk-12345', true)).toBe('your key •••');
});
